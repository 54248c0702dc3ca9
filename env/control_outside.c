/* control_outside.c -- the control at a node of the parent

   hurdle-env becomes the translator of a plain file: who may use the control
   is what the file's permissions say, in the parent's ids, and who the user
   is, the parent's file system and auth say.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <hurd.h>
#include <hurd/fs.h>
#include <stdio.h>
#include <sys/stat.h>

#include "env/control.h"
#include "lib/port/right.h"

/* There is one nested environment in a process.  */
static struct
{
  mach_port_t directory; /* send right, if we made the file */
  string_t name;
} made;

/* The file without what sits on it; made if it is not there.  */
static error_t
node_open (const char *node, mach_port_t *ret_port)
{
  cleanup_send mach_port_t directory = MACH_PORT_NULL;
  char *name;

  *ret_port = file_name_lookup (node, O_NOTRANS, 0);
  if (MACH_PORT_VALID (*ret_port) || errno != ENOENT)
    return MACH_PORT_VALID (*ret_port) ? 0 : errno;
  directory = file_name_split (node, &name);
  if (!MACH_PORT_VALID (directory))
    return errno;
  *ret_port = file_name_lookup_under (directory, name,
                                      O_CREAT | O_EXCL | O_NOTRANS, 0600);
  if (!MACH_PORT_VALID (*ret_port))
    return errno;
  made.directory = send_steal (&directory);
  snprintf (made.name, sizeof made.name, "%s", name);
  return 0;
}

static error_t
node_set (mach_port_t file, mach_port_t control, struct text *problem)
{
  error_t err
      = file_set_translator (file, 0, FS_TRANS_SET | FS_TRANS_EXCL, 0, NULL, 0,
                             control, MACH_MSG_TYPE_COPY_SEND);

  if (err == EBUSY)
    text_add (problem, ": another server answers there");
  else if (err == EOPNOTSUPP || err == EROFS)
    text_add (problem, ": no server can be put on files there (the way out: a "
                       "node in files that are in memory)");
  return err;
}

error_t
control_create_outside (struct environment *env, const char *node,
                        struct text *problem)
{
  cleanup_send mach_port_t file = MACH_PORT_NULL, port = MACH_PORT_NULL;
  cleanup_send mach_port_t auth = getauth ();
  struct control_owner owner = { .outside = true };
  io_statbuf_t stat;
  error_t err = node_open (node, &file);

  text_printf (problem, "%s", node);
  if (!err)
    err = io_stat (file, &stat);
  if (!err && !S_ISREG (stat.st_mode))
    {
      text_add (problem, ": not a plain file");
      err = EINVAL;
    }
  if (!err)
    {
      owner.mode = stat.st_mode;
      owner.uid = stat.st_uid;
      owner.gid = stat.st_gid;
      err = control_create (env, auth, &owner, &port);
    }
  if (err)
    return err;
  (void)send_steal (&auth);
  err = node_set (file, port, problem);
  if (!err)
    text_clear (problem);
  return err;
}

void
control_leave_outside (void)
{
  if (MACH_PORT_VALID (made.directory))
    (void)dir_unlink (made.directory, made.name);
  send_drop (&made.directory);
}
