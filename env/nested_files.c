/* nested_files.c -- what the manifest mounts
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "env/nested_private.h"

#include <fcntl.h>
#include <hurd.h>
#include <unistd.h>

#include "env/copy_in.h"
#include "lib/port/right.h"
#include "servers/root/overlay.h"

/* What is mounted belongs to the starter until something else is copied over
   it.  */
static error_t
mount_begin (struct copy *copy, const struct manifest_mount *mount)
{
  const struct mount_options options
      = { .nosuid = mount->nosuid, .noexec = mount->noexec };
  struct volume *volume = &environment_root (copy->env)->volume;
  error_t err = 0;

  if (mount->path[1])
    err = root_mount_memory (copy->env, mount->path, &options, &volume);
  if (err)
    return err;
  volume->nosuid = options.nosuid;
  volume->noexec = options.noexec;
  volume->top->uid = idmap_in (&copy->env->uid_map, geteuid ());
  volume->top->author = volume->top->uid;
  volume->top->gid = idmap_in (&copy->env->gid_map, getegid ());
  return 0;
}

static error_t
mount_nothing (struct copy *copy, const struct manifest_mount *mount)
{
  (void)copy, (void)mount;
  return 0;
}

/* A directory of the parent, through a caretaker or under a layer.  */
static error_t
mount_parent (struct start *start, const struct manifest_mount *mount)
{
  const struct proxy_options options = {
    .modes = mount->mode == MODE_READ_WRITE ? O_READ | O_WRITE : O_READ,
    .noexec = mount->noexec,
    .hide = (const char *const *)mount->hide.words,
    .hide_count = mount->hide.count,
  };
  const struct mount_options layer
      = { .nosuid = mount->nosuid, .noexec = mount->noexec };
  cleanup_send mach_port_t port = file_name_lookup (mount->argument, 0, 0);
  struct grant *grant;
  io_statbuf_t stat;
  error_t err = MACH_PORT_VALID (port) ? io_stat (port, &stat) : errno;

  if (!err && mount->mode == MODE_OVERLAY)
    err = root_mount_overlay (start->env, mount->path, mount->argument, port,
                              &stat, &options, &layer);
  else if (!err)
    err = root_mount_parent (start->env, mount->path, mount->argument, port,
                             &stat, &options, &grant);
  if (!err)
    (void)send_steal (&port);
  else
    text_printf (&start->problem, "mount %s: the parent's %s", mount->path,
                 mount->argument);
  return err;
}

static bool
mount_is_given (const struct manifest_mount *mount)
{
  return mount->kind == MOUNT_PARENT && mount->mode != MODE_COPY;
}

static error_t (*const mounters[MOUNT_KINDS]) (struct copy *copy,
                                               const struct manifest_mount *)
    = { [MOUNT_MEMORY] = mount_nothing,
        [MOUNT_ARCHIVE] = copy_in_archive,
        [MOUNT_PARENT] = copy_in_directory };

static void
copy_describe (struct start *start, const struct copy *copy)
{
  say (start,
       "root: %zu files, %zu directories, %zu links, %llu bytes copied; %zu "
       "names left out",
       copy->files, copy->directories, copy->links,
       (unsigned long long)copy->bytes, copy->left_out);
}

static void
explain_too_big (struct start *start)
{
  text_printf (&start->problem,
               " (at most %llu bytes, %d names and %d directories deep)",
               (unsigned long long)COPY_BYTES_MAX, COPY_NODES_MAX,
               COPY_DEPTH_MAX);
}

error_t
start_root (struct start *start)
{
  struct environment *env = start->env;
  const struct manifest *manifest = env->manifest;
  struct copy copy
      = { .env = env, .manifest = manifest, .problem = &start->problem };
  error_t err;

  if (manifest->roles[ROLE_ROOT].source == SOURCE_FAKE)
    return root_fake_create (env);
  if (manifest->roles[ROLE_ROOT].source == SOURCE_ABSENT)
    return 0;
  /* A proxy is our own with the parent's root directory mounted.  */
  err = root_own_create (env);
  for (size_t i = 0; !err && i < manifest->mount_count; i++)
    {
      const struct manifest_mount *mount = &manifest->mounts[i];

      say (start, "mount %s: from %s%s%s, mode %s", mount->path,
           mount_kind_names[mount->kind], mount->argument ? " " : "",
           mount->argument ? mount->argument : "", mode_names[mount->mode]);
      if (mount_is_given (mount))
        {
          err = mount_parent (start, mount);
          continue;
        }
      text_printf (&start->problem, "mount %s: ", mount->path);
      err = mounters[mount->kind] ? mount_begin (&copy, mount) : EOPNOTSUPP;
      if (!err)
        err = mounters[mount->kind](&copy, mount);
      if (!err)
        text_clear (&start->problem);
    }
  if (err == E2BIG)
    explain_too_big (start);
  if (err == ENOSPC && env->memory.most)
    text_printf (&start->problem, "%slimits: memory = %llu has %llu left",
                 start->problem.length ? ": " : "",
                 (unsigned long long)env->memory.most,
                 (unsigned long long)budget_left (&env->memory));
  copy_describe (start, &copy);
  return err;
}
