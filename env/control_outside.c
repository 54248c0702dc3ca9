/* control_outside.c -- the control at a node of the parent
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <hurd.h>

#include "env/control.h"
#include "env/cover.h"
#include "lib/port/right.h"

/* There is one nested environment in a process.  */
static struct cover node;

error_t
control_create_outside (struct environment *env, const char *path,
                        struct text *problem)
{
  cleanup_send mach_port_t auth = MACH_PORT_NULL, port = MACH_PORT_NULL;
  struct control_owner owner = { .outside = true };
  error_t err = cover_find (&node, path, problem);

  if (err)
    return err;
  auth = getauth ();
  owner.mode = node.stat.st_mode;
  owner.uid = node.stat.st_uid;
  owner.gid = node.stat.st_gid;
  err = control_create (env, auth, &owner, &port);
  if (err)
    {
      cover_leave (&node);
      return err;
    }
  (void)send_steal (&auth);
  text_printf (problem, "%s", path);
  err = cover_set (&node, port, problem);
  if (!err)
    text_clear (problem);
  return err;
}

void
control_leave_outside (void)
{
  cover_leave (&node);
}
