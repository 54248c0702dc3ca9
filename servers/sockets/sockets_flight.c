/* sockets_flight.c -- sockets that only messages hold

   A socket can be sent through itself, or two through each other, and then
   be closed by everybody: the messages hold the sockets and the sockets hold
   the messages.  When a socket may have come to that, everything that clients
   can still reach is marked; the messages in the rest are dropped.  That looks
   at every socket there is, so it is done once for all that happens within a
   moment.

   Source: own.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "servers/sockets/sockets_private.h"

#define MOMENT_NS 50000000

static void
socket_reach (struct socket *sock, struct list *work)
{
  if (sock->reachable)
    return;
  sock->reachable = true;
  list_insert_tail (work, &sock->mark);
}

/* Can a client, or a request being served, name SOCK without reading a
   message first?  */
static bool
socket_is_root (const struct socket *sock)
{
  list_for_each (node, following, &sock->handles)
  {
    const struct socket_handle *handle
        = list_entry (node, struct socket_handle, link);

    if (handle->handle.object.senders || handle->flights == 0
        || !list_empty (&handle->handle.object.parked))
      return true;
  }
  return false;
}

static void
message_reach (void *attachment, void *cookie)
{
  const struct message *message = attachment;

  for (size_t i = 0; i < message->ports_count; i++)
    if (message->ports[i].handle)
      socket_reach (message->ports[i].handle->socket, cookie);
}

/* What a reader of SOCK, or who accepts from it, can get at.  */
static void
socket_reach_inside (struct socket *sock, struct list *work)
{
  if (sock->in)
    {
      buffer_each_attachment (&sock->in->buffer, message_reach, work);
      writers_each_message (sock->in, message_reach, work);
    }
  list_for_each (node, following, &sock->pending)
      socket_reach (list_entry (node, struct socket, pending_link), work);
}

static void
sockets_mark (struct sockets *sockets)
{
  struct list work = LIST_INIT (work);
  struct list *node;

  list_for_each (other, following, &sockets->all)
      list_entry (other, struct socket, all)
          ->reachable
      = false;
  list_for_each (other, following, &sockets->all)
  {
    struct socket *sock = list_entry (other, struct socket, all);

    if (socket_is_root (sock))
      socket_reach (sock, &work);
  }
  while ((node = list_pop (&work)))
    socket_reach_inside (list_entry (node, struct socket, mark), &work);
}

/* Drop the messages of SOCK, and the reference that the collector has on it.
   That may close it and free what it reads from, so that is held too.  */
static void
socket_empty (struct socket *sock)
{
  struct channel *channel = sock->in ? channel_ref (sock->in) : NULL;

  if (channel)
    {
      buffer_clear (&channel->buffer);
      channel_update (channel);
      channel_drop (channel);
    }
  socket_drop (sock);
}

static void
sockets_collect (struct timer *timer)
{
  struct sockets *sockets = list_entry (timer, struct sockets, collector);
  struct list garbage = LIST_INIT (garbage);
  struct list *node;

  sockets_mark (sockets);
  list_for_each (other, following, &sockets->all)
  {
    struct socket *sock = list_entry (other, struct socket, all);

    if (!sock->reachable && sock->in)
      list_insert_tail (&garbage, &socket_ref (sock)->mark);
  }
  while ((node = list_pop (&garbage)))
    socket_empty (list_entry (node, struct socket, mark));
}

void
sockets_collect_later (struct sockets *sockets)
{
  if (sockets->collector.running)
    return;
  sockets->collector.run = sockets_collect;
  timer_start (sockets->env->loop, &sockets->collector,
               clock_now_ns () + MOMENT_NS);
}
