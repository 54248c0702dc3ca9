/* root_lookup.c -- walk along a path and open what is at its end

   One walker serves dir_lookup and the other roles.  Where the way leaves our
   nodes (an absolute link, a service, a translator, above a chroot) the walk
   ends there, and dir_lookup tells the client how to go on.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "servers/root/overlay.h"
#include "servers/root/walk.h"

void
walk_move (struct walk *walk, struct node *node)
{
  node_ref (node);
  node_drop (walk->node);
  walk->node = node;
}

/* ---- links ---- */

/* The path is TARGET and then what remains.  */
static error_t
walk_splice (struct walk *walk, const char *target)
{
  size_t length = strlen (target);
  size_t rest = strlen (walk->next);
  bool slash = rest || walk->want_directory;

  if (length + 1 + rest + 1 > PATH_ROOM)
    return ENAMETOOLONG;
  memmove (walk->path + length + slash, walk->next, rest + 1);
  memcpy (walk->path, target, length);
  if (slash)
    walk->path[length] = '/';
  walk->next = walk->path;
  walk->want_directory = false;
  return 0;
}

/* A link to TARGET was found in WALK's node.  */
error_t
walk_follow (struct walk *walk, const char *target)
{
  error_t err;

  if (++walk->links > SYMLINKS_MAX)
    return ELOOP;
  if (!*target)
    return ENOENT;
  err = walk_splice (walk, target);
  if (err || *walk->next != '/')
    return err;
  if (walk->absolute)
    walk_move (walk, walk->absolute);
  else
    walk->end = WALK_ABSOLUTE;
  return 0;
}

/* ---- one component ---- */

static char *
slashes_end (char *text)
{
  while (*text == '/')
    text++;
  return text;
}

bool
walk_component (struct walk *walk, char *name, bool *ret_too_long)
{
  char *start = slashes_end (walk->next);
  size_t length = strchrnul (start, '/') - start;

  *ret_too_long = length > NODE_NAME_MAX;
  if (!length || *ret_too_long)
    {
      walk->next = start;
      return false;
    }
  memcpy (name, start, length);
  name[length] = '\0';
  walk->next = start + length;
  if (*walk->next == '/')
    {
      walk->next = slashes_end (walk->next);
      walk->want_directory = !*walk->next;
    }
  return true;
}

error_t
walk_up (struct walk *walk)
{
  struct node *node = walk->node;
  struct node *parent;

  if (walk->from && node == walk->from->ceiling)
    {
      if (MACH_PORT_VALID (walk->from->above))
        walk->end = WALK_ABOVE;
      return 0;
    }
  if (node == walk->absolute)
    return 0;
  while (node->covers)
    node = node->covers;
  parent = node->remote ? node->remote->up : directory_parent (node);
  if (!parent)
    return ENOENT;
  /* Above a mount there may be another one.  */
  walk_move (walk, node_surface (parent));
  return 0;
}

static error_t
walk_create (struct walk *walk, const char *name)
{
  cleanup_node struct node *node = NULL;
  error_t err;

  if (walk->want_directory)
    return EISDIR;
  err = node_access (walk->node, walk->ids, O_WRITE);
  if (!err)
    err = node_make (walk->node, S_IFREG | (walk->mode & 07777), walk->ids,
                     &node);
  if (!err)
    err = directory_add (walk->node, name, node);
  if (err)
    return err;
  walk->created = true;
  walk_move (walk, node);
  return 0;
}

/* Does somebody else answer for NODE, which is (LAST) the end of the path?  */
static enum walk_end
walk_covered (const struct walk *walk, const struct node *node, bool last)
{
  if (last && walk->flags & O_NOTRANS)
    return WALK_NODE;
  if (node->service)
    return WALK_SERVICE;
  return node->translator ? WALK_TRANSLATED : WALK_NODE;
}

static error_t
walk_enter (struct walk *walk, struct node *node)
{
  bool last = !*walk->next;
  bool bare = walk->flags & (O_NOLINK | O_NOTRANS);

  if (last && (walk->flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL))
    return EEXIST;
  /* What is mounted stands on the node, like a translator.  */
  if (!(last && walk->flags & O_NOTRANS))
    node = node_surface (node);
  if (node->target && !(last && bare && !walk->want_directory))
    return walk_follow (walk, node->target);
  walk->dir = walk->node;
  walk->end = walk_covered (walk, node, last);
  walk_move (walk, node);
  return 0;
}

static error_t
walk_step (struct walk *walk, const char *name)
{
  struct node *node;
  error_t err;

  if (!S_ISDIR (walk->node->mode))
    return ENOTDIR;
  err = node_access (walk->node, walk->ids, O_EXEC);
  if (!err)
    err = overlay_list (walk->node);
  if (err)
    return err;
  if (!strcmp (name, "."))
    return 0;
  if (!strcmp (name, ".."))
    return walk_up (walk);

  node = directory_find (walk->node, name);
  err = node ? overlay_know (walk->node, name, &node) : 0;
  if (err)
    return err;
  if (node)
    return walk_enter (walk, node);
  if (*walk->next || !(walk->flags & O_CREAT))
    return ENOENT;
  return walk_create (walk, name);
}

error_t
walk_run (struct walk *walk)
{
  char name[NODE_NAME_MAX + 1];
  bool too_long = false;
  error_t err = 0;

  while (!err && walk->end == WALK_NODE && !walk->node->remote)
    {
      char *before = walk->next;

      if (!walk_component (walk, name, &too_long))
        break;
      err = walk_step (walk, name);
      if (err == EINPROGRESS)
        walk->next = before; /* this step again, later */
    }
  if (!err && walk->end == WALK_NODE && walk->node->remote)
    walk->end = WALK_AWAY;
  if (err || walk->end != WALK_NODE)
    return err;
  if (too_long)
    return ENAMETOOLONG;
  return walk->want_directory && !S_ISDIR (walk->node->mode) ? ENOTDIR : 0;
}

/* WALK is for IDS (borrowed); what else is asked comes after.  */
static void
walk_init (struct walk *walk, const struct ids *ids)
{
  memset (walk, 0, offsetof (struct walk, path));
  walk->ids = ids;
}

static error_t
walk_start (struct walk *walk, struct node *start, const char *path)
{
  size_t length = strlen (path);

  if (length >= PATH_ROOM)
    return ENAMETOOLONG;
  memcpy (walk->path, path, length + 1);
  walk->next = walk->path;
  walk->node = node_ref (start);
  walk->end = WALK_NODE;
  return 0;
}

/* ---- making ---- */

error_t
node_make (struct node *dir, mode_t mode, const struct ids *ids,
           struct node **ret_node)
{
  uid_t uid = ids->euids.count ? ids->euids.ids[0] : dir->uid;
  gid_t gid = ids->egids.count ? ids->egids.ids[0] : dir->gid;

  /* The group is inherited where the directory says so.  */
  if (dir->mode & S_ISGID)
    {
      gid = dir->gid;
      if (S_ISDIR (mode))
        mode |= S_ISGID;
      else if (!ids_are_root (ids) && !idset_contains (&ids->egids, gid))
        mode &= ~(mode_t)S_ISGID;
    }
  return node_create (dir->volume, mode, uid, gid, ret_node);
}

/* ---- opening what was found ---- */

error_t
open_check (const struct node *node, const struct ids *ids, int flags,
            bool created)
{
  if (created)
    return 0;
  if (S_ISDIR (node->mode) && flags & (O_WRITE | O_CREAT))
    return EISDIR;
  return node_access (node, ids, flags);
}

static error_t
open_node (const struct walk *walk, const struct request *request,
           struct lookup_result *result)
{
  struct node *node = walk->node;
  bool bare = walk->flags & (O_NOTRANS | O_NOLINK);
  struct file *file;
  error_t err = open_check (node, walk->ids, walk->flags, walk->created);

  if (!err && walk->flags & OPEN_RIGHTS)
    err = overlay_look (node);
  if (err)
    return err;
  if (!bare && walk->flags & OPEN_RIGHTS && !S_ISREG (node->mode)
      && !S_ISDIR (node->mode))
    return node_open_special (node, walk->flags, walk->ids, request,
                              &result->object);
  err = file_create (node, walk->ids, walk->flags, walk->from, &file);
  if (!err)
    result->object = &file->handle.object;
  return err;
}

/* "" on a handle: the same node again, with other open modes.  */
static error_t
open_again (struct handle *handle, int flags, struct lookup_result *result)
{
  const struct file *old = (const struct file *)handle;
  struct file *file;
  error_t err = open_check (file_node (handle), &handle->ids,
                            flags & ~(O_CREAT | O_EXCL), false);

  if (!err)
    err = file_create (file_node (handle), &handle->ids, flags, old->opened,
                       &file);
  if (!err)
    result->object = &file->handle.object;
  return err;
}

/* ---- telling the client how to go on ---- */

error_t
retry_name_set (struct lookup_result *result, const char *first,
                const char *rest)
{
  size_t length = strlen (first);
  bool slash = length && *rest;

  if (length + slash + strlen (rest) + 1 > PATH_ROOM)
    return ENAMETOOLONG;
  strcpy (result->retry_name, first);
  if (slash)
    result->retry_name[length] = '/';
  strcpy (result->retry_name + length + slash, rest);
  return 0;
}

static error_t
end_absolute (const struct walk *walk, const struct request *request,
              struct lookup_result *result)
{
  (void)request;
  result->retry = FS_RETRY_MAGICAL;
  return retry_name_set (result, "", walk->next);
}

/* Looking at a device is not using it: opened for nothing, as stat and chown
   do, it is the bare node.  A server is also used without any mode.  */
static bool
service_only_looked_at (const struct service_node *service, int flags)
{
  return (S_ISCHR (service->mode) || S_ISBLK (service->mode))
         && !service->shows_itself && !(flags & (O_READ | O_WRITE | O_EXEC));
}

/* What remains is looked up in the service's object.  */
static error_t
end_service (const struct walk *walk, const struct request *request,
             struct lookup_result *result)
{
  const struct service_node *service = walk->node->service;
  int flags = *walk->next ? 0 : walk->flags;
  error_t err = 0;

  if (!*walk->next && service_only_looked_at (service, flags))
    return open_node (walk, request, result);
  if (service->magic && (!service->shows_itself || *walk->next))
    {
      result->retry = FS_RETRY_MAGICAL;
      return retry_name_set (result, service->magic, walk->next);
    }
  if (walk->want_directory && !S_ISDIR (service->mode))
    return ENOTDIR;
  err = node_access (walk->node, walk->ids, flags);
  if (!err && service->open_later)
    return service->open_later (service->role, flags, walk->next, request);
  if (!err)
    err = retry_name_set (result, "", walk->next);
  if (!err)
    err = service->open (service->role, flags & O_HURD, walk->ids,
                         &result->object);
  return err;
}

static error_t
end_translated (const struct walk *walk, const struct request *request,
                struct lookup_result *result)
{
  (void)result;
  return translator_open (walk->node, walk->dir, walk->from, walk->ids,
                          walk->flags, walk->next, request);
}

static error_t
end_above (const struct walk *walk, const struct request *request,
           struct lookup_result *result)
{
  error_t err = retry_name_set (result, "", walk->next);

  (void)request;
  if (err)
    return err;
  result->retry = FS_RETRY_REAUTH;
  result->port = send_copy (walk->from->above);
  return 0;
}

/* The way leads over the parent's files.  */
static error_t
end_away (const struct walk *walk, const struct request *request,
          struct lookup_result *result)
{
  (void)walk, (void)request, (void)result;
  return EIO; /* walk_open is for what is ours */
}

static error_t (*const walk_ends[]) (const struct walk *walk,
                                     const struct request *request,
                                     struct lookup_result *result)
    = {
        [WALK_NODE] = open_node,      [WALK_ABSOLUTE] = end_absolute,
        [WALK_SERVICE] = end_service, [WALK_TRANSLATED] = end_translated,
        [WALK_ABOVE] = end_above,     [WALK_AWAY] = end_away,
      };

error_t
walk_open (const struct walk *walk, const struct request *request,
           struct lookup_result *result)
{
  return walk_ends[walk->end](walk, request, result);
}

/* To the end, over our own nodes and the parent's.  */
static error_t
walk_all (struct walk *walk, const struct request *request,
          struct lookup_result *result)
{
  for (;;)
    {
      bool home = false;
      error_t err = walk_run (walk);

      if (err)
        return err;
      if (walk->end != WALK_AWAY)
        return walk_open (walk, request, result);
      err = proxy_lookup (walk, request, result, &home);
      if (err || !home)
        return err;
    }
}

error_t
file_op_lookup (struct handle *dir, const struct request *request,
                const char *name, int flags, mode_t mode,
                struct lookup_result *result)
{
  struct walk walk;
  error_t err;

  walk_init (&walk, &dir->ids);
  walk.from = ((struct file *)dir)->opened;
  walk.flags = flags;
  walk.mode = mode;
  if (!*name && !file_node (dir)->remote)
    return open_again (dir, flags, result);
  err = walk_start (&walk, file_node (dir), name);
  if (err)
    return err;
  result->retry = FS_RETRY_NORMAL;
  err = walk_all (&walk, request, result);
  node_drop (walk.node);
  return overlay_settle (dir, err);
}

/* ---- for the other roles ---- */

error_t
lookup_resolve (const char *path, struct node *start, struct node *absolute,
                const struct ids *ids, struct node **ret_node)
{
  struct walk walk;
  error_t err;

  walk_init (&walk, ids);
  walk.absolute = absolute;
  err = walk_start (&walk, *path == '/' ? absolute : start, path);
  if (err)
    return err;
  err = walk_run (&walk);
  if (!err && walk.end == WALK_AWAY)
    err = EINPROGRESS;
  else if (!err && walk.end != WALK_NODE)
    err = ENOTSUP;
  if (err)
    {
      node_drop (walk.node);
      return err;
    }
  *ret_node = walk.node;
  return 0;
}

/* A walk of another role that waits for what lies under a layer.  */
struct find
{
  struct waiter waiter;
  struct walk walk;
  root_found_t *found;
  void *cookie;
};

static void walk_find (struct walk *walk, root_found_t *found, void *cookie);

static void
find_end (struct waiter *waiter, error_t err, struct node *looked)
{
  struct find *find = list_entry (waiter, struct find, waiter);

  (void)looked;
  if (err)
    {
      find->found (find->cookie, err, NULL);
      node_drop (find->walk.node);
    }
  else
    walk_find (&find->walk, find->found, find->cookie);
  free (find);
}

/* WALK moves, its node too.  */
static error_t
walk_wait (struct walk *walk, root_found_t *found, void *cookie)
{
  struct find *find = calloc (1, sizeof *find);

  if (!find)
    return ENOMEM;
  find->waiter.end = find_end;
  find->walk = *walk;
  find->walk.next = find->walk.path + (walk->next - walk->path);
  find->found = found;
  find->cookie = cookie;
  overlay_wait (walk->node->volume->environment, &find->waiter);
  walk->node = NULL;
  return 0;
}

/* To the end; WALK's node is taken.  */
static void
walk_find (struct walk *walk, root_found_t *found, void *cookie)
{
  error_t err = walk_run (walk);

  if (err == EINPROGRESS)
    err = walk_wait (walk, found, cookie);
  else if (!err && walk->end == WALK_AWAY)
    err = proxy_find (walk, found, cookie);
  else if (!err && walk->end != WALK_NODE)
    err = ENOTSUP;
  else if (!err)
    {
      found (cookie, 0, walk->node);
      return;
    }
  node_drop (walk->node);
  if (err)
    found (cookie, err, NULL);
}

void
lookup_find (const char *path, struct node *start, struct node *absolute,
             const struct ids *ids, root_found_t *found, void *cookie)
{
  struct walk walk = { .absolute = absolute, .ids = ids };
  error_t err = walk_start (&walk, *path == '/' ? absolute : start, path);

  if (err)
    found (cookie, err, NULL);
  else
    walk_find (&walk, found, cookie);
}
