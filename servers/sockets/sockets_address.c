/* sockets_address.c -- addresses, and who is bound to them

   An address is a port and nothing else: the name belongs to a node of a
   file system, which nobody tells us.

   Source: own.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <stdlib.h>

#include "servers/sockets/sockets_private.h"

static void
address_free (struct object *object)
{
  struct generation *generation = object->generation;

  free (object);
  generation_discharge (generation, sizeof (struct address));
}

static const struct interface *const address_interfaces[]
    = { &socket_interface, NULL };

const struct object_class address_class = {
  .name = "socket address",
  .interfaces = address_interfaces,
  .free = address_free,
};

error_t
address_create (struct sockets *sockets, struct address **ret_address)
{
  struct generation *generation = &sockets->generation;
  struct address *address;
  error_t err;

  err = generation_charge (generation, sizeof *address);
  if (err)
    return err;
  address = calloc (1, sizeof *address);
  err = address ? object_init (&address->object, &address_class, generation,
                               sockets->env->loop)
                : ENOMEM;
  if (err)
    {
      free (address);
      generation_discharge (generation, sizeof *address);
      return err;
    }
  *ret_address = address;
  return 0;
}

error_t
sockets_address_create (struct environment *env, struct object **ret_address)
{
  struct address *address;
  error_t err;

  if (!env->sockets_state)
    return EOPNOTSUPP;
  err = address_create (env->sockets_state, &address);
  if (!err)
    *ret_address = &address->object;
  return err;
}

error_t
socket_bind_to (struct socket *sock, struct address *address)
{
  if (sock->address)
    return EINVAL;
  if (address->socket)
    return EADDRINUSE;
  object_ref (&address->object);
  sock->address = address;
  address->socket = sock;
  return 0;
}

error_t
socket_address (struct socket *sock, struct address **ret_address)
{
  error_t err = 0;

  if (!sock->address)
    err = address_create (sock->sockets, &sock->address);
  if (err)
    return err;
  sock->address->socket = sock;
  *ret_address = sock->address;
  return 0;
}

error_t
socket_peer_address (struct socket *sock, struct address **ret_address)
{
  if (sock->peer_address)
    {
      *ret_address = sock->peer_address;
      return 0;
    }
  if (!sock->peer)
    return ENOTCONN;
  return socket_address (sock->peer, ret_address);
}

void
socket_forget_peer (struct socket *sock)
{
  struct socket *peer = sock->peer;

  sock->peer = NULL;
  if (!peer || peer->peer != sock)
    return;
  peer->peer = NULL;
  if (!peer->peer_address && sock->address)
    {
      object_ref (&sock->address->object);
      peer->peer_address = sock->address;
    }
}
