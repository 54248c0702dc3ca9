/* cover.c -- answer at a plain file of the parent, as its translator
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "env/cover.h"

#include <errno.h>
#include <fcntl.h>
#include <hurd.h>
#include <hurd/fs.h>
#include <hurd/io.h>
#include <stdio.h>
#include <sys/stat.h>

#include "lib/port/right.h"

static error_t
file_make (struct cover *cover, const char *path)
{
  cleanup_send mach_port_t directory = MACH_PORT_NULL;
  char *name;

  directory = file_name_split (path, &name);
  if (!MACH_PORT_VALID (directory))
    return errno;
  cover->file = file_name_lookup_under (directory, name,
                                        O_CREAT | O_EXCL | O_NOTRANS, 0600);
  if (!MACH_PORT_VALID (cover->file))
    return errno;
  cover->directory = send_steal (&directory);
  snprintf (cover->name, sizeof cover->name, "%s", name);
  return 0;
}

static error_t
file_open (struct cover *cover, const char *path)
{
  cover->directory = MACH_PORT_NULL;
  cover->file = file_name_lookup (path, O_NOTRANS, 0);
  if (MACH_PORT_VALID (cover->file))
    return 0;
  return errno == ENOENT ? file_make (cover, path) : errno;
}

error_t
cover_find (struct cover *cover, const char *path, struct text *problem)
{
  error_t err = file_open (cover, path);

  text_printf (problem, "%s", path);
  if (err == ENOENT)
    text_add (problem, ": the directory that it would be in is not there");
  if (err)
    return err;
  err = io_stat (cover->file, &cover->stat);
  if (!err && !S_ISREG (cover->stat.st_mode))
    {
      text_add (problem, ": something that is no plain file is there");
      err = EEXIST;
    }
  if (err)
    cover_leave (cover);
  else
    text_clear (problem);
  return err;
}

error_t
cover_set (struct cover *cover, mach_port_t control, struct text *problem)
{
  error_t err
      = file_set_translator (cover->file, 0, FS_TRANS_SET | FS_TRANS_EXCL, 0,
                             NULL, 0, control, MACH_MSG_TYPE_COPY_SEND);

  if (err == EBUSY)
    text_add (problem, ": another server answers there");
  else if (err == EOPNOTSUPP || err == EROFS)
    text_add (problem, ": no server can be put on files there (the way out: a "
                       "node in files that are in memory)");
  if (err)
    cover_leave (cover);
  return err;
}

void
cover_leave (struct cover *cover)
{
  if (MACH_PORT_VALID (cover->directory))
    (void)dir_unlink (cover->directory, cover->name);
  send_drop (&cover->directory);
  send_drop (&cover->file);
}

bool
cover_allows (mode_t mode, uid_t uid, gid_t gid, const struct ids *ids,
              int flags)
{
  if (flags & O_EXEC)
    return false;
  if (idset_contains (&ids->euids, 0))
    return true;
  if (idset_contains (&ids->euids, uid))
    mode >>= 6;
  else if (idset_contains (&ids->egids, gid))
    mode >>= 3;
  return !(flags & O_READ && !(mode & S_IROTH))
         && !(flags & O_WRITE && !(mode & S_IWOTH));
}
