/* sockets_handle.c -- a socket as a descriptor: the io interface

   Source: own.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <mach/mig_errors.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "servers/sockets/sockets_private.h"

static const struct io_ops socket_io;

struct socket_handle *
socket_handle_of (struct object *object)
{
  return object->class == &socket_class ? (struct socket_handle *)object
                                        : NULL;
}

static struct socket_handle *
of_handle (struct handle *handle)
{
  return (struct socket_handle *)handle;
}

error_t
socket_handle_create (struct socket *sock, const struct ids *ids,
                      int open_modes, struct socket_handle **ret_handle)
{
  struct generation *generation = &sock->sockets->generation;
  struct socket_handle *handle;
  error_t err;

  err = generation_charge (generation, sizeof *handle);
  if (err)
    return err;
  handle = calloc (1, sizeof *handle);
  err = handle ? handle_init (&handle->handle, &socket_class, &socket_io,
                              &fs_ops_none, generation,
                              sock->sockets->env->loop, ids, open_modes)
               : ENOMEM;
  if (err)
    {
      free (handle);
      generation_discharge (generation, sizeof *handle);
      return err;
    }
  handle->socket = socket_ref (sock);
  list_insert_tail (&sock->handles, &handle->link);
  *ret_handle = handle;
  return 0;
}

/* The last sender is gone, but a message still has us.  */
static void
socket_handle_no_senders (struct object *object)
{
  struct socket_handle *handle = (struct socket_handle *)object;

  if (handle->flights)
    sockets_collect_later (handle->socket->sockets);
}

static void
socket_handle_free (struct object *object)
{
  struct socket_handle *handle = (struct socket_handle *)object;
  struct socket *sock = handle->socket;
  struct generation *generation = &sock->sockets->generation;

  list_remove (&handle->link);
  if (list_empty (&sock->handles))
    socket_close (sock);
  else if (list_entry (sock->handles.next, struct socket_handle, link)
               ->flights)
    sockets_collect_later (sock->sockets);
  socket_drop (sock);
  handle_finish (&handle->handle);
  free (handle);
  generation_discharge (generation, sizeof *handle);
}

static error_t
handle_clone (struct handle *handle, const struct ids *ids, int open_modes,
              bool share, struct handle **ret_handle)
{
  struct socket_handle *clone;
  error_t err;

  (void)share; /* there is no offset, and the open modes are shared */
  err = socket_handle_create (of_handle (handle)->socket, ids, open_modes,
                              &clone);
  if (!err)
    *ret_handle = &clone->handle;
  return err;
}

static error_t
handle_read (struct handle *handle, const struct request *request,
             loff_t offset, size_t amount, struct out_data *out)
{
  struct incoming incoming = { .out = *out };
  error_t err;

  if (offset != -1)
    return ESPIPE;
  err = socket_read (of_handle (handle), request, amount, 0, false, &incoming);
  if (err)
    return err;
  *out = incoming.out;
  message_drop (incoming.message);
  return 0;
}

static error_t
handle_write (struct handle *handle, const struct request *request,
              const void *data, size_t size, loff_t offset, size_t *ret_amount)
{
  struct socket *sock = of_handle (handle)->socket;
  struct message *message = NULL;
  error_t err;

  if (offset != -1)
    return ESPIPE;
  if (!sock->out)
    return sock->shut_out             ? EPIPE
           : sock->type == SOCK_DGRAM ? EDESTADDRREQ
                                      : ENOTCONN;
  if (sock->type == SOCK_DGRAM && sock->address)
    err = message_create (handle->object.loop, sock->address, NULL, 0, NULL, 0,
                          &message);
  else
    err = 0;
  if (!err)
    err = socket_write (of_handle (handle), sock->out, request, data, size, 0,
                        message, false, ret_amount);
  if (err && err != MIG_NO_REPLY)
    message_forget (message);
  return err;
}

static error_t
handle_readable (struct handle *handle, size_t *ret_amount)
{
  struct socket *sock = of_handle (handle)->socket;

  if (!sock->in)
    return sock->shut_in ? (*ret_amount = 0, 0) : ENOTCONN;
  *ret_amount = buffer_available (&sock->in->buffer);
  return 0;
}

static bool
socket_is_readable (const struct socket *sock)
{
  if (sock->listening)
    return !list_empty (&sock->pending);
  if (!sock->in)
    return true; /* an error, or the end, comes at once */
  return !buffer_is_empty (&sock->in->buffer) || channel_has_ended (sock->in);
}

static bool
socket_is_writable (const struct socket *sock)
{
  const struct channel *out = sock->out;

  if (sock->listening)
    return false;
  if (!out || list_empty (&out->readers))
    return true;
  return list_empty (&out->write_waits)
         && (buffer_is_empty (&out->buffer)
             || buffer_room (&out->buffer) >= SOCKETS_PIPE_BUF);
}

static int
handle_select (struct handle *handle, int types)
{
  struct socket *sock = of_handle (handle)->socket;
  int ready = 0;

  if ((types & SELECT_READ) && socket_is_readable (sock))
    ready |= SELECT_READ;
  if ((types & SELECT_WRITE) && socket_is_writable (sock))
    ready |= SELECT_WRITE;
  return ready;
}

static struct select_queue *
handle_select_queue (struct handle *handle)
{
  return &of_handle (handle)->socket->select;
}

static error_t
handle_stat (struct handle *handle, io_statbuf_t *ret_stat)
{
  struct socket *sock = of_handle (handle)->socket;

  if (sock->fifo)
    return fifo_stat (sock->fifo, ret_stat);
  memset (ret_stat, 0, sizeof *ret_stat);
  ret_stat->st_fstype = FSTYPE_SOCKET;
  ret_stat->st_fsid = (ino64_t)getpid ();
  ret_stat->st_ino = sock->number;
  ret_stat->st_nlink = 1;
  ret_stat->st_mode = sock->format | (sock->format == S_IFIFO ? 0600 : 0777);
  ret_stat->st_uid = sock->uid;
  ret_stat->st_gid = sock->gid;
  ret_stat->st_size = sock->in ? sock->in->buffer.bytes : 0;
  /* What fits into a message costs a quarter of what does not.  */
  ret_stat->st_blksize = SOCKETS_INLINE;
  return 0;
}

static void
identity_free (struct object *object)
{
  free (object);
}

static const struct interface *const identity_interfaces[] = { NULL };
static const struct object_class identity_class = {
  .name = "socket identity",
  .interfaces = identity_interfaces,
  .free = identity_free,
};

static error_t
socket_make_identity (struct socket *sock)
{
  struct object *identity = calloc (1, sizeof *identity);
  error_t err;

  if (!identity)
    return ENOMEM;
  err = object_init (identity, &identity_class, &sock->sockets->generation,
                     sock->sockets->env->loop);
  if (err)
    {
      free (identity);
      return err;
    }
  sock->identity = identity;
  return 0;
}

static error_t
handle_identity (struct handle *handle, struct object **ret_identity,
                 struct object **ret_filesystem, ino64_t *ret_number)
{
  struct socket *sock = of_handle (handle)->socket;
  error_t err = 0;

  if (!sock->identity)
    err = socket_make_identity (sock);
  if (err)
    return err;
  *ret_identity = sock->identity;
  *ret_filesystem = sock->identity;
  *ret_number = sock->number;
  return 0;
}

static error_t
handle_pathconf (struct handle *handle, int name, int *ret_value)
{
  (void)handle;
  if (name != _PC_PIPE_BUF)
    return EINVAL;
  *ret_value = SOCKETS_PIPE_BUF;
  return 0;
}

/* O_NONBLOCK and the like belong to what is open, not to one of its
   handles.  */
static void
handle_open_modes_changed (struct handle *handle, int old)
{
  struct socket *sock = of_handle (handle)->socket;

  (void)old;
  list_for_each (node, following, &sock->handles)
      list_entry (node, struct socket_handle, link)
          ->handle.open_modes
      = handle->open_modes;
}

static const struct io_ops socket_io = {
  .clone = handle_clone,
  .read = handle_read,
  .write = handle_write,
  .seek = NULL,
  .readable = handle_readable,
  .select = handle_select,
  .select_queue = handle_select_queue,
  .stat = handle_stat,
  .identity = handle_identity,
  .pathconf = handle_pathconf,
  .open_modes_changed = handle_open_modes_changed,
};

static const struct interface *const socket_interfaces[]
    = { HANDLE_INTERFACES, &socket_interface, NULL };

const struct object_class socket_class = {
  .name = "socket",
  .interfaces = socket_interfaces,
  .no_senders = socket_handle_no_senders,
  .free = socket_handle_free,
};
