/* identity.h -- who the starter of an environment is inside

   The starter's ids are the only ones that the parent ever sees; `identity'
   in the manifest says what they, and those of files, are called inside.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_ENV_IDENTITY_H
#define HURDLE_ENV_IDENTITY_H

#include "lib/base/ids.h"
#include "lib/base/text.h"
#include "lib/role/environment.h"

/* Set the maps of ENV from its manifest; UID and GID are the starter's.
   EPERM, and PROBLEM says why: a table that leaves the starter out.  */
error_t identity_map (struct environment *env, uint32_t uid, uint32_t gid,
                      struct text *problem);

/* Set IDS, which must be empty, to what STARTER is inside.  */
error_t identity_inside (const struct environment *env,
                         const struct ids *starter, struct ids *ids);

#endif
