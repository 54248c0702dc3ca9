/* overlay.c -- mount a layer, and what its nodes have of the parent's
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <stdlib.h>
#include <sys/stat.h>

#include "servers/root/overlay.h"

/* ---- what is the parent's still ---- */

error_t
lower_create (struct node *node, bool stub)
{
  struct lower *lower = calloc (1, sizeof *lower);

  if (!lower)
    return ENOSPC;
  if (generation_charge (node->volume->generation, sizeof *lower))
    {
      free (lower);
      return ENOSPC;
    }
  lower->stub = stub;
  node->lower = lower;
  return 0;
}

void
lower_destroy (struct node *node)
{
  struct lower *lower = node->lower;

  if (!lower)
    return;
  node->lower = NULL;
  node_drop (lower->remote);
  generation_discharge (node->volume->generation, sizeof *lower);
  free (lower);
}

void
lower_describe (struct node *node, const struct node *remote)
{
  const io_statbuf_t *stat = &remote->remote->stat;

  /* Without set-id bits, which are about the parent's ids.  */
  node->mode = remote->mode;
  node->uid = remote->uid;
  node->gid = remote->gid;
  node->author = remote->author;
  node->rdev = stat->st_rdev;
  node->atime = stat->st_atim;
  node->mtime = stat->st_mtim;
  node->ctime = stat->st_ctim;
}

struct node *
overlay_content (const struct node *node)
{
  return node->lower && S_ISREG (node->mode) ? node->lower->remote : NULL;
}

/* ---- mounting ---- */

static error_t
overlay_make_volume (struct environment *env, const char *path,
                     const struct mount_options *options,
                     struct volume **ret_volume)
{
  struct volume *volume = &environment_root (env)->volume;
  error_t err = 0;

  if (path[1])
    err = root_mount_memory (env, path, options, &volume);
  if (err)
    return err;
  volume->nosuid = options->nosuid;
  volume->noexec = options->noexec;
  *ret_volume = volume;
  return 0;
}

error_t
root_mount_overlay (struct environment *env, const char *path,
                    const char *from, mach_port_t port,
                    const io_statbuf_t *stat,
                    const struct proxy_options *options,
                    const struct mount_options *mount)
{
  struct volume *volume;
  struct proxy *proxy;
  error_t err = S_ISDIR (stat->st_mode)
                    ? overlay_make_volume (env, path, mount, &volume)
                    : ENOTDIR;

  if (!err)
    err = lower_create (volume->top, false);
  if (err)
    return err;
  err = proxy_create (env, path, from, port, stat, options, &proxy);
  if (err)
    {
      lower_destroy (volume->top);
      return err;
    }
  volume->under = proxy;
  volume->top->lower->remote = node_ref (proxy->volume.top);
  lower_describe (volume->top, proxy->volume.top);
  return 0;
}
