/* fsys_rpc.c -- the fsys interface: from MIG's routines to struct fsys_ops

   Serves: <hurd/fsys.defs>.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <string.h>

#include "lib/io/fsys.h"
#include "lib/port/right.h"

#include "fsys_S.h"

const struct interface fsys_interface
    = { "fsys", 22000, 12, fsys_server_routine };

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

/* What "..", DOTDOT, is to those further in is nothing that we need.  */
kern_return_t
S_fsys_getroot (object_t object, mach_port_t reply,
                mach_msg_type_name_t reply_type, mach_port_t dotdot,
                const_idarray_t uids, mach_msg_type_number_t uids_count,
                const_idarray_t gids, mach_msg_type_number_t gids_count,
                int flags, retry_type *retry, string_t retry_name,
                mach_port_t *port, mach_msg_type_name_t *port_type)
{
  struct fsys *fsys = (struct fsys *)object;
  struct ids ids = IDS_INIT;
  struct object *handle = NULL;
  error_t err;

  (void)reply, (void)reply_type;
  err = request_copy_ids (object->loop, &ids.euids, uids, uids_count);
  if (!err)
    err = request_copy_ids (object->loop, &ids.egids, gids, gids_count);
  if (!err)
    err = fsys->ops->getroot (fsys, &ids, flags, &handle);
  ids_finish (&ids);
  if (err)
    return err;
  send_drop (&dotdot);
  memset (retry_name, 0, sizeof (string_t));
  *retry = FS_RETRY_NORMAL;
  *port = object_right (handle);
  *port_type = MACH_MSG_TYPE_MAKE_SEND;
  object_drop (handle);
  return 0;
}

/* What we serve ends with its environment.  */
kern_return_t
S_fsys_goaway (object_t object, mach_port_t reply,
               mach_msg_type_name_t reply_type, int flags)
{
  (void)object, (void)reply, (void)reply_type, (void)flags;
  return EBUSY;
}

kern_return_t
S_fsys_syncfs (object_t object, mach_port_t reply,
               mach_msg_type_name_t reply_type, int wait, int do_children)
{
  (void)object, (void)reply, (void)reply_type, (void)wait, (void)do_children;
  return 0;
}

kern_return_t
S_fsys_get_source (object_t object, mach_port_t reply,
                   mach_msg_type_name_t reply_type, string_t source)
{
  (void)reply, (void)reply_type;
  memset (source, 0, sizeof (string_t));
  strcpy (source, ((struct fsys *)object)->ops->source);
  return 0;
}

/* ---- what nothing of ours has an answer to ---- */

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
