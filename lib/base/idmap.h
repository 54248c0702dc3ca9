/* idmap.h -- ids outside an environment, and what they are inside

   An id that has no counterpart inside is shown as IDMAP_NOBODY; one that has
   none outside cannot be given away.  What maps to what is one to one, so who
   may do something inside may do it for one id outside at most.  A map only
   translates names: whatever is asked of the parent is asked as the starter.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef BASE_IDMAP_H
#define BASE_IDMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/base/ids.h"

#define IDMAP_NOBODY 65534 /* has no counterpart */
#define IDMAP_ALL UINT32_MAX

/* COUNT ids from OUTSIDE on are the ids from INSIDE on.  */
struct id_range
{
  uint32_t outside;
  uint32_t inside;
  uint32_t count;
};

/* Every id is itself, as with `identity = myself'.  All bits set is no id.  */
#define ID_RANGE_SAME                                                         \
  {                                                                           \
    0, 0, IDMAP_ALL                                                           \
  }

struct idmap
{
  struct id_range *ranges; /* NULL: none, everybody is IDMAP_NOBODY */
  size_t count;
};

/* Replace what MAP says by a copy of the COUNT ranges at RANGES.  */
error_t idmap_set (struct idmap *map, const struct id_range *ranges,
                   size_t count);
void idmap_finish (struct idmap *map);

/* Who the owner OUTSIDE of something is inside; IDMAP_NOBODY if nobody.  */
uint32_t idmap_in (const struct idmap *map, uint32_t outside);

/* Has OUTSIDE a counterpart inside?  */
bool idmap_knows (const struct idmap *map, uint32_t outside);

/* Who INSIDE is outside.  EPERM: nobody.  */
error_t idmap_out (const struct idmap *map, uint32_t inside,
                   uint32_t *ret_outside);

/* Add to TO what the ids of FROM are inside, in the same order.  Those without
   a counterpart are left out: as IDMAP_NOBODY they would all be one.  */
error_t idmap_add_in (const struct idmap *map, const struct idset *from,
                      struct idset *to);

/* The first range before range I that shares ids with it, outside or, if
   INSIDE, inside; NULL: none.  */
const struct id_range *idmap_find_overlap (const struct idmap *map, size_t i,
                                           bool inside);

#endif /* BASE_IDMAP_H */
