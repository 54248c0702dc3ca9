/* ids.h -- who somebody is: the four sets of ids behind an auth handle

   The order within a set matters: the first effective id is the one that
   geteuid and getegid answer.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef BASE_IDS_H
#define BASE_IDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"

/* More in one set is E2BIG: membership tests are linear, and a client chooses
   the size of its sets.  */
#define IDS_LARGEST 1024

/* Copies share the ids, which are therefore only read.  */
struct idset
{
  uint32_t *ids; /* NULL when COUNT is 0 */
  size_t count;
};

struct ids
{
  struct idset euids; /* effective */
  struct idset auids; /* available: may become effective */
  struct idset egids;
  struct idset agids;
};

#define IDS_INIT                                                              \
  {                                                                           \
    { NULL, 0 }, { NULL, 0 }, { NULL, 0 },                                    \
    {                                                                         \
      NULL, 0                                                                 \
    }                                                                         \
  }

/* Nobody: four empty sets.  */
void ids_init (struct ids *ids);
void ids_finish (struct ids *ids);

/* Replace the contents of SET by a copy of the COUNT ids at IDS.  */
error_t idset_set (struct idset *set, const uint32_t *ids, size_t count);

void idset_finish (struct idset *set);

/* Append ID unless it is there.  */
error_t idset_add (struct idset *set, uint32_t id);
bool idset_contains (const struct idset *set, uint32_t id);

/* Make TO, which must be initialised, a copy of FROM.  */
void ids_copy (struct ids *to, const struct ids *from);

/* Add to each set of TO what the same set of FROM has and TO has not.  On
   failure TO is as it was.  */
error_t ids_union (struct ids *to, const struct ids *from);

/* The same ids in the same order, set by set.  */
bool ids_equal (const struct ids *a, const struct ids *b);

/* Is ID effective or available?  */
bool ids_contain_uid (const struct ids *ids, uint32_t uid);
bool ids_contain_gid (const struct ids *ids, uint32_t gid);

/* Uid 0, effective or available: may make any handle.  */
bool ids_is_root (const struct ids *ids);

/* Is each id of WANTED, effective or available, in one of HOLDERS (COUNT of
   them)?  An available id of a holder may become effective, and the reverse.
   Root holds no more than others here.  */
bool ids_are_held (const struct ids *const *holders, size_t count,
                   const struct ids *wanted);

/* May somebody who holds all of HOLDERS have a handle of the ids WANTED?  They
   must be held, or one root be among them.  */
bool ids_may_make (const struct ids *const *holders, size_t count,
                   const struct ids *wanted);

/* Does an effective uid 0 or OWNER speak here (the file server's question)? */
bool ids_is_owner (const struct ids *ids, uint32_t owner);

/* All four sets are uid 0 and gid 0, as the first process of an environment
   with `identity = root-inside' has them.  */
error_t ids_set_root (struct ids *ids);

#endif /* BASE_IDS_H */
