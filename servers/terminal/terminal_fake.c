/* terminal_fake.c -- the role terminal, source fake: there is no terminal

   Source: fake.  Programs that look for one find the names and hear what a
   program without a controlling terminal hears.  No descriptor is a terminal
   then, because nothing answers the calls of one.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <errno.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "servers/terminal/terminal.h"

/* Nothing is made, so there is nothing to reauthenticate.  */
static error_t
fake_open (void *role, int flags, const struct ids *ids,
           struct object **ret_object)
{
  (void)flags, (void)ids, (void)ret_object;
  return environment_refuse (role, "terminal", ENXIO);
}

static const char *const paths[] = { "/dev/tty", "/dev/ptyp0", "/dev/ttyp0" };

error_t
terminal_fake_create (struct environment *env)
{
  error_t err = 0;

  if (!env->root || !env->root->attach)
    return 0;
  for (size_t i = 0; i < sizeof paths / sizeof *paths && !err; i++)
    {
      const struct service_node node = { .path = paths[i],
                                         .mode = S_IFCHR | 0666,
                                         .open = fake_open,
                                         .role = env };

      err = env->root->attach (env, &node);
    }
  return err;
}
