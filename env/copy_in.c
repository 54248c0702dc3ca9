/* copy_in.c -- walk a tree of the parent, one name at a time

   Nothing is followed: neither links nor "..", nor what sits on a node, so
   what is copied is what lies there, whoever is changing it meanwhile.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "env/copy_in.h"

#include <dirent.h>
#include <fcntl.h>
#include <hurd.h>
#include <hurd/fs.h>
#include <hurd/io.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/port/right.h"
#include "servers/root/root.h"

/* A node of the parent that is being copied.  */
struct original
{
  mach_port_t port; /* send right */
  struct stat64 stat;
};

/* ---- the parent's side ---- */

/* NAME in DIR, the bare node.  */
static error_t
original_open (mach_port_t dir, const char *name, struct original *ret)
{
  enum retry_type retry;
  string_t retry_name;
  cleanup_send mach_port_t port = MACH_PORT_NULL;
  error_t err = dir_lookup (dir, (char *)name, O_READ | O_NOLINK | O_NOTRANS,
                            0, &retry, retry_name, &port);

  if (err)
    return err;
  if (retry != FS_RETRY_NORMAL || retry_name[0])
    return EACCES;
  err = io_stat (port, (io_statbuf_t *)&ret->stat);
  if (!err)
    ret->port = send_steal (&port);
  return err;
}

/* What a memory file of our own servers answers without copying it.  */
#define READ_PIECE ((size_t)64 * 1024)

/* Each page is there from now on: whoever served it cannot make our threads
   wait for it later.  */
static void
piece_touch (const struct vm_piece *piece)
{
  const volatile char *at = (const char *)piece->address;

  for (size_t i = 0; i < piece->size; i += vm_page_size)
    (void)at[i];
}

/* Move GOT bytes of PIECE, whole pages but for the last, to TO: the pages go,
   not what is in them.  */
static error_t
piece_move (const struct vm_piece *piece, size_t got, char *to)
{
  if (piece->address % vm_page_size == 0 && (size_t)to % vm_page_size == 0
      && got >= vm_page_size)
    return vm_copy (mach_task_self (), piece->address, round_page (got),
                    (vm_address_t)to);
  memcpy (to, (const char *)piece->address, got);
  return 0;
}

/* As much as one read gives of SIZE bytes at OFFSET, to TO.  */
static error_t
read_some (mach_port_t port, size_t offset, size_t size, char *to,
           size_t *ret_got)
{
  char room[2048];
  data_t data = room;
  mach_msg_type_number_t got = sizeof room;
  cleanup_vm struct vm_piece piece = { 0, 0 };
  error_t err = io_read (port, &data, &got, (loff_t)offset, size);

  if (err)
    return err;
  *ret_got = got < size ? got : size;
  if (data != room)
    piece = (struct vm_piece){ (vm_address_t)data, got };
  if (piece.size)
    return piece_move (&piece, *ret_got, to);
  memcpy (to, data, *ret_got);
  return 0;
}

/* The first SIZE bytes of PORT; what is missing at the end is zero.  */
static error_t
read_all (mach_port_t port, size_t size, struct vm_piece *ret_piece)
{
  struct vm_piece all = { 0, size };
  size_t done = 0, got = 1;
  error_t err = vm_allocate (mach_task_self (), &all.address, size, TRUE);

  if (err)
    return ENOMEM;
  for (; !err && got && done < size; done += err ? 0 : got)
    {
      size_t wanted = size - done < READ_PIECE ? size - done : READ_PIECE;

      err = read_some (port, done, wanted, (char *)all.address + done, &got);
    }
  if (err)
    {
      vm_piece_drop (&all);
      return err;
    }
  /* It has become shorter; the page may have had more in it.  */
  memset ((char *)all.address + done, 0, size - done);
  piece_touch (&all);
  *ret_piece = all;
  return 0;
}

char *
parent_read_file (const char *path, size_t *ret_size, error_t *ret_err)
{
  cleanup_send mach_port_t port = file_name_lookup (path, O_READ, 0);
  cleanup_vm struct vm_piece piece = { 0, 0 };
  struct stat64 stat;
  char *text = NULL;

  *ret_err = MACH_PORT_VALID (port) ? 0 : errno;
  if (!*ret_err)
    *ret_err = io_stat (port, (io_statbuf_t *)&stat);
  if (!*ret_err && S_ISDIR (stat.st_mode))
    *ret_err = EISDIR;
  if (!*ret_err && (uint64_t)stat.st_size > COPY_BYTES_MAX)
    *ret_err = EFBIG;
  if (!*ret_err && stat.st_size)
    *ret_err = read_all (port, (size_t)stat.st_size, &piece);
  if (*ret_err)
    return NULL;
  *ret_size = (size_t)stat.st_size;
  text = malloc (*ret_size + 1);
  if (!text)
    *ret_err = ENOMEM;
  else
    {
      memcpy (text, (char *)piece.address, *ret_size);
      text[*ret_size] = '\0';
    }
  return text;
}

/* ---- our side ---- */

static void
node_describe (const struct copy *copy, const struct stat64 *stat,
               struct node *node)
{
  const struct environment *env = copy->env;
  mode_t permissions = stat->st_mode & 07777;

  node->mode = (node->mode & S_IFMT) | permissions;
  node->uid = node->author = idmap_in (&env->uid_map, stat->st_uid);
  node->gid = idmap_in (&env->gid_map, stat->st_gid);
  node->atime = stat->st_atim;
  node->mtime = stat->st_mtim;
  node->ctime = stat->st_ctim;
}

/* What is copied stays in memory until the environment ends, also when its
   file has gone, so it counts until then.  */
static error_t
copy_charge (struct copy *copy, size_t size)
{
  copy->bytes += size;
  if (copy->bytes > COPY_BYTES_MAX)
    return E2BIG;
  return budget_charge (&copy->env->memory, round_page (size)) ? 0 : ENOSPC;
}

static error_t
copy_file (struct copy *copy, const struct original *original,
           struct node *node)
{
  size_t size = (size_t)original->stat.st_size;
  struct vm_piece piece;
  struct content *content;
  error_t err;

  copy->files++;
  if (!size)
    return 0;
  err = copy_charge (copy, size);
  if (err)
    return err;
  err = read_all (original->port, size, &piece);
  if (err)
    return err;
  err = node_content (node, &content);
  if (err)
    vm_piece_drop (&piece);
  else
    content_set_archive (content, (const char *)piece.address, size);
  return err;
}

static error_t
copy_link (struct copy *copy, const struct original *original,
           struct node *node)
{
  cleanup_vm struct vm_piece piece = { 0, 0 };
  size_t size = (size_t)original->stat.st_size;
  error_t err;

  if (!size || size >= PATH_ROOM)
    return ENAMETOOLONG;
  copy->links++;
  err = read_all (original->port, size, &piece);
  return err ? err : node_set_target (node, (const char *)piece.address, size);
}

/* ---- a directory ---- */

/* One that is being copied.  PATH is where it will be inside.  */
struct walk
{
  struct copy *copy;
  const struct manifest_mount *mount;
  struct node *node; /* reference or borrowed */
  mach_port_t port;  /* borrowed */
  const char *path;
  unsigned int depth;
};

static error_t walk_directory (struct walk *walk);

/* Does another mount serve PATH?  */
static bool
path_is_mounted (const struct walk *walk, const char *path)
{
  const struct manifest *manifest = walk->copy->manifest;

  for (size_t i = 0; i < manifest->mount_count; i++)
    if (&manifest->mounts[i] != walk->mount
        && !strcmp (manifest->mounts[i].path, path))
      return true;
  return false;
}

static bool
name_is_hidden (const struct walk *walk, const char *name)
{
  for (size_t i = 0; i < walk->mount->hide.count; i++)
    if (!strcmp (walk->mount->hide.words[i], name))
      return true;
  return false;
}

static error_t
walk_into (struct walk *walk, const struct original *original,
           struct node *node, const char *path)
{
  struct walk below = { .copy = walk->copy,
                        .mount = walk->mount,
                        .node = node,
                        .port = original->port,
                        .path = path,
                        .depth = walk->depth + 1 };

  if (below.depth > COPY_DEPTH_MAX)
    return E2BIG;
  return path_is_mounted (walk, path) ? 0 : walk_directory (&below);
}

static error_t
walk_copy (struct walk *walk, const struct original *original,
           const char *name, const char *path)
{
  struct copy *copy = walk->copy;
  const struct stat64 *stat = &original->stat;
  cleanup_node struct node *made = NULL;
  struct node *node = directory_find (walk->node, name);
  error_t err = 0;

  if (node && !(S_ISDIR (node->mode) && S_ISDIR (stat->st_mode)))
    return EEXIST;
  if (!node)
    {
      err = node_create (walk->node->volume, stat->st_mode & (S_IFMT | 07777),
                         0, 0, &made);
      node = made;
    }
  if (!err && S_ISREG (stat->st_mode))
    err = copy_file (copy, original, node);
  if (!err && S_ISLNK (stat->st_mode))
    err = copy_link (copy, original, node);
  if (!err && made)
    err = directory_add (walk->node, name, node);
  if (!err && S_ISDIR (stat->st_mode))
    err = walk_into (walk, original, node, path);
  if (!err)
    node_describe (copy, stat, node);
  return err;
}

static bool
mode_is_copied (mode_t mode)
{
  return S_ISREG (mode) || S_ISLNK (mode) || S_ISDIR (mode) || S_ISFIFO (mode);
}

static error_t
walk_name (struct walk *walk, const char *name)
{
  struct copy *copy = walk->copy;
  struct original original = { .port = MACH_PORT_NULL };
  struct text path = TEXT_INIT;
  error_t err;

  if (!strcmp (name, ".") || !strcmp (name, "..")
      || name_is_hidden (walk, name))
    return 0;
  err = original_open (walk->port, name, &original);
  if (err || !mode_is_copied (original.stat.st_mode))
    {
      /* It has gone, it may not be read, or it is somebody's server.  */
      copy->left_out++;
      send_drop (&original.port);
      return 0;
    }
  text_printf (&path, "%s/%s", walk->path[1] ? walk->path : "", name);
  if (copy->files + copy->directories + copy->links >= COPY_NODES_MAX)
    err = E2BIG;
  else
    err = walk_copy (walk, &original, name, text_string (&path));
  if (err && !copy->problem->length)
    text_printf (copy->problem, "%s", text_string (&path));
  send_drop (&original.port);
  text_finish (&path);
  return err;
}

/* The next entries of the parent's directory; none: the end.  */
static error_t
walk_entries (struct walk *walk, const char *data, size_t size, int entries)
{
  error_t err = 0;

  while (!err && entries-- > 0 && size >= offsetof (struct dirent64, d_name))
    {
      const struct dirent64 *entry = (const struct dirent64 *)data;

      if (entry->d_reclen > size
          || entry->d_reclen <= offsetof (struct dirent64, d_name)
          || !memchr (entry->d_name, '\0',
                      entry->d_reclen - offsetof (struct dirent64, d_name)))
        return EIO;
      if (entry->d_ino && !strchr (entry->d_name, '/'))
        err = walk_name (walk, entry->d_name);
      data += entry->d_reclen;
      size -= entry->d_reclen;
    }
  return err;
}

static error_t
walk_directory (struct walk *walk)
{
  int first = 0;
  error_t err;

  walk->copy->directories++;
  for (;;)
    {
      char room[2048];
      data_t data = room;
      mach_msg_type_number_t size = sizeof room;
      int entries = 0;

      err = dir_readdir (walk->port, &data, &size, first, -1, 64 * 1024,
                         &entries);
      if (err)
        return err;
      if (entries > 0)
        err = walk_entries (walk, data, size, entries);
      if (data != room)
        (void)vm_deallocate (mach_task_self (), (vm_address_t)data, size);
      if (err || entries <= 0)
        return err;
      first += entries;
    }
}

/* ---- mounts ---- */

error_t
copy_in_directory (struct copy *copy, const struct manifest_mount *mount)
{
  cleanup_send mach_port_t port
      = file_name_lookup (mount->argument, O_READ, 0);
  struct walk walk
      = { .copy = copy, .mount = mount, .port = port, .path = mount->path };
  struct stat64 stat;
  error_t err = MACH_PORT_VALID (port) ? 0 : errno;

  if (!err)
    err = io_stat (port, (io_statbuf_t *)&stat);
  if (!err && !S_ISDIR (stat.st_mode))
    err = ENOTDIR;
  if (err)
    text_printf (copy->problem, "%s", mount->argument);
  else
    err = root_make_directory (copy->env, mount->path, &walk.node);
  if (!err)
    err = walk_directory (&walk);
  if (!err)
    node_describe (copy, &stat, walk.node);
  return err;
}

error_t
copy_in_archive (struct copy *copy, const struct manifest_mount *mount)
{
  error_t err = 0;
  size_t size;
  char *archive = parent_read_file (mount->argument, &size, &err);

  /* The files stay in it, so it is never freed.  */
  if (!err)
    err = copy_charge (copy, size);
  if (!err)
    err = root_import_archive_at (copy->env, mount->path, archive, size);
  if (err)
    text_printf (copy->problem, "%s", mount->argument);
  return err;
}
