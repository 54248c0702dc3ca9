/* crash.h -- /servers/crash: what to do with a task that dies of a signal
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_CRASH_CRASH_H
#define HURDLE_CRASH_CRASH_H

#include "lib/role/environment.h"

error_t crash_own_create (struct environment *env);
error_t crash_fake_create (struct environment *env);

/* ---- inside the role ---- */

/* What is done with the dying, by source.  May not be empty.  */
struct crash_ops
{
  /* TASK (borrowed) dies of SIGNO.  0: a core was written; an error: there is
     none, and the C library ends the program with the signal's status.  */
  error_t (*dump) (struct environment *env, mach_port_t task, int signo);
};

/* Make the role and attach /servers/crash.  */
error_t crash_start (struct environment *env, const struct crash_ops *ops);

#endif
