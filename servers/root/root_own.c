/* root_own.c -- make the role: an empty volume and its thread
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <stdlib.h>
#include <sys/stat.h>

#include "servers/root/root.h"

#define TOP_MODE (S_IFDIR | 0755)

/* The kernel never says no to who wants memory, it only stops.  So files get
   half of what is free now, and whoever wants more is told.  */
static size_t
memory_budget (void)
{
  struct vm_statistics now;

  if (vm_statistics (mach_task_self (), &now))
    return 0;
  return now.free_count / 2 * (size_t)now.pagesize;
}

uint64_t
volume_next_fsid (void)
{
  static uint64_t last;

  return __atomic_add_fetch (&last, 1, __ATOMIC_RELAXED);
}

/* An empty volume of ENV at PATH, whose pages PAYER is charged for.  */
static error_t
volume_init (struct volume *volume, const char *path, struct environment *env,
             struct generation *payer, struct pager_set *pagers)
{
  error_t err;

  volume->environment = env;
  volume->path = path;
  volume->generation = payer;
  volume->pagers = pagers;
  volume->fsid = volume_next_fsid ();
  volume->last_ino = 1; /* so that the top is 2, as everywhere */
  err = node_create (volume, TOP_MODE, 0, 0, &volume->top);
  if (err)
    return err;
  volume->top->links = 1;
  directory_set_parent (volume->top, volume->top);
  return 0;
}

error_t
root_own_create (struct environment *env)
{
  struct root *root = calloc (1, sizeof *root);
  struct pager_set *pagers = pager_set_create (env->host_priv);
  error_t err;

  if (!root || !pagers)
    {
      free (root);
      return ENOMEM;
    }
  root->environment = env;
  generation_init (&root->generation, "root", env);
  root->generation.bytes_max = memory_budget ();
  root->generation.shared = &env->memory;
  err = volume_init (&root->volume, "/", env, &root->generation, pagers);
  if (err)
    {
      free (root);
      return err;
    }
  env->root_state = root;
  env->root = &root_own_service;
  return 0;
}

error_t
root_make_directory (struct environment *env, const char *path,
                     struct node **ret_dir)
{
  cleanup_node struct node *made = NULL;
  char name[NODE_NAME_MAX + 1];
  struct node *dir;
  error_t err
      = path_prepare (environment_root (env)->volume.top, path, &dir, name);

  if (err)
    return err;
  *ret_dir = *name ? directory_find (dir, name) : dir;
  if (*ret_dir)
    {
      *ret_dir = node_own_surface (*ret_dir);
      return S_ISDIR ((*ret_dir)->mode) ? 0 : ENOTDIR;
    }
  err = node_create (dir->volume, TOP_MODE, 0, 0, &made);
  if (!err)
    err = directory_add (dir, name, made);
  if (!err)
    *ret_dir = made; /* it has a link now */
  return err;
}

error_t
root_import_archive_at (struct environment *env, const char *path,
                        const void *archive, size_t size)
{
  struct node *top;
  error_t err = root_make_directory (env, path, &top);

  return err ? err : tar_import (top, archive, size);
}

error_t
root_import_archive (struct environment *env, const void *archive, size_t size)
{
  return root_import_archive_at (env, "/", archive, size);
}

/* ---- mounts ---- */

struct mount
{
  struct generation generation;
  struct volume volume;
};

error_t
root_mount_memory (struct environment *env, const char *path,
                   const struct mount_options *options,
                   struct volume **ret_volume)
{
  struct root *root = environment_root (env);
  struct mount *mount = calloc (1, sizeof *mount);
  struct node *dir;
  error_t err = mount ? root_make_directory (env, path, &dir) : ENOMEM;

  if (!err)
    {
      generation_init (&mount->generation, "mount", env);
      mount->generation.bytes_max = options->bytes_max
                                        ? options->bytes_max
                                        : root->generation.bytes_max;
      mount->generation.shared = &env->memory;
      err = volume_init (&mount->volume, path, env, &mount->generation,
                         root->volume.pagers);
    }
  if (err)
    {
      free (mount);
      return err;
    }
  mount->volume.nosuid = options->nosuid;
  mount->volume.noexec = options->noexec;
  mount->volume.top->covers = dir;
  dir->mounted = node_ref (mount->volume.top);
  *ret_volume = &mount->volume;
  return 0;
}
