/* node.c -- files, directories and the rest: who owns them, when they end
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "servers/root/overlay.h"

/* What a node costs beside its pages.  */
#define NODE_CHARGE sizeof (struct node)

/* ---- life ---- */

static void
node_init (struct node *node, struct volume *volume, mode_t mode, uid_t uid,
           gid_t gid)
{
  node->refs = 1;
  node->volume = volume;
  node->ino = ++volume->last_ino;
  node->mode = mode;
  node->uid = node->author = uid;
  node->gid = gid;
  node_touch (node, NODE_ATIME | NODE_MTIME | NODE_CTIME);
  volume->nodes++;
}

error_t
node_create (struct volume *volume, mode_t mode, uid_t uid, gid_t gid,
             struct node **ret_node)
{
  struct node *node;

  if (volume_read_only (volume))
    return EROFS;
  if (generation_charge (volume->generation, NODE_CHARGE))
    return ENOSPC;
  node = calloc (1, sizeof *node);
  if (!node)
    {
      generation_discharge (volume->generation, NODE_CHARGE);
      return ENOSPC;
    }
  node_init (node, volume, mode, uid, gid);
  if (S_ISDIR (mode) && directory_create (node))
    {
      node_drop (node);
      return ENOSPC;
    }
  *ret_node = node;
  return 0;
}

struct node *
node_ref (struct node *node)
{
  node->refs++;
  return node;
}

/* The node in which NODE, one of the parent's, was found is given to the
   caller, or NULL.  */
static struct node *
node_free (struct node *node)
{
  struct volume *volume = node->volume;
  struct node *up;

  node_forget_special (node);
  directory_destroy (node);
  content_destroy (node->content);
  free (node->target);
  free (node->passive);
  translator_destroy (node->translator);
  free ((void *)node->service);
  node_drop (node->mounted);
  object_drop (node->identity);
  locks_destroy (node->locks);
  lower_destroy (node);
  up = remote_destroy (node);
  free (node);
  volume->nodes--;
  generation_discharge (volume->generation, NODE_CHARGE);
  return up;
}

/* However deep a client has gone, the way back up takes no stack.  */
void
node_drop (struct node *node)
{
  while (node && --node->refs == 0 && !node->links)
    node = node_free (node);
}

void
node_cleanup (struct node **node)
{
  node_drop (*node);
}

struct node *
node_surface (struct node *node)
{
  while (node->mounted)
    node = node->mounted;
  return node;
}

struct node *
node_own_surface (struct node *node)
{
  while (node->mounted && !node->mounted->remote)
    node = node->mounted;
  return node;
}

void
node_link (struct node *node)
{
  node->links++;
  node_touch (node, NODE_CTIME);
}

void
node_unlink (struct node *node)
{
  node_ref (node);
  node->links--;
  node_touch (node, NODE_CTIME);
  node_drop (node);
}

/* ---- times ---- */

/* One time for everything that one request changes: reading the clock is a
   call to the kernel where its page cannot be had.  */
struct timespec
volume_now (struct volume *volume)
{
  uint64_t turn = loop_counters (volume->environment->loop)->requests;

  if (!volume->now.tv_sec || volume->now_turn != turn)
    volume->now = clock_realtime ();
  volume->now_turn = turn;
  return volume->now;
}

void
node_touch (struct node *node, int times)
{
  struct timespec now = volume_now (node->volume);

  if (times & NODE_ATIME)
    node->atime = now;
  if (times & NODE_MTIME)
    node->mtime = now;
  if (times & NODE_CTIME)
    node->ctime = now;
}

static bool
time_before (const struct timespec *a, const struct timespec *b)
{
  return a->tv_sec < b->tv_sec
         || (a->tv_sec == b->tv_sec && a->tv_nsec <= b->tv_nsec);
}

void
node_touch_read (struct node *node)
{
  if (time_before (&node->atime, &node->mtime)
      && !volume_read_only (node->volume))
    {
      node_touch (node, NODE_ATIME);
      /* Within one tick of the clock the two would stay equal, and each read
         would ask again.  */
      if (time_before (&node->atime, &node->mtime))
        node->atime.tv_nsec = node->mtime.tv_nsec + 1;
    }
}

/* ---- permission ---- */

bool
volume_read_only (const struct volume *volume)
{
  return volume->read_only
         || (volume->proxy && proxy_read_only (volume->proxy));
}

/* A request was refused because of what may be done with all of VOLUME.  */
static void
volume_denied (const struct volume *volume, enum denial why)
{
  struct proxy *proxy = volume->proxy ? volume->proxy : volume->under;

  if (proxy)
    grant_denied (&proxy->grant, why);
  else
    events_deny (&volume->environment->events, why, volume, volume->path,
                 clock_now_ns ());
}

error_t
volume_check_writable (const struct volume *volume)
{
  if (!volume_read_only (volume))
    return 0;
  volume_denied (volume, DENIED_WRITE);
  return EROFS;
}

bool
ids_are_root (const struct ids *ids)
{
  return idset_contains (&ids->euids, 0);
}

/* The three bits (r 4, w 2, x 1) that IDS have.  */
static int
node_bits (const struct node *node, const struct ids *ids)
{
  if (ids_are_root (ids))
    {
      /* Root may not run what nobody may run.  */
      bool run = S_ISDIR (node->mode) || node->mode & 0111;

      return 6 | run;
    }
  if (idset_contains (&ids->euids, node->uid))
    return node->mode >> 6 & 7;
  if (idset_contains (&ids->egids, node->gid))
    return node->mode >> 3 & 7;
  return node->mode & 7;
}

int
node_allowed (const struct node *node, const struct ids *ids)
{
  int bits = node_bits (node, ids);

  return (bits & 4 ? O_READ : 0) | (bits & 2 ? O_WRITE : 0)
         | (bits & 1 ? O_EXEC : 0);
}

error_t
node_access (const struct node *node, const struct ids *ids, int want)
{
  bool content = S_ISREG (node->mode) || S_ISDIR (node->mode);

  want &= O_READ | O_WRITE | O_EXEC;
  if (want & ~node_allowed (node, ids))
    return EACCES;
  if (want & O_EXEC && node->volume->noexec && S_ISREG (node->mode))
    {
      volume_denied (node->volume, DENIED_EXEC);
      return EACCES;
    }
  return want & O_WRITE && content ? volume_check_writable (node->volume) : 0;
}

error_t
node_check_owner (const struct node *node, const struct ids *ids)
{
  return ids_is_owner (ids, node->uid) ? 0 : EPERM;
}

void
node_clear_set_id (struct node *node, const struct ids *ids)
{
  if (node->mode & (S_ISUID | S_ISGID) && S_ISREG (node->mode)
      && !ids_are_root (ids))
    {
      node->mode &= ~(mode_t)S_ISUID;
      if (node->mode & S_IXGRP)
        node->mode &= ~(mode_t)S_ISGID;
    }
}

/* ---- facts ---- */

off_t
node_size (const struct node *node)
{
  if (node->remote)
    return node->remote->stat.st_size;
  if (overlay_content (node))
    return overlay_content (node)->remote->stat.st_size;
  if (node->content)
    return content_size (node->content);
  if (node->target)
    return (off_t)strlen (node->target);
  return S_ISDIR (node->mode) ? (off_t)VOLUME_BLOCK : 0;
}

static mode_t
node_shown_mode (const struct node *node)
{
  mode_t mode = node->mode;

  if (node->passive || S_ISLNK (mode) || S_ISFIFO (mode) || S_ISSOCK (mode)
      || S_ISCHR (mode) || S_ISBLK (mode))
    mode |= S_IPTRANS;
  if (node->translator)
    mode |= S_IATRANS;
  return mode;
}

error_t
node_stat (const struct node *node, io_statbuf_t *ret_stat)
{
  size_t pages
      = overlay_content (node)
            ? ((size_t)node_size (node) + VOLUME_BLOCK - 1) / VOLUME_BLOCK
        : node->content ? content_pages (node->content)
                        : 0;

  if (node->remote)
    return remote_stat (node, ret_stat);
  *ret_stat = (io_statbuf_t){
    .st_fstype = FSTYPE_MEMFS,
    .st_fsid = node->volume->fsid,
    .st_ino = node->ino,
    .st_rdev = node->rdev,
    .st_mode = node_shown_mode (node),
    .st_nlink = node->links + (S_ISDIR (node->mode) ? 1 : 0),
    .st_uid = node->uid,
    .st_gid = node->gid,
    .st_author = node->author,
    .st_size = node_size (node),
    .st_atim = node->atime,
    .st_mtim = node->mtime,
    .st_ctim = node->ctime,
    .st_blksize = VOLUME_BLOCK,
    .st_blocks = (blkcnt_t)(pages * (VOLUME_BLOCK / 512)),
    .st_flags = node->flags,
  };
  return 0;
}

error_t
node_content (struct node *node, struct content **ret_content)
{
  if (overlay_content (node))
    return overlay_copy (node);
  if (!node->content)
    node->content
        = content_create (node->volume->generation, node->volume->pagers);
  if (!node->content)
    return ENOSPC;
  *ret_content = node->content;
  return 0;
}

error_t
node_set_size (struct node *node, off_t size)
{
  struct content *content;
  error_t err = volume_check_writable (node->volume);

  if (err)
    return err;
  if (size == node_size (node))
    return 0;
  /* What is cut off as a whole need not come first.  */
  if (!size && overlay_content (node) && !node->lower->fetch)
    {
      lower_destroy (node);
      return 0;
    }
  err = node_content (node, &content);
  return err ? err : content_set_size (content, size);
}

error_t
node_set_target (struct node *node, const char *target, size_t size)
{
  char *copy = strndup (target, size);

  if (!copy)
    return ENOSPC;
  free (node->target);
  node->target = copy;
  return 0;
}

/* ---- identities: ports that are the same for the same thing ---- */

static void
identity_free (struct object *object)
{
  free (object);
}

static const struct interface *const no_interfaces[] = { NULL };

static const struct object_class identity_class = {
  .name = "identity",
  .interfaces = no_interfaces,
  .free = identity_free,
};

static error_t
identity_get (struct object **identity, struct volume *volume,
              struct object **ret_identity)
{
  if (!*identity)
    {
      struct object *object = calloc (1, sizeof *object);

      if (!object
          || object_init (object, &identity_class, volume->generation,
                          volume->environment->loop))
        {
          free (object);
          return ENOMEM;
        }
      *identity = object;
    }
  *ret_identity = *identity;
  return 0;
}

error_t
node_identity (struct node *node, struct object **ret_identity)
{
  return identity_get (&node->identity, node->volume, ret_identity);
}

error_t
volume_identity (struct volume *volume, struct object **ret_identity)
{
  return identity_get (&volume->identity, volume, ret_identity);
}
