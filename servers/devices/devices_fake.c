/* devices_fake.c -- the role devices, source fake: the names, and nothing
   there

   Programs find the nodes and are told that no device is behind them, as by a
   system whose driver is missing; /dev/fd is no device and is not there.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <errno.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "servers/devices/devices.h"

/* Nothing is made, so there is nothing to reauthenticate.  */
static error_t
fake_open (void *role, int flags, const struct ids *ids,
           struct object **ret_object)
{
  (void)flags, (void)ids, (void)ret_object;
  return environment_refuse (role, "devices", ENXIO);
}

static const struct fake_device
{
  const char *path;
  unsigned int minor; /* of major 1, as the own ones have; 0: none */
} fakes[] = {
  { "/dev/null", 3 },   { "/dev/zero", 5 },    { "/dev/full", 7 },
  { "/dev/random", 8 }, { "/dev/urandom", 9 }, { "/dev/stdin", 0 },
  { "/dev/stdout", 0 }, { "/dev/stderr", 0 },
};

error_t
devices_fake_create (struct environment *env)
{
  error_t err = 0;

  if (!env->root || !env->root->attach)
    return 0;
  for (size_t i = 0; i < sizeof fakes / sizeof *fakes && !err; i++)
    {
      const struct service_node node
          = { .path = fakes[i].path,
              .mode = S_IFCHR | 0666,
              .rdev = fakes[i].minor ? gnu_dev_makedev (1, fakes[i].minor) : 0,
              .open = fake_open,
              .role = env };

      err = env->root->attach (env, &node);
    }
  return err;
}
