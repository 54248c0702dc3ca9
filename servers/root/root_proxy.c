/* root_proxy.c -- mount a directory of the parent
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <stdlib.h>
#include <sys/stat.h>

#include "lib/port/right.h"
#include "servers/root/proxy.h"

static void
volume_init_proxy (struct proxy *proxy, struct environment *env,
                   const struct proxy_options *options)
{
  struct volume *volume = &proxy->volume;

  volume->environment = env;
  volume->generation = &proxy->grant.generation;
  volume->pagers = environment_root (env)->volume.pagers;
  volume->fsid = volume_next_fsid ();
  volume->proxy = proxy;
  /* The parent's set-id bits are about the parent's ids.  */
  volume->nosuid = true;
  volume->noexec = options->noexec;
}

/* The top has no place of its own in the parent: what it is, STAT says.  */
static error_t
proxy_make_top (struct proxy *proxy, mach_port_t port,
                const io_statbuf_t *stat)
{
  error_t err;

  proxy->fsid = stat->st_fsid;
  err = proxy_node (proxy, stat, NULL, &proxy->volume.top);
  if (err)
    return err;
  proxy->volume.top->remote->port = port;
  err = above_watch (proxy);
  if (err)
    {
      proxy->volume.top->remote->port = MACH_PORT_NULL; /* the caller's */
      node_drop (proxy->volume.top);
    }
  return err;
}

static void
proxy_init (struct proxy *proxy, const struct proxy_options *options)
{
  table_init (&proxy->nodes);
  list_init (&proxy->mapped);
  list_init (&proxy->waiting);
  list_init (&proxy->walking);
  list_init (&proxy->fetching);
  list_init (&proxy->opened);
  list_init (&proxy->watched);
  list_init (&proxy->recent);
  proxy->hide = options->hide;
  proxy->hide_count = options->hide_count;
}

error_t
proxy_create (struct environment *env, const char *path, const char *from,
              mach_port_t port, const io_statbuf_t *stat,
              const struct proxy_options *options, struct proxy **ret_proxy)
{
  struct proxy *proxy = calloc (1, sizeof *proxy);
  error_t err;

  if (!proxy)
    return ENOMEM;
  proxy_init (proxy, options);
  err = grant_init (&proxy->grant, &proxy_grant_ops, env, env->loop,
                    &env->grants, &env->events, "directory", path, from,
                    options->modes);
  if (err)
    {
      free (proxy);
      return err;
    }
  volume_init_proxy (proxy, env, options);
  err = proxy_make_top (proxy, port, stat);
  if (err)
    {
      table_finish (&proxy->nodes);
      grant_finish (&proxy->grant);
      free (proxy);
      return err;
    }
  *ret_proxy = proxy;
  return 0;
}

/* Is something mounted on DIR that can be seen?  What was taken back is not in
   the way.  */
static bool
mount_is_taken (const struct node *dir)
{
  const struct node *top = dir->mounted;

  return top && top == top->volume->top
         && !(top->volume->proxy && top->volume->proxy->grant.revoked);
}

error_t
root_mount_parent (struct environment *env, const char *path, const char *from,
                   mach_port_t port, const io_statbuf_t *stat,
                   const struct proxy_options *options,
                   struct grant **ret_grant)
{
  struct proxy *proxy;
  struct node *dir;
  error_t err = S_ISDIR (stat->st_mode) ? 0 : ENOTDIR;

  if (!err)
    err = root_make_directory (env, path, &dir);
  if (!err && mount_is_taken (dir))
    err = EBUSY;
  if (!err)
    err = proxy_create (env, path, from, port, stat, options, &proxy);
  if (err)
    return err;
  proxy->volume.top->covers = dir;
  proxy->covered = dir;
  if (dir->mounted)
    dir->mounted->covers = NULL;
  node_drop (dir->mounted);
  dir->mounted = node_ref (proxy->volume.top);
  *ret_grant = &proxy->grant;
  return 0;
}
