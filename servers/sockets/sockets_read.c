/* sockets_read.c -- data out of a channel: io_read and socket_recv

   Source: own.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <mach/mig_errors.h>
#include <stdlib.h>

#include "io_reply_U.h"
#include "servers/sockets/sockets_private.h"
#include "socket_reply_U.h"

/* Somebody waits for data.  */
struct reader
{
  struct parked parked;
  struct list link;        /* in channel->read_waits */
  struct channel *channel; /* reference */
  struct sockets *sockets;
  size_t amount;
  int flags;
  bool receive; /* socket_recv, not io_read */
};

/* How much must be there before a read with MSG_WAITALL goes on.  */
static size_t
amount_needed (const struct channel *channel, size_t amount, int flags)
{
  if (!(flags & MSG_WAITALL) || channel->buffer.records)
    return 1;
  return amount < channel->buffer.capacity ? amount : channel->buffer.capacity;
}

/* Is there something that a read of AMOUNT is content with?  */
static bool
channel_is_readable (const struct channel *channel, size_t amount, int flags)
{
  if (channel_has_ended (channel) || list_empty (&channel->readers))
    return true;
  if (buffer_is_empty (&channel->buffer))
    return false;
  return channel->buffer.records
         || channel->buffer.bytes >= amount_needed (channel, amount, flags);
}

/* Copy SIZE bytes out of the buffer.  */
static error_t
pull_copy (struct channel *channel, size_t size, struct incoming *incoming)
{
  error_t err = out_data_reserve (&incoming->out, size);

  if (err)
    return err;
  buffer_copy (&channel->buffer, incoming->out.data, size);
  return 0;
}

error_t
channel_pull (struct channel *channel, size_t amount, int flags,
              struct incoming *incoming)
{
  struct buffer *buffer = &channel->buffer;
  size_t size = buffer_available (buffer);
  error_t err;

  incoming->message = NULL;
  incoming->flags = buffer->records && size > amount ? MSG_TRUNC : 0;
  if (size > amount)
    size = amount;
  if (flags & MSG_PEEK)
    return pull_copy (channel, size, incoming);

  incoming->message = buffer_take_attachment (buffer);
  if (buffer_take_pages (buffer, SOCKETS_INLINE + 1, amount,
                         &incoming->out.data, &incoming->out.size))
    {
      incoming->out.allocated = true;
      return 0;
    }
  err = pull_copy (channel, size, incoming);
  if (!err)
    buffer_consume (buffer, size);
  else
    {
      /* The data stays; what came with it cannot be put back in order.  */
      message_drop (incoming->message);
      incoming->message = NULL;
    }
  return err;
}

static void
reader_free (struct reader *reader)
{
  list_remove (&reader->link);
  channel_drop (reader->channel);
  generation_discharge (&reader->sockets->generation, sizeof *reader);
  free (reader);
}

static void
reader_cancel (struct parked *parked, error_t why)
{
  struct reader *reader = list_entry (parked, struct reader, parked);

  list_remove (&reader->link);
  parked_fail (parked, why);
  reader_free (reader);
}

/* Answer a socket_recv.  DATA is borrowed, MESSAGE consumed.  */
static error_t
receive_reply (mach_port_t reply, mach_msg_type_name_t reply_type,
               const char *data, size_t size, struct message *message,
               int flags)
{
  mach_port_t ports[SOCKETS_PORTS_MAX], source = MACH_PORT_NULL;
  mach_msg_type_number_t ports_count = 0, control_size = 0;
  char control[SOCKETS_INLINE];

  if (message && message->source)
    source = object_right (&message->source->object);
  message_deliver (message, ports, &ports_count, control, &control_size);
  return socket_recv_reply (
      reply, reply_type, 0, source, MACH_MSG_TYPE_MAKE_SEND, data, size, ports,
      MACH_MSG_TYPE_MOVE_SEND, ports_count, control, control_size, flags);
}

/* Answer READER with SIZE bytes at DATA (borrowed) and MESSAGE (consumed).
   An error: there was nobody to take it.  */
static error_t
reader_answer (struct reader *reader, const char *data, size_t size,
               struct message *message, int flags)
{
  mach_msg_type_name_t type = reader->parked.reply_type;
  mach_port_t reply;
  error_t err;

  list_remove (&reader->link);
  reply = parked_take_reply (&reader->parked);
  if (reader->receive)
    err = receive_reply (reply, type, data, size, message, flags);
  else
    {
      err = io_read_reply (reply, type, 0, data, size);
      message_drop (message);
    }
  reader_free (reader);
  return err;
}

/* Answer READER from the buffer, or with the end.  Bytes are gone only when
   they have been sent; rights cannot be had back, so they are sent only to
   somebody who is alive.  */
static void
reader_serve (struct reader *reader)
{
  struct channel *channel = channel_ref (reader->channel);
  struct buffer *buffer = &channel->buffer;
  bool peeks = reader->flags & MSG_PEEK,
       carries = buffer_has_attachment (buffer);
  size_t amount = reader->amount;
  char data[SOCKETS_INLINE];
  struct incoming incoming = { .out = { .data = data, .size = sizeof data } };
  error_t err = 0;

  if (carries && !peeks && !parked_has_client (&reader->parked))
    err = EINTR;
  else if (buffer_is_empty (buffer))
    incoming.out.size = 0;
  else
    err = channel_pull (channel, amount, reader->flags | MSG_PEEK, &incoming);
  if (err)
    reader_cancel (&reader->parked, err);
  else
    {
      void *message = peeks ? NULL : buffer_take_attachment (buffer);
      bool empty = buffer_is_empty (buffer);

      err = reader_answer (reader, incoming.out.data, incoming.out.size,
                           message, incoming.flags);
      if (!err && !peeks && !empty)
        buffer_consume (buffer, incoming.out.size);
    }
  if (incoming.out.allocated)
    buffer_pages_unmap (buffer->budget, incoming.out.data, incoming.out.size);
  channel_drop (channel);
}

static struct reader *
channel_first_reader (struct channel *channel)
{
  struct list *node = list_first (&channel->read_waits);

  return node ? list_entry (node, struct reader, link) : NULL;
}

void
reader_list_serve (struct channel *channel, bool *progress)
{
  struct reader *reader;

  while ((reader = channel_first_reader (channel))
         && channel_is_readable (channel, reader->amount, reader->flags))
    {
      reader_serve (reader);
      *progress = true;
    }
}

/* Answer READER with SIZE bytes of a request's data.  *RET_TAKEN: somebody
   was there to take them.  */
static error_t
reader_feed (struct reader *reader, const char *data, size_t size,
             bool *ret_taken)
{
  struct loop *loop = reader->parked.object->loop;
  const struct buffer_budget *budget = &reader->sockets->budget;
  char small[SOCKETS_INLINE], *copy = small;
  error_t err;

  if (size > sizeof small && !(copy = buffer_pages_map (budget, size)))
    return ENOMEM;
  err = request_copy (loop, copy, data, size);
  if (!err)
    *ret_taken = !reader_answer (reader, copy, size, NULL, 0);
  if (copy != small)
    buffer_pages_unmap (budget, copy, size);
  return err;
}

error_t
readers_feed (struct channel *channel, struct outgoing *outgoing)
{
  struct reader *reader;
  error_t err = 0;

  if (outgoing->message || channel->buffer.records
      || !buffer_is_empty (&channel->buffer))
    return 0;
  while (!err && outgoing->done < outgoing->size
         && (reader = channel_first_reader (channel))
         && !(reader->flags & (MSG_PEEK | MSG_WAITALL)))
    {
      size_t size = outgoing->size - outgoing->done;
      bool taken = false;

      if (size > reader->amount)
        size = reader->amount;
      err = reader_feed (reader, outgoing->data + outgoing->done, size,
                         &taken);
      if (taken)
        outgoing->done += size;
    }
  return err;
}

static error_t
reader_park (struct socket_handle *handle, const struct request *request,
             size_t amount, int flags, bool receive)
{
  struct socket *sock = handle->socket;
  struct reader *reader;
  error_t err;

  err = generation_charge (&sock->sockets->generation, sizeof *reader);
  if (err)
    return err;
  reader = calloc (1, sizeof *reader);
  if (!reader)
    {
      generation_discharge (&sock->sockets->generation, sizeof *reader);
      return ENOMEM;
    }
  reader->sockets = sock->sockets;
  reader->channel = channel_ref (sock->in);
  reader->amount = amount;
  reader->flags = flags;
  reader->receive = receive;
  list_insert_tail (&sock->in->read_waits, &reader->link);
  parked_start (&reader->parked, &handle->handle.object, request->reply,
                request->reply_type, reader_cancel);
  return MIG_NO_REPLY;
}

/* The end, as a result.  */
static error_t
incoming_nothing (struct incoming *incoming)
{
  incoming->out.size = 0;
  incoming->message = NULL;
  incoming->flags = 0;
  return 0;
}

error_t
socket_read (struct socket_handle *handle, const struct request *request,
             size_t amount, int flags, bool receive, struct incoming *incoming)
{
  struct socket *sock = handle->socket;
  struct channel *channel = sock->in;
  bool waits
      = !(handle->handle.open_modes & O_NONBLOCK) && !(flags & MSG_DONTWAIT);
  error_t err;

  if (!channel)
    return sock->shut_in ? incoming_nothing (incoming) : ENOTCONN;
  if (amount == 0 && !channel->buffer.records)
    return incoming_nothing (incoming);
  if (!list_empty (&channel->read_waits)
      || !channel_is_readable (channel, amount, waits ? flags : 0))
    return waits ? reader_park (handle, request, amount, flags, receive)
                 : EWOULDBLOCK;
  if (buffer_is_empty (&channel->buffer))
    return incoming_nothing (incoming);
  err = channel_pull (channel, amount, flags, incoming);
  if (!err && !(flags & MSG_PEEK))
    channel_update (channel);
  return err;
}
