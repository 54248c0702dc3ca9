/* roles.h -- which source of which role is made by what
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_ENV_ROLES_H
#define HURDLE_ENV_ROLES_H

#include "lib/base/text.h"
#include "lib/role/environment.h"
#include "lib/manifest/manifest.h"

typedef error_t role_create_t (struct environment *env);

/* Make the roles of env->manifest in the order in which they need each other.
   PROBLEM: which one failed.  Root is there already: the manifest came out of
   it.  */
error_t roles_create (struct environment *env, struct text *problem);

#endif
