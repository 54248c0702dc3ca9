/* plain.c -- handles on things that are the same for every opener
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "lib/io/plain.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#define KEPT (O_READ | O_WRITE | O_EXEC | O_APPEND | O_NONBLOCK)
#define FILESYSTEM UINT64_C (0x706c61696e) /* st_fsid: no other has it */

static error_t
plain_make (struct plain *plain, int open_modes, const struct ids *ids,
            struct plain_handle **ret_handle)
{
  struct plain_handle *handle = calloc (1, sizeof *handle);
  error_t err;

  if (!handle)
    return ENOMEM;
  err = handle_init (&handle->handle, plain->class, plain->io,
                     plain->fs ? plain->fs : &fs_ops_none, plain->generation,
                     plain->env->loop, ids, open_modes);
  if (err)
    {
      free (handle);
      return err;
    }
  handle->plain = plain;
  *ret_handle = handle;
  return 0;
}

error_t
plain_open (void *role, int flags, const struct ids *ids,
            struct object **ret_object)
{
  struct plain_handle *handle;
  error_t err = plain_make (role, flags & KEPT, ids, &handle);

  if (!err)
    *ret_object = &handle->handle.object;
  return err;
}

error_t
plain_clone (struct handle *handle, const struct ids *ids, int open_modes,
             bool share, struct handle **ret_handle)
{
  struct plain_handle *new;
  error_t err = plain_make (plain_of (&handle->object), open_modes, ids, &new);

  (void)share;
  if (!err)
    *ret_handle = &new->handle;
  return err;
}

error_t
plain_stat (struct handle *handle, io_statbuf_t *ret_stat)
{
  const struct plain *plain = plain_of (&handle->object);

  ret_stat->st_fstype = FSTYPE_DEV;
  ret_stat->st_fsid = FILESYSTEM;
  ret_stat->st_ino = plain->number;
  ret_stat->st_rdev = plain->rdev;
  ret_stat->st_mode = plain->mode;
  ret_stat->st_nlink = 1;
  ret_stat->st_blksize = 4096;
  return 0;
}

static void
id_free (struct object *object)
{
  (void)object; /* part of its thing, which is for ever */
}

static const struct interface *const id_interfaces[] = { NULL };

static const struct object_class id_class = {
  .name = "identity of a device",
  .interfaces = id_interfaces,
  .free = id_free,
};

error_t
plain_identity (struct handle *handle, struct object **ret_identity,
                struct object **ret_filesystem, ino64_t *ret_number)
{
  struct plain *plain = plain_of (&handle->object);
  error_t err = 0;

  if (!plain->id.slot)
    err = object_init (&plain->id, &id_class, plain->generation,
                       plain->env->loop);
  if (err)
    return err;
  *ret_identity = *ret_filesystem = &plain->id;
  *ret_number = plain->number;
  return 0;
}

void
plain_free (struct object *object)
{
  handle_finish ((struct handle *)object);
  free (object);
}

error_t
plain_readdir (struct handle *dir, int entry, int entries, size_t bytes_max,
               struct out_data *out, int *ret_entries)
{
  static const char *const names[] = { ".", ".." };
  const size_t length = (sizeof (struct dirent64) + 7) & ~(size_t)7;
  size_t count = entry < 0 || entry >= 2 ? 0 : 2 - (size_t)entry;
  error_t err;

  if (entries >= 0 && count > (size_t)entries)
    count = (size_t)entries;
  while (count && bytes_max && count * length > bytes_max)
    count--;
  err = out_data_reserve (out, count * length);
  if (err)
    return err;
  if (count)
    memset (out->data, 0, count * length);
  for (size_t i = 0; i < count; i++)
    {
      struct dirent64 *it = (struct dirent64 *)(out->data + i * length);
      const char *name = names[(size_t)entry + i];

      it->d_ino = plain_of (&dir->object)->number;
      it->d_reclen = (unsigned short)length;
      it->d_type = DT_DIR;
      it->d_namlen = (unsigned char)strlen (name);
      strcpy (it->d_name, name);
    }
  *ret_entries = (int)count;
  return 0;
}

error_t
plain_attach (struct plain *plain)
{
  const struct service_node node = { .path = plain->path,
                                     .mode = plain->mode,
                                     .rdev = plain->rdev,
                                     .open = plain_open,
                                     .role = plain };

  if (!plain->env->root || !plain->env->root->attach)
    return 0;
  return plain->env->root->attach (plain->env, &node);
}
