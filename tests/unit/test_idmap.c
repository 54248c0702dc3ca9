/* test_idmap.c -- ids outside and inside
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <stdlib.h>

#include "lib/base/idmap.h"
#include "tests/unit/tables.h"

#define MAP(map, ...)                                                         \
  struct idmap map = { NULL, 0 };                                             \
  {                                                                           \
    static const struct id_range ranges[] = { __VA_ARGS__ };                  \
    CHECK (!idmap_set (&map, ranges, sizeof ranges / sizeof *ranges));        \
  }

static void
idmap_same_leaves_everybody_alone (void)
{
  MAP (map, ID_RANGE_SAME)
  uint32_t id = 7;

  CHECK (idmap_in (&map, 0) == 0 && idmap_in (&map, 1000) == 1000);
  CHECK (idmap_in (&map, UINT32_MAX - 1) == UINT32_MAX - 1);
  CHECK (!idmap_out (&map, 4711, &id) && id == 4711);
  idmap_finish (&map);
}

static void
idmap_all_bits_set_is_nobody (void)
{
  MAP (map, ID_RANGE_SAME)
  uint32_t id = 7;

  CHECK (idmap_in (&map, UINT32_MAX) == IDMAP_NOBODY);
  CHECK (idmap_out (&map, UINT32_MAX, &id) == EPERM && id == 7);
  idmap_finish (&map);
}

static void
idmap_starter_is_root_and_nobody_else_is (void)
{
  MAP (map, { 1000, 0, 1 })
  uint32_t id = 7;

  CHECK (idmap_in (&map, 1000) == 0 && idmap_knows (&map, 1000));
  CHECK (idmap_in (&map, 0) == IDMAP_NOBODY && !idmap_knows (&map, 0));
  CHECK (idmap_in (&map, 999) == IDMAP_NOBODY);
  CHECK (idmap_in (&map, 1001) == IDMAP_NOBODY);
  CHECK (!idmap_out (&map, 0, &id) && id == 1000);
  CHECK (idmap_out (&map, 1000, &id) == EPERM && id == 1000);
  CHECK (idmap_out (&map, IDMAP_NOBODY, &id) == EPERM);
  idmap_finish (&map);
}

static void
idmap_ranges_begin_and_end_where_they_say (void)
{
  MAP (map, { 1000, 0, 1 }, { 100000, 1, 65533 })
  uint32_t id;

  CHECK (idmap_in (&map, 99999) == IDMAP_NOBODY);
  CHECK (idmap_in (&map, 100000) == 1);
  CHECK (idmap_in (&map, 165532) == 65533);
  CHECK (!idmap_knows (&map, 165533));
  CHECK (!idmap_out (&map, 65533, &id) && id == 165532);
  CHECK (idmap_out (&map, 65534, &id) == EPERM);
  idmap_finish (&map);
}

static void
idmap_empty_knows_nobody (void)
{
  struct idmap map = { NULL, 0 };
  uint32_t id;

  CHECK (idmap_in (&map, 0) == IDMAP_NOBODY);
  CHECK (idmap_out (&map, 0, &id) == EPERM);
}

static void
idmap_out_of_in_is_the_same (void)
{
  MAP (map, { 5, 1000, 10 }, { 4000000000, 0, 300 })
  uint32_t id;

  for (uint32_t outside = 0; outside < 20; outside++)
    CHECK (!idmap_knows (&map, outside)
           || (!idmap_out (&map, idmap_in (&map, outside), &id)
               && id == outside));
  CHECK (!idmap_out (&map, 299, &id) && id == 4000000299);
  CHECK (idmap_in (&map, 4000000299) == 299);
  idmap_finish (&map);
}

static void
idmap_sets_keep_their_order_and_leave_strangers_out (void)
{
  MAP (map, { 10, 1, 2 }, { 50, 0, 1 })
  static const uint32_t outside[] = { 50, 77, 11, 99, 10 };
  struct ids from = IDS_INIT, to = IDS_INIT;

  CHECK (!idset_set (&from.euids, outside, 5));
  CHECK (!idmap_add_in (&map, &from.euids, &to.euids));
  CHECK (to.euids.count == 3 && to.euids.ids[0] == 0);
  CHECK (to.euids.ids[1] == 2 && to.euids.ids[2] == 1);
  CHECK (!idset_contains (&to.euids, IDMAP_NOBODY));
  ids_finish (&from);
  ids_finish (&to);
  idmap_finish (&map);
}

static void
idmap_overlaps_are_found_on_both_sides (void)
{
  MAP (map, { 0, 0, 10 }, { 9, 100, 1 }, { 10, 9, 5 }, { 4000000000, 14, 9 },
       { 20, 13, 2 })

  CHECK (!idmap_find_overlap (&map, 0, false));
  CHECK (idmap_find_overlap (&map, 1, false) == &map.ranges[0]);
  CHECK (!idmap_find_overlap (&map, 1, true));
  CHECK (!idmap_find_overlap (&map, 2, false));
  CHECK (idmap_find_overlap (&map, 2, true) == &map.ranges[0]);
  CHECK (!idmap_find_overlap (&map, 3, true));
  CHECK (idmap_find_overlap (&map, 4, true) == &map.ranges[2]);
  idmap_finish (&map);
}

static const struct unit_test tests[] = {
  UNIT_TEST (idmap_same_leaves_everybody_alone),
  UNIT_TEST (idmap_all_bits_set_is_nobody),
  UNIT_TEST (idmap_starter_is_root_and_nobody_else_is),
  UNIT_TEST (idmap_ranges_begin_and_end_where_they_say),
  UNIT_TEST (idmap_empty_knows_nobody),
  UNIT_TEST (idmap_out_of_in_is_the_same),
  UNIT_TEST (idmap_sets_keep_their_order_and_leave_strangers_out),
  UNIT_TEST (idmap_overlaps_are_found_on_both_sides),
};

UNIT_TABLE (unit_idmap, tests)
