/* sockets_rpc.c -- from MIG's routines to sockets and addresses

   Serves: <hurd/socket.defs> for the service, sockets and addresses; what an
   object is not asked for is EOPNOTSUPP, which libc takes for ENOTSOCK.

   Source: own.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <mach/mig_errors.h>
#include <string.h>
#include <sys/un.h>

#include "lib/port/right.h"
#include "servers/sockets/sockets_private.h"

#include "socket_S.h"

const struct interface socket_interface
    = { "socket", 26000, 16, socket_server_routine };

/* The address behind a right in a message; NULL: none of ours.  */
static struct address *
address_of (struct object *object, mach_port_t name)
{
  return (struct address *)object_lookup (object->loop, name, &address_class);
}

/* A socket that is a socket, not the end of a FIFO.  */
static struct socket_handle *
socket_asked (struct object *object)
{
  struct socket_handle *handle = socket_handle_of (object);

  return handle && !handle->socket->fifo ? handle : NULL;
}

static void
right_put (struct object *object, mach_port_t *port,
           mach_msg_type_name_t *port_type)
{
  *port = object ? object_right (object) : MACH_PORT_NULL;
  *port_type = MACH_MSG_TYPE_MAKE_SEND;
}

kern_return_t
S_socket_create (object_t object, mach_port_t reply,
                 mach_msg_type_name_t reply_type, int type, int protocol,
                 mach_port_t *port, mach_msg_type_name_t *port_type)
{
  struct sockets *sockets = sockets_of_service (object);
  struct object *sock;
  error_t err;

  (void)reply, (void)reply_type;
  if (!sockets)
    return EOPNOTSUPP;
  err = sockets->ops->create (sockets, &((struct handle *)object)->ids, type,
                              protocol, &sock);
  if (err)
    return err;
  right_put (sock, port, port_type);
  object_drop (sock);
  return 0;
}

kern_return_t
S_socket_listen (object_t object, mach_port_t reply,
                 mach_msg_type_name_t reply_type, int backlog)
{
  struct socket_handle *handle = socket_asked (object);

  (void)reply, (void)reply_type;
  return handle ? socket_listen_to (handle->socket, backlog) : EOPNOTSUPP;
}

kern_return_t
S_socket_accept (object_t object, mach_port_t reply,
                 mach_msg_type_name_t reply_type, mach_port_t *port,
                 mach_msg_type_name_t *port_type, mach_port_t *peer,
                 mach_msg_type_name_t *peer_type)
{
  struct socket_handle *handle = socket_asked (object), *accepted;
  struct request request = { reply, reply_type, NULL, 0 };
  struct address *address;
  error_t err;

  if (!handle)
    return EOPNOTSUPP;
  err = socket_accept_one (handle, &request, &accepted, &address);
  if (err)
    return err;
  right_put (&accepted->handle.object, port, port_type);
  right_put (&address->object, peer, peer_type);
  object_drop (&accepted->handle.object);
  object_drop (&address->object);
  return 0;
}

kern_return_t
S_socket_connect (object_t object, mach_port_t reply,
                  mach_msg_type_name_t reply_type, mach_port_t name)
{
  struct socket_handle *handle = socket_asked (object);
  struct request request = { reply, reply_type, NULL, 0 };
  struct address *address;
  error_t err;

  if (!handle)
    return EOPNOTSUPP;
  address = address_of (object, name);
  if (!address)
    return ECONNREFUSED;
  err = socket_connect_to (handle, &request, address);
  if (!err || err == MIG_NO_REPLY)
    send_drop (&name);
  return err;
}

kern_return_t
S_socket_bind (object_t object, mach_port_t reply,
               mach_msg_type_name_t reply_type, mach_port_t name)
{
  struct socket_handle *handle = socket_asked (object);
  struct address *address;
  error_t err;

  (void)reply, (void)reply_type;
  if (!handle)
    return EOPNOTSUPP;
  address = address_of (object, name);
  if (!address)
    return EADDRNOTAVAIL;
  err = socket_bind_to (handle->socket, address);
  if (!err)
    send_drop (&name);
  return err;
}

kern_return_t
S_socket_name (object_t object, mach_port_t reply,
               mach_msg_type_name_t reply_type, mach_port_t *port,
               mach_msg_type_name_t *port_type)
{
  struct socket_handle *handle = socket_asked (object);
  struct address *address;
  error_t err;

  (void)reply, (void)reply_type;
  err = handle ? socket_address (handle->socket, &address) : EOPNOTSUPP;
  if (!err)
    right_put (&address->object, port, port_type);
  return err;
}

kern_return_t
S_socket_peername (object_t object, mach_port_t reply,
                   mach_msg_type_name_t reply_type, mach_port_t *port,
                   mach_msg_type_name_t *port_type)
{
  struct socket_handle *handle = socket_asked (object);
  struct address *address;
  error_t err;

  (void)reply, (void)reply_type;
  err = handle ? socket_peer_address (handle->socket, &address) : EOPNOTSUPP;
  if (!err)
    right_put (&address->object, port, port_type);
  return err;
}

kern_return_t
S_socket_connect2 (object_t object, mach_port_t reply,
                   mach_msg_type_name_t reply_type, mach_port_t name)
{
  struct socket_handle *handle = socket_asked (object), *other;
  struct object *found = object_lookup (object->loop, name, &socket_class);
  error_t err;

  (void)reply, (void)reply_type;
  other = found ? socket_asked (found) : NULL;
  if (!handle || !other)
    return EOPNOTSUPP;
  if (handle->socket->type != other->socket->type
      || handle->socket == other->socket)
    return EINVAL;
  if (!socket_is_free (handle->socket) || !socket_is_free (other->socket))
    return EISCONN;
  err = socket_pair (handle->socket, other->socket);
  if (!err)
    send_drop (&name);
  return err;
}

kern_return_t
S_socket_create_address (object_t object, mach_port_t reply,
                         mach_msg_type_name_t reply_type, int family,
                         const_data_t data, mach_msg_type_number_t size,
                         mach_port_t *port, mach_msg_type_name_t *port_type)
{
  /* Names are nodes of a file system, which has the address.  */
  (void)object, (void)reply, (void)reply_type, (void)family;
  (void)data, (void)size, (void)port, (void)port_type;
  return EOPNOTSUPP;
}

kern_return_t
S_socket_fabricate_address (object_t object, mach_port_t reply,
                            mach_msg_type_name_t reply_type, int family,
                            mach_port_t *port, mach_msg_type_name_t *port_type)
{
  struct socket_handle *handle = socket_asked (object);
  struct sockets *sockets
      = handle ? handle->socket->sockets : sockets_of_service (object);
  struct object *address;
  error_t err;

  (void)reply, (void)reply_type;
  if (!sockets)
    return EOPNOTSUPP;
  err = sockets->ops->fabricate_address (sockets, family, &address);
  if (err)
    return err;
  right_put (address, port, port_type);
  object_drop (address);
  return 0;
}

kern_return_t
S_socket_whatis_address (object_t object, mach_port_t reply,
                         mach_msg_type_name_t reply_type, int *family,
                         data_t *data, mach_msg_type_number_t *size)
{
  struct sockaddr_un *name = (struct sockaddr_un *)*data;
  const size_t length = offsetof (struct sockaddr_un, sun_path) + 1;

  (void)reply, (void)reply_type;
  if (object->class != &address_class)
    return EOPNOTSUPP;
  memset (name, 0, length); /* the name is not known here: it is empty */
  name->sun_len = length;
  name->sun_family = *family = AF_LOCAL;
  *size = length;
  return 0;
}

kern_return_t
S_socket_shutdown (object_t object, mach_port_t reply,
                   mach_msg_type_name_t reply_type, int direction)
{
  struct socket_handle *handle = socket_asked (object);

  (void)reply, (void)reply_type;
  if (!handle)
    return EOPNOTSUPP;
  if (direction < SHUT_RD || direction > SHUT_RDWR)
    return EINVAL;
  if (!socket_is_connected (handle->socket))
    return ENOTCONN;
  socket_shutdown_now (handle->socket, direction != SHUT_WR,
                       direction != SHUT_RD);
  return 0;
}

kern_return_t
S_socket_getopt (object_t object, mach_port_t reply,
                 mach_msg_type_name_t reply_type, int level, int option,
                 data_t *data, mach_msg_type_number_t *size)
{
  struct socket_handle *handle = socket_asked (object);
  int value;
  error_t err;

  (void)reply, (void)reply_type;
  err = handle ? socket_option_get (handle->socket, level, option, &value)
               : EOPNOTSUPP;
  if (err)
    return err;
  memcpy (*data, &value, sizeof value);
  *size = sizeof value;
  return 0;
}

kern_return_t
S_socket_setopt (object_t object, mach_port_t reply,
                 mach_msg_type_name_t reply_type, int level, int option,
                 const_data_t data, mach_msg_type_number_t size)
{
  struct socket_handle *handle = socket_asked (object);
  int value;
  error_t err;

  (void)reply, (void)reply_type;
  if (!handle)
    return EOPNOTSUPP;
  if (size < sizeof value)
    return EINVAL;
  err = request_copy (object->loop, &value, data, sizeof value);
  return err ? err : socket_option_set (handle->socket, level, option, value);
}

/* Where SOCK's data for ADDRESS (NULL: the peer) goes; borrowed.  */
static error_t
send_destination (const struct socket *sock, const struct address *address,
                  struct channel **ret_channel)
{
  const struct socket *to = address ? address->socket : NULL;

  if (!address)
    {
      if (!sock->out)
        return sock->shut_out             ? EPIPE
               : sock->type == SOCK_DGRAM ? EDESTADDRREQ
                                          : ENOTCONN;
      *ret_channel = sock->out;
      return 0;
    }
  if (sock->type != SOCK_DGRAM)
    return socket_is_connected (sock) ? EISCONN : EOPNOTSUPP;
  if (sock->shut_out)
    return EPIPE;
  if (!to || !to->in)
    return ECONNREFUSED;
  if (to->type != sock->type)
    return EPROTOTYPE;
  *ret_channel = to->in;
  return 0;
}

kern_return_t
S_socket_send (object_t object, mach_port_t reply,
               mach_msg_type_name_t reply_type, mach_port_t name, int flags,
               const_data_t data, mach_msg_type_number_t size,
               const_portarray_t ports, mach_msg_type_number_t ports_count,
               const_data_t control, mach_msg_type_number_t control_size,
               vm_size_t *ret_amount)
{
  struct socket_handle *handle = socket_asked (object);
  struct request request = { reply, reply_type, NULL, 0 };
  struct address *address = NULL;
  struct message *message = NULL;
  struct channel *channel;
  size_t amount = 0;
  error_t err;

  if (!handle || (flags & MSG_OOB))
    return EOPNOTSUPP;
  if (name != MACH_PORT_NULL && !(address = address_of (object, name)))
    return ECONNREFUSED;
  err = send_destination (handle->socket, address, &channel);
  if (!err)
    err = message_create (
        object->loop,
        handle->socket->type == SOCK_DGRAM ? handle->socket->address : NULL,
        ports, ports_count, control, control_size, &message);
  if (!err)
    err = socket_write (handle, channel, &request, data, size, flags, message,
                        true, &amount);
  if (err && err != MIG_NO_REPLY)
    {
      message_forget (message);
      return err;
    }
  if (err == MIG_NO_REPLY)
    {
      request_release (object->loop, ports, ports_count * sizeof *ports);
      request_release (object->loop, control, control_size);
    }
  send_drop (&name);
  *ret_amount = amount;
  return err;
}

kern_return_t
S_socket_recv (object_t object, mach_port_t reply,
               mach_msg_type_name_t reply_type, mach_port_t *source,
               mach_msg_type_name_t *source_type, int flags, data_t *data,
               mach_msg_type_number_t *size, portarray_t *ports,
               mach_msg_type_name_t *ports_type,
               mach_msg_type_number_t *ports_count, data_t *control,
               mach_msg_type_number_t *control_size, int *out_flags,
               vm_size_t amount)
{
  struct socket_handle *handle = socket_asked (object);
  struct request request = { reply, reply_type, NULL, 0 };
  struct incoming incoming = { .out = { .data = *data, .size = *size } };
  error_t err;

  if (!handle)
    return EOPNOTSUPP;
  if (flags & MSG_OOB)
    return EINVAL;
  err = socket_read (handle, &request, amount, flags, true, &incoming);
  if (err)
    return err;
  *data = incoming.out.data;
  *size = incoming.out.size;
  right_put (incoming.message && incoming.message->source
                 ? &incoming.message->source->object
                 : NULL,
             source, source_type);
  *ports_type = MACH_MSG_TYPE_MOVE_SEND;
  message_deliver (incoming.message, *ports, ports_count, *control,
                   control_size);
  *out_flags = incoming.flags;
  return 0;
}
