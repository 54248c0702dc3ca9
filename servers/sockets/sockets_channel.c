/* sockets_channel.c -- one way between ends, and who is let go on

   Source: own.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <stdlib.h>

#include "servers/sockets/sockets_private.h"

bool
parked_has_client (const struct parked *parked)
{
  mach_port_type_t type = 0;

  return !mach_port_type (mach_task_self (), parked->reply, &type)
         && !(type & MACH_PORT_TYPE_DEAD_NAME);
}

struct channel *
channel_create (struct sockets *sockets, size_t capacity, bool records)
{
  struct channel *channel;

  if (generation_charge (&sockets->generation, sizeof *channel))
    return NULL;
  channel = calloc (1, sizeof *channel);
  if (!channel)
    {
      generation_discharge (&sockets->generation, sizeof *channel);
      return NULL;
    }
  channel->sockets = sockets;
  channel->refs = 1;
  buffer_init (&channel->buffer, capacity, records, &sockets->budget);
  list_init (&channel->readers);
  list_init (&channel->writers);
  list_init (&channel->read_waits);
  list_init (&channel->write_waits);
  return channel;
}

struct channel *
channel_ref (struct channel *channel)
{
  channel->refs++;
  return channel;
}

void
channel_drop (struct channel *channel)
{
  if (!channel || --channel->refs)
    return;
  buffer_clear (&channel->buffer);
  generation_discharge (&channel->sockets->generation, sizeof *channel);
  free (channel);
}

bool
channel_has_ended (const struct channel *channel)
{
  return !channel->lasting && list_empty (&channel->writers);
}

void
socket_read_from (struct socket *sock, struct channel *channel)
{
  sock->in = channel_ref (channel);
  list_insert_tail (&channel->readers, &sock->in_link);
}

void
socket_write_to (struct socket *sock, struct channel *channel)
{
  sock->out = channel_ref (channel);
  list_insert_tail (&channel->writers, &sock->out_link);
}

/* Without a reader the data is for nobody; but in a FIFO it waits for the
   next one as long as a writer has it open.  */
static void
channel_discard (struct channel *channel)
{
  if (list_empty (&channel->readers)
      && (!channel->keeps || list_empty (&channel->writers)))
    buffer_clear (&channel->buffer);
}

void
socket_stop_reading (struct socket *sock)
{
  struct channel *channel = sock->in;

  if (!channel)
    return;
  sock->in = NULL;
  list_remove (&sock->in_link);
  channel_discard (channel);
  channel_update (channel);
  channel_drop (channel);
}

void
socket_stop_writing (struct socket *sock)
{
  struct channel *channel = sock->out;

  if (!channel)
    return;
  sock->out = NULL;
  list_remove (&sock->out_link);
  channel_discard (channel);
  channel_update (channel);
  channel_drop (channel);
}

/* An answer may drop the last reference on the socket whose waiters are
   being told, so it is held meanwhile.  */
static void
socket_tell_selecting (struct socket *sock)
{
  if (list_empty (&sock->select.waiters))
    return;
  socket_ref (sock);
  select_queue_update (&sock->select);
  socket_drop (sock);
}

static void
channel_tell_selecting (struct channel *channel)
{
  list_for_each (node, following, &channel->readers)
      socket_tell_selecting (list_entry (node, struct socket, in_link));
  list_for_each (node, following, &channel->writers)
      socket_tell_selecting (list_entry (node, struct socket, out_link));
}

/* Answering may end handles, close sockets and so come back here: then the
   outer call goes round once more.  */
void
channel_update (struct channel *channel)
{
  bool progress;

  channel->again = true;
  if (channel->busy)
    return;
  channel_ref (channel);
  channel->busy = true;
  while (channel->again)
    {
      channel->again = false;
      do
        {
          progress = false;
          reader_list_serve (channel, &progress);
          writer_list_serve (channel, &progress);
        }
      while (progress);
      channel_tell_selecting (channel);
    }
  channel->busy = false;
  channel_drop (channel);
}
