/* idmap.c -- ids outside an environment, and what they are inside
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "lib/base/idmap.h"

#include <stdlib.h>
#include <string.h>

error_t
idmap_set (struct idmap *map, const struct id_range *ranges, size_t count)
{
  struct id_range *copy = NULL;

  if (count)
    {
      copy = calloc (count, sizeof *copy);
      if (!copy)
        return ENOMEM;
      memcpy (copy, ranges, count * sizeof *copy);
    }
  free (map->ranges);
  map->ranges = copy;
  map->count = count;
  return 0;
}

void
idmap_finish (struct idmap *map)
{
  free (map->ranges);
  map->ranges = NULL;
  map->count = 0;
}

/* The COUNT ids from FIRST on have ID.  No overflow: a smaller one wraps.  */
static bool
range_has (uint32_t first, uint32_t count, uint32_t id)
{
  return id - first < count && id >= first;
}

static const struct id_range *
find_outside (const struct idmap *map, uint32_t outside)
{
  for (size_t i = 0; i < map->count; i++)
    if (range_has (map->ranges[i].outside, map->ranges[i].count, outside))
      return &map->ranges[i];
  return NULL;
}

uint32_t
idmap_in (const struct idmap *map, uint32_t outside)
{
  const struct id_range *range = find_outside (map, outside);

  return range ? range->inside + (outside - range->outside) : IDMAP_NOBODY;
}

bool
idmap_knows (const struct idmap *map, uint32_t outside)
{
  return find_outside (map, outside) != NULL;
}

error_t
idmap_out (const struct idmap *map, uint32_t inside, uint32_t *ret_outside)
{
  for (size_t i = 0; i < map->count; i++)
    {
      const struct id_range *range = &map->ranges[i];

      if (!range_has (range->inside, range->count, inside))
        continue;
      *ret_outside = range->outside + (inside - range->inside);
      return 0;
    }
  return EPERM;
}

error_t
idmap_add_in (const struct idmap *map, const struct idset *from,
              struct idset *to)
{
  error_t err = 0;

  for (size_t i = 0; !err && i < from->count; i++)
    if (idmap_knows (map, from->ids[i]))
      err = idset_add (to, idmap_in (map, from->ids[i]));
  return err;
}

const struct id_range *
idmap_find_overlap (const struct idmap *map, size_t i, bool inside)
{
  const struct id_range *b = &map->ranges[i];

  for (const struct id_range *a = map->ranges; a < b; a++)
    {
      uint32_t first = inside ? a->inside : a->outside;
      uint32_t other = inside ? b->inside : b->outside;

      if (range_has (first, a->count, other)
          || range_has (other, b->count, first))
        return a;
    }
  return NULL;
}
