/* crash_own.c -- /servers/crash: the dying die, and leave no core

   Source: own.  The caller is the C library in the dying program, which
   believes that a core was written if we answer with success.  An error makes
   it go on to end itself with the status that the signal asks for, which is
   what we want: a task that we terminated would seem to have been killed by
   SIGKILL.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <errno.h>

#include "servers/crash/crash.h"

static error_t
own_dump (struct environment *env, mach_port_t task, int signo)
{
  (void)env, (void)task, (void)signo;
  return EOPNOTSUPP;
}

static const struct crash_ops own_ops = { .dump = own_dump };

error_t
crash_own_create (struct environment *env)
{
  return crash_start (env, &own_ops);
}
