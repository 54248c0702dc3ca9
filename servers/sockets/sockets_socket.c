/* sockets_socket.c -- the life of one end

   Source: own.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <stdlib.h>

#include "servers/sockets/sockets_private.h"

static void
socket_init_lists (struct socket *sock)
{
  struct list *const lists[]
      = { &sock->all,      &sock->handles, &sock->in_link,
          &sock->out_link, &sock->pending, &sock->accepts,
          &sock->connects, &sock->mark,    &sock->pending_link };

  for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
    list_init (lists[i]);
  select_queue_init (&sock->select);
}

/* Everybody may send to a datagram socket from the start.  */
static error_t
socket_make_inbox (struct socket *sock)
{
  struct channel *inbox = channel_create (sock->sockets, sock->capacity, true);

  if (!inbox)
    return ENOMEM;
  inbox->lasting = true;
  socket_read_from (sock, inbox);
  channel_drop (inbox);
  return 0;
}

error_t
socket_create_one (struct sockets *sockets, int type, mode_t format,
                   const struct ids *ids, struct socket **ret_socket)
{
  cleanup_socket struct socket *sock = NULL;
  error_t err;

  err = generation_charge (&sockets->generation, sizeof *sock);
  if (err)
    return err;
  sock = calloc (1, sizeof *sock);
  if (!sock)
    {
      generation_discharge (&sockets->generation, sizeof *sock);
      return ENOMEM;
    }
  socket_init_lists (sock);
  sock->sockets = sockets;
  sock->refs = 1;
  sock->type = type;
  sock->format = format;
  sock->capacity = SOCKETS_CAPACITY;
  sock->number = ++sockets->last_number;
  sock->uid = ids->euids.count ? ids->euids.ids[0] : (uid_t)-1;
  sock->gid = ids->egids.count ? ids->egids.ids[0] : (gid_t)-1;
  list_insert_tail (&sockets->all, &sock->all);
  if (type == SOCK_DGRAM && (err = socket_make_inbox (sock)))
    return err;
  *ret_socket = sock;
  sock = NULL;
  return 0;
}

struct socket *
socket_ref (struct socket *sock)
{
  sock->refs++;
  return sock;
}

void
socket_drop (struct socket *sock)
{
  if (!sock || --sock->refs)
    return;
  sock->refs = 1; /* closing refers to us for a while */
  socket_close (sock);
  list_remove (&sock->all);
  if (sock->identity)
    object_drop (sock->identity);
  fifo_drop (sock->fifo);
  generation_discharge (&sock->sockets->generation, sizeof *sock);
  free (sock);
}

void
socket_cleanup (struct socket **variable)
{
  socket_drop (*variable);
}

static void
socket_drop_addresses (struct socket *sock)
{
  struct address *own = sock->address, *peer = sock->peer_address;

  sock->address = sock->peer_address = NULL;
  if (own)
    {
      own->socket = NULL;
      object_drop (&own->object);
    }
  if (peer)
    object_drop (&peer->object);
}

void
socket_close (struct socket *sock)
{
  if (sock->closed)
    return;
  socket_ref (sock);
  sock->closed = true;
  socket_forget_peer (sock);
  socket_stop_listening (sock);
  if (sock->listener)
    {
      sock->listener->pending_count--;
      sock->listener = NULL;
      list_remove (&sock->pending_link);
    }
  socket_drop_addresses (sock);
  socket_stop_writing (sock);
  socket_stop_reading (sock);
  select_queue_finish (&sock->select);
  if (sock->fifo)
    fifo_end_closed (sock->fifo);
  socket_drop (sock);
}

bool
socket_is_connected (const struct socket *sock)
{
  return sock->peer || sock->peer_address || sock->out || sock->shut_out
         || (sock->type != SOCK_DGRAM && (sock->in || sock->shut_in));
}

bool
socket_is_free (const struct socket *sock)
{
  return !sock->connecting && !sock->listening && !sock->listener
         && !socket_is_connected (sock);
}

/* A and B send datagrams to each other's inbox.  */
static void
pair_inboxes (struct socket *a, struct socket *b)
{
  socket_write_to (a, b->in);
  socket_write_to (b, a->in);
}

static error_t
pair_streams (struct socket *a, struct socket *b)
{
  bool records = a->type == SOCK_SEQPACKET;
  struct channel *to_a = channel_create (a->sockets, a->capacity, records);
  struct channel *to_b = channel_create (b->sockets, b->capacity, records);

  if (to_a && to_b)
    {
      socket_read_from (a, to_a);
      socket_write_to (b, to_a);
      socket_read_from (b, to_b);
      socket_write_to (a, to_b);
    }
  error_t err = to_a && to_b ? 0 : ENOMEM;
  channel_drop (to_a);
  channel_drop (to_b);
  return err;
}

error_t
socket_pair (struct socket *a, struct socket *b)
{
  error_t err = 0;

  if (a->type == SOCK_DGRAM)
    pair_inboxes (a, b);
  else
    err = pair_streams (a, b);
  if (err)
    return err;
  a->peer = b;
  b->peer = a;
  return 0;
}

void
socket_shutdown_now (struct socket *sock, bool in, bool out)
{
  socket_ref (sock);
  if (out)
    {
      sock->shut_out = true;
      socket_stop_writing (sock);
    }
  if (in)
    {
      sock->shut_in = true;
      socket_stop_reading (sock);
    }
  select_queue_update (&sock->select);
  socket_drop (sock);
}
