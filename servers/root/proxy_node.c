/* proxy_node.c -- nodes that stand for files of the parent
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/port/right.h"
#include "servers/root/proxy.h"

/* Set-id bits of the parent's files, and whatever sits on them, mean nothing
   here.  */
#define MODES_SHOWN (S_IFMT | 01777)

/* ---- life ---- */

static error_t
remote_create (struct proxy *proxy, const io_statbuf_t *stat,
               struct node **ret_node)
{
  struct node *node = calloc (1, sizeof *node);
  struct remote *remote = calloc (1, sizeof *remote);
  error_t err = node && remote ? 0 : ENOMEM;

  if (!err)
    err = generation_charge (&proxy->grant.generation, sizeof *node);
  if (!err && table_insert (&proxy->nodes, stat->st_ino, node))
    {
      generation_discharge (&proxy->grant.generation, sizeof *node);
      err = ENOMEM;
    }
  if (err)
    {
      free (node);
      free (remote);
      return ENOMEM;
    }
  list_init (&remote->recent);
  remote->node = node;
  node->refs = 1;
  node->volume = &proxy->volume;
  node->ino = stat->st_ino;
  node->remote = remote;
  proxy->volume.nodes++;
  *ret_node = node;
  return 0;
}

/* The Hurd's first file system says 0 of what it read before it had a pid, its
   pid of all else.  */
static bool
same_file_system (struct proxy *proxy, const io_statbuf_t *stat)
{
  if (!proxy->fsid)
    proxy->fsid = stat->st_fsid;
  return !stat->st_fsid || stat->st_fsid == proxy->fsid;
}

error_t
proxy_node (struct proxy *proxy, const io_statbuf_t *stat, struct node *up,
            struct node **ret_node)
{
  struct node *node;
  error_t err = 0;

  if (!same_file_system (proxy, stat))
    return EXDEV;
  node = table_find (&proxy->nodes, stat->st_ino);
  if (node)
    node_ref (node);
  else
    err = remote_create (proxy, stat, &node);
  if (err)
    return err;
  remote_look (node, stat);
  /* Where it was found last is where ".." leads, as long as that makes no
     ring.  */
  if (up && up != node && !node->remote->up && node != proxy->volume.top)
    node->remote->up = node_ref (up);
  *ret_node = node;
  return 0;
}

struct node *
remote_destroy (struct node *node)
{
  struct remote *remote = node->remote;
  struct node *up;

  if (!remote)
    return NULL;
  up = remote->up;
  table_remove (&node_proxy (node)->nodes, node->ino);
  pages_destroy (node);
  send_drop (&remote->port);
  free (remote);
  return up;
}

/* ---- facts ---- */

static bool
content_is_new (const io_statbuf_t *old, const io_statbuf_t *new)
{
  return old->st_size != new->st_size
         || old->st_mtim.tv_sec != new->st_mtim.tv_sec
         || old->st_mtim.tv_nsec != new->st_mtim.tv_nsec;
}

void
remote_look (struct node *node, const io_statbuf_t *stat)
{
  const struct environment *env = node->volume->environment;
  io_statbuf_t *seen = &node->remote->stat;

  if (content_is_new (seen, stat))
    pages_forget (node);
  if ((seen->st_mode ^ stat->st_mode) & S_IFMT)
    node_forget_special (node);
  *seen = *stat;
  seen->st_fsid = node->volume->fsid;
  seen->st_mode &= MODES_SHOWN;
  seen->st_uid = idmap_in (&env->uid_map, stat->st_uid);
  seen->st_author = idmap_in (&env->uid_map, stat->st_author);
  seen->st_gid = idmap_in (&env->gid_map, stat->st_gid);
  node->mode = seen->st_mode;
  node->uid = seen->st_uid;
  node->author = seen->st_author;
  node->gid = seen->st_gid;
  node->mtime = stat->st_mtim;
}

void
remote_keep (struct node *node)
{
  if (node->remote->kept || !(node->fifo || node->address))
    return;
  node->remote->kept = true;
  node_ref (node);
}

error_t
remote_stat (const struct node *node, io_statbuf_t *ret_stat)
{
  *ret_stat = node->remote->stat;
  return 0;
}

bool
proxy_hides (const struct proxy *proxy, const char *name)
{
  for (size_t i = 0; i < proxy->hide_count; i++)
    if (!strcmp (proxy->hide[i], name))
      return true;
  return false;
}

struct node *
remote_find_own (const struct node *dir, const char *name)
{
  return dir->covers ? directory_find (dir->covers, name) : NULL;
}
