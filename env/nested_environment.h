/* nested_environment.h -- an environment inside another
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_ENV_NESTED_ENVIRONMENT_H
#define HURDLE_ENV_NESTED_ENVIRONMENT_H

#include "env/options.h"

/* Make it, serve it, and end it when its command has ended.  Returns the exit
   status, or does not return.  */
int nested_environment_run (const struct options *options);

#endif
