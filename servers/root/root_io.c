/* root_io.c -- handles on files: what io asks of them
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/port/right.h"
#include "servers/root/overlay.h"

/* Flags that are about opening and not about what was opened.  */
#define OPEN_ONLY (O_CREAT | O_EXCL | O_NOLINK | O_NOTRANS)
/* In one request: others wait too, and a hole of a terabyte is quickly made.
 */
#define READ_MAX ((size_t)8 << 20)
#define WRITE_MAX ((size_t)8 << 20)

/* ---- what handles share ---- */

error_t
opened_create (struct node *node, const struct opened *like,
               struct opened **ret_opened)
{
  struct opened *opened = calloc (1, sizeof *opened);

  if (!opened)
    return ENOMEM;
  opened->refs = 1;
  list_init (&opened->link);
  opened->node = node_ref (node);
  if (like && like->ceiling)
    {
      opened->ceiling = node_ref (like->ceiling);
      opened->above = send_copy (like->above);
    }
  *ret_opened = opened;
  return 0;
}

void
opened_drop (struct opened *opened)
{
  if (!opened || --opened->refs)
    return;
  locks_release (opened);
  list_remove (&opened->link);
  send_drop (&opened->port);
  node_drop (opened->ceiling);
  send_drop (&opened->above);
  node_drop (opened->node);
  free (opened);
}

/* ---- life ---- */

void
file_free (struct object *object)
{
  struct file *file = (struct file *)object;

  handle_finish (&file->handle);
  opened_drop (file->opened);
  free (file);
}

static const struct interface *const file_interfaces[]
    = { HANDLE_INTERFACES, &ifsock_interface, &given_interface, NULL };

const struct object_class file_class = {
  .name = "file",
  .interfaces = file_interfaces,
  .free = file_free,
};

/* OPENED is consumed on success.  */
static error_t
file_create_on (struct opened *opened, const struct ids *ids, int open_modes,
                struct file **ret_file)
{
  const struct volume *volume = opened->node->volume;
  struct file *file = calloc (1, sizeof *file);
  error_t err;

  if (!file)
    return ENOMEM;
  err = volume->proxy
            ? handle_init (&file->handle, &proxied_class, &proxied_io_ops,
                           &proxied_fs_ops, volume->generation,
                           volume->environment->loop, ids, open_modes)
            : handle_init (&file->handle, &file_class, &root_io_ops,
                           &root_fs_ops, volume->generation,
                           volume->environment->loop, ids, open_modes);
  if (err)
    {
      free (file);
      return err;
    }
  file->opened = opened;
  *ret_file = file;
  return 0;
}

error_t
file_create (struct node *node, const struct ids *ids, int open_modes,
             const struct opened *like, struct file **ret_file)
{
  struct opened *opened;
  error_t err = opened_create (node, like, &opened);

  if (err)
    return err;
  err = file_create_on (opened, ids, open_modes & O_HURD & ~OPEN_ONLY,
                        ret_file);
  if (err)
    opened_drop (opened);
  return err;
}

struct file *
file_lookup (struct environment *env, mach_port_t name)
{
  struct object *object = object_lookup (env->loop, name, NULL);

  if (!object
      || (object->class != &file_class && object->class != &proxied_class))
    return NULL;
  return (struct file *)object;
}

error_t
file_clone (struct handle *handle, const struct ids *ids, int open_modes,
            bool share, struct handle **ret_handle)
{
  struct opened *opened = ((struct file *)handle)->opened;
  struct file *file;
  error_t err;

  if (!share)
    err = file_create (opened->node, ids, open_modes, opened, &file);
  else
    {
      opened->refs++;
      err = file_create_on (opened, ids, open_modes, &file);
      if (err)
        opened_drop (opened);
    }
  if (!err)
    *ret_handle = &file->handle;
  return err;
}

/* ---- data ---- */

static error_t
link_read (const struct node *node, loff_t offset, size_t amount,
           struct out_data *out)
{
  size_t size = strlen (node->target);
  error_t err;

  if (offset < 0 || (size_t)offset > size)
    offset = (loff_t)size;
  size -= (size_t)offset;
  if (size > amount)
    size = amount;
  err = out_data_reserve (out, size);
  if (err)
    return err;
  memcpy (out->data, node->target + offset, size);
  out->size = size;
  return 0;
}

static error_t
io_read (struct handle *handle, const struct request *request, loff_t offset,
         size_t amount, struct out_data *out)
{
  struct opened *opened = ((struct file *)handle)->opened;
  struct node *node = opened->node;
  loff_t at = offset == -1 ? opened->offset : offset;
  error_t err = 0;

  (void)request;
  if (S_ISDIR (node->mode))
    return EISDIR;
  if (offset < -1)
    return EINVAL;
  if (overlay_content (node))
    return overlay_settle (handle, overlay_read (handle, offset, amount, out));
  if (node->target)
    err = link_read (node, at, amount, out);
  else if (node->content)
    err = content_read_out (node->content, at,
                            amount < READ_MAX ? amount : READ_MAX, out);
  else
    out->size = 0;
  if (err)
    return err;

  if (offset == -1)
    opened->offset += (loff_t)out->size;
  if (!(handle->open_modes & O_NOATIME))
    node_touch_read (node);
  return 0;
}

static error_t
io_write (struct handle *handle, const struct request *request,
          const void *data, size_t size, loff_t offset, size_t *ret_amount)
{
  struct opened *opened = ((struct file *)handle)->opened;
  struct node *node = opened->node;
  loff_t at = offset == -1 ? opened->offset : offset;
  struct content *content;
  size_t done = 0;
  error_t err;

  (void)request;
  if (!S_ISREG (node->mode))
    return S_ISDIR (node->mode) ? EISDIR : EINVAL;
  if (offset < -1)
    return EINVAL;
  if (handle->open_modes & O_APPEND)
    at = node_size (node);
  err = node_content (node, &content);
  if (!err)
    err = content_write (content, at, handle->object.loop, data,
                         size < WRITE_MAX ? size : WRITE_MAX, &done);
  if (err)
    return overlay_settle (handle, err);

  if (offset == -1)
    opened->offset = at + (loff_t)done;
  if (done)
    {
      node_touch (node, NODE_MTIME | NODE_CTIME);
      node_clear_set_id (node, &handle->ids);
    }
  *ret_amount = done;
  return 0;
}

static error_t
io_seek (struct handle *handle, loff_t offset, int whence, loff_t *ret_offset)
{
  struct opened *opened = ((struct file *)handle)->opened;
  loff_t base;

  switch (whence)
    {
    case SEEK_SET:
      base = 0;
      break;
    case SEEK_CUR:
      base = opened->offset;
      break;
    case SEEK_END:
      base = node_size (opened->node);
      break;
    default:
      return EINVAL;
    }
  if (__builtin_add_overflow (base, offset, &base))
    return EOVERFLOW;
  if (base < 0)
    return EINVAL;
  *ret_offset = opened->offset = base;
  return 0;
}

static error_t
io_readable (struct handle *handle, size_t *ret_amount)
{
  const struct opened *opened = ((struct file *)handle)->opened;
  loff_t left = node_size (opened->node) - opened->offset;

  *ret_amount = left > 0 ? (size_t)left : 0;
  return 0;
}

/* ---- facts ---- */

static error_t
io_stat (struct handle *handle, io_statbuf_t *ret_stat)
{
  return node_stat (file_node (handle), ret_stat);
}

error_t
file_identity (struct handle *handle, struct object **ret_identity,
               struct object **ret_filesystem, ino64_t *ret_number)
{
  struct node *node = file_node (handle);
  struct object *identity;
  error_t err = node_identity (node, &identity);

  if (!err)
    err = volume_identity (node->volume, ret_filesystem);
  if (err)
    return err;
  *ret_identity = identity;
  *ret_number = node->ino;
  return 0;
}

static error_t
io_pathconf (struct handle *handle, int name, int *ret_value)
{
  static const struct
  {
    int name, value;
  } known[] = {
    { _PC_LINK_MAX, LINKS_MAX },   { _PC_NAME_MAX, NODE_NAME_MAX },
    { _PC_PATH_MAX, -1 },          { _PC_PIPE_BUF, 4096 },
    { _PC_CHOWN_RESTRICTED, 1 },   { _PC_NO_TRUNC, 1 },
    { _PC_VDISABLE, 0 },           { _PC_SYNC_IO, 1 },
    { _PC_ASYNC_IO, -1 },          { _PC_PRIO_IO, -1 },
    { _PC_FILESIZEBITS, 64 },      { _PC_REC_XFER_ALIGN, VOLUME_BLOCK },
    { _PC_REC_INCR_XFER_SIZE, 1 }, { _PC_REC_MIN_XFER_SIZE, 1 },
    { _PC_REC_MAX_XFER_SIZE, -1 }, { _PC_ALLOC_SIZE_MIN, VOLUME_BLOCK },
    { _PC_SYMLINK_MAX, 1023 },     { _PC_2_SYMLINKS, 1 },
    { _PC_MAX_CANON, -1 },         { _PC_MAX_INPUT, -1 },
  };

  (void)handle;
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (known[i].name == name)
      {
        *ret_value = known[i].value;
        return 0;
      }
  return EINVAL;
}

/* ---- mapping ---- */

/* What is only read is mapped from the parent's file, and stays that when the
   file has been copied.  */
static error_t
node_map_read (struct node *node, struct out_right *ret_object)
{
  struct node *remote = overlay_content (node);
  struct content *content;
  error_t err = remote ? remote_map (remote, VM_PROT_READ, &ret_object->name)
                       : node_content (node, &content);

  if (err == EINPROGRESS)
    return overlay_open_pages (node);
  return err || remote ? err
                       : content_map_out (content, VM_PROT_READ, ret_object);
}

static error_t
node_map_write (struct node *node, struct out_right *ret_object)
{
  struct content *content;
  error_t err = node_content (node, &content);

  return err ? err
             : content_map_out (content, VM_PROT_READ | VM_PROT_WRITE,
                                ret_object);
}

/* Who may write but not read gets nothing: whoever can map for writing can
   read.  */
static error_t
io_map (struct handle *handle, struct out_right *ret_read,
        struct out_right *ret_write)
{
  int modes = handle->open_modes & (O_READ | O_WRITE);
  error_t err = 0;

  if (!S_ISREG (file_node (handle)->mode))
    return EOPNOTSUPP;
  if (modes == O_READ)
    err = node_map_read (file_node (handle), ret_read);
  if (modes == (O_READ | O_WRITE))
    {
      err = node_map_write (file_node (handle), ret_read);
      if (!err)
        *ret_write = *ret_read; /* to be made: one name makes two */
    }
  return err ? overlay_settle (handle, err) : 0;
}

const struct io_ops root_io_ops = {
  .clone = file_clone,
  .read = io_read,
  .write = io_write,
  .seek = io_seek,
  .readable = io_readable,
  .select = NULL,       /* always ready */
  .select_queue = NULL, /* so nobody waits */
  .stat = io_stat,
  .map = io_map,
  .identity = file_identity,
  .pathconf = io_pathconf,
  .open_modes_changed = NULL,
  .revoke = NULL,
};
