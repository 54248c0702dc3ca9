/* handle.c -- the life of a handle, and what all handles answer alike
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "lib/io/handle.h"

#include "lib/role/environment.h"

static struct budget *
handles_budget (const struct generation *generation)
{
  return generation->handles ? generation->handles
                             : &generation->environment->handles;
}

/* The common members, without the object.  */
static void
handle_release (struct handle *handle, const struct generation *generation)
{
  ids_finish (&handle->ids);
  budget_discharge (handles_budget (generation), 1);
}

error_t
handle_init (struct handle *handle, const struct object_class *class,
             const struct io_ops *io, const struct fs_ops *fs,
             struct generation *generation, struct loop *loop,
             const struct ids *ids, int open_modes)
{
  struct budget *handles = handles_budget (generation);
  error_t err;

  if (!budget_charge (handles, 1))
    return ENFILE;
  ids_init (&handle->ids);
  ids_copy (&handle->ids, ids);
  handle->io = io;
  handle->fs = fs;
  handle->open_modes = open_modes;
  handle->owner = 0;
  err = object_init (&handle->object, class, generation, loop);
  if (err)
    handle_release (handle, generation);
  return err;
}

void
handle_finish (struct handle *handle)
{
  handle_release (handle, handle->object.generation);
}

/* A class is a handle's if it answers io.  */
struct handle *
handle_lookup (struct loop *loop, mach_port_t name)
{
  struct object *object = object_lookup (loop, name, NULL);

  if (!object)
    return NULL;
  for (const struct interface *const *i = object->class->interfaces; i && *i;
       i++)
    if (*i == &io_interface)
      return (struct handle *)object;
  return NULL;
}

error_t
out_data_reserve (struct out_data *out, size_t size)
{
  vm_address_t address = 0;

  if (size > out->size)
    {
      error_t err = vm_allocate (mach_task_self (), &address, size, TRUE);
      if (err)
        return ENOMEM;
      out->data = (char *)address;
      out->allocated = true;
    }
  out->size = size;
  return 0;
}
