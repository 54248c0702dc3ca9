/* control.h -- the control of an environment, on a thread of its own
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_ENV_CONTROL_H
#define HURDLE_ENV_CONTROL_H

#include "lib/role/environment.h"

/* Serve <hurdle/hurdle.defs> at /servers/hurdle with env->control.  */
error_t control_create (struct environment *env);

/* Ask the control at NODE for its dump and print it.  Exit status.  */
int control_print_dump (const char *node);

#endif
