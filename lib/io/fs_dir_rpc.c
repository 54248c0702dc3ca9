/* fs_dir_rpc.c -- names, directories and programs of the fs interface

   Serves: dir_*, file_exec*, file_reparent, file_getlinknode of
   <hurd/fs.defs>.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <string.h>

#include "lib/io/fs_private.h"
#include "lib/port/right.h"

#include "fs_S.h"

#define NAME_SIZE sizeof (string_t)

#define CALL(handle, op, ...)                                                 \
  ((handle)->fs->op ? (handle)->fs->op (handle, ##__VA_ARGS__) : EOPNOTSUPP)

/* A string of a request is 1024 bytes and need not end.  */
static bool
name_ends (const char *name)
{
  return memchr (name, '\0', NAME_SIZE) != NULL;
}

/* ---- lookup ---- */

/* Reopening is all that a thing which is no directory can do: the last step
   of a lookup that led through FS_RETRY_REAUTH.  */
static error_t
lookup_self (struct handle *handle, const char *name, int flags,
             struct lookup_result *result)
{
  const int access = O_READ | O_WRITE | O_EXEC;
  struct handle *copy;
  error_t err;

  if (*name)
    return ENOTDIR;
  if (flags & access & ~handle->open_modes)
    return EACCES;
  err = handle->io->clone (handle, &handle->ids,
                           flags & (access | O_APPEND | O_NONBLOCK), false,
                           &copy);
  if (!err)
    result->object = &copy->object;
  return err;
}

kern_return_t
S_dir_lookup (object_t object, mach_port_t reply,
              mach_msg_type_name_t reply_type, const_string_t name, int flags,
              mode_t mode, retry_type *retry, string_t retry_name,
              mach_port_t *port, mach_msg_type_name_t *port_type)
{
  struct handle *handle = handle_of (object);
  struct request request = { reply, reply_type, NULL, 0 };
  struct lookup_result result
      = { FS_RETRY_NORMAL, retry_name, NULL, MACH_PORT_NULL };
  error_t err;

  if (!name_ends (name))
    return ENAMETOOLONG;
  /* The whole field travels; nothing of our memory may.  */
  memset (retry_name, 0, NAME_SIZE);
  err = handle->fs->lookup
            ? handle->fs->lookup (handle, &request, name, flags, mode, &result)
            : lookup_self (handle, name, flags, &result);
  if (err)
    return err;
  *retry = result.retry;
  *port = result.port;
  *port_type = MACH_MSG_TYPE_MOVE_SEND;
  return result.object ? object_give (0, result.object, port, port_type) : 0;
}

kern_return_t
S_dir_readdir (object_t object, mach_port_t reply,
               mach_msg_type_name_t reply_type, data_t *data,
               mach_msg_type_number_t *size, boolean_t *dealloc, int entry,
               int entries, vm_size_t bytes_max, int *amount)
{
  struct handle *handle = handle_of (object);
  struct out_data out = { .data = *data, .size = *size };
  error_t err;

  (void)reply, (void)reply_type;
  if (!(handle->open_modes & O_READ))
    return EBADF;
  if (!handle->fs->readdir)
    return ENOTDIR;
  err = handle->fs->readdir (handle, entry, entries, bytes_max, &out, amount);
  if (err)
    return err;
  *data = out.data;
  *size = out.size;
  *dealloc = out.allocated;
  return 0;
}

/* ---- changing directories ---- */

kern_return_t
S_dir_mkdir (object_t object, mach_port_t reply,
             mach_msg_type_name_t reply_type, const_string_t name, mode_t mode)
{
  (void)reply, (void)reply_type;
  return name_ends (name) ? CALL (handle_of (object), mkdir, name, mode)
                          : ENAMETOOLONG;
}

kern_return_t
S_dir_rmdir (object_t object, mach_port_t reply,
             mach_msg_type_name_t reply_type, const_string_t name)
{
  (void)reply, (void)reply_type;
  return name_ends (name) ? CALL (handle_of (object), rmdir, name)
                          : ENAMETOOLONG;
}

kern_return_t
S_dir_unlink (object_t object, mach_port_t reply,
              mach_msg_type_name_t reply_type, const_string_t name)
{
  (void)reply, (void)reply_type;
  return name_ends (name) ? CALL (handle_of (object), unlink, name)
                          : ENAMETOOLONG;
}

kern_return_t
S_dir_link (object_t object, mach_port_t reply,
            mach_msg_type_name_t reply_type, mach_port_t file,
            const_string_t name, int exclusive)
{
  error_t err = name_ends (name)
                    ? CALL (handle_of (object), link, file, name, exclusive)
                    : ENAMETOOLONG;

  (void)reply, (void)reply_type;
  if (!err)
    send_drop (&file);
  return err;
}

kern_return_t
S_dir_rename (object_t object, mach_port_t reply,
              mach_msg_type_name_t reply_type, const_string_t old_name,
              mach_port_t directory, const_string_t new_name, int exclusive)
{
  error_t err = name_ends (old_name) && name_ends (new_name)
                    ? CALL (handle_of (object), rename, old_name, directory,
                            new_name, exclusive)
                    : ENAMETOOLONG;

  (void)reply, (void)reply_type;
  if (!err)
    send_drop (&directory);
  return err;
}

kern_return_t
S_dir_mkfile (object_t object, mach_port_t reply,
              mach_msg_type_name_t reply_type, int flags, mode_t mode,
              mach_port_t *port, mach_msg_type_name_t *port_type)
{
  struct object *result = NULL;
  error_t err = CALL (handle_of (object), mkfile, flags, mode, &result);

  (void)reply, (void)reply_type;
  return object_give (err, result, port, port_type);
}

kern_return_t
S_file_getlinknode (object_t object, mach_port_t reply,
                    mach_msg_type_name_t reply_type, mach_port_t *port,
                    mach_msg_type_name_t *port_type)
{
  struct object *result = NULL;
  error_t err = CALL (handle_of (object), getlinknode, &result);

  (void)reply, (void)reply_type;
  return object_give (err, result, port, port_type);
}

kern_return_t
S_file_reparent (object_t object, mach_port_t reply,
                 mach_msg_type_name_t reply_type, mach_port_t parent,
                 mach_port_t *port, mach_msg_type_name_t *port_type)
{
  struct object *result = NULL;
  error_t err = CALL (handle_of (object), reparent, parent, &result);

  (void)reply, (void)reply_type;
  if (!err)
    send_drop (&parent);
  return object_give (err, result, port, port_type);
}

/* ---- programs ---- */

static error_t
file_exec (object_t object, const struct request *request,
           const struct exec_arguments *arguments)
{
  struct handle *handle = handle_of (object);

  if (!(handle->open_modes & O_EXEC))
    return EBADF;
  return handle->fs->exec ? handle->fs->exec (handle, request, arguments)
                          : EACCES;
}

kern_return_t
S_file_exec_paths (object_t object, mach_port_t reply,
                   mach_msg_type_name_t reply_type, mach_port_t task,
                   int flags, const_string_t path, const_string_t abspath,
                   const_data_t argv, mach_msg_type_number_t argv_size,
                   const_data_t envp, mach_msg_type_number_t envp_size,
                   const_portarray_t fds, mach_msg_type_number_t fds_count,
                   const_portarray_t ports, mach_msg_type_number_t ports_count,
                   const_intarray_t ints, mach_msg_type_number_t ints_count,
                   const_mach_port_name_array_t dealloc,
                   mach_msg_type_number_t dealloc_count,
                   const_mach_port_name_array_t destroy,
                   mach_msg_type_number_t destroy_count)
{
  const struct request request = { reply, reply_type, NULL, 0 };
  const struct exec_arguments arguments = {
    .task = task,
    .flags = flags,
    .path = path,
    .abspath = abspath,
    .argv = argv,
    .envp = envp,
    .argv_size = argv_size,
    .envp_size = envp_size,
    .fds = fds,
    .ports = ports,
    .fds_count = fds_count,
    .ports_count = ports_count,
    .ints = ints,
    .ints_count = ints_count,
    .dealloc_names = dealloc,
    .destroy_names = destroy,
    .dealloc_count = dealloc_count,
    .destroy_count = destroy_count,
  };

  return file_exec (object, &request, &arguments);
}

kern_return_t
S_file_exec (object_t object, mach_port_t reply,
             mach_msg_type_name_t reply_type, mach_port_t task, int flags,
             const_data_t argv, mach_msg_type_number_t argv_size,
             const_data_t envp, mach_msg_type_number_t envp_size,
             const_portarray_t fds, mach_msg_type_number_t fds_count,
             const_portarray_t ports, mach_msg_type_number_t ports_count,
             const_intarray_t ints, mach_msg_type_number_t ints_count,
             const_mach_port_name_array_t dealloc,
             mach_msg_type_number_t dealloc_count,
             const_mach_port_name_array_t destroy,
             mach_msg_type_number_t destroy_count)
{
  static const string_t no_path;

  return S_file_exec_paths (object, reply, reply_type, task, flags, no_path,
                            no_path, argv, argv_size, envp, envp_size, fds,
                            fds_count, ports, ports_count, ints, ints_count,
                            dealloc, dealloc_count, destroy, destroy_count);
}
