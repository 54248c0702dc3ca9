/* find.h -- where a path leads, before anybody is served
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_ENV_FIND_H
#define HURDLE_ENV_FIND_H

#include "lib/role/environment.h"

/* The node of PATH (absolute) in ENV, all links followed, for IDS.  A
   reference is given.  If the way leads over the parent's files this waits for
   the parent, so it is for the time before the environment's loop runs.  */
error_t find_now (struct environment *env, const char *path,
                  const struct ids *ids, struct node **ret_node);

#endif
