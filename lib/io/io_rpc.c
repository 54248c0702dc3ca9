/* io_rpc.c -- the io interface: from MIG's routines to struct io_ops

   Serves: <hurd/io.defs>, but io_select (select.c) and io_reauthenticate,
   io_restrict_auth, io_duplicate (authority.c).
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/io/fs_private.h"
#include "lib/port/right.h"

#include "io_S.h"

const struct interface io_interface = { "io", 21000, 32, io_server_routine };

/* What io_set_*_openmodes may change.  */
#define CHANGEABLE (O_APPEND | O_ASYNC | O_FSYNC | O_NONBLOCK | O_NOATIME)

kern_return_t
S_io_write (object_t object, mach_port_t reply,
            mach_msg_type_name_t reply_type, const_data_t data,
            mach_msg_type_number_t size, loff_t offset, vm_size_t *amount)
{
  struct handle *handle = handle_of (object);
  struct request request = { reply, reply_type, NULL, 0 };
  size_t written = 0;
  error_t err;

  if (!(handle->open_modes & O_WRITE) || !handle->io->write)
    return EBADF;
  err = handle->io->write (handle, &request, data, size, offset, &written);
  *amount = written;
  return err;
}

kern_return_t
S_io_read (object_t object, mach_port_t reply, mach_msg_type_name_t reply_type,
           data_t *data, mach_msg_type_number_t *size, loff_t offset,
           vm_size_t amount)
{
  struct handle *handle = handle_of (object);
  struct request request = { reply, reply_type, NULL, 0 };
  struct out_data out = { .data = *data, .size = *size };
  error_t err;

  if (!(handle->open_modes & O_READ) || !handle->io->read)
    return EBADF;
  err = handle->io->read (handle, &request, offset, amount, &out);
  if (err)
    return err;
  if (out.lent)
    loop_reply_lends (object->loop, out.data);
  *data = out.data;
  *size = out.size;
  return 0;
}

kern_return_t
S_io_seek (object_t object, mach_port_t reply, mach_msg_type_name_t reply_type,
           loff_t offset, int whence, loff_t *new_offset)
{
  struct handle *handle = handle_of (object);

  (void)reply, (void)reply_type;
  return handle->io->seek
             ? handle->io->seek (handle, offset, whence, new_offset)
             : ESPIPE;
}

kern_return_t
S_io_readable (object_t object, mach_port_t reply,
               mach_msg_type_name_t reply_type, vm_size_t *amount)
{
  struct handle *handle = handle_of (object);
  size_t readable = 0;
  error_t err = 0;

  (void)reply, (void)reply_type;
  if (!(handle->open_modes & O_READ))
    return EBADF;
  if (handle->io->readable)
    err = handle->io->readable (handle, &readable);
  *amount = readable;
  return err;
}

/* ---- open modes ---- */

static void
handle_set_modes (struct handle *handle, int modes)
{
  int old = handle->open_modes;

  handle->open_modes = (old & ~CHANGEABLE) | (modes & CHANGEABLE);
  if (handle->io->open_modes_changed)
    handle->io->open_modes_changed (handle, old);
}

kern_return_t
S_io_set_all_openmodes (object_t object, mach_port_t reply,
                        mach_msg_type_name_t reply_type, int bits)
{
  (void)reply, (void)reply_type;
  handle_set_modes (handle_of (object), bits);
  return 0;
}

kern_return_t
S_io_get_openmodes (object_t object, mach_port_t reply,
                    mach_msg_type_name_t reply_type, int *bits)
{
  (void)reply, (void)reply_type;
  *bits = handle_of (object)->open_modes;
  return 0;
}

kern_return_t
S_io_set_some_openmodes (object_t object, mach_port_t reply,
                         mach_msg_type_name_t reply_type, int bits)
{
  struct handle *handle = handle_of (object);

  (void)reply, (void)reply_type;
  handle_set_modes (handle, handle->open_modes | bits);
  return 0;
}

kern_return_t
S_io_clear_some_openmodes (object_t object, mach_port_t reply,
                           mach_msg_type_name_t reply_type, int bits)
{
  struct handle *handle = handle_of (object);

  (void)reply, (void)reply_type;
  handle_set_modes (handle, handle->open_modes & ~bits);
  return 0;
}

/* ---- owners and asynchronous io ---- */

kern_return_t
S_io_async (object_t object, mach_port_t reply,
            mach_msg_type_name_t reply_type, mach_port_t notify,
            mach_port_t *id, mach_msg_type_name_t *id_type)
{
  (void)object, (void)reply, (void)reply_type, (void)notify;
  (void)id, (void)id_type;
  return EOPNOTSUPP;
}

kern_return_t
S_io_mod_owner (object_t object, mach_port_t reply,
                mach_msg_type_name_t reply_type, pid_t owner)
{
  (void)reply, (void)reply_type;
  handle_of (object)->owner = owner;
  return 0;
}

kern_return_t
S_io_get_owner (object_t object, mach_port_t reply,
                mach_msg_type_name_t reply_type, pid_t *owner)
{
  (void)reply, (void)reply_type;
  *owner = handle_of (object)->owner;
  return 0;
}

kern_return_t
S_io_get_icky_async_id (object_t object, mach_port_t reply,
                        mach_msg_type_name_t reply_type, mach_port_t *id,
                        mach_msg_type_name_t *id_type)
{
  (void)object, (void)reply, (void)reply_type, (void)id, (void)id_type;
  return EOPNOTSUPP;
}

/* ---- facts ---- */

kern_return_t
S_io_stat (object_t object, mach_port_t reply, mach_msg_type_name_t reply_type,
           io_statbuf_t *stat)
{
  struct handle *handle = handle_of (object);

  (void)reply, (void)reply_type;
  memset (stat, 0, sizeof *stat);
  return handle->io->stat ? handle->io->stat (handle, stat) : EOPNOTSUPP;
}

kern_return_t
S_io_server_version (object_t object, mach_port_t reply,
                     mach_msg_type_name_t reply_type, string_t name,
                     int *major, int *minor, int *edit)
{
  (void)reply, (void)reply_type;
  memset (name, 0, sizeof (string_t));
  strncpy (name, object->class->name, sizeof (string_t) - 1);
  *major = *minor = *edit = 0;
  return 0;
}

kern_return_t
S_io_pathconf (object_t object, mach_port_t reply,
               mach_msg_type_name_t reply_type, int name, int *value)
{
  struct handle *handle = handle_of (object);

  (void)reply, (void)reply_type;
  return handle->io->pathconf ? handle->io->pathconf (handle, name, value)
                              : EINVAL;
}

kern_return_t
S_io_identity (object_t object, mach_port_t reply,
               mach_msg_type_name_t reply_type, mach_port_t *id,
               mach_msg_type_name_t *id_type, mach_port_t *filesystem,
               mach_msg_type_name_t *filesystem_type, ino64_t *number)
{
  struct handle *handle = handle_of (object);
  struct object *identity = object, *whole = object;
  error_t err = 0;

  (void)reply, (void)reply_type;
  *number = 0;
  if (handle->io->identity)
    err = handle->io->identity (handle, &identity, &whole, number);
  if (err)
    return err;
  *id = object_right (identity);
  *filesystem = object_right (whole);
  *id_type = *filesystem_type = MACH_MSG_TYPE_MAKE_SEND;
  return 0;
}

kern_return_t
S_io_revoke (object_t object, mach_port_t reply,
             mach_msg_type_name_t reply_type)
{
  struct handle *handle = handle_of (object);

  (void)reply, (void)reply_type;
  return handle->io->revoke ? handle->io->revoke (handle) : EOPNOTSUPP;
}

/* ---- mapping ---- */

kern_return_t
S_io_map (object_t object, mach_port_t reply, mach_msg_type_name_t reply_type,
          mach_port_t *read, mach_msg_type_name_t *read_type,
          mach_port_t *write, mach_msg_type_name_t *write_type)
{
  struct handle *handle = handle_of (object);

  struct out_right reading = { MACH_PORT_NULL, MACH_MSG_TYPE_MOVE_SEND };
  struct out_right writing = { MACH_PORT_NULL, MACH_MSG_TYPE_MOVE_SEND };
  error_t err = handle->io->map ? handle->io->map (handle, &reading, &writing)
                                : EOPNOTSUPP;

  (void)reply, (void)reply_type;
  *read = reading.name;
  *read_type = reading.type;
  *write = writing.name;
  *write_type = writing.type;
  return err;
}

/* The shared-memory io of old ("conch") has no users left; upstream's servers
   refuse it in the same way.  */

kern_return_t
S_io_map_cntl (object_t object, mach_port_t reply,
               mach_msg_type_name_t reply_type, mach_port_t *memory_object,
               mach_msg_type_name_t *memory_object_type)
{
  (void)object, (void)reply, (void)reply_type;
  (void)memory_object, (void)memory_object_type;
  return EOPNOTSUPP;
}

#define REFUSE(routine)                                                       \
  kern_return_t S_##routine (object_t object, mach_port_t reply,              \
                             mach_msg_type_name_t reply_type)                 \
  {                                                                           \
    (void)object, (void)reply, (void)reply_type;                              \
    return EOPNOTSUPP;                                                        \
  }

#define REFUSE_RANGE(routine)                                                 \
  kern_return_t S_##routine (object_t object, mach_port_t reply,              \
                             mach_msg_type_name_t reply_type,                 \
                             vm_offset_t start, vm_offset_t end)              \
  {                                                                           \
    (void)object, (void)reply, (void)reply_type, (void)start, (void)end;      \
    return EOPNOTSUPP;                                                        \
  }

REFUSE (io_get_conch)
REFUSE (io_release_conch)
REFUSE (io_eofnotify)
REFUSE_RANGE (io_prenotify)
REFUSE_RANGE (io_postnotify)
REFUSE (io_readnotify)
REFUSE (io_readsleep)
REFUSE (io_sigio)
