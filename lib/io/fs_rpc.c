/* fs_rpc.c -- the fs and ifsock interfaces: from MIG's routines to fs_ops

   Serves: <hurd/fs.defs>, <hurd/ifsock.defs>.  Directory and exec routines
   are in fs_dir_rpc.c.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/io/fs_private.h"
#include "lib/port/right.h"

#include "fs_S.h"
#include "ifsock_S.h"

const struct interface fs_interface = { "fs", 20000, 37, fs_server_routine };
const struct interface ifsock_interface
    = { "ifsock", 34000, 1, ifsock_server_routine };

const struct fs_ops fs_ops_none = { .lookup = NULL };

/* Call OP with the arguments, or say that there is no such thing.  */
#define CALL(handle, op, ...)                                                 \
  ((handle)->fs->op ? (handle)->fs->op (handle, ##__VA_ARGS__) : EOPNOTSUPP)

/* ---- attributes ---- */

kern_return_t
S_file_chown (object_t object, mach_port_t reply,
              mach_msg_type_name_t reply_type, uid_t owner, gid_t group)
{
  (void)reply, (void)reply_type;
  return CALL (handle_of (object), chown, owner, group);
}

kern_return_t
S_file_chauthor (object_t object, mach_port_t reply,
                 mach_msg_type_name_t reply_type, uid_t author)
{
  (void)reply, (void)reply_type;
  return CALL (handle_of (object), chauthor, author);
}

kern_return_t
S_file_chmod (object_t object, mach_port_t reply,
              mach_msg_type_name_t reply_type, mode_t mode)
{
  (void)reply, (void)reply_type;
  return CALL (handle_of (object), chmod, mode);
}

kern_return_t
S_file_chflags (object_t object, mach_port_t reply,
                mach_msg_type_name_t reply_type, int flags)
{
  (void)reply, (void)reply_type;
  return CALL (handle_of (object), chflags, flags);
}

kern_return_t
S_file_utimens (object_t object, mach_port_t reply,
                mach_msg_type_name_t reply_type, timespec_t atime,
                timespec_t mtime)
{
  struct timespec a = { atime.tv_sec, atime.tv_nsec };
  struct timespec m = { mtime.tv_sec, mtime.tv_nsec };

  (void)reply, (void)reply_type;
  return CALL (handle_of (object), utimens, a, m);
}

/* The old form: microseconds, and -1 for "now".  */
static struct timespec
timespec_of (time_value_t value)
{
  struct timespec spec = { value.seconds, value.microseconds * 1000L };

  if (value.microseconds == -1)
    spec.tv_nsec = UTIME_NOW;
  return spec;
}

kern_return_t
S_file_utimes (object_t object, mach_port_t reply,
               mach_msg_type_name_t reply_type, time_value_t atime,
               time_value_t mtime)
{
  (void)reply, (void)reply_type;
  return CALL (handle_of (object), utimens, timespec_of (atime),
               timespec_of (mtime));
}

/* O_TRUNC on a device or a terminal is not an error.  */
kern_return_t
S_file_set_size (object_t object, mach_port_t reply,
                 mach_msg_type_name_t reply_type, loff_t size)
{
  struct handle *handle = handle_of (object);

  (void)reply, (void)reply_type;
  if (!(handle->open_modes & O_WRITE))
    return EBADF;
  return handle->fs->set_size ? handle->fs->set_size (handle, size) : 0;
}

kern_return_t
S_file_check_access (object_t object, mach_port_t reply,
                     mach_msg_type_name_t reply_type, int *allowed)
{
  struct handle *handle = handle_of (object);

  (void)reply, (void)reply_type;
  *allowed = handle->open_modes & (O_READ | O_WRITE | O_EXEC);
  return handle->fs->check_access ? handle->fs->check_access (handle, allowed)
                                  : 0;
}

/* ---- locks ---- */

kern_return_t
S_file_lock (object_t object, mach_port_t reply,
             mach_msg_type_name_t reply_type, int flags)
{
  struct request request = { reply, reply_type, NULL, 0 };

  return CALL (handle_of (object), lock, &request, flags);
}

kern_return_t
S_file_lock_stat (object_t object, mach_port_t reply,
                  mach_msg_type_name_t reply_type, int *mine, int *others)
{
  (void)reply, (void)reply_type;
  return CALL (handle_of (object), lock_stat, mine, others);
}

kern_return_t
S_file_record_lock (object_t object, mach_port_t reply,
                    mach_msg_type_name_t reply_type, int command,
                    flock_t *lock, mach_port_t rendezvous)
{
  struct request request = { reply, reply_type, NULL, 0 };
  error_t err = CALL (handle_of (object), record_lock, &request, command, lock,
                      rendezvous);

  /* Success, and a wait, make the right ours; no source of ours keeps it. */
  if (!err || err == MIG_NO_REPLY)
    send_drop (&rendezvous);
  return err;
}

/* ---- filesystem ---- */

kern_return_t
S_file_getcontrol (object_t object, mach_port_t reply,
                   mach_msg_type_name_t reply_type, mach_port_t *control,
                   mach_msg_type_name_t *control_type)
{
  struct object *result = NULL;
  error_t err = CALL (handle_of (object), getcontrol, &result);

  (void)reply, (void)reply_type;
  return object_give (err, result, control, control_type);
}

kern_return_t
S_file_statfs (object_t object, mach_port_t reply,
               mach_msg_type_name_t reply_type, fsys_statfsbuf_t *info)
{
  (void)reply, (void)reply_type;
  memset (info, 0, sizeof *info);
  return CALL (handle_of (object), statfs, info);
}

kern_return_t
S_file_sync (object_t object, mach_port_t reply,
             mach_msg_type_name_t reply_type, int wait, int omit_metadata)
{
  struct handle *handle = handle_of (object);

  (void)reply, (void)reply_type, (void)omit_metadata;
  return handle->fs->sync ? handle->fs->sync (handle, wait) : 0;
}

kern_return_t
S_file_syncfs (object_t object, mach_port_t reply,
               mach_msg_type_name_t reply_type, int wait, int do_children)
{
  (void)do_children;
  return S_file_sync (object, reply, reply_type, wait, 0);
}

kern_return_t
S_file_get_fs_options (object_t object, mach_port_t reply,
                       mach_msg_type_name_t reply_type, data_t *options,
                       mach_msg_type_number_t *size)
{
  struct out_data out = { .data = *options, .size = *size };
  error_t err = CALL (handle_of (object), get_fs_options, &out);

  (void)reply, (void)reply_type;
  *options = out.data;
  *size = err ? 0 : out.size;
  return err;
}

/* ---- what no source offers ---- */

kern_return_t
S_file_notice_changes (object_t object, mach_port_t reply,
                       mach_msg_type_name_t reply_type, mach_port_t port)
{
  (void)object, (void)reply, (void)reply_type, (void)port;
  return EOPNOTSUPP;
}

kern_return_t
S_dir_notice_changes (object_t object, mach_port_t reply,
                      mach_msg_type_name_t reply_type, mach_port_t port)
{
  (void)object, (void)reply, (void)reply_type, (void)port;
  return EOPNOTSUPP;
}

kern_return_t
S_file_getfh (object_t object, mach_port_t reply,
              mach_msg_type_name_t reply_type, data_t *data,
              mach_msg_type_number_t *size)
{
  (void)object, (void)reply, (void)reply_type, (void)data, (void)size;
  return EOPNOTSUPP;
}

kern_return_t
S_file_get_storage_info (object_t object, mach_port_t reply,
                         mach_msg_type_name_t reply_type, portarray_t *ports,
                         mach_msg_type_name_t *ports_type,
                         mach_msg_type_number_t *ports_count, intarray_t *ints,
                         mach_msg_type_number_t *ints_count,
                         off_array_t *offsets,
                         mach_msg_type_number_t *offsets_count, data_t *data,
                         mach_msg_type_number_t *data_count)
{
  (void)object, (void)reply, (void)reply_type;
  (void)ports, (void)ports_type, (void)ports_count, (void)ints;
  (void)ints_count, (void)offsets, (void)offsets_count;
  (void)data, (void)data_count;
  return EOPNOTSUPP;
}

/* ---- translators ---- */

kern_return_t
S_file_set_translator (object_t object, mach_port_t reply,
                       mach_msg_type_name_t reply_type, int passive_flags,
                       int active_flags, int old_flags, const_data_t passive,
                       mach_msg_type_number_t passive_size, mach_port_t active)
{
  (void)reply, (void)reply_type;
  return CALL (handle_of (object), set_translator, passive_flags, active_flags,
               old_flags, passive, passive_size, active);
}

kern_return_t
S_file_get_translator (object_t object, mach_port_t reply,
                       mach_msg_type_name_t reply_type, data_t *translator,
                       mach_msg_type_number_t *size)
{
  struct out_data out = { .data = *translator, .size = *size };
  error_t err = CALL (handle_of (object), get_translator, &out);

  (void)reply, (void)reply_type;
  *translator = out.data;
  *size = err ? 0 : out.size;
  return err;
}

kern_return_t
S_file_get_translator_cntl (object_t object, mach_port_t reply,
                            mach_msg_type_name_t reply_type,
                            mach_port_t *control,
                            mach_msg_type_name_t *control_type)
{
  (void)reply, (void)reply_type;
  *control_type = MACH_MSG_TYPE_MOVE_SEND;
  return CALL (handle_of (object), get_translator_control, control);
}

/* ---- sockets in the filesystem ---- */

/* This routine's result is MAKE_SEND already (<hurd/ifsock.defs>).  */
kern_return_t
S_ifsock_getsockaddr (object_t object, mach_port_t reply,
                      mach_msg_type_name_t reply_type, mach_port_t *address)
{
  struct object *result = NULL;
  mach_msg_type_name_t address_type;
  error_t err = CALL (handle_of (object), getsockaddr, &result);

  (void)reply, (void)reply_type;
  return object_give (err, result, address, &address_type);
}
