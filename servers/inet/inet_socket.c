/* inet_socket.c -- services, sockets and addresses, whatever the source
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "servers/inet/inet.h"

#define MEMORY_MAX (8 * 1024 * 1024)     /* sockets and addresses */
#define FILESYSTEM UINT64_C (0x696e6574) /* st_fsid: no other has it */

static const struct family
{
  const char *path;
  int number;
  size_t name_size;
} families[INET_FAMILIES] = {
  [INET_4] = { "/servers/socket/2", PF_INET, sizeof (struct sockaddr_in) },
  [INET_6] = { "/servers/socket/26", PF_INET6, sizeof (struct sockaddr_in6) },
};

int
inet_family_number (enum inet_family family)
{
  return families[family].number;
}

size_t
inet_name_size (enum inet_family family)
{
  return families[family].name_size;
}

/* ---- addresses ---- */

static void
address_free (struct object *object)
{
  generation_discharge (object->generation, sizeof (struct inet_address));
  free (object);
}

static const struct interface *const address_interfaces[]
    = { &inet_interface, NULL };

const struct object_class inet_address_class
    = { .name = "inet address",
        .interfaces = address_interfaces,
        .free = address_free };

error_t
inet_address_create (struct inet *inet, const void *name, size_t size,
                     struct inet_address **ret_address)
{
  struct inet_address *address;
  error_t err = generation_charge (&inet->generation, sizeof *address);

  if (err)
    return err;
  address = calloc (1, sizeof *address);
  if (!address)
    err = ENOMEM;
  else
    err = object_init (&address->object, &inet_address_class,
                       &inet->generation, inet->env->loop);
  if (err)
    {
      generation_discharge (&inet->generation, sizeof *address);
      free (address);
      return err;
    }
  memcpy (&address->name, name, size);
  address->size = size;
  *ret_address = address;
  return 0;
}

/* ---- sockets ---- */

static const struct object_class socket_class;
static const struct io_ops socket_io;

static void
socket_drop (struct inet_socket *sock)
{
  if (--sock->refs)
    return;
  generation_discharge (&sock->inet->generation, sizeof *sock);
  free (sock);
}

static error_t
handle_create (struct inet_socket *sock, const struct ids *ids, int open_modes,
               struct inet_handle **ret_handle)
{
  struct inet_handle *handle = calloc (1, sizeof *handle);
  error_t err = handle
                    ? handle_init (&handle->handle, &socket_class, &socket_io,
                                   &fs_ops_none, &sock->inet->generation,
                                   sock->inet->env->loop, ids, open_modes)
                    : ENOMEM;

  if (err)
    {
      free (handle);
      return err;
    }
  sock->refs++;
  handle->socket = sock;
  *ret_handle = handle;
  return 0;
}

error_t
inet_socket_create (struct inet *inet, enum inet_family family, int type,
                    const struct ids *ids, struct inet_handle **ret_handle)
{
  struct inet_socket *sock;
  error_t err = generation_charge (&inet->generation, sizeof *sock);

  if (err)
    return err;
  sock = calloc (1, sizeof *sock);
  if (!sock)
    {
      generation_discharge (&inet->generation, sizeof *sock);
      return ENOMEM;
    }
  *sock = (struct inet_socket){ .refs = 1,
                                .inet = inet,
                                .family = family,
                                .type = type,
                                .number = ++inet->last_number };
  err = handle_create (sock, ids, O_READ | O_WRITE, ret_handle);
  socket_drop (sock); /* it is the handle's now */
  return err;
}

static void
handle_free (struct object *object)
{
  struct inet_handle *handle = (struct inet_handle *)object;

  handle_finish (&handle->handle);
  socket_drop (handle->socket);
  free (handle);
}

struct inet_handle *
inet_handle_of (struct object *object)
{
  return object->class == &socket_class ? (struct inet_handle *)object : NULL;
}

/* ---- a socket as a file ---- */

static error_t
socket_clone (struct handle *handle, const struct ids *ids, int open_modes,
              bool share, struct handle **ret_handle)
{
  struct inet_handle *new;
  error_t err = handle_create (((struct inet_handle *)handle)->socket, ids,
                               open_modes, &new);

  (void)share;
  if (!err)
    *ret_handle = &new->handle;
  return err;
}

static error_t
socket_read (struct handle *handle, const struct request *request,
             loff_t offset, size_t amount, struct out_data *out)
{
  struct inet_socket *sock = ((struct inet_handle *)handle)->socket;

  (void)request, (void)offset, (void)amount, (void)out;
  return sock->inet->ops->receive (sock, !(handle->open_modes & O_NONBLOCK));
}

static error_t
socket_write (struct handle *handle, const struct request *request,
              const void *data, size_t size, loff_t offset, size_t *ret_amount)
{
  struct inet_socket *sock = ((struct inet_handle *)handle)->socket;

  (void)request, (void)data, (void)size, (void)offset, (void)ret_amount;
  return sock->inet->ops->send (sock, NULL);
}

static error_t
socket_stat (struct handle *handle, io_statbuf_t *ret_stat)
{
  ret_stat->st_fstype = FSTYPE_SOCKET;
  ret_stat->st_fsid = FILESYSTEM;
  ret_stat->st_ino = ((struct inet_handle *)handle)->socket->number;
  ret_stat->st_nlink = 1;
  ret_stat->st_mode = S_IFSOCK | 0666;
  ret_stat->st_blksize = 512;
  return 0;
}

static const struct io_ops socket_io = {
  .clone = socket_clone,
  .read = socket_read,
  .write = socket_write,
  .stat = socket_stat,
};

static const struct interface *const socket_interfaces[]
    = { HANDLE_INTERFACES, &inet_interface, NULL };

static const struct object_class socket_class = {
  .name = "inet socket", .interfaces = socket_interfaces, .free = handle_free
};

/* ---- services ---- */

static const struct object_class service_class = {
  .name = "inet sockets", .interfaces = socket_interfaces, .free = plain_free
};

static const struct io_ops service_io
    = { .clone = plain_clone, .stat = plain_stat, .identity = plain_identity };

struct inet *
inet_of (struct object *object, enum inet_family *ret_family)
{
  struct inet_handle *handle = inet_handle_of (object);
  struct inet *inet;

  if (handle)
    {
      *ret_family = handle->socket->family;
      return handle->socket->inet;
    }
  if (object->class != &service_class)
    return NULL;
  inet = plain_of (object)->state;
  *ret_family = (enum inet_family) (plain_of (object) - inet->services);
  return inet;
}

error_t
inet_start (struct environment *env, const struct inet_ops *ops)
{
  struct inet *inet = calloc (1, sizeof *inet);
  error_t err = inet ? 0 : ENOMEM;

  if (err)
    return err;
  inet->env = env;
  inet->ops = ops;
  generation_init (&inet->generation, "inet", env);
  inet->generation.bytes_max = MEMORY_MAX;
  for (size_t i = 0; i < INET_FAMILIES && !err; i++)
    {
      inet->services[i] = (struct plain){ .path = families[i].path,
                                          .class = &service_class,
                                          .io = &service_io,
                                          .mode = S_IFSOCK | 0666,
                                          .number = 106 + i,
                                          .generation = &inet->generation,
                                          .env = env,
                                          .state = inet };
      err = plain_attach (&inet->services[i]);
    }
  return err;
}
