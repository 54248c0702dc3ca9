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
  (void)role, (void)flags, (void)ids, (void)ret_object;
  return ENXIO;
}

static const struct service_node fakes[] = {
  { .path = "/dev/tty", .mode = S_IFCHR | 0666, .open = fake_open },
  { .path = "/dev/ptyp0", .mode = S_IFCHR | 0666, .open = fake_open },
  { .path = "/dev/ttyp0", .mode = S_IFCHR | 0666, .open = fake_open },
};

error_t
terminal_fake_create (struct environment *env)
{
  error_t err = 0;

  if (!env->root || !env->root->attach)
    return 0;
  for (size_t i = 0; i < sizeof fakes / sizeof *fakes && !err; i++)
    err = env->root->attach (env, &fakes[i]);
  return err;
}
