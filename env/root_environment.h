/* root_environment.h -- the environment on bare GNU Mach
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_ENV_ROOT_ENVIRONMENT_H
#define HURDLE_ENV_ROOT_ENVIRONMENT_H

#include "env/options.h"

/* Make it, serve it, and reboot the machine when its first program has ended.
   Returns only if it could not be made; the console says why.  */
int root_environment_run (const struct options *options);

#endif
