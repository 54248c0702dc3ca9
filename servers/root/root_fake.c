/* root_fake.c -- an empty directory that nobody can change

   Source: fake.  There are no files but the names of the environment's other
   roles.  The first program comes from outside and has no name in here.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <sys/stat.h>

#include "servers/root/root.h"

error_t
root_fake_create (struct environment *env)
{
  return root_own_create (env);
}

error_t
root_fake_program (struct environment *env, const void *data, size_t size,
                   struct node **ret_node)
{
  cleanup_node struct node *node = NULL;
  struct content *content;
  size_t written = 0;
  error_t err = node_create (&environment_root (env)->volume, S_IFREG | 0555,
                             0, 0, &node);

  if (!err)
    err = node_content (node, &content);
  if (!err && size)
    err = content_write (content, 0, NULL, data, size, &written);
  if (!err && written < size)
    err = ENOSPC;
  if (!err)
    *ret_node = node_ref (node);
  return err;
}

void
root_fake_close (struct environment *env)
{
  environment_root (env)->volume.read_only = true;
}
