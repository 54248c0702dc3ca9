/* sockets_service.c -- /servers/socket/1, whatever the source

   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "servers/sockets/sockets_private.h"

#define SERVICE_PATH "/servers/socket/1" /* PF_LOCAL */

static const struct io_ops service_io;

/* What a client finds at the path.  */
struct service
{
  struct handle handle;
  struct sockets *sockets;
};

static error_t
service_create (struct sockets *sockets, const struct ids *ids, int open_modes,
                struct handle **ret_handle)
{
  struct service *service = calloc (1, sizeof *service);
  error_t err;

  err = service ? handle_init (&service->handle, &sockets_service_class,
                               &service_io, &fs_ops_none, &sockets->generation,
                               sockets->env->loop, ids, open_modes)
                : ENOMEM;
  if (err)
    {
      free (service);
      return err;
    }
  service->sockets = sockets;
  *ret_handle = &service->handle;
  return 0;
}

static void
service_free (struct object *object)
{
  handle_finish ((struct handle *)object);
  free (object);
}

static error_t
service_clone (struct handle *handle, const struct ids *ids, int open_modes,
               bool share, struct handle **ret_handle)
{
  (void)share;
  return service_create (((struct service *)handle)->sockets, ids, open_modes,
                         ret_handle);
}

static error_t
service_stat (struct handle *handle, io_statbuf_t *ret_stat)
{
  (void)handle;
  ret_stat->st_fstype = FSTYPE_SOCKET;
  ret_stat->st_fsid = getpid ();
  ret_stat->st_ino = 1;
  ret_stat->st_nlink = 1;
  ret_stat->st_mode = S_IFSOCK | 0666;
  ret_stat->st_blksize = SOCKETS_PIPE_BUF;
  return 0;
}

static const struct io_ops service_io = {
  .clone = service_clone,
  .stat = service_stat,
};

static const struct interface *const service_interfaces[]
    = { HANDLE_INTERFACES, &socket_interface, NULL };

const struct object_class sockets_service_class = {
  .name = "local sockets",
  .interfaces = service_interfaces,
  .free = service_free,
};

struct sockets *
sockets_of_service (struct object *object)
{
  return object->class == &sockets_service_class
             ? ((struct service *)object)->sockets
             : NULL;
}

static error_t
service_open (void *role, int flags, const struct ids *ids,
              struct object **ret_object)
{
  struct handle *handle;
  error_t err = service_create (role, ids, flags, &handle);

  if (!err)
    *ret_object = &handle->object;
  return err;
}

/* ---- the budget of the buffers ---- */

static error_t
buffers_charge (void *cookie, size_t size)
{
  return generation_charge (cookie, size);
}

static void
buffers_discharge (void *cookie, size_t size)
{
  generation_discharge (cookie, size);
}

static void
budget_drop (void *attachment)
{
  message_drop (attachment);
}

static char *
budget_pages_map (size_t size)
{
  vm_address_t pages = 0;

  return vm_allocate (mach_task_self (), &pages, size, TRUE) ? NULL
                                                             : (char *)pages;
}

static void
budget_pages_unmap (char *pages, size_t size)
{
  (void)vm_deallocate (mach_task_self (), (vm_address_t)pages, size);
}

static struct sockets *
sockets_create (struct environment *env, const struct sockets_ops *ops)
{
  struct sockets *sockets = calloc (1, sizeof *sockets);

  if (!sockets)
    return NULL;
  sockets->env = env;
  sockets->ops = ops;
  generation_init (&sockets->generation, "sockets", env);
  sockets->generation.bytes_max = SOCKETS_BYTES_MAX;
  sockets->generation.shared = &env->memory;
  sockets->budget.charge = buffers_charge;
  sockets->budget.discharge = buffers_discharge;
  sockets->budget.drop = budget_drop;
  sockets->budget.pages_map = budget_pages_map;
  sockets->budget.pages_unmap = budget_pages_unmap;
  buffer_budget_init (&sockets->budget);
  sockets->budget.cookie = &sockets->generation;
  list_init (&sockets->all);
  sockets->last_number = 1; /* the service itself */
  return sockets;
}

error_t
sockets_start (struct environment *env, const struct sockets_ops *ops)
{
  struct sockets *sockets = sockets_create (env, ops);
  error_t err;

  if (!sockets)
    return ENOMEM;
  const struct service_node service = {
    .path = SERVICE_PATH,
    .mode = S_IFSOCK | 0666,
    .open = service_open,
    .role = sockets,
  };
  err = env->root->attach (env, &service);
  if (err)
    {
      free (sockets);
      return err;
    }
  env->sockets_state = sockets;
  return 0;
}
