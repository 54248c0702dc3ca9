/* view.h -- which processes of the parent are seen from inside

   For role "proc" { source = proxy }.  Everything here waits for the parent's
   servers, so it runs before the environment serves anybody.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_ENV_VIEW_H
#define HURDLE_ENV_VIEW_H

#include "lib/base/text.h"
#include "lib/manifest/manifest.h"
#include "lib/role/environment.h"

/* Give ENV the processes that ROLE names, as they are now.  ESRCH, and PROBLEM
   says which: there is no such process.  */
error_t view_choose (struct environment *env, const struct manifest_role *role,
                     struct text *problem);

#endif
