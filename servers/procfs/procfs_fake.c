/* procfs_fake.c -- /proc: an empty directory that nobody can change

   Source: fake.  A directory of our own rather than one of the root's, so that
   it stays empty for root inside, too.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/io/plain.h"
#include "servers/procfs/procfs.h"

#define PATH_ROOM sizeof (string_t)

struct procfs
{
  struct generation generation;
  struct plain plain;
};

/* ---- names ---- */

/* NAME without what leads nowhere else.  */
static const char *
skip_dots (const char *name)
{
  for (;;)
    {
      name += strspn (name, "/");
      if (name[0] != '.' || (name[1] && name[1] != '/'))
        return name;
      name++;
    }
}

static bool
leads_up (const char *name)
{
  return name[0] == '.' && name[1] == '.' && (!name[2] || name[2] == '/');
}

static error_t
empty_lookup (struct handle *dir, const struct request *request,
              const char *name, int flags, mode_t mode,
              struct lookup_result *result)
{
  (void)request, (void)mode;
  name = skip_dots (name);
  if (leads_up (name))
    {
      /* What is above is the client's root.  */
      result->retry = FS_RETRY_MAGICAL;
      name += 2;
      (void)snprintf (result->retry_name, PATH_ROOM, "/%s",
                      name + strspn (name, "/"));
      return 0;
    }
  if (*name)
    return flags & O_CREAT && !strchr (name, '/') ? EROFS : ENOENT;
  if (flags & (O_WRITE | O_CREAT))
    return EISDIR;
  return plain_open (plain_of (&dir->object), flags, &dir->ids,
                     &result->object);
}

static error_t
empty_open (void *role, int flags, const struct ids *ids,
            struct object **ret_object)
{
  return flags & O_WRITE ? EISDIR : plain_open (role, flags, ids, ret_object);
}

/* ---- what changes things ---- */

static error_t
refuse_mkdir (struct handle *dir, const char *name, mode_t mode)
{
  (void)dir, (void)name, (void)mode;
  return EROFS;
}

static error_t
refuse_remove (struct handle *dir, const char *name)
{
  (void)dir, (void)name;
  return EROFS;
}

static error_t
refuse_link (struct handle *dir, mach_port_t file, const char *name,
             bool exclusive)
{
  (void)dir, (void)file, (void)name, (void)exclusive;
  return EROFS;
}

static error_t
refuse_rename (struct handle *from, const char *from_name, mach_port_t to,
               const char *to_name, bool exclusive)
{
  (void)from, (void)from_name, (void)to, (void)to_name, (void)exclusive;
  return EROFS;
}

static error_t
refuse_mkfile (struct handle *dir, int flags, mode_t mode,
               struct object **ret_object)
{
  (void)dir, (void)flags, (void)mode, (void)ret_object;
  return EROFS;
}

static error_t
refuse_chown (struct handle *file, uid_t owner, gid_t group)
{
  (void)file, (void)owner, (void)group;
  return EROFS;
}

static error_t
refuse_chmod (struct handle *file, mode_t mode)
{
  (void)file, (void)mode;
  return EROFS;
}

static error_t
refuse_utimens (struct handle *file, struct timespec atime,
                struct timespec mtime)
{
  (void)file, (void)atime, (void)mtime;
  return EROFS;
}

static error_t
empty_check_access (struct handle *file, int *ret_allowed)
{
  (void)file;
  *ret_allowed = O_READ | O_EXEC;
  return 0;
}

static const struct fs_ops empty_fs = {
  .lookup = empty_lookup,
  .readdir = plain_readdir,
  .mkdir = refuse_mkdir,
  .rmdir = refuse_remove,
  .unlink = refuse_remove,
  .link = refuse_link,
  .rename = refuse_rename,
  .mkfile = refuse_mkfile,
  .chown = refuse_chown,
  .chmod = refuse_chmod,
  .utimens = refuse_utimens,
  .check_access = empty_check_access,
};

static const struct io_ops empty_io
    = { .clone = plain_clone, .stat = plain_stat, .identity = plain_identity };

/* ---- life ---- */

static const struct interface *const empty_interfaces[]
    = { HANDLE_INTERFACES, NULL };

static const struct object_class empty_class
    = { .name = "procfs", .interfaces = empty_interfaces, .free = plain_free };

error_t
procfs_fake_create (struct environment *env)
{
  struct procfs *procfs = calloc (1, sizeof *procfs);

  if (!procfs)
    return ENOMEM;
  generation_init (&procfs->generation, "procfs", env);
  procfs->plain = (struct plain){ .class = &empty_class,
                                  .io = &empty_io,
                                  .fs = &empty_fs,
                                  .mode = S_IFDIR | 0555,
                                  .number = 104,
                                  .generation = &procfs->generation,
                                  .env = env,
                                  .state = procfs };
  const struct service_node node = { .path = "/proc",
                                     .mode = procfs->plain.mode,
                                     .open = empty_open,
                                     .role = &procfs->plain };

  if (!env->root || !env->root->attach)
    return 0;
  return env->root->attach (env, &node);
}
