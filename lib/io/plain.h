/* plain.h -- handles on things that are the same for every opener

   /dev/null, /servers/crash and their like have no state per open: a thing is
   a table of operations and a few facts, a handle is only somebody's authority
   on it.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_IO_PLAIN_H
#define HURDLE_IO_PLAIN_H

#include "lib/role/environment.h"
#include "lib/io/handle.h"

/* What is served.  It outlives its handles.  */
struct plain
{
  const char *path;                 /* where it is attached */
  const struct object_class *class; /* .free is plain_free */
  const struct io_ops *io;          /* .clone is plain_clone */
  const struct fs_ops *fs;          /* NULL: none */
  mode_t mode;
  uint64_t rdev;
  ino64_t number;
  struct generation *generation;
  struct environment *env;
  void *state;      /* the role's */
  struct object id; /* for io_identity, from when somebody asks */
};

struct plain_handle
{
  struct handle handle;
  struct plain *plain; /* borrowed */
};

/* Make PLAIN's node in the root.  Nothing happens without a root.  */
error_t plain_attach (struct plain *plain);

/* PLAIN behind OBJECT, whose class has plain_free.  */
static inline struct plain *
plain_of (struct object *object)
{
  return ((struct plain_handle *)object)->plain;
}

/* For struct service_node: ROLE is a struct plain.  */
error_t plain_open (void *role, int flags, const struct ids *ids,
                    struct object **ret_object);

/* For struct io_ops and struct object_class.  */
error_t plain_clone (struct handle *handle, const struct ids *ids,
                     int open_modes, bool share, struct handle **ret_handle);
error_t plain_stat (struct handle *handle, io_statbuf_t *ret_stat);
error_t plain_identity (struct handle *handle, struct object **ret_identity,
                        struct object **ret_filesystem, ino64_t *ret_number);
void plain_free (struct object *object);

/* For struct fs_ops of a directory in which nothing is.  */
error_t plain_readdir (struct handle *dir, int entry, int entries,
                       size_t bytes_max, struct out_data *out,
                       int *ret_entries);

#endif
