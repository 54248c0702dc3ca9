/* sockets_own.c -- the role local sockets, source own

   Everything is kept here; nothing is asked of anybody.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>

#include "servers/sockets/sockets_private.h"

/* What a socket says it is, by the protocol that was asked for: pipe () wants
   S_IFIFO.  */
static error_t
format_of_protocol (int protocol, mode_t *ret_format)
{
  if (protocol != 0 && protocol != S_IFCHR && protocol != S_IFSOCK
      && protocol != S_IFIFO)
    return EPROTONOSUPPORT;
  *ret_format = protocol ? (mode_t)protocol : S_IFSOCK;
  return 0;
}

static error_t
own_create (struct sockets *sockets, const struct ids *ids, int type,
            int protocol, struct object **ret_socket)
{
  cleanup_socket struct socket *sock = NULL;
  struct socket_handle *handle;
  mode_t format;
  error_t err;

  if (type != SOCK_STREAM && type != SOCK_DGRAM && type != SOCK_SEQPACKET)
    return EPROTOTYPE;
  err = format_of_protocol (protocol, &format);
  if (!err)
    err = socket_create_one (sockets, type, format, ids, &sock);
  if (!err)
    err = socket_handle_create (sock, ids, O_READ | O_WRITE, &handle);
  if (!err)
    *ret_socket = &handle->handle.object;
  return err;
}

static error_t
own_fabricate_address (struct sockets *sockets, int family,
                       struct object **ret_address)
{
  struct address *address;
  error_t err;

  if (family != AF_LOCAL)
    return EAFNOSUPPORT;
  err = address_create (sockets, &address);
  if (!err)
    *ret_address = &address->object;
  return err;
}

static const struct sockets_ops own_ops = {
  .create = own_create,
  .fabricate_address = own_fabricate_address,
};

error_t
sockets_own_create (struct environment *env)
{
  return sockets_start (env, &own_ops);
}
