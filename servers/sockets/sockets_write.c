/* sockets_write.c -- data into a channel: io_write and socket_send

   Up to SOCKETS_PIPE_BUF bytes go in together or not at all.  A longer write
   goes in piece by piece and keeps its turn until the last one.

   Source: own.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <mach/mig_errors.h>
#include <stdlib.h>

#include "io_reply_U.h"
#include "servers/sockets/sockets_private.h"
#include "socket_reply_U.h"

/* Somebody waits for room.  */
struct writer
{
  struct parked parked;
  struct list link;        /* in channel->write_waits */
  struct channel *channel; /* reference */
  struct sockets *sockets;
  struct outgoing outgoing;
  char *copy; /* of a small request's data; else the data is the
                 request's own region, to be released */
  struct loop *loop;
  bool send; /* socket_send, not io_write */
};

error_t
channel_broken_error (const struct channel *channel)
{
  return channel->lasting ? ECONNREFUSED : EPIPE;
}

/* How much of OUTGOING may go into the buffer now; nothing is also right for
   a record without data, so the answer is in the result.  */
static bool
outgoing_fits (const struct channel *channel, const struct outgoing *outgoing,
               size_t *ret_size)
{
  const struct buffer *buffer = &channel->buffer;
  size_t left = outgoing->size - outgoing->done;
  size_t room = buffer_room (buffer);
  size_t cost = 0;

  if (buffer->records || outgoing->message)
    cost = BUFFER_RECORD_COST + message_cost (outgoing->message);
  /* An empty buffer takes one of anything, whatever it costs.  */
  if (buffer_is_empty (buffer))
    room = buffer->capacity + cost;
  *ret_size = left;
  if (left + cost <= room)
    return true;
  if (buffer->records || room <= cost
      || (outgoing->done == 0 && outgoing->size <= SOCKETS_PIPE_BUF))
    return false;
  *ret_size = room - cost;
  return true;
}

/* Move SIZE bytes of OUTGOING, and its message, into the buffer.  */
static error_t
outgoing_store (struct channel *channel, struct loop *loop,
                struct outgoing *outgoing, size_t size)
{
  struct buffer *buffer = &channel->buffer;
  struct message *message = outgoing->message;
  struct buffer_space space;
  error_t err;

  err = buffer_reserve (buffer, size, message != NULL, &space);
  if (err)
    return ENOBUFS;
  err = request_copy (loop, space.to, outgoing->data + outgoing->done, size);
  if (err)
    {
      buffer_cancel (buffer, &space);
      return err;
    }
  if (message)
    message_adopt (loop, message);
  buffer_commit (buffer, &space, size, message, message_cost (message));
  outgoing->message = NULL;
  outgoing->done += size;
  return 0;
}

/* Move as much of OUTGOING as there is room for.  */
static error_t
channel_push (struct channel *channel, struct loop *loop,
              struct outgoing *outgoing)
{
  size_t size;
  bool progress;
  error_t err = 0;

  if (list_empty (&channel->readers))
    return channel_broken_error (channel);
  while (!outgoing->finished)
    {
      err = readers_feed (channel, outgoing);
      if (err)
        break;
      if (outgoing->done == outgoing->size && outgoing->size > 0)
        outgoing->finished = true;
      else if (outgoing_fits (channel, outgoing, &size))
        {
          err = outgoing_store (channel, loop, outgoing, size);
          if (err)
            break;
          outgoing->finished = outgoing->done == outgoing->size;
          progress = false;
          reader_list_serve (channel, &progress);
        }
      else
        break;
    }
  return err;
}

static void
writer_free (struct writer *writer)
{
  list_remove (&writer->link);
  message_drop (writer->outgoing.message);
  if (writer->copy)
    {
      generation_discharge (&writer->sockets->generation,
                            writer->outgoing.size);
      free (writer->copy);
    }
  else
    request_release (writer->loop, writer->outgoing.data,
                     writer->outgoing.size);
  channel_drop (writer->channel);
  generation_discharge (&writer->sockets->generation, sizeof *writer);
  free (writer);
}

/* End WRITER.  Bytes that went in count more than the error.  */
static void
writer_finish (struct writer *writer, error_t err)
{
  mach_msg_type_name_t type = writer->parked.reply_type;
  mach_port_t reply;

  list_remove (&writer->link);
  if (err && writer->outgoing.done == 0)
    parked_fail (&writer->parked, err);
  else
    {
      reply = parked_take_reply (&writer->parked);
      if (writer->send)
        socket_send_reply (reply, type, 0, writer->outgoing.done);
      else
        io_write_reply (reply, type, 0, writer->outgoing.done);
    }
  writer_free (writer);
}

static void
writer_cancel (struct parked *parked, error_t why)
{
  struct writer *writer = list_entry (parked, struct writer, parked);
  struct channel *channel = channel_ref (writer->channel);

  writer_finish (writer, why);
  channel_update (channel);
  channel_drop (channel);
}

void
writer_list_serve (struct channel *channel, bool *progress)
{
  struct list *node;

  while ((node = list_first (&channel->write_waits)))
    {
      struct writer *writer = list_entry (node, struct writer, link);
      size_t before = writer->outgoing.done;
      error_t err;

      err = channel_push (channel, writer->loop, &writer->outgoing);
      if (writer->outgoing.done != before)
        *progress = true;
      if (!err && !writer->outgoing.finished)
        return;
      writer_finish (writer, err);
      *progress = true;
    }
}

void
writers_each_message (struct channel *channel,
                      void (*each) (void *message, void *cookie), void *cookie)
{
  list_for_each (node, following, &channel->write_waits)
  {
    struct writer *writer = list_entry (node, struct writer, link);

    if (writer->outgoing.message)
      each (writer->outgoing.message, cookie);
  }
}

/* Keep the data of a request: a region is ours already, what is in the
   message buffer is copied.  */
static error_t
writer_keep_data (struct writer *writer, const struct outgoing *outgoing)
{
  struct generation *generation = &writer->sockets->generation;
  size_t size = outgoing->size;
  error_t err;

  writer->outgoing = *outgoing;
  if (size > SOCKETS_INLINE)
    return 0;
  err = generation_charge (generation, size);
  if (err)
    return err;
  writer->copy = malloc (size ? size : 1);
  err = writer->copy
            ? request_copy (writer->loop, writer->copy, outgoing->data, size)
            : ENOMEM;
  if (err)
    {
      free (writer->copy);
      generation_discharge (generation, size);
      return err;
    }
  writer->outgoing.data = writer->copy;
  return 0;
}

static error_t
writer_create (struct socket_handle *handle, struct channel *channel,
               const struct outgoing *outgoing, bool send,
               struct writer **ret_writer)
{
  struct sockets *sockets = channel->sockets;
  struct writer *writer;
  error_t err;

  err = generation_charge (&sockets->generation, sizeof *writer);
  if (err)
    return err;
  writer = calloc (1, sizeof *writer);
  err = ENOMEM;
  if (writer)
    {
      writer->sockets = sockets;
      writer->loop = handle->handle.object.loop;
      writer->send = send;
      list_init (&writer->link);
      err = writer_keep_data (writer, outgoing);
    }
  if (err)
    {
      free (writer);
      generation_discharge (&sockets->generation, sizeof *writer);
      return err;
    }
  writer->channel = channel_ref (channel);
  *ret_writer = writer;
  return 0;
}

static error_t
writer_park (struct socket_handle *handle, struct channel *channel,
             const struct request *request, const struct outgoing *outgoing,
             bool send)
{
  struct writer *writer;
  const void *data = outgoing->data;
  error_t err;

  err = writer_create (handle, channel, outgoing, send, &writer);
  if (err)
    return err;
  if (writer->copy)
    request_release (writer->loop, data, outgoing->size);
  if (writer->outgoing.message)
    message_adopt (writer->loop, writer->outgoing.message);
  list_insert_tail (&channel->write_waits, &writer->link);
  parked_start (&writer->parked, &handle->handle.object, request->reply,
                request->reply_type, writer_cancel);
  return MIG_NO_REPLY;
}

/* What can be said before anything is tried.  */
static error_t
write_check (const struct channel *channel, size_t size,
             const struct message *message)
{
  if (list_empty (&channel->readers))
    return channel_broken_error (channel);
  if (channel->buffer.records && size > channel->buffer.capacity)
    return EMSGSIZE;
  if (message && message->ports_count && size == 0 && !channel->buffer.records)
    return EINVAL; /* a stream has no place for it */
  return 0;
}

error_t
socket_write (struct socket_handle *handle, struct channel *channel,
              const struct request *request, const void *data, size_t size,
              int flags, struct message *message, bool send,
              size_t *ret_amount)
{
  struct outgoing outgoing
      = { .data = data, .size = size, .message = message };
  bool waits
      = !(handle->handle.open_modes & O_NONBLOCK) && !(flags & MSG_DONTWAIT);
  error_t err;

  err = write_check (channel, size, message);
  if (err)
    return err;
  if (size == 0 && !channel->buffer.records)
    {
      message_drop (message);
      *ret_amount = 0;
      return 0;
    }
  channel_ref (channel);
  if (list_empty (&channel->write_waits))
    {
      channel->busy = true;
      err = channel_push (channel, handle->handle.object.loop, &outgoing);
      channel->busy = false;
    }
  if (!err && !outgoing.finished && waits)
    err = writer_park (handle, channel, request, &outgoing, send);
  else if (!err && !outgoing.finished && outgoing.done == 0)
    err = EWOULDBLOCK;
  if (outgoing.done)
    {
      *ret_amount = outgoing.done;
      err = err == MIG_NO_REPLY ? err : 0;
    }
  else if (outgoing.finished)
    *ret_amount = 0;
  channel_update (channel);
  channel_drop (channel);
  return err;
}
