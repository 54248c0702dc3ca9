/* test_ids.c -- the four sets of ids behind an auth handle
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "lib/base/ids.h"
#include "tests/unit/tables.h"

static void
ids_start_as_nobody (void)
{
  struct ids ids = IDS_INIT, other;

  ids_init (&other);
  CHECK (ids_equal (&ids, &other));
  CHECK (!ids_is_root (&ids) && !ids_is_owner (&ids, 0));
  CHECK (!ids_contain_uid (&ids, 0) && !ids_contain_gid (&ids, 0));
  ids_finish (&ids);
  ids_finish (NULL);
}

static void
ids_copies_are_equal_and_apart (void)
{
  static const uint32_t three[] = { 5, 0, 5 };
  struct ids a = IDS_INIT, b = IDS_INIT;

  CHECK (idset_set (&a.euids, three, 3) == 0);
  CHECK (idset_set (&a.agids, three, 1) == 0);
  ids_copy (&b, &a);
  CHECK (ids_equal (&a, &b) && b.euids.count == 3);
  CHECK (b.euids.ids == a.euids.ids); /* shared, until one changes */
  CHECK (idset_add (&b.agids, 9) == 0 && !ids_equal (&a, &b));
  CHECK (a.agids.count == 1 && a.agids.ids[0] == 5);
  CHECK (idset_set (&a.euids, three + 1, 1) == 0);
  CHECK (b.euids.count == 3 && b.euids.ids[0] == 5);
  ids_copy (&b, &b);
  CHECK (b.agids.count == 2);
  ids_finish (&a);
  CHECK (b.egids.count == 0 && b.euids.ids[2] == 5);
  ids_finish (&b);
}

static void
ids_equal_wants_the_same_order (void)
{
  static const uint32_t up[] = { 1, 2 }, down[] = { 2, 1 };
  struct ids a = IDS_INIT, b = IDS_INIT;

  CHECK (idset_set (&a.euids, up, 2) == 0);
  CHECK (idset_set (&b.euids, down, 2) == 0);
  CHECK (!ids_equal (&a, &b));
  ids_finish (&a);
  ids_finish (&b);
}

static void
ids_union_adds_what_is_missing_behind (void)
{
  static const uint32_t first[] = { 1, 2 }, second[] = { 3, 2, 4, 3 };
  static const uint32_t both[] = { 1, 2, 3, 4 };
  struct ids a = IDS_INIT, b = IDS_INIT, wanted = IDS_INIT;

  CHECK (idset_set (&a.egids, first, 2) == 0);
  CHECK (idset_set (&b.egids, second, 4) == 0);
  CHECK (idset_set (&wanted.egids, both, 4) == 0);
  CHECK (ids_union (&a, &b) == 0 && ids_equal (&a, &wanted));
  CHECK (ids_union (&a, &a) == 0 && ids_equal (&a, &wanted));
  ids_finish (&a);
  ids_finish (&b);
  ids_finish (&wanted);
}

static void
ids_too_many_change_nothing (void)
{
  static uint32_t many[IDS_LARGEST + 1];
  struct ids a = IDS_INIT, b = IDS_INIT;

  for (uint32_t i = 0; i < IDS_LARGEST + 1; i++)
    many[i] = i + 1;
  CHECK (idset_set (&a.euids, many, IDS_LARGEST + 1) == E2BIG);
  CHECK (a.euids.count == 0);
  CHECK (idset_set (&a.euids, many, IDS_LARGEST) == 0);
  CHECK (idset_set (&b.euids, many + 1, IDS_LARGEST) == 0);
  CHECK (idset_add (&a.euids, 77777) == E2BIG);
  CHECK (idset_add (&a.euids, 1) == 0);
  CHECK (ids_union (&a, &b) == E2BIG && a.euids.count == IDS_LARGEST);
  ids_finish (&a);
  ids_finish (&b);
}

static void
ids_root_is_uid_0_effective_or_available (void)
{
  struct ids ids = IDS_INIT;

  CHECK (idset_add (&ids.egids, 0) == 0);
  CHECK (!ids_is_root (&ids));
  CHECK (idset_add (&ids.auids, 0) == 0);
  CHECK (ids_is_root (&ids) && !ids_is_owner (&ids, 5));
  CHECK (idset_add (&ids.euids, 5) == 0);
  CHECK (ids_is_owner (&ids, 5) && !ids_is_owner (&ids, 6));
  CHECK (ids_set_root (&ids) == 0);
  CHECK (ids_is_owner (&ids, 6) && ids.euids.count == 1);
  ids_finish (&ids);
}

static void
ids_may_be_made_of_what_the_holders_have (void)
{
  struct ids me = IDS_INIT, friend = IDS_INIT, wanted = IDS_INIT;
  const struct ids *holders[] = { &me, &friend };

  CHECK (ids_may_make (holders, 0, &wanted));
  CHECK (idset_add (&me.euids, 10) == 0 && idset_add (&me.agids, 20) == 0);
  CHECK (idset_add (&friend.auids, 11) == 0);
  CHECK (idset_add (&wanted.auids, 10) == 0);
  CHECK (idset_add (&wanted.egids, 20) == 0);
  CHECK (ids_may_make (holders, 1, &wanted));
  CHECK (idset_add (&wanted.euids, 11) == 0);
  CHECK (!ids_may_make (holders, 1, &wanted));
  CHECK (ids_may_make (holders, 2, &wanted));
  CHECK (idset_add (&wanted.agids, 10) == 0);
  CHECK (!ids_may_make (holders, 2, &wanted));
  CHECK (idset_add (&friend.auids, 0) == 0);
  CHECK (ids_may_make (holders, 2, &wanted));
  ids_finish (&me);
  ids_finish (&friend);
  ids_finish (&wanted);
}

static const struct unit_test tests[] = {
  UNIT_TEST (ids_start_as_nobody),
  UNIT_TEST (ids_copies_are_equal_and_apart),
  UNIT_TEST (ids_equal_wants_the_same_order),
  UNIT_TEST (ids_union_adds_what_is_missing_behind),
  UNIT_TEST (ids_too_many_change_nothing),
  UNIT_TEST (ids_root_is_uid_0_effective_or_available),
  UNIT_TEST (ids_may_be_made_of_what_the_holders_have),
};

UNIT_TABLE (unit_ids, tests)
