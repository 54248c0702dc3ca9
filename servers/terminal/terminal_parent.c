/* terminal_parent.c -- the starter's own terminal

   Source: parent.  The descriptors are handed over as they are, and /dev/tty
   is whatever the opener's C library has as its controlling terminal.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "servers/terminal/terminal.h"

error_t
terminal_parent_create (struct environment *env)
{
  const struct service_node tty = { .path = "/dev/tty",
                                    .mode = S_IFCHR | 0666,
                                    .rdev = gnu_dev_makedev (5, 0),
                                    .magic = "tty" };

  return env->root && env->root->attach ? env->root->attach (env, &tty) : 0;
}
