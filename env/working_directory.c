/* working_directory.c -- where the command of an environment starts

   Whoever starts a program expects it to see the files around it.  A handle
   alone would not do: programs ask what the directory is called, and go
   there again.  So it has the same name inside.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "env/working_directory.h"

#include <fcntl.h>
#include <hurd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/env/find.h"
#include "lib/manifest/manifest.h"
#include "lib/port/right.h"
#include "servers/root/proxy.h"

static bool
can_mount (const struct environment *env)
{
  enum source root = env->manifest->roles[ROLE_ROOT].source;

  return root == SOURCE_OWN || root == SOURCE_PROXY;
}

static error_t
directory_mount (struct environment *env, const char *path)
{
  static const struct proxy_options options = { .modes = O_READ };
  cleanup_send mach_port_t port = getcwdir ();
  struct grant *grant;
  io_statbuf_t stat;
  error_t err = MACH_PORT_VALID (port) ? io_stat (port, &stat) : errno;

  if (!err)
    err = root_mount_parent (env, path, "the starter's", port, &stat, &options,
                             &grant);
  if (err)
    return err;
  (void)send_steal (&port);
  grant->implicit = true;
  return 0;
}

error_t
working_directory_find (struct environment *env, const struct ids *ids,
                        const char *path)
{
  struct node *node;
  char *itself;
  error_t err;

  if (asprintf (&itself, "%s/.", path) < 0)
    return ENOMEM;
  err = find_now (env, itself, ids, &node);
  free (itself);
  if (!err)
    env->root->node_drop (node);
  return err;
}

error_t
working_directory_give (struct environment *env, const struct ids *ids,
                        char **ret_path, bool *ret_given)
{
  char *path = can_mount (env) ? getcwd (NULL, 0) : NULL;
  error_t err = path ? working_directory_find (env, ids, path) : EACCES;

  *ret_given = err == ENOENT;
  if (*ret_given)
    err = directory_mount (env, path);
  if (err)
    {
      free (path);
      path = strdup ("/");
      *ret_given = false;
    }
  *ret_path = path;
  return path ? 0 : ENOMEM;
}
