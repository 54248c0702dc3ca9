/* root_control.c -- a volume's control port, and translators that start

   Serves: <hurd/fsys.defs>.  The control port of a volume gives its root to
   whoever has it, so only root gets it.  fsys_startup comes from a program
   that was started as a translator (translators.c).
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <stdlib.h>
#include <string.h>

#include "lib/port/right.h"
#include "servers/root/root.h"

#include "fsys_S.h"

static const struct interface fsys_interface
    = { "fsys", 22000, 12, fsys_server_routine };

struct control
{
  struct object object;
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

/* COUNT ids of a request.  */
static error_t
request_copy_ids (struct loop *loop, struct idset *set, const_idarray_t from,
                  size_t count)
{
  uint32_t copy[IDS_LARGEST];
  error_t err;

  if (count > IDS_LARGEST)
    return E2BIG;
  err = count ? request_copy (loop, copy, from, count * sizeof *copy) : 0;
  return err ? err : idset_set (set, copy, count);
}

static struct volume *
volume_of (object_t object)
{
  return object->class == &control_class ? ((struct control *)object)->volume
                                         : NULL;
}

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
          || object_init (&control->object, &control_class, volume->generation,
                          volume->environment->loop))
        {
          free (control);
          return ENOMEM;
        }
      control->volume = volume;
      volume->control = &control->object;
      *ret_control = &control->object;
      return 0;
    }
  *ret_control = object_ref (&control->object);
  return 0;
}

/* ---- the control port ---- */

/* A handle on the top for the ids told.  Without a parent its ".." is itself.
 */
kern_return_t
S_fsys_getroot (object_t object, mach_port_t reply,
                mach_msg_type_name_t reply_type, mach_port_t dotdot,
                const_idarray_t uids, mach_msg_type_number_t uids_count,
                const_idarray_t gids, mach_msg_type_number_t gids_count,
                int flags, retry_type *retry, string_t retry_name,
                mach_port_t *port, mach_msg_type_name_t *port_type)
{
  struct volume *volume = volume_of (object);
  struct ids ids = IDS_INIT;
  struct file *file = NULL;
  error_t err;

  (void)reply, (void)reply_type;
  if (!volume)
    return EOPNOTSUPP;
  err = request_copy_ids (object->loop, &ids.euids, uids, uids_count);
  if (!err)
    err = request_copy_ids (object->loop, &ids.egids, gids, gids_count);
  if (!err)
    err = node_access (volume->top, &ids, flags);
  if (!err)
    err = file_create (volume->top, &ids, flags, NULL, &file);
  ids_finish (&ids);
  if (err)
    return err;
  send_drop (&dotdot);
  memset (retry_name, 0, sizeof (string_t));
  *retry = FS_RETRY_NORMAL;
  *port = object_right (&file->handle.object);
  *port_type = MACH_MSG_TYPE_MAKE_SEND;
  object_drop (&file->handle.object);
  return 0;
}

/* A volume ends with its environment.  */
kern_return_t
S_fsys_goaway (object_t object, mach_port_t reply,
               mach_msg_type_name_t reply_type, int flags)
{
  (void)reply, (void)reply_type, (void)flags;
  return volume_of (object) ? EBUSY : EOPNOTSUPP;
}

kern_return_t
S_fsys_syncfs (object_t object, mach_port_t reply,
               mach_msg_type_name_t reply_type, int wait, int do_children)
{
  (void)reply, (void)reply_type, (void)wait, (void)do_children;
  return volume_of (object) ? 0 : EOPNOTSUPP;
}

kern_return_t
S_fsys_get_source (object_t object, mach_port_t reply,
                   mach_msg_type_name_t reply_type, string_t source)
{
  (void)reply, (void)reply_type;
  if (!volume_of (object))
    return EOPNOTSUPP;
  memset (source, 0, sizeof (string_t));
  strcpy (source, "memory");
  return 0;
}

/* ---- what a volume in memory has no answer to ---- */

kern_return_t
S_fsys_startup (object_t object, mach_port_t reply,
                mach_msg_type_name_t reply_type, int flags,
                mach_port_t control, mach_port_t *node,
                mach_msg_type_name_t *node_type)
{
  (void)object, (void)reply, (void)reply_type, (void)flags, (void)control;
  (void)node, (void)node_type;
  return EOPNOTSUPP;
}

kern_return_t
S_fsys_getfile (object_t object, mach_port_t reply,
                mach_msg_type_name_t reply_type, const_idarray_t uids,
                mach_msg_type_number_t uids_count, const_idarray_t gids,
                mach_msg_type_number_t gids_count, const_data_t file_handle,
                mach_msg_type_number_t file_handle_size, mach_port_t *file,
                mach_msg_type_name_t *file_type)
{
  (void)object, (void)reply, (void)reply_type, (void)uids, (void)uids_count;
  (void)gids, (void)gids_count, (void)file_handle, (void)file_handle_size;
  (void)file, (void)file_type;
  return EOPNOTSUPP;
}

kern_return_t
S_fsys_set_options (object_t object, mach_port_t reply,
                    mach_msg_type_name_t reply_type, const_data_t options,
                    mach_msg_type_number_t size, int do_children)
{
  (void)object, (void)reply, (void)reply_type, (void)options, (void)size;
  (void)do_children;
  return EOPNOTSUPP;
}

kern_return_t
S_fsys_get_options (object_t object, mach_port_t reply,
                    mach_msg_type_name_t reply_type, data_t *options,
                    mach_msg_type_number_t *size)
{
  (void)object, (void)reply, (void)reply_type, (void)options, (void)size;
  return EOPNOTSUPP;
}

kern_return_t
S_fsys_getpriv (object_t object, mach_port_t reply,
                mach_msg_type_name_t reply_type, mach_port_t *host_priv,
                mach_msg_type_name_t *host_priv_type,
                mach_port_t *device_master,
                mach_msg_type_name_t *device_master_type, mach_port_t *task,
                mach_msg_type_name_t *task_type)
{
  (void)object, (void)reply, (void)reply_type, (void)host_priv;
  (void)host_priv_type, (void)device_master, (void)device_master_type;
  (void)task, (void)task_type;
  return EOPNOTSUPP;
}

kern_return_t
S_fsys_init (object_t object, mach_port_t reply,
             mach_msg_type_name_t reply_type, mach_port_t proc, auth_t auth)
{
  (void)object, (void)reply, (void)reply_type, (void)proc, (void)auth;
  return EOPNOTSUPP;
}

kern_return_t
S_fsys_forward (object_t object, mach_port_t reply,
                mach_msg_type_name_t reply_type, mach_port_t requestor,
                const_data_t argv, mach_msg_type_number_t size)
{
  (void)object, (void)reply, (void)reply_type, (void)requestor, (void)argv;
  (void)size;
  return EOPNOTSUPP;
}

kern_return_t
S_fsys_get_children (object_t object, mach_port_t reply,
                     mach_msg_type_name_t reply_type, data_t *names,
                     mach_msg_type_number_t *names_size, portarray_t *controls,
                     mach_msg_type_name_t *controls_type,
                     mach_msg_type_number_t *controls_count)
{
  (void)object, (void)reply, (void)reply_type, (void)names, (void)names_size;
  (void)controls, (void)controls_type, (void)controls_count;
  return EOPNOTSUPP;
}
