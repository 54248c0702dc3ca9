/* overlay_list.c -- the names of a directory of the parent's
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <dirent.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "servers/root/overlay.h"

#include "fs_request_U.h"

#define DIR_READDIR 20019

/* A directory of ours was made here before, for a mount or a service: what
   the parent has there lies under it.  */
static error_t
list_under (struct node *own)
{
  return S_ISDIR (own->mode) && !own->lower && !own->service
             ? lower_create (own, false)
             : 0;
}

static error_t
list_add (struct node *dir, const char *name, mode_t type)
{
  cleanup_node struct node *node = NULL;
  struct node *own = directory_find (dir, name);
  error_t err;

  if (own)
    return list_under (own);
  err = node_create (dir->volume, type, 0, 0, &node);
  if (!err)
    err = lower_create (node, true);
  return err ? err : directory_add (dir, name, node);
}

static bool
name_is_taken (const struct proxy *proxy, const char *name)
{
  return *name && strlen (name) <= NODE_NAME_MAX && !strchr (name, '/')
         && strcmp (name, ".") && strcmp (name, "..")
         && !proxy_hides (proxy, name);
}

/* What the parent's list says, of SIZE bytes, becomes names of the layer.  */
static error_t
list_take (struct fetch *fetch, const char *data, size_t size)
{
  struct node *dir = fetch->node;
  struct timespec mtime = dir->mtime, ctime = dir->ctime;
  error_t err = 0;

  for (size_t at = 0; !err && at < size;)
    {
      const struct dirent64 *entry = (const struct dirent64 *)(data + at);

      if (!proxy_entry_valid (entry, size - at))
        return EIO;
      if (entry->d_ino && name_is_taken (fetch->proxy, entry->d_name))
        err = list_add (dir, entry->d_name, DTTOIF (entry->d_type) & S_IFMT);
      at += entry->d_reclen;
    }
  dir->mtime = mtime;
  dir->ctime = ctime;
  return err;
}

static void
list_answered (struct call *call, mach_msg_header_t *message)
{
  struct fetch *fetch = (struct fetch *)call;
  struct answer answer;
  struct answer_data data = { NULL, 0, false };
  char *copy = NULL;
  error_t err = answer_begin (&answer, message, DIR_READDIR);

  if (!err)
    err = answer_data (&answer, &data);
  if (!err && data.size > PROXY_LISTING_MAX)
    err = EIO;
  if (!err && !(copy = malloc (data.size + 1)))
    err = ENOMEM;
  if (!err)
    err = answer_data_copy (&data, 0, copy, data.size);
  if (!err)
    err = list_take (fetch, copy, data.size);
  free (copy);
  if (!err && fetch->node->lower)
    fetch->node->lower->listed = true;
  fetch_end (fetch, err);
}

static void
list_opened (struct call *call, mach_msg_header_t *message)
{
  struct fetch *fetch = (struct fetch *)call;
  mach_port_t reply;
  error_t err = answer_lookup (message, &fetch->port);

  if (!err)
    err = fetch_ask (fetch, list_answered, &reply);
  if (!err)
    err = fetch_asked (fetch,
                       dir_readdir_request (fetch->port, reply, 0, -1, 0));
  fetch_continue (fetch, err);
}

error_t
overlay_list (struct node *dir)
{
  const struct lower *lower = dir->lower;
  struct fetch *fetch;
  error_t err;

  if (!lower || lower->listed || !S_ISDIR (dir->mode))
    return 0;
  if (!lower->remote)
    return EIO; /* it could not be looked at */
  err = fetch_begin (dir, node_proxy (lower->remote), &fetch);
  return err ? err
             : fetch_begun (fetch,
                            fetch_lookup (fetch, lower->remote->remote->port,
                                          "", O_READ, list_opened));
}
