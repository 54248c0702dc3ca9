/* root_control.c -- a volume's control port

   It gives the volume's root to whoever has it, so only root gets it.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <stdlib.h>

#include "lib/io/fsys.h"
#include "servers/root/root.h"

struct control
{
  struct fsys fsys;
  struct volume *volume; /* borrowed */
};

static void
control_free (struct object *object)
{
  struct control *control = (struct control *)object;

  control->volume->control = NULL;
  free (control);
}

static const struct interface *const control_interfaces[]
    = { &fsys_interface, NULL };

static const struct object_class control_class = {
  .name = "volume control",
  .interfaces = control_interfaces,
  .free = control_free,
};

/* The top for the ids told.  Without a parent its ".." is itself.  */
static error_t
control_getroot (struct fsys *fsys, const struct ids *ids, int flags,
                 struct object **ret_handle)
{
  struct volume *volume = ((struct control *)fsys)->volume;
  struct file *file;
  error_t err = node_access (volume->top, ids, flags);

  if (!err)
    err = file_create (volume->top, ids, flags, NULL, &file);
  if (!err)
    *ret_handle = &file->handle.object;
  return err;
}

static const struct fsys_ops control_ops
    = { .source = "memory", .getroot = control_getroot };

error_t
file_op_getcontrol (struct handle *handle, struct object **ret_control)
{
  struct volume *volume = file_node (handle)->volume;
  struct control *control = (struct control *)volume->control;

  if (!ids_are_root (&handle->ids))
    return EPERM;
  if (!control)
    {
      control = calloc (1, sizeof *control);
      if (!control
          || object_init (&control->fsys.object, &control_class,
                          volume->generation, volume->environment->loop))
        {
          free (control);
          return ENOMEM;
        }
      control->fsys.ops = &control_ops;
      control->volume = volume;
      volume->control = &control->fsys.object;
      *ret_control = &control->fsys.object;
      return 0;
    }
  *ret_control = object_ref (&control->fsys.object);
  return 0;
}
