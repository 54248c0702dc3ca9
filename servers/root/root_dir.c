/* root_dir.c -- changing directories: make, link, rename, remove
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "servers/root/overlay.h"

/* ---- rules ---- */

static bool
name_is_dots (const char *name)
{
  return !strcmp (name, ".") || !strcmp (name, "..");
}

/* A name for an entry: one component.  A slash at its end is left there by
   careful callers and means a directory.  */
static error_t
name_check (const char *name, char *ret_name, bool *ret_slash)
{
  size_t length = strcspn (name, "/");

  if (!length)
    return *name ? EEXIST : ENOENT; /* "/" is there already */
  if (length > NODE_NAME_MAX)
    return ENAMETOOLONG;
  if (name[length + strspn (name + length, "/")])
    return EINVAL;
  *ret_slash = name[length] == '/';
  memcpy (ret_name, name, length);
  ret_name[length] = '\0';
  return 0;
}

/* May HANDLE's ids change entries of its directory?  */
static error_t
dir_check (const struct handle *handle)
{
  struct node *dir = file_node (handle);
  error_t err = S_ISDIR (dir->mode)
                    ? node_access (dir, &handle->ids, O_WRITE | O_EXEC)
                    : ENOTDIR;

  return err ? err : overlay_list (dir);
}

/* In a sticky directory one removes one's own.  */
static error_t
sticky_check (const struct node *dir, const struct node *node,
              const struct ids *ids)
{
  if (!(dir->mode & S_ISVTX) || ids_is_owner (ids, node->uid)
      || ids_is_owner (ids, dir->uid))
    return 0;
  return EPERM;
}

/* What must hold before NAME is removed from DIR.  */
static error_t
remove_check (const struct handle *handle, const char *name,
              struct node **ret_node)
{
  struct node *dir = file_node (handle);
  struct node *node;
  error_t err = dir_check (handle);

  if (err)
    return err;
  node = directory_find (dir, name);
  if (!node)
    return ENOENT;
  err = overlay_know (dir, name, &node);
  if (err)
    return err;
  err = sticky_check (dir, node, &handle->ids);
  if (err)
    return err;
  if (node->mounted || node->service)
    return EBUSY;
  *ret_node = node;
  return 0;
}

/* ---- make ---- */

static error_t
dir_mkdir (struct handle *handle, const char *path, mode_t mode)
{
  cleanup_node struct node *node = NULL;
  char name[NODE_NAME_MAX + 1];
  bool slash;
  error_t err = name_check (path, name, &slash);

  if (!err)
    err = S_ISDIR (file_node (handle)->mode) ? 0 : ENOTDIR;
  if (!err)
    err = node_access (file_node (handle), &handle->ids, O_EXEC);
  if (!err)
    err = overlay_list (file_node (handle));
  if (err)
    return err;
  if (name_is_dots (name) || directory_find (file_node (handle), name))
    return EEXIST;
  err = dir_check (handle);
  if (!err && file_node (handle)->links >= LINKS_MAX)
    err = EMLINK;
  if (!err)
    err = node_make (file_node (handle), S_IFDIR | (mode & 07777),
                     &handle->ids, &node);
  return err ? err : directory_add (file_node (handle), name, node);
}

error_t
file_op_mkdir (struct handle *handle, const char *path, mode_t mode)
{
  return overlay_settle (handle, dir_mkdir (handle, path, mode));
}

static error_t
dir_mkfile (struct handle *handle, int flags, mode_t mode,
            struct object **ret_object)
{
  cleanup_node struct node *node = NULL;
  struct file *file;
  error_t err = dir_check (handle);

  if (!err)
    err = node_make (file_node (handle), S_IFREG | (mode & 07777),
                     &handle->ids, &node);
  if (!err)
    err = file_create (node, &handle->ids,
                       flags & (O_READ | O_WRITE | O_EXEC | O_APPEND),
                       ((struct file *)handle)->opened, &file);
  if (!err)
    *ret_object = &file->handle.object;
  return err;
}

error_t
file_op_mkfile (struct handle *handle, int flags, mode_t mode,
                struct object **ret_object)
{
  return overlay_settle (handle, dir_mkfile (handle, flags, mode, ret_object));
}

/* ---- link ---- */

static error_t
link_replace (struct handle *handle, const char *name, struct node *node)
{
  struct node *old;
  error_t err = remove_check (handle, name, &old);

  if (err)
    return err;
  if (old == node)
    return 0;
  if (S_ISDIR (old->mode))
    return EISDIR;
  directory_replace (file_node (handle), name, node);
  return 0;
}

static error_t
dir_link (struct handle *handle, mach_port_t port, const char *path,
          bool exclusive)
{
  struct node *dir = file_node (handle);
  struct file *file = file_lookup (dir->volume->environment, port);
  char name[NODE_NAME_MAX + 1];
  struct node *node;
  bool slash;
  error_t err;

  if (!file)
    return EXDEV;
  node = file->opened->node;
  err = name_check (path, name, &slash);
  if (!err)
    err = dir_check (handle);
  if (err)
    return err;
  if (node->volume != dir->volume)
    return EXDEV;
  if (S_ISDIR (node->mode))
    return EPERM;
  if (slash)
    return ENOTDIR;
  if (node->links >= LINKS_MAX)
    return EMLINK;
  if (name_is_dots (name))
    return EEXIST;
  if (!directory_find (dir, name))
    return directory_add (dir, name, node);
  return exclusive ? EEXIST : link_replace (handle, name, node);
}

error_t
file_op_link (struct handle *handle, mach_port_t port, const char *path,
              bool exclusive)
{
  return overlay_settle (handle, dir_link (handle, port, path, exclusive));
}

/* ---- remove ---- */

static error_t
dir_unlink (struct handle *handle, const char *path)
{
  char name[NODE_NAME_MAX + 1];
  struct node *node;
  bool slash;
  error_t err = name_check (path, name, &slash);

  if (!err && name_is_dots (name))
    err = EISDIR;
  if (!err)
    err = remove_check (handle, name, &node);
  if (err)
    return err;
  if (S_ISDIR (node->mode))
    return EISDIR;
  if (slash)
    return ENOTDIR;
  directory_remove (file_node (handle), name);
  return 0;
}

error_t
file_op_unlink (struct handle *handle, const char *path)
{
  return overlay_settle (handle, dir_unlink (handle, path));
}

static error_t
dir_rmdir (struct handle *handle, const char *path)
{
  char name[NODE_NAME_MAX + 1];
  struct node *node;
  bool slash;
  error_t err = name_check (path, name, &slash);

  if (err)
    return err == EEXIST ? EBUSY : err;
  if (!strcmp (name, "."))
    return EINVAL;
  if (!strcmp (name, ".."))
    return ENOTEMPTY;
  err = remove_check (handle, name, &node);
  if (err)
    return err;
  if (!S_ISDIR (node->mode))
    return ENOTDIR;
  if (node->translator)
    return EBUSY;
  err = overlay_list (node);
  if (err)
    return err;
  if (!directory_empty (node))
    return ENOTEMPTY;
  directory_remove (file_node (handle), name);
  return 0;
}

error_t
file_op_rmdir (struct handle *handle, const char *path)
{
  return overlay_settle (handle, dir_rmdir (handle, path));
}

/* ---- rename ---- */

struct renaming
{
  struct handle *from, *to;
  char from_name[NODE_NAME_MAX + 1], to_name[NODE_NAME_MAX + 1];
  bool exclusive;
  bool want_directory; /* one of the names ended in a slash */
  struct node *node;   /* borrowed */
  struct node *old;    /* borrowed: what is in the way, or NULL */
};

static error_t
rename_names (struct renaming *r, const char *from_name, const char *to_name)
{
  bool from_slash = false, to_slash = false;
  error_t err = name_check (from_name, r->from_name, &from_slash);

  if (!err)
    err = name_check (to_name, r->to_name, &to_slash);
  if (err)
    return err == EEXIST ? EBUSY : err;
  if (name_is_dots (r->from_name) || name_is_dots (r->to_name))
    return EINVAL;
  r->want_directory = from_slash || to_slash;
  return 0;
}

/* A directory may not move below itself.  */
static error_t
rename_check_loop (const struct node *node, const struct node *to)
{
  const struct node *above;

  for (const struct node *at = to;; at = above)
    {
      if (at == node)
        return EINVAL;
      above = directory_parent (at);
      if (!above || above == at)
        return 0;
    }
}

static error_t
rename_check_target (const struct renaming *r)
{
  bool directory = S_ISDIR (r->node->mode);
  error_t err;

  if (!r->old)
    return 0;
  if (r->exclusive)
    return EEXIST;
  if (directory && !S_ISDIR (r->old->mode))
    return ENOTDIR;
  if (!directory && S_ISDIR (r->old->mode))
    return EISDIR;
  if (!directory)
    return 0;
  err = overlay_list (r->old);
  if (!err && !directory_empty (r->old))
    err = ENOTEMPTY;
  return err;
}

static error_t
rename_check (struct renaming *r)
{
  struct node *to = file_node (r->to);
  error_t err = remove_check (r->from, r->from_name, &r->node);

  if (!err)
    err = dir_check (r->to);
  if (err)
    return err;
  if (r->node->volume != to->volume)
    return EXDEV;
  r->old = directory_find (to, r->to_name);
  if (r->old)
    err = remove_check (r->to, r->to_name, &r->old);
  if (!err && r->want_directory && !S_ISDIR (r->node->mode))
    err = ENOTDIR;
  if (!err && S_ISDIR (r->node->mode))
    err = rename_check_loop (r->node, to);
  if (!err && r->node != r->old)
    err = rename_check_target (r);
  return err;
}

/* The new entry first: it is the step that can fail.  */
static error_t
rename_move (struct renaming *r)
{
  cleanup_node struct node *node = node_ref (r->node);
  struct node *to = file_node (r->to);
  error_t err = 0;

  if (r->old)
    directory_replace (to, r->to_name, node);
  else
    err = directory_add (to, r->to_name, node);
  if (err)
    return err;
  directory_remove (file_node (r->from), r->from_name);
  if (S_ISDIR (node->mode))
    directory_set_parent (node, to);
  return 0;
}

static error_t
dir_rename (struct handle *from, const char *from_name, mach_port_t to,
            const char *to_name, bool exclusive)
{
  struct volume *volume = file_node (from)->volume;
  struct file *to_file = file_lookup (volume->environment, to);
  struct renaming r = { .from = from, .exclusive = exclusive };
  error_t err;

  if (!to_file)
    return EXDEV;
  r.to = &to_file->handle;
  err = rename_names (&r, from_name, to_name);
  if (!err)
    err = rename_check (&r);
  if (err)
    return err;
  /* Two names of one file: nothing happens.  */
  return r.node == r.old ? 0 : rename_move (&r);
}

error_t
file_op_rename (struct handle *from, const char *from_name, mach_port_t to,
                const char *to_name, bool exclusive)
{
  return overlay_settle (from,
                         dir_rename (from, from_name, to, to_name, exclusive));
}

/* ---- read ---- */

static error_t
dir_readdir (struct handle *handle, int entry, int entries, size_t bytes_max,
             struct out_data *out, int *ret_entries)
{
  struct node *dir = file_node (handle);
  error_t err;

  if (!S_ISDIR (dir->mode))
    return ENOTDIR;
  if (!(handle->open_modes & O_READ))
    return EBADF;
  err = overlay_list (dir);
  if (!err)
    err = directory_read (dir, entry, entries, bytes_max, out, ret_entries);
  if (!err && entry == 0)
    node_touch_read (dir);
  return err;
}

error_t
file_op_readdir (struct handle *handle, int entry, int entries,
                 size_t bytes_max, struct out_data *out, int *ret_entries)
{
  return overlay_settle (handle, dir_readdir (handle, entry, entries,
                                              bytes_max, out, ret_entries));
}
