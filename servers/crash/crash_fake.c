/* crash_fake.c -- /servers/crash: nothing is kept of the dying

   Source: fake.  There are no cores and nobody is held for a debugger, now or
   ever: the C library is told so and ends the program, with the status that
   its signal asks for.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <errno.h>

#include "servers/crash/crash.h"

static error_t
fake_dump (struct environment *env, mach_port_t task, int signo)
{
  (void)task, (void)signo;
  return environment_refuse (env, "crash", EOPNOTSUPP);
}

static const struct crash_ops fake_ops = { .dump = fake_dump };

error_t
crash_fake_create (struct environment *env)
{
  return crash_start (env, &fake_ops);
}
