/* test_failing.c -- no memory is an error for who asked, and nothing else
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <stdlib.h>
#include <string.h>

#include "lib/base/ids.h"
#include "lib/base/table.h"
#include "tests/unit/failing.h"
#include "tests/unit/files.h"
#include "tests/unit/tables.h"

static void
table_without_memory_keeps_what_it_has (void)
{
  struct table table = TABLE_INIT;
  char place;
  uint64_t key = 0;

  allocation_fail_after (0);
  CHECK (table_insert (&table, 1, &place) == ENOMEM);
  CHECK (allocation_failed () && !table_find (&table, 1));
  while (table.count < 12)
    CHECK (table_insert (&table, ++key, &place) == 0);
  allocation_fail_after (0);
  CHECK (table_insert (&table, 13, &place) == ENOMEM);
  CHECK (allocation_failed () && table.count == 12);
  CHECK (table_find (&table, 12) && !table_find (&table, 13));
  CHECK (table_insert (&table, 13, &place) == 0);
  for (key = 100; key < 200; key++)
    CHECK (table_insert (&table, key, &place) == 0);
  allocation_fail_after (0);
  while (table_take (&table, &key))
    continue;
  CHECK (allocation_failed () && table.count == 0);
  table_finish (&table);
}

static void
ids_without_memory_are_as_before (void)
{
  static const uint32_t some[] = { 1, 2, 3 };
  struct ids a = IDS_INIT, b = IDS_INIT, before = IDS_INIT;

  CHECK (idset_set (&a.euids, some, 3) == 0 && idset_add (&b.auids, 9) == 0);
  CHECK (idset_set (&b.egids, some, 3) == 0);
  ids_copy (&before, &a);
  for (size_t n = 0;; n++)
    {
      error_t err;

      allocation_fail_after (n);
      err = n % 2 ? idset_add (&a.euids, 9) : ids_union (&a, &b);
      if (!allocation_failed ())
        break;
      CHECK (err == ENOMEM && ids_equal (&a, &before));
    }
  ids_finish (&a);
  ids_finish (&b);
  ids_finish (&before);
}

/* Each allocation of a whole parse fails once.  Then the manifest is refused
   with a reason; or it is right, if only a message was missing that nobody
   needed.  */
static void
manifest_without_memory_is_refused (void)
{
  char *text = file_read ("tests/manifests/good", "include_overridden.hurdle");
  struct manifest_reader reader = { "tests/manifests/good", folder_read };
  char *meaning = file_read ("tests/manifests/good", "include_overridden.out");
  bool failed = true;

  CHECK (text && meaning);
  for (size_t n = 0; failed; n++)
    {
      struct mistakes mistakes = MISTAKES_INIT;
      struct text printed = TEXT_INIT;
      struct manifest *manifest;

      allocation_fail_after (n);
      manifest
          = manifest_parse ("include_overridden", text, &reader, &mistakes);
      failed = allocation_failed ();
      CHECK (!manifest == mistakes_forbid (&mistakes));
      if (manifest)
        manifest_print (manifest, &printed);
      if (manifest)
        CHECK_TEXT (text_string (&printed), meaning);
      mistakes_print (&mistakes, &printed);
      CHECK (printed.length > 0);
      manifest_destroy (manifest);
      mistakes_finish (&mistakes);
      text_finish (&printed);
    }
  free (text);
  free (meaning);
}

static const struct unit_test tests[] = {
  UNIT_TEST (table_without_memory_keeps_what_it_has),
  UNIT_TEST (ids_without_memory_are_as_before),
  UNIT_TEST (manifest_without_memory_is_refused),
};

UNIT_TABLE (unit_failing, tests)
