/* handle.h -- what everything that can be a descriptor has in common

   A handle is an object that speaks io and fs: an open file, a socket, a
   terminal, a device.  This layer owns what is the same for all: open modes,
   identity, io_reauthenticate, io_duplicate, io_restrict_auth, owners and
   select waiters.  A role fills two tables for the rest; an empty slot has the
   meaning written beside it.

   An operation gets the request's reply right in `struct request'.  It either
   returns its result, or parks (park.h) and returns MIG_NO_REPLY.  Data of a
   request is read with request_copy only.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_IO_HANDLE_H
#define HURDLE_IO_HANDLE_H

#include <hurd/hurd_types.h>

#include "lib/base/ids.h"
#include "lib/port/park.h"

struct handle;

/* The reply right of the request being served: borrowed until parked.  ASKED
   (borrowed) and ID are of one that had been parked before; NULL: it is the
   loop's present one.  */
struct request
{
  mach_port_t reply;
  mach_msg_type_name_t reply_type;
  struct object *asked;
  mach_msg_id_t id;
};

/* Results that carry memory: either filled into the client-sized buffer or
   replaced by a vm_allocated region, which the stub sends and deallocates.
   Only io->read may lend: whoever calls it sees to that (loop_reply_lends). */
struct out_data
{
  char *data;     /* in: buffer inside the reply; out: where the data is */
  size_t size;    /* in: room; out: bytes */
  bool allocated; /* out: data is a vm_allocated region (page aligned) */
  bool lent;      /* out: data is whole pages that stay ours */
};
/* Make room for SIZE bytes: the buffer if it fits, else a fresh region.  */
error_t out_data_reserve (struct out_data *out, size_t size);

/* A send right that goes into the answer.  MOVE_SEND: given.  COPY_SEND,
   MAKE_SEND: of a name that stays ours, without a call for it.  */
struct out_right
{
  mach_port_t name;
  mach_msg_type_name_t type;
};

struct io_ops
{
  /* A handle on the same open thing with other ids and open modes (given).
     Serves io_reauthenticate, io_duplicate, io_restrict_auth and reopening
     with dir_lookup "".  Required.  SHARE: the file offset is shared.  */
  error_t (*clone) (struct handle *handle, const struct ids *ids,
                    int open_modes, bool share, struct handle **ret_handle);

  /* NULL: io_reauthenticate is at the environment's own auth, and HANDLE on
     its loop.  RENDEZVOUS is consumed; the client must not be left waiting
     whatever happens.  */
  void (*meet) (struct handle *handle, mach_port_t rendezvous);

  /* NULL: EBADF.  The layer has checked O_READ / O_WRITE.  OFFSET -1: the
     handle's own.  */
  error_t (*read) (struct handle *handle, const struct request *request,
                   loff_t offset, size_t amount, struct out_data *out);
  error_t (*write) (struct handle *handle, const struct request *request,
                    const void *data, size_t size, loff_t offset,
                    size_t *ret_amount);
  /* NULL: ESPIPE.  */
  error_t (*seek) (struct handle *handle, loff_t offset, int whence,
                   loff_t *ret_offset);
  /* NULL: 0.  Bytes that can be read without waiting.  */
  error_t (*readable) (struct handle *handle, size_t *ret_amount);
  /* Which of SELECT_READ | SELECT_WRITE | SELECT_URG are ready.  NULL: READ
     and WRITE always.  */
  int (*select) (struct handle *handle, int types);
  /* Where select waiters wait; NULL if always ready.  */
  struct select_queue *(*select_queue) (struct handle *handle);
  error_t (*stat) (struct handle *handle, io_statbuf_t *ret_stat);
  /* NULL: EOPNOTSUPP (libc: ENODEV).  Both are null already, and stay so where
     the open modes do not allow it.  */
  error_t (*map) (struct handle *handle, struct out_right *ret_read,
                  struct out_right *ret_write);
  /* The object whose port is the identity (borrowed), and the file number.
     NULL: the handle itself, 0.  */
  error_t (*identity) (struct handle *handle, struct object **ret_identity,
                       struct object **ret_filesystem, ino64_t *ret_number);
  error_t (*pathconf) (struct handle *handle, int name, int *ret_value);
  /* Modes that io_set_*_openmodes may change have changed.  May be NULL.  */
  void (*open_modes_changed) (struct handle *handle, int old);
  error_t (*revoke) (struct handle *handle); /* NULL: EOPNOTSUPP */
};

/* Arguments of file_exec and file_exec_paths.  Rights are borrowed until the
   operation returns 0 or MIG_NO_REPLY, then consumed.  Arrays may lie in
   client memory.  */
struct exec_arguments
{
  mach_port_t task;
  int flags;
  const char *path, *abspath; /* 1024 bytes, not yet terminated */
  const char *argv, *envp;
  size_t argv_size, envp_size;
  const mach_port_t *fds, *ports;
  size_t fds_count, ports_count;
  const int *ints;
  size_t ints_count;
  const mach_port_name_t *dealloc_names, *destroy_names;
  size_t dealloc_count, destroy_count;
};

/* Where dir_lookup leads.  */
struct lookup_result
{
  enum retry_type retry;
  char *retry_name;      /* 1024 bytes, "" before */
  struct object *object; /* reference given; the layer makes the right */
  mach_port_t port;      /* or a foreign send right, given (object NULL) */
};

/* fs_ops: NULL is EOPNOTSUPP, except where said.  Names are 1024 bytes and
   terminated (the layer checks).  Directory arguments that came as ports are
   names, borrowed: find the object with object_lookup.  */
struct fs_ops
{
  /* NULL: "" reopens through io->clone, anything else is ENOTDIR.  */
  error_t (*lookup) (struct handle *dir, const struct request *request,
                     const char *name, int flags, mode_t mode,
                     struct lookup_result *result);
  error_t (*readdir) (struct handle *dir, int entry, int entries,
                      size_t bytes_max, struct out_data *out,
                      int *ret_entries);
  error_t (*mkdir) (struct handle *dir, const char *name, mode_t mode);
  error_t (*rmdir) (struct handle *dir, const char *name);
  error_t (*unlink) (struct handle *dir, const char *name);
  error_t (*link) (struct handle *dir, mach_port_t file, const char *name,
                   bool exclusive);
  error_t (*rename) (struct handle *from, const char *from_name,
                     mach_port_t to, const char *to_name, bool exclusive);
  error_t (*mkfile) (struct handle *dir, int flags, mode_t mode,
                     struct object **ret_object);
  error_t (*exec) (struct handle *file, const struct request *request,
                   const struct exec_arguments *arguments); /* NULL: EACCES */
  error_t (*chown) (struct handle *file, uid_t owner, gid_t group);
  error_t (*chauthor) (struct handle *file, uid_t author);
  error_t (*chmod) (struct handle *file, mode_t mode);
  error_t (*chflags) (struct handle *file, int flags);
  /* tv_nsec UTIME_NOW and UTIME_OMIT as in utimensat.  */
  error_t (*utimens) (struct handle *file, struct timespec atime,
                      struct timespec mtime);
  error_t (*set_size) (struct handle *file, loff_t size); /* NULL: 0 */
  error_t (*lock) (struct handle *file, const struct request *request,
                   int flags);
  error_t (*lock_stat) (struct handle *file, int *ret_mine, int *ret_others);
  error_t (*record_lock) (struct handle *file, const struct request *request,
                          int command, struct flock64 *lock,
                          mach_port_t rendezvous);
  /* NULL: what the open modes allow.  */
  error_t (*check_access) (struct handle *file, int *ret_allowed);
  error_t (*getcontrol) (struct handle *file, struct object **ret_control);
  error_t (*statfs) (struct handle *file, fsys_statfsbuf_t *ret_statfs);
  error_t (*sync) (struct handle *file, bool wait); /* NULL: 0 */
  error_t (*getlinknode) (struct handle *file, struct object **ret_object);
  error_t (*set_translator) (struct handle *file, int passive_flags,
                             int active_flags, int old_flags,
                             const char *passive, size_t passive_size,
                             mach_port_t active);
  error_t (*get_translator) (struct handle *file, struct out_data *out);
  error_t (*get_translator_control) (struct handle *file,
                                     mach_port_t *ret_control);
  error_t (*get_fs_options) (struct handle *file, struct out_data *out);
  /* PARENT: a right to the new parent directory, or null (chroot).  */
  error_t (*reparent) (struct handle *file, mach_port_t parent,
                       struct object **ret_object);
  /* ifsock_getsockaddr: the address object of a socket node.  */
  error_t (*getsockaddr) (struct handle *file, struct object **ret_address);
};

/* First member of every handle.  */
struct handle
{
  struct object object;
  const struct io_ops *io;
  const struct fs_ops *fs; /* never NULL; fs_ops_none */
  struct ids ids;          /* whose authority it carries */
  int open_modes;          /* O_READ | O_WRITE | O_EXEC | O_NONBLOCK … */
  pid_t owner;             /* io_mod_owner */
};

extern const struct fs_ops fs_ops_none;

/* Interfaces to put into an object_class: io, fs and what goes with them.  */
extern const struct interface io_interface, fs_interface, ifsock_interface;
#define HANDLE_INTERFACES &io_interface, &fs_interface

/* object_init and the common members.  IDS is copied.  On failure nothing is
   kept.  ENFILE: the environment may have no more.  */
error_t handle_init (struct handle *handle, const struct object_class *class,
                     const struct io_ops *io, const struct fs_ops *fs,
                     struct generation *generation, struct loop *loop,
                     const struct ids *ids, int open_modes);
/* Release the common members; for object_class.free.  */
void handle_finish (struct handle *handle);

/* The handle behind a port name of ours, any kind; NULL otherwise.  */
struct handle *handle_lookup (struct loop *loop, mach_port_t name);

/* Those who wait in io_select for a thing to become ready.  Embed one per
   thing, init it, and call select_queue_update whenever readiness may have
   changed.  */
struct select_queue
{
  struct list waiters;
};
void select_queue_init (struct select_queue *queue);
void select_queue_update (struct select_queue *queue);
/* The thing goes away: every waiter is told that everything is ready.  */
void select_queue_finish (struct select_queue *queue);

#endif
