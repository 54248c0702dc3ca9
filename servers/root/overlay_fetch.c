/* overlay_fetch.c -- ask the parent what a name is, and what a file is now
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/port/right.h"
#include "servers/root/overlay.h"

#include "fs_request_U.h"
#include "io_request_U.h"

#define IO_READ 21001
#define IO_STAT 21013
#define BARE (O_NOLINK | O_NOTRANS)

/* ---- life ---- */

error_t
fetch_begin (struct node *node, struct proxy *proxy, struct fetch **ret_fetch)
{
  struct root *root = environment_root (node->volume->environment);
  struct fetch *fetch;

  if (node->lower->fetch)
    {
      root->wanted = node->lower->fetch;
      return EINPROGRESS;
    }
  if (proxy->grant.revoked)
    return EIO;
  fetch = calloc (1, sizeof *fetch);
  if (!fetch)
    return ENOMEM;
  list_init (&fetch->waiters);
  list_insert_tail (&proxy->fetching, &fetch->link);
  fetch->proxy = proxy;
  fetch->node = node_ref (node);
  node->lower->fetch = fetch;
  root->wanted = fetch;
  *ret_fetch = fetch;
  return 0;
}

static void
fetch_free (struct fetch *fetch)
{
  send_drop (&fetch->port);
  content_destroy (fetch->content);
  opened_drop (fetch->opened);
  node_drop (fetch->remote);
  node_drop (fetch->dir);
  node_drop (fetch->node);
  free (fetch);
}

void
fetch_end (struct fetch *fetch, error_t err)
{
  struct root *root = environment_root (fetch->node->volume->environment);
  struct list *first;

  list_remove (&fetch->link);
  if (root->wanted == fetch)
    root->wanted = NULL;
  if (fetch->node->lower)
    fetch->node->lower->fetch = NULL;
  while ((first = list_pop (&fetch->waiters)))
    {
      struct waiter *waiter = list_entry (first, struct waiter, link);

      waiter->end (waiter, err, fetch->node);
    }
  fetch_free (fetch);
}

error_t
fetch_begun (struct fetch *fetch, error_t err)
{
  if (err != EINPROGRESS)
    fetch_end (fetch, err);
  return err;
}

void
fetch_continue (struct fetch *fetch, error_t err)
{
  if (err != EINPROGRESS)
    fetch_end (fetch, err);
}

void
overlay_cancel (struct proxy *proxy, error_t why)
{
  struct list *first;

  while ((first = list_first (&proxy->fetching)))
    {
      struct fetch *fetch = list_entry (first, struct fetch, link);

      call_abandon (&fetch->call);
      fetch_end (fetch, why);
    }
}

/* ---- asking ---- */

error_t
fetch_ask (struct fetch *fetch, call_done_t *done, mach_port_t *ret_reply)
{
  struct grant *grant = &fetch->proxy->grant;

  return call_begin (&fetch->call, &grant->outbox, &grant->generation,
                     grant->outbox.loop, done, ret_reply);
}

error_t
fetch_asked (struct fetch *fetch, mach_msg_return_t err)
{
  return call_sent (&fetch->call, err) ? EIO : EINPROGRESS;
}

error_t
fetch_lookup (struct fetch *fetch, mach_port_t port, const char *name,
              int flags, call_done_t *done)
{
  mach_port_t reply;
  error_t err = fetch_ask (fetch, done, &reply);

  return err ? err
             : fetch_asked (fetch,
                            dir_lookup_request (port, reply, (char *)name,
                                                flags | BARE, 0));
}

static error_t
fetch_stat (struct fetch *fetch, mach_port_t port, call_done_t *done)
{
  mach_port_t reply;
  error_t err = fetch_ask (fetch, done, &reply);

  return err ? err : fetch_asked (fetch, io_stat_request (port, reply));
}

static error_t
answer_stat (mach_msg_header_t *message, io_statbuf_t *ret_stat)
{
  struct answer answer;
  error_t err = answer_begin (&answer, message, IO_STAT);

  return err ? err : answer_struct (&answer, ret_stat, sizeof *ret_stat);
}

/* ---- what a name is ---- */

/* The listing said another kind of file, or did not say.  */
static error_t
know_replace (struct fetch *fetch)
{
  struct node *old = fetch->node, *dir = fetch->dir, *node;
  struct timespec mtime = dir->mtime, ctime = dir->ctime;
  error_t err = node_create (old->volume, fetch->remote->mode, 0, 0, &node);

  if (!err && lower_create (node, true))
    {
      node_drop (node);
      err = ENOSPC;
    }
  if (err)
    return err;
  node->ino = old->ino;
  old->lower->fetch = NULL;
  node->lower->fetch = fetch;
  directory_replace (dir, fetch->name, node);
  dir->mtime = mtime;
  dir->ctime = ctime;
  node_drop (old);
  fetch->node = node;
  return 0;
}

/* All is known.  TARGET is a link's.  */
static error_t
know_place (struct fetch *fetch, const char *target, size_t size)
{
  struct node *node = fetch->node;
  mode_t type = fetch->remote->mode & S_IFMT;
  bool same = (node->mode & S_IFMT) == type;
  error_t err = 0;

  if (directory_find (fetch->dir, fetch->name) != node)
    return 0; /* whoever asked looks again */
  if (!same && !node->lower->stub)
    {
      /* A directory of ours lies over something else.  */
      lower_destroy (node);
      return 0;
    }
  if (!same)
    err = know_replace (fetch);
  node = fetch->node;
  if (!err && type == S_IFLNK)
    err = node_set_target (node, target, size);
  if (err)
    return err;
  lower_describe (node, fetch->remote);
  node->lower->stub = false;
  if (type != S_IFREG && type != S_IFDIR)
    {
      lower_destroy (node);
      return 0;
    }
  if (!MACH_PORT_VALID (fetch->remote->remote->port))
    fetch->remote->remote->port = send_steal (&fetch->port);
  node->lower->remote = fetch->remote;
  fetch->remote = NULL;
  return 0;
}

static void
know_link_read (struct call *call, mach_msg_header_t *message)
{
  struct fetch *fetch = (struct fetch *)call;
  char target[PATH_ROOM];
  struct answer answer;
  size_t length;
  error_t err = answer_begin (&answer, message, IO_READ);

  if (!err)
    err = answer_text (&answer, target, sizeof target, &length);
  fetch_end (fetch, err ? err : know_place (fetch, target, length));
}

static void
know_link_opened (struct call *call, mach_msg_header_t *message)
{
  struct fetch *fetch = (struct fetch *)call;
  mach_port_t reply;
  error_t err;

  send_drop (&fetch->port);
  err = answer_lookup (message, &fetch->port);
  if (!err)
    err = fetch_ask (fetch, know_link_read, &reply);
  if (!err)
    err = fetch_asked (fetch,
                       io_read_request (fetch->port, reply, 0, PATH_ROOM));
  fetch_continue (fetch, err);
}

static void
know_looked_at (struct call *call, mach_msg_header_t *message)
{
  struct fetch *fetch = (struct fetch *)call;
  io_statbuf_t stat;
  error_t err = answer_stat (message, &stat);

  if (!err)
    err = proxy_node (fetch->proxy, &stat, NULL, &fetch->remote);
  if (err || !S_ISLNK (fetch->remote->mode))
    fetch_end (fetch, err ? err : know_place (fetch, "", 0));
  else
    fetch_continue (fetch, fetch_lookup (fetch, fetch->port, "", O_READ,
                                         know_link_opened));
}

static void
know_looked_up (struct call *call, mach_msg_header_t *message)
{
  struct fetch *fetch = (struct fetch *)call;
  error_t err = answer_lookup (message, &fetch->port);

  /* It has gone since its directory was listed.  */
  if (err == ENOENT && fetch->node->lower->stub
      && directory_find (fetch->dir, fetch->name) == fetch->node)
    directory_remove (fetch->dir, fetch->name);
  /* A directory of ours where the parent has nothing any more.  */
  if (err == ENOENT && !fetch->node->lower->stub)
    {
      lower_destroy (fetch->node);
      err = 0;
      fetch_end (fetch, err);
      return;
    }
  fetch_continue (fetch,
                  err ? err : fetch_stat (fetch, fetch->port, know_looked_at));
}

error_t
overlay_know (struct node *dir, const char *name, struct node **node)
{
  struct lower *lower = (*node)->lower;
  const struct node *remote = dir->lower ? dir->lower->remote : NULL;
  struct fetch *fetch;
  error_t err;

  if (!lower || lower->remote || (*node)->mounted || (*node)->service)
    return 0;
  if (!remote)
    return EIO;
  err = fetch_begin (*node, node_proxy (remote), &fetch);
  if (err)
    return err;
  fetch->dir = node_ref (dir);
  strcpy (fetch->name, name);
  return fetch_begun (fetch, fetch_lookup (fetch, remote->remote->port, name,
                                           0, know_looked_up));
}

/* ---- what a file is now ---- */

static void
look_answered (struct call *call, mach_msg_header_t *message)
{
  struct fetch *fetch = (struct fetch *)call;
  struct node *remote = overlay_content (fetch->node);
  io_statbuf_t stat;
  error_t err = answer_stat (message, &stat);

  if (!err && remote)
    {
      struct timespec before = remote->remote->stat.st_mtim;

      remote_look (remote, &stat);
      if (before.tv_sec != stat.st_mtim.tv_sec
          || before.tv_nsec != stat.st_mtim.tv_nsec)
        fetch->node->mtime = stat.st_mtim;
    }
  fetch_end (fetch, err);
}

error_t
overlay_look (struct node *node)
{
  const struct root *root = environment_root (node->volume->environment);
  const struct node *remote = overlay_content (node);
  struct fetch *fetch;
  error_t err;

  if (!remote || root->looked == node)
    return 0;
  err = fetch_begin (node, node_proxy (remote), &fetch);
  return err ? err
             : fetch_begun (fetch, fetch_stat (fetch, remote->remote->port,
                                               look_answered));
}

/* ---- open files ---- */

static void
open_answered (struct call *call, mach_msg_header_t *message)
{
  struct fetch *fetch = (struct fetch *)call;
  error_t err = answer_lookup (message, &fetch->port);

  if (!err && !MACH_PORT_VALID (fetch->opened->port))
    {
      fetch->opened->port = send_steal (&fetch->port);
      list_insert_tail (&fetch->proxy->opened, &fetch->opened->link);
    }
  fetch_end (fetch, err);
}

error_t
overlay_open (struct opened *opened)
{
  const struct node *remote = overlay_content (opened->node);
  struct fetch *fetch;
  error_t err = fetch_begin (opened->node, node_proxy (remote), &fetch);

  if (err)
    return err;
  opened->refs++;
  fetch->opened = opened;
  return fetch_begun (fetch, fetch_lookup (fetch, remote->remote->port, "",
                                           O_READ, open_answered));
}

static void
pages_opened (void *cookie, error_t err)
{
  fetch_end (cookie, err);
}

error_t
overlay_open_pages (struct node *node)
{
  const struct root *root = environment_root (node->volume->environment);
  struct node *remote = overlay_content (node);
  struct fetch *fetch;
  error_t err = fetch_begin (node, node_proxy (remote), &fetch);

  if (err)
    return err;
  /* Revoking ends what the pages wait for, and this with it.  */
  list_remove (&fetch->link);
  remote_fetch (remote, 0, 1, pages_opened, fetch);
  return root->wanted == fetch ? EINPROGRESS : EIO; /* it is over already */
}
