/* handed.h -- the names of roles whose servers are the parent's
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_ENV_HANDED_H
#define HURDLE_ENV_HANDED_H

#include "lib/base/text.h"
#include "lib/manifest/manifest.h"
#include "lib/role/environment.h"

/* Attach all names of ROLE.  Asks the parent, and waits: before the loop runs.
   PROBLEM: what the parent lacks.  */
error_t handed_role (struct environment *env, enum role role,
                     struct text *problem);

#endif
