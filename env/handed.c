/* handed.c -- the names of roles whose servers are the parent's

   At each name openers get a right of the parent's.  Directories are not
   handed out: their ".." is the parent's.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "env/handed.h"

#include <hurd.h>
#include <hurd/io.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/io/handed.h"
#include "lib/port/right.h"

/* A server that knows no ids never answers who proves some.  */
static const struct name
{
  enum role role;
  const char *path;
  bool knows_ids;
} names[] = {
  { ROLE_LOCAL, "/servers/socket/1", true },
  { ROLE_CONSOLE, "/dev/console", true },
  { ROLE_STARTUP, "/servers/startup", false },
  { ROLE_CRASH, "/servers/crash", true },
  { ROLE_TIME, "/dev/time", true },
};

/* The parent's may be a link to one of several.  */
static error_t
server_find (const char *path, mach_port_t *ret_directory, char **ret_real,
             io_statbuf_t *stat)
{
  cleanup_send mach_port_t port = file_name_lookup (path, O_NOTRANS, 0);
  char *real = MACH_PORT_VALID (port) ? realpath (path, NULL) : NULL;
  char *name;
  error_t err = real ? io_stat (port, stat) : errno;

  if (!err && S_ISDIR (stat->st_mode))
    err = EISDIR;
  if (!err)
    {
      *ret_directory = file_name_split (real, &name);
      err = MACH_PORT_VALID (*ret_directory) ? 0 : errno;
    }
  if (err)
    free (real);
  else
    *ret_real = real;
  return err;
}

static error_t
name_attach (struct environment *env, const struct name *name)
{
  cleanup_send mach_port_t directory = MACH_PORT_NULL;
  bool ours = env->manifest->roles[ROLE_AUTH].source == SOURCE_PARENT;
  io_statbuf_t stat;
  char *real;
  error_t err = server_find (name->path, &directory, &real, &stat);

  if (!err)
    {
      const struct handed_server server = { .path = name->path,
                                            .directory = directory,
                                            .name = strrchr (real, '/') + 1,
                                            .stat = &stat,
                                            .prove = ours && name->knows_ids };

      err = handed_attach (env, &server);
      free (real);
    }
  return err;
}

error_t
handed_role (struct environment *env, enum role role, struct text *problem)
{
  error_t err = 0;

  for (size_t i = 0; !err && i < sizeof names / sizeof *names; i++)
    {
      if (names[i].role != role)
        continue;
      err = name_attach (env, &names[i]);
      if (err)
        text_printf (problem,
                     "role %s: the parent's %s (the way out: source = own)",
                     role_names[role], names[i].path);
    }
  return err;
}
