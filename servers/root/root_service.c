/* root_service.c -- root for the other roles: attach, find, read, map
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/port/right.h"
#include "servers/root/overlay.h"
#include "servers/root/walk.h"

#define DIRECTORY_MODE 0755 /* of those made on the way */

/* ---- attach ---- */

static struct service_node *
service_copy (const struct service_node *service)
{
  struct service_node *copy = malloc (sizeof *copy);

  if (copy)
    *copy = *service;
  return copy;
}

/* A node of the archive in SERVICE's place is what it is attached to.  */
static error_t
attach_node (struct root *root, const struct service_node *service,
             struct node **ret_node)
{
  char name[NODE_NAME_MAX + 1];
  struct node *dir, *node;
  error_t err = path_prepare (root->volume.top, service->path, &dir, name);

  if (err)
    return err;
  node = directory_find (dir, name);
  if (node && S_ISDIR (node->mode) != S_ISDIR (service->mode))
    {
      if (S_ISDIR (node->mode))
        return EISDIR;
      directory_remove (dir, name);
      node = NULL;
    }
  if (node)
    {
      *ret_node = node_ref (node);
      return 0;
    }
  err = node_create (&root->volume, service->mode, 0, 0, &node);
  if (!err)
    err = directory_add (dir, name, node);
  if (!err)
    *ret_node = node;
  return err;
}

/* It stands behind NODE as a translator does.  */
static error_t
attach_control (struct node *node, mach_port_t control)
{
  cleanup_send mach_port_t right = send_copy (control);
  error_t err = translator_set (node, right);

  if (!err)
    (void)send_steal (&right);
  return err;
}

static error_t
root_attach (struct environment *env, const struct service_node *service)
{
  cleanup_node struct node *node = NULL;
  struct service_node *copy = service_copy (service);
  error_t err
      = copy ? attach_node (environment_root (env), service, &node) : ENOMEM;

  if (!err && node->service)
    err = EBUSY;
  if (!err && service->control)
    err = attach_control (node, service->control);
  if (err)
    {
      free (copy);
      return err;
    }
  copy->path = NULL; /* the caller's */
  if (service->control)
    free (copy);
  else
    node->service = copy;
  node->mode = service->mode;
  if (service->open_later)
    {
      node->uid = service->uid;
      node->gid = service->gid;
    }
  node->rdev = service->rdev;
  free (node->target);
  node->target = NULL;
  content_destroy (node->content);
  node->content = NULL;
  return 0;
}

/* ---- handles and nodes ---- */

static error_t
root_open (struct node *node, const struct ids *ids, int flags,
           struct object **ret_handle)
{
  struct file *file;
  error_t err = node->remote && flags & OPEN_RIGHTS && !S_ISDIR (node->mode)
                    ? EOPNOTSUPP /* the parent would have to be asked */
                    : file_create (node, ids, flags, NULL, &file);

  if (!err)
    *ret_handle = &file->handle.object;
  return err;
}

static error_t
root_open_root (struct environment *env, const struct ids *ids,
                struct object **ret_handle)
{
  return root_open (node_surface (environment_root (env)->volume.top), ids, 0,
                    ret_handle);
}

static struct node *
root_node_of (struct environment *env, mach_port_t handle)
{
  struct file *file = file_lookup (env, handle);

  return file ? file->opened->node : NULL;
}

/* The nodes of DIR and ROOT, the environment's root for null ones.  */
static error_t
root_start (struct environment *env, mach_port_t dir, mach_port_t root,
            struct node **ret_start, struct node **ret_absolute)
{
  struct node *top = node_surface (environment_root (env)->volume.top);

  *ret_start = dir ? root_node_of (env, dir) : top;
  *ret_absolute = root ? root_node_of (env, root) : top;
  return *ret_start && *ret_absolute ? 0 : ENOTSUP;
}

static error_t
root_lookup (struct environment *env, mach_port_t dir, mach_port_t root,
             const char *path, const struct ids *ids, struct node **ret_node)
{
  struct node *start, *absolute;
  error_t err = root_start (env, dir, root, &start, &absolute);

  return err ? err : lookup_resolve (path, start, absolute, ids, ret_node);
}

static void
root_find (struct environment *env, mach_port_t dir, mach_port_t root,
           const char *path, const struct ids *ids, root_found_t *found,
           void *cookie)
{
  struct node *start, *absolute;
  error_t err = root_start (env, dir, root, &start, &absolute);

  if (err)
    found (cookie, err, NULL);
  else
    lookup_find (path, start, absolute, ids, found, cookie);
}

/* ---- content ---- */

static error_t
root_read (struct node *node, off_t offset, void *to, size_t size,
           size_t *ret_read)
{
  if (!S_ISREG (node->mode))
    return S_ISDIR (node->mode) ? EISDIR : EINVAL;
  if (node->remote)
    return remote_read (node, offset, to, size, ret_read);
  if (overlay_content (node))
    return remote_read (overlay_content (node), offset, to, size, ret_read);
  *ret_read
      = node->content ? content_read (node->content, offset, to, size) : 0;
  return 0;
}

/* After EINPROGRESS.  */
static void
root_fetch (struct node *node, off_t offset, size_t size,
            root_fetched_t *fetched, void *cookie)
{
  struct node *remote = node->remote ? node : overlay_content (node);

  if (remote)
    remote_fetch (remote, offset, size, fetched, cookie);
  else
    fetched (cookie, 0); /* it was copied meanwhile */
}

static error_t
root_map (struct node *node, vm_prot_t prot, mach_port_t *ret_memory_object)
{
  struct content *content;
  error_t err;

  if (!S_ISREG (node->mode))
    return EOPNOTSUPP;
  if (node->remote)
    return remote_map (node, prot, ret_memory_object);
  if (overlay_content (node) && !(prot & VM_PROT_WRITE))
    return remote_map (overlay_content (node), prot, ret_memory_object);
  err = node_content (node, &content);
  return err ? err : content_map (content, prot, ret_memory_object);
}

static error_t
root_stat (struct node *node, io_statbuf_t *ret_stat)
{
  return node_stat (node, ret_stat);
}

static error_t
root_access (struct node *node, const struct ids *ids, int want)
{
  return node_access (node, ids, want);
}

const struct root_service root_own_service = {
  .attach = root_attach,
  .open_root = root_open_root,
  .lookup = root_lookup,
  .find = root_find,
  .fetch = root_fetch,
  .node_of = root_node_of,
  .node_ref = node_ref,
  .node_drop = node_drop,
  .stat = root_stat,
  .read = root_read,
  .access = root_access,
  .map = root_map,
  .open = root_open,
};
