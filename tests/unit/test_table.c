/* test_table.c -- numbers to pointers
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <string.h>

#include "lib/base/table.h"
#include "tests/unit/tables.h"

/* Something to point at for each key.  */
static char places[20000];

static uint64_t
random_step (uint64_t *state)
{
  *state = *state * UINT64_C (6364136223846793005) + 1;
  return *state >> 33;
}

static void
table_empty_has_nothing (void)
{
  struct table table = TABLE_INIT;
  size_t cursor = 0;

  CHECK (!table_find (&table, 0));
  CHECK (!table_remove (&table, 7));
  CHECK (!table_next (&table, &cursor, NULL));
  CHECK (!table_take (&table, NULL));
  CHECK (table_replace (&table, 7, places) == ENOENT);
  table_finish (&table);
  table_finish (NULL);
}

static void
table_refuses_what_is_there_and_what_is_null (void)
{
  struct table table = TABLE_INIT;

  CHECK (table_insert (&table, 0, NULL) == EINVAL);
  CHECK (table_insert (&table, 0, &places[0]) == 0);
  CHECK (table_insert (&table, 0, &places[1]) == EEXIST);
  CHECK (table_find (&table, 0) == &places[0]);
  CHECK (table_replace (&table, 0, &places[1]) == 0);
  CHECK (table_find (&table, 0) == &places[1]);
  CHECK (table_insert (&table, UINT64_MAX, &places[2]) == 0);
  CHECK (table_find (&table, UINT64_MAX) == &places[2]);
  table_finish (&table);
}

/* Against an array that cannot be wrong.  */
static void
table_agrees_with_an_array_over_random_changes (void)
{
  struct table table = TABLE_INIT;
  static bool there[4096];
  uint64_t state = 1;
  size_t count = 0;

  for (int i = 0; i < 400000; i++)
    {
      size_t key = random_step (&state) % 4096;
      bool insert = random_step (&state) % 3000 > (size_t)(i % 3000);

      CHECK (table_find (&table, key) == (there[key] ? &places[key] : NULL));
      if (insert)
        {
          error_t err = table_insert (&table, key, &places[key]);

          CHECK (err == (there[key] ? EEXIST : 0));
          count += !there[key];
          there[key] = true;
          continue;
        }
      CHECK (table_remove (&table, key) == (there[key] ? &places[key] : NULL));
      count -= there[key];
      there[key] = false;
    }
  CHECK (table.count == count);
  for (size_t key = 0; key < 4096; key++)
    CHECK (!table_find (&table, key) == !there[key]);
  table_finish (&table);
}

static void
table_shrinks_when_it_empties (void)
{
  struct table table = TABLE_INIT;

  for (size_t i = 0; i < 10000; i++)
    CHECK (table_insert (&table, i * 64, &places[i]) == 0);
  CHECK (table.count == 10000);
  for (size_t i = 0; i < 10000; i++)
    CHECK (table_remove (&table, i * 64) == &places[i]);
  CHECK (table.count == 0 && table.size <= 16);
  table_finish (&table);
}

static void
table_steps_over_each_entry_once (void)
{
  struct table table = TABLE_INIT;
  static char seen[1000];
  size_t cursor = 0, count = 0;
  uint64_t key;
  char *value;

  memset (seen, 0, sizeof seen);
  for (size_t i = 0; i < 1000; i++)
    CHECK (table_insert (&table, i + 5, &places[i]) == 0);
  while ((value = table_next (&table, &cursor, &key)))
    {
      CHECK (value == &places[key - 5] && !seen[key - 5]);
      seen[key - 5] = 1;
      count++;
    }
  CHECK (count == 1000);
  table_finish (&table);
}

static void
table_can_be_taken_apart (void)
{
  struct table table = TABLE_INIT;
  size_t count = 0;
  uint64_t key;
  char *value;

  for (size_t i = 0; i < 20000; i++)
    CHECK (table_insert (&table, i * 16 + 3, &places[i]) == 0);
  while ((value = table_take (&table, &key)))
    {
      CHECK (value == &places[(key - 3) / 16]);
      CHECK (!table_find (&table, key));
      if (++count == 10000)
        CHECK (table_insert (&table, 3, &places[0]) == 0
               || table_find (&table, 3) == &places[0]);
    }
  CHECK (count >= 20000 && table.count == 0);
  table_finish (&table);
}

static void
table_reserved_insertions_do_not_resize (void)
{
  struct table table = TABLE_INIT;
  struct table_slot *slots;

  CHECK (table_reserve (&table, 5000) == 0);
  slots = table.slots;
  for (size_t i = 0; i < 5000; i++)
    CHECK (table_insert (&table, i, &places[i]) == 0);
  CHECK (table.slots == slots);
  CHECK (table_reserve (&table, SIZE_MAX) == ENOMEM);
  table_finish (&table);
}

static const struct unit_test tests[] = {
  UNIT_TEST (table_empty_has_nothing),
  UNIT_TEST (table_refuses_what_is_there_and_what_is_null),
  UNIT_TEST (table_agrees_with_an_array_over_random_changes),
  UNIT_TEST (table_shrinks_when_it_empties),
  UNIT_TEST (table_steps_over_each_entry_once),
  UNIT_TEST (table_can_be_taken_apart),
  UNIT_TEST (table_reserved_insertions_do_not_resize),
};

UNIT_TABLE (unit_table, tests)
