/* root_fs.c -- what fs asks of a file handle: its table and the attributes
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>

#include "servers/root/overlay.h"

#define NO_ID ((uid_t)-1)
/* What statfs calls the size of a volume without a budget.  */
#define BLOCKS_UNBOUNDED ((uint64_t)1 << 24)

static error_t
owner_check (const struct handle *handle)
{
  const struct node *node = file_node (handle);

  error_t err = volume_check_writable (node->volume);

  return err ? err : node_check_owner (node, &handle->ids);
}

/* ---- owner and mode ---- */

static error_t
fs_chown (struct handle *handle, uid_t owner, gid_t group)
{
  struct node *node = file_node (handle);
  bool root = ids_are_root (&handle->ids);
  error_t err = owner_check (handle);

  if (err)
    return err;
  /* Giving files away is root's; a group must be one of the owner's.  */
  if (!root && owner != NO_ID && owner != node->uid)
    return EPERM;
  if (!root && group != NO_ID && group != node->gid
      && !ids_contain_gid (&handle->ids, group))
    return EPERM;

  if (owner != NO_ID)
    node->uid = owner;
  if (owner != NO_ID && root)
    node->author = owner;
  if (group != NO_ID)
    node->gid = group;
  if (S_ISREG (node->mode) && (!root || node->mode & 0111))
    {
      node->mode &= ~(mode_t)S_ISUID;
      if (node->mode & S_IXGRP)
        node->mode &= ~(mode_t)S_ISGID;
    }
  node_touch (node, NODE_CTIME);
  return 0;
}

static error_t
fs_chauthor (struct handle *handle, uid_t author)
{
  error_t err = owner_check (handle);

  if (err)
    return err;
  if (!ids_are_root (&handle->ids) && !ids_contain_uid (&handle->ids, author))
    return EPERM;
  file_node (handle)->author = author;
  node_touch (file_node (handle), NODE_CTIME);
  return 0;
}

static error_t
fs_chmod (struct handle *handle, mode_t mode)
{
  struct node *node = file_node (handle);
  error_t err = owner_check (handle);

  if (err)
    return err;
  mode &= 07777;
  if (!ids_are_root (&handle->ids))
    {
      if (!S_ISDIR (node->mode))
        mode &= ~(mode_t)S_ISVTX;
      if (!idset_contains (&handle->ids.egids, node->gid))
        mode &= ~(mode_t)S_ISGID;
    }
  node->mode = (node->mode & ~(mode_t)07777) | mode;
  node_touch (node, NODE_CTIME);
  return 0;
}

static error_t
fs_chflags (struct handle *handle, int flags)
{
  error_t err = owner_check (handle);

  if (err)
    return err;
  file_node (handle)->flags = (unsigned int)flags;
  node_touch (file_node (handle), NODE_CTIME);
  return 0;
}

static error_t
fs_check_access (struct handle *handle, int *ret_allowed)
{
  const struct node *node = file_node (handle);

  *ret_allowed = node_allowed (node, &handle->ids);
  if (volume_read_only (node->volume)
      && (S_ISREG (node->mode) || S_ISDIR (node->mode)))
    *ret_allowed &= ~O_WRITE;
  return 0;
}

/* ---- times and size ---- */

/* Put WANTED into TIME as utimensat understands it.  */
static error_t
time_check (const struct timespec *wanted)
{
  bool special = wanted->tv_nsec == UTIME_NOW || wanted->tv_nsec == UTIME_OMIT;

  return special || (wanted->tv_nsec >= 0 && wanted->tv_nsec < 1000000000)
             ? 0
             : EINVAL;
}

static void
time_set (struct node *node, struct timespec *time,
          const struct timespec *wanted)
{
  if (wanted->tv_nsec == UTIME_NOW)
    *time = volume_now (node->volume);
  else if (wanted->tv_nsec != UTIME_OMIT)
    *time = *wanted;
}

static error_t
fs_utimens (struct handle *handle, struct timespec atime,
            struct timespec mtime)
{
  struct node *node = file_node (handle);
  bool now = atime.tv_nsec == UTIME_NOW && mtime.tv_nsec == UTIME_NOW;
  error_t err = owner_check (handle);

  /* Who may write may say that it was now.  */
  if (err == EPERM && now && !node_access (node, &handle->ids, O_WRITE))
    err = 0;
  if (!err)
    err = time_check (&atime);
  if (!err)
    err = time_check (&mtime);
  if (err)
    return err;
  time_set (node, &node->atime, &atime);
  time_set (node, &node->mtime, &mtime);
  node_touch (node, NODE_CTIME);
  return 0;
}

static error_t
fs_set_size (struct handle *handle, loff_t size)
{
  struct node *node = file_node (handle);
  error_t err;

  if (S_ISDIR (node->mode))
    return EISDIR;
  if (!(handle->open_modes & O_WRITE) || !S_ISREG (node->mode))
    return EINVAL;
  err = node_set_size (node, size);
  if (err)
    return overlay_settle (handle, err);
  node_touch (node, NODE_MTIME | NODE_CTIME);
  node_clear_set_id (node, &handle->ids);
  return 0;
}

/* ---- the volume ---- */

static error_t
fs_statfs (struct handle *handle, fsys_statfsbuf_t *ret_statfs)
{
  const struct volume *volume = file_node (handle)->volume;
  const struct generation *payer = volume->generation;
  uint64_t blocks
      = payer->bytes_max ? payer->bytes_max / VOLUME_BLOCK : BLOCKS_UNBOUNDED;
  uint64_t used = payer->bytes / VOLUME_BLOCK;
  uint64_t left = used < blocks ? blocks - used : 0;
  uint64_t shared
      = payer->shared ? budget_left (payer->shared) / VOLUME_BLOCK : left;

  if (shared < left)
    {
      left = shared;
      blocks = used + left;
    }

  *ret_statfs = (fsys_statfsbuf_t){
    .f_type = FSTYPE_MEMFS,
    .f_bsize = VOLUME_BLOCK,
    .f_frsize = VOLUME_BLOCK,
    .f_blocks = blocks,
    .f_bfree = left,
    .f_bavail = left,
    .f_files = volume->nodes + left,
    .f_ffree = left,
    .f_favail = left,
    .f_fsid = volume->fsid,
    .f_namelen = NODE_NAME_MAX,
  };
  return 0;
}

/* ---- chroot, and other views of the same file ---- */

error_t
file_op_reparent (struct handle *handle, mach_port_t parent,
                  struct object **ret_object)
{
  struct node *node = file_node (handle);
  struct file *file;
  error_t err;

  if (!S_ISDIR (node->mode))
    return ENOTDIR;
  err = file_create (node, &handle->ids, handle->open_modes, NULL, &file);
  if (err)
    return err;
  file->opened->ceiling = node_ref (node);
  file->opened->above = send_copy (parent);
  *ret_object = &file->handle.object;
  return 0;
}

static error_t
fs_getlinknode (struct handle *handle, struct object **ret_object)
{
  *ret_object = object_ref (&handle->object);
  return 0;
}

const struct fs_ops root_fs_ops = {
  .lookup = file_op_lookup,
  .readdir = file_op_readdir,
  .mkdir = file_op_mkdir,
  .rmdir = file_op_rmdir,
  .unlink = file_op_unlink,
  .link = file_op_link,
  .rename = file_op_rename,
  .mkfile = file_op_mkfile,
  .exec = file_op_exec,
  .chown = fs_chown,
  .chauthor = fs_chauthor,
  .chmod = fs_chmod,
  .chflags = fs_chflags,
  .utimens = fs_utimens,
  .set_size = fs_set_size,
  .lock = file_op_lock,
  .lock_stat = file_op_lock_stat,
  .record_lock = file_op_record_lock,
  .check_access = fs_check_access,
  .getcontrol = file_op_getcontrol,
  .statfs = fs_statfs,
  .sync = NULL, /* memory is always in step */
  .getlinknode = fs_getlinknode,
  .set_translator = file_op_set_translator,
  .get_translator = file_op_get_translator,
  .get_translator_control = file_op_get_translator_control,
  .get_fs_options = NULL,
  .reparent = file_op_reparent,
  .getsockaddr = file_op_getsockaddr,
};
