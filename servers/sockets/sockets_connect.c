/* sockets_connect.c -- listen, connect and accept

   A connection exists from the moment of connect: the listener's end waits,
   without a handle, in its `pending' list until it is accepted.

   Source: own.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <mach/mig_errors.h>
#include <stdlib.h>

#include "servers/sockets/sockets_private.h"
#include "socket_reply_U.h"

/* Somebody waits for a connection.  */
struct acceptor
{
  struct parked parked;
  struct list link; /* in listener->accepts */
  struct sockets *sockets;
  struct socket_handle *handle; /* borrowed: parked.object */
};

/* Somebody waits for a place in a listener's queue.  */
struct connector
{
  struct parked parked;
  struct list link; /* in listener->connects */
  struct sockets *sockets;
  struct socket *sock; /* borrowed: its handle is parked.object */
};

static error_t
waiter_allocate (struct sockets *sockets, size_t size, void **ret_waiter)
{
  error_t err = generation_charge (&sockets->generation, size);

  if (err)
    return err;
  *ret_waiter = calloc (1, size);
  if (*ret_waiter)
    return 0;
  generation_discharge (&sockets->generation, size);
  return ENOMEM;
}

static void
acceptor_free (struct acceptor *acceptor)
{
  generation_discharge (&acceptor->sockets->generation, sizeof *acceptor);
  free (acceptor);
}

static void
acceptor_cancel (struct parked *parked, error_t why)
{
  struct acceptor *acceptor = list_entry (parked, struct acceptor, parked);

  list_remove (&acceptor->link);
  parked_fail (parked, why);
  acceptor_free (acceptor);
}

static void
connector_finish (struct connector *connector, error_t err)
{
  mach_msg_type_name_t type = connector->parked.reply_type;

  list_remove (&connector->link);
  connector->sock->connecting = NULL;
  if (err)
    parked_fail (&connector->parked, err);
  else
    socket_connect_reply (parked_take_reply (&connector->parked), type, 0);
  generation_discharge (&connector->sockets->generation, sizeof *connector);
  free (connector);
}

static void
connector_cancel (struct parked *parked, error_t why)
{
  connector_finish (list_entry (parked, struct connector, parked), why);
}

error_t
socket_listen_to (struct socket *sock, int backlog)
{
  if (sock->type == SOCK_DGRAM)
    return EOPNOTSUPP;
  if (socket_is_connected (sock) || sock->connecting)
    return EINVAL;
  if (backlog < 1)
    backlog = 1;
  if (backlog > SOCKETS_BACKLOG_MAX)
    backlog = SOCKETS_BACKLOG_MAX;
  sock->listening = true;
  sock->backlog = backlog;
  return 0;
}

/* The address of who connected to SOCK: one reference is given.  Whoever has
   gone by now has an address of nobody.  */
static error_t
pending_peer_address (struct socket *sock, struct address **ret_address)
{
  error_t err = socket_peer_address (sock, ret_address);

  if (err == ENOTCONN)
    return address_create (sock->sockets, ret_address);
  if (!err)
    object_ref (&(*ret_address)->object);
  return err;
}

/* Take the first pending connection of LISTENER as a handle for the owner of
   HANDLE.  EWOULDBLOCK: there is none.  */
static error_t
listener_take (struct socket *listener, const struct socket_handle *handle,
               struct socket_handle **ret_handle, struct address **ret_peer)
{
  struct list *node = list_first (&listener->pending);
  struct socket *sock;
  error_t err;

  if (!node)
    return EWOULDBLOCK;
  sock = list_entry (node, struct socket, pending_link);
  err = pending_peer_address (sock, ret_peer);
  if (err)
    return err;
  err = socket_handle_create (sock, &handle->handle.ids, O_READ | O_WRITE,
                              ret_handle);
  if (err)
    {
      object_drop (&(*ret_peer)->object);
      return err;
    }
  list_remove (&sock->pending_link);
  sock->listener = NULL;
  listener->pending_count--;
  socket_drop (sock); /* the list's; the handle has its own */
  return 0;
}

static void
acceptor_answer (struct acceptor *acceptor, struct socket_handle *handle,
                 struct address *peer)
{
  mach_msg_type_name_t type = acceptor->parked.reply_type;

  list_remove (&acceptor->link);
  socket_accept_reply (parked_take_reply (&acceptor->parked), type, 0,
                       object_right (&handle->handle.object),
                       MACH_MSG_TYPE_MAKE_SEND, object_right (&peer->object),
                       MACH_MSG_TYPE_MAKE_SEND);
  object_drop (&handle->handle.object);
  object_drop (&peer->object);
  acceptor_free (acceptor);
}

/* Give pending connections to those who wait for one.  */
static void
listener_serve (struct socket *listener)
{
  struct list *node;

  socket_ref (listener);
  while (!list_empty (&listener->pending)
         && (node = list_first (&listener->accepts)))
    {
      struct acceptor *acceptor = list_entry (node, struct acceptor, link);
      struct socket_handle *handle;
      struct address *peer;
      error_t err = EINTR;

      if (parked_has_client (&acceptor->parked))
        err = listener_take (listener, acceptor->handle, &handle, &peer);
      if (err)
        acceptor_cancel (&acceptor->parked, err);
      else
        acceptor_answer (acceptor, handle, peer);
    }
  select_queue_update (&listener->select);
  socket_drop (listener);
}

/* Connect SOCK to a new end in LISTENER's queue.  */
static error_t
listener_add (struct socket *listener, struct socket *sock)
{
  const struct ids nobody = IDS_INIT;
  cleanup_socket struct socket *end = NULL;
  error_t err;

  err = socket_create_one (listener->sockets, listener->type, S_IFSOCK,
                           &nobody, &end);
  if (err)
    return err;
  end->uid = listener->uid;
  end->gid = listener->gid;
  end->capacity = listener->capacity;
  err = socket_pair (sock, end);
  if (err)
    return err;
  if (listener->address)
    {
      object_ref (&listener->address->object);
      sock->peer_address = listener->address;
    }
  list_insert_tail (&listener->pending, &socket_ref (end)->pending_link);
  end->listener = listener;
  listener->pending_count++;
  return 0;
}

/* Let those in who wait for a place.  */
static void
listener_admit (struct socket *listener)
{
  struct list *node;

  socket_ref (listener);
  while (listener->listening && listener->pending_count < listener->backlog
         && (node = list_first (&listener->connects)))
    {
      struct connector *connector = list_entry (node, struct connector, link);

      connector_finish (connector, listener_add (listener, connector->sock));
    }
  listener_serve (listener);
  socket_drop (listener);
}

/* A datagram socket only notes where to send; a second time replaces.  */
static error_t
datagram_connect (struct socket *sock, struct socket *to)
{
  struct address *address = to->address;

  socket_stop_writing (sock);
  socket_forget_peer (sock);
  if (sock->peer_address)
    object_drop (&sock->peer_address->object);
  sock->peer_address = address;
  object_ref (&address->object);
  socket_write_to (sock, to->in);
  select_queue_update (&sock->select);
  return 0;
}

static error_t
connector_park (struct socket_handle *handle, const struct request *request,
                struct socket *listener)
{
  struct sockets *sockets = listener->sockets;
  struct connector *connector;
  void *memory;
  error_t err;

  err = waiter_allocate (sockets, sizeof *connector, &memory);
  if (err)
    return err;
  connector = memory;
  connector->sockets = sockets;
  connector->sock = handle->socket;
  handle->socket->connecting = &listener->connects;
  list_insert_tail (&listener->connects, &connector->link);
  parked_start (&connector->parked, &handle->handle.object, request->reply,
                request->reply_type, connector_cancel);
  return MIG_NO_REPLY;
}

error_t
socket_connect_to (struct socket_handle *handle, const struct request *request,
                   struct address *address)
{
  struct socket *sock = handle->socket, *to = address->socket;
  error_t err;

  if (!to)
    return ECONNREFUSED;
  if (to->type != sock->type)
    return EPROTOTYPE;
  if (sock->fifo)
    return EOPNOTSUPP;
  if (sock->type == SOCK_DGRAM)
    return to->in ? datagram_connect (sock, to) : ECONNREFUSED;
  if (sock->connecting)
    return EALREADY;
  if (socket_is_connected (sock))
    return EISCONN;
  if (sock->listening)
    return EINVAL;
  if (!to->listening)
    return ECONNREFUSED;
  if (to->pending_count >= to->backlog)
    return handle->handle.open_modes & O_NONBLOCK
               ? EWOULDBLOCK
               : connector_park (handle, request, to);
  err = listener_add (to, sock);
  if (err)
    return err;
  select_queue_update (&sock->select);
  listener_serve (to);
  return 0;
}

static error_t
acceptor_park (struct socket_handle *handle, const struct request *request)
{
  struct socket *sock = handle->socket;
  struct acceptor *acceptor;
  void *memory;
  error_t err;

  err = waiter_allocate (sock->sockets, sizeof *acceptor, &memory);
  if (err)
    return err;
  acceptor = memory;
  acceptor->sockets = sock->sockets;
  acceptor->handle = handle;
  list_insert_tail (&sock->accepts, &acceptor->link);
  parked_start (&acceptor->parked, &handle->handle.object, request->reply,
                request->reply_type, acceptor_cancel);
  return MIG_NO_REPLY;
}

error_t
socket_accept_one (struct socket_handle *handle, const struct request *request,
                   struct socket_handle **ret_handle,
                   struct address **ret_peer)
{
  struct socket *sock = handle->socket;
  error_t err;

  if (sock->type == SOCK_DGRAM)
    return EOPNOTSUPP;
  if (!sock->listening)
    return EINVAL;
  err = listener_take (sock, handle, ret_handle, ret_peer);
  if (!err)
    listener_admit (sock);
  else if (err == EWOULDBLOCK && !(handle->handle.open_modes & O_NONBLOCK))
    err = acceptor_park (handle, request);
  return err;
}

void
socket_stop_listening (struct socket *sock)
{
  struct list *node;

  sock->listening = false;
  while ((node = list_first (&sock->connects)))
    connector_finish (list_entry (node, struct connector, link), ECONNREFUSED);
  while ((node = list_first (&sock->accepts)))
    acceptor_cancel (&list_entry (node, struct acceptor, link)->parked,
                     EINVAL);
  while ((node = list_first (&sock->pending)))
    {
      struct socket *end = list_entry (node, struct socket, pending_link);

      socket_close (end); /* takes it off the list */
      socket_drop (end);  /* the list's reference */
    }
}
