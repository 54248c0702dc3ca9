/* inet_rpc.c -- from MIG's routines to the operations of a source

   Serves: <hurd/socket.defs> for services, sockets and addresses of inet; the
   stubs are the local sockets' with names of their own (mk/guest.mk).  What an
   object is not asked for is EOPNOTSUPP, which the C library takes for
   ENOTSOCK.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <mach/mig_errors.h>
#include <string.h>

#include "lib/port/right.h"
#include "servers/inet/inet.h"

#include "inet_S.h"

const struct interface inet_interface
    = { "inet", 26000, 16, inet_server_routine };

/* The socket of OBJECT, or NULL.  */
static struct inet_socket *
socket_of (struct object *object)
{
  struct inet_handle *handle = inet_handle_of (object);

  return handle ? handle->socket : NULL;
}

/* The address behind a right in a message; NULL: none of ours.  */
static struct inet_address *
address_of (struct object *object, mach_port_t name)
{
  return (struct inet_address *)object_lookup (object->loop, name,
                                               &inet_address_class);
}

/* OBJECT, a reference that is dropped here, goes into the reply.  */
static void
right_put (struct object *object, mach_port_t *port,
           mach_msg_type_name_t *port_type)
{
  *port = object_right (object);
  *port_type = MACH_MSG_TYPE_MAKE_SEND;
  object_drop (object);
}

/* ---- making ---- */

kern_return_t
I_socket_create (object_t object, mach_port_t reply,
                 mach_msg_type_name_t reply_type, int type, int protocol,
                 mach_port_t *port, mach_msg_type_name_t *port_type)
{
  enum inet_family family;
  struct inet *inet = inet_of (object, &family);
  struct inet_handle *handle;
  error_t err;

  (void)reply, (void)reply_type;
  if (!inet || inet_handle_of (object))
    return EOPNOTSUPP;
  err = inet->ops->admit (inet, family, type, protocol);
  if (!err)
    err = inet_socket_create (inet, family, type,
                              &((struct handle *)object)->ids, &handle);
  if (!err)
    right_put (&handle->handle.object, port, port_type);
  return err;
}

/* The C library asks the socket, which knows its family.  */
kern_return_t
I_socket_create_address (object_t object, mach_port_t reply,
                         mach_msg_type_name_t reply_type, int number,
                         const_data_t data, mach_msg_type_number_t size,
                         mach_port_t *port, mach_msg_type_name_t *port_type)
{
  enum inet_family family;
  struct inet *inet = inet_of (object, &family);
  struct sockaddr_storage name;
  struct inet_address *address;
  error_t err;

  (void)reply, (void)reply_type;
  if (!inet)
    return EOPNOTSUPP;
  if (number != inet_family_number (family))
    return EAFNOSUPPORT;
  if (size < inet_name_size (family) || size > sizeof name)
    return EINVAL;
  memset (&name, 0, sizeof name);
  err = request_copy (object->loop, &name, data, inet_name_size (family));
  if (!err)
    err = inet_address_create (inet, &name, inet_name_size (family), &address);
  if (!err)
    right_put (&address->object, port, port_type);
  return err;
}

/* Names of this family are written by programs, never made up.  */
kern_return_t
I_socket_fabricate_address (object_t object, mach_port_t reply,
                            mach_msg_type_name_t reply_type, int family,
                            mach_port_t *port, mach_msg_type_name_t *port_type)
{
  (void)object, (void)reply, (void)reply_type, (void)family;
  (void)port, (void)port_type;
  return EOPNOTSUPP;
}

kern_return_t
I_socket_whatis_address (object_t object, mach_port_t reply,
                         mach_msg_type_name_t reply_type, int *family,
                         data_t *data, mach_msg_type_number_t *size)
{
  const struct inet_address *address = (const struct inet_address *)object;

  (void)reply, (void)reply_type;
  if (object->class != &inet_address_class)
    return EOPNOTSUPP;
  memcpy (*data, &address->name, address->size);
  *size = address->size;
  *family = address->name.ss_family;
  return 0;
}

/* ---- addresses of sockets ---- */

kern_return_t
I_socket_bind (object_t object, mach_port_t reply,
               mach_msg_type_name_t reply_type, mach_port_t name)
{
  struct inet_socket *sock = socket_of (object);
  struct inet_address *address = address_of (object, name);
  error_t err;

  (void)reply, (void)reply_type;
  if (!sock)
    return EOPNOTSUPP;
  err = address ? sock->inet->ops->bind (sock, address) : EADDRNOTAVAIL;
  if (!err)
    send_drop (&name);
  return err;
}

/* One that is not bound: zeros.  */
kern_return_t
I_socket_name (object_t object, mach_port_t reply,
               mach_msg_type_name_t reply_type, mach_port_t *port,
               mach_msg_type_name_t *port_type)
{
  struct inet_socket *sock = socket_of (object);
  struct sockaddr_storage name = { .ss_len = 0 };
  struct inet_address *address;
  error_t err;

  (void)reply, (void)reply_type;
  if (!sock)
    return EOPNOTSUPP;
  name.ss_len = inet_name_size (sock->family);
  name.ss_family = inet_family_number (sock->family);
  err = inet_address_create (sock->inet, &name, name.ss_len, &address);
  if (!err)
    right_put (&address->object, port, port_type);
  return err;
}

kern_return_t
I_socket_peername (object_t object, mach_port_t reply,
                   mach_msg_type_name_t reply_type, mach_port_t *port,
                   mach_msg_type_name_t *port_type)
{
  struct inet_socket *sock = socket_of (object);

  (void)reply, (void)reply_type, (void)port, (void)port_type;
  return sock ? sock->inet->ops->peer (sock) : EOPNOTSUPP;
}

/* ---- connections ---- */

kern_return_t
I_socket_listen (object_t object, mach_port_t reply,
                 mach_msg_type_name_t reply_type, int backlog)
{
  struct inet_socket *sock = socket_of (object);

  (void)reply, (void)reply_type;
  return sock ? sock->inet->ops->listen (sock, backlog) : EOPNOTSUPP;
}

kern_return_t
I_socket_accept (object_t object, mach_port_t reply,
                 mach_msg_type_name_t reply_type, mach_port_t *port,
                 mach_msg_type_name_t *port_type, mach_port_t *peer,
                 mach_msg_type_name_t *peer_type)
{
  struct inet_socket *sock = socket_of (object);

  (void)reply, (void)reply_type, (void)port, (void)port_type;
  (void)peer, (void)peer_type;
  return sock ? sock->inet->ops->accept (sock) : EOPNOTSUPP;
}

kern_return_t
I_socket_connect (object_t object, mach_port_t reply,
                  mach_msg_type_name_t reply_type, mach_port_t name)
{
  struct inet_socket *sock = socket_of (object);
  struct inet_address *address = address_of (object, name);
  error_t err;

  (void)reply, (void)reply_type;
  if (!sock)
    return EOPNOTSUPP;
  err = address ? sock->inet->ops->connect (sock, address) : ECONNREFUSED;
  if (!err)
    send_drop (&name);
  return err;
}

/* There are no pairs in this family.  */
kern_return_t
I_socket_connect2 (object_t object, mach_port_t reply,
                   mach_msg_type_name_t reply_type, mach_port_t name)
{
  (void)object, (void)reply, (void)reply_type, (void)name;
  return EOPNOTSUPP;
}

kern_return_t
I_socket_shutdown (object_t object, mach_port_t reply,
                   mach_msg_type_name_t reply_type, int direction)
{
  struct inet_socket *sock = socket_of (object);

  (void)reply, (void)reply_type;
  return sock ? sock->inet->ops->shutdown (sock, direction) : EOPNOTSUPP;
}

/* ---- options ---- */

kern_return_t
I_socket_getopt (object_t object, mach_port_t reply,
                 mach_msg_type_name_t reply_type, int level, int option,
                 data_t *data, mach_msg_type_number_t *size)
{
  struct inet_socket *sock = socket_of (object);
  int value;
  error_t err = sock
                    ? sock->inet->ops->get_option (sock, level, option, &value)
                    : EOPNOTSUPP;

  (void)reply, (void)reply_type;
  if (err)
    return err;
  memcpy (*data, &value, sizeof value);
  *size = sizeof value;
  return 0;
}

kern_return_t
I_socket_setopt (object_t object, mach_port_t reply,
                 mach_msg_type_name_t reply_type, int level, int option,
                 const_data_t data, mach_msg_type_number_t size)
{
  struct inet_socket *sock = socket_of (object);

  (void)reply, (void)reply_type, (void)data, (void)size;
  return sock ? sock->inet->ops->set_option (sock, level, option) : EOPNOTSUPP;
}

/* ---- data ---- */

/* All fail so far, so all rights and memory are the loop's to drop.  */

kern_return_t
I_socket_send (object_t object, mach_port_t reply,
               mach_msg_type_name_t reply_type, mach_port_t name, int flags,
               const_data_t data, mach_msg_type_number_t size,
               const_portarray_t ports, mach_msg_type_number_t ports_count,
               const_data_t control, mach_msg_type_number_t control_size,
               vm_size_t *ret_amount)
{
  struct inet_socket *sock = socket_of (object);
  struct inet_address *address = address_of (object, name);

  (void)reply, (void)reply_type, (void)flags, (void)data, (void)size;
  (void)ports, (void)ports_count, (void)control, (void)control_size;
  (void)ret_amount;
  if (!sock)
    return EOPNOTSUPP;
  if (name != MACH_PORT_NULL && !address)
    return ECONNREFUSED;
  return sock->inet->ops->send (sock, address);
}

kern_return_t
I_socket_recv (object_t object, mach_port_t reply,
               mach_msg_type_name_t reply_type, mach_port_t *source,
               mach_msg_type_name_t *source_type, int flags, data_t *data,
               mach_msg_type_number_t *size, portarray_t *ports,
               mach_msg_type_name_t *ports_type,
               mach_msg_type_number_t *ports_count, data_t *control,
               mach_msg_type_number_t *control_size, int *out_flags,
               vm_size_t amount)
{
  struct inet_socket *sock = socket_of (object);
  bool waits;

  (void)reply, (void)reply_type, (void)source, (void)source_type, (void)data;
  (void)size, (void)ports, (void)ports_type, (void)ports_count, (void)control;
  (void)control_size, (void)out_flags, (void)amount;
  if (!sock)
    return EOPNOTSUPP;
  waits = !(flags & MSG_DONTWAIT)
          && !(((struct handle *)object)->open_modes & O_NONBLOCK);
  return sock->inet->ops->receive (sock, waits);
}
