/* test_diag.c -- what happened, kept in memory
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/diag.h"
#include "tests/unit/tables.h"

#define RECORDS 8

static struct diag_record records[RECORDS];

static void
diag_keeps_the_newest_records_in_order (void)
{
  struct diag diag;
  struct diag_record record;
  uint64_t number = 0;
  char wanted[20];

  diag_init (&diag, records, RECORDS);
  CHECK (!diag_next (&diag, &number, &record));
  for (int i = 1; i <= 20; i++)
    diag_write (&diag, DIAG_ERROR, "event %d", i);
  for (int i = 13; i <= 20; i++)
    {
      CHECK (diag_next (&diag, &number, &record));
      CHECK (number == (uint64_t)i && record.level == DIAG_ERROR);
      snprintf (wanted, sizeof wanted, "event %d", i);
      CHECK_TEXT (record.text, wanted);
    }
  CHECK (!diag_next (&diag, &number, &record));
  diag_write (&diag, DIAG_ERROR, "one more");
  CHECK (diag_next (&diag, &number, &record) && number == 21);
}

static void
diag_leaves_out_what_is_below_its_level (void)
{
  struct diag diag;
  struct diag_record record;
  uint64_t number = 0;

  diag_init (&diag, records, RECORDS);
  diag_write (&diag, DIAG_TRACE, "step");
  CHECK (!diag_next (&diag, &number, &record));
  diag_set_level (&diag, DIAG_TRACE);
  diag_write (&diag, DIAG_TRACE, "step");
  CHECK (diag_next (&diag, &number, &record));
  diag_write (NULL, DIAG_ERROR, "nowhere");
  CHECK_TEXT (diag_level_name (DIAG_NOTICE), "notice");
  CHECK_TEXT (diag_level_name ((enum diag_level)77), "unknown");
}

static void
diag_makes_one_short_line_of_anything (void)
{
  struct diag diag;
  struct diag_record record;
  uint64_t number = 0;
  char line[1000];

  diag_init (&diag, records, RECORDS);
  memset (line, 'x', sizeof line - 1);
  line[sizeof line - 1] = '\0';
  line[1] = '\n';
  line[2] = '\x1b';
  diag_write (&diag, DIAG_ERROR, "%s", line);
  CHECK (diag_next (&diag, &number, &record));
  CHECK (strlen (record.text) == DIAG_TEXT_SIZE - 1);
  CHECK (strncmp (record.text, "x  x", 4) == 0);
}

static void
count_sink (void *cookie, enum diag_level level, const char *text)
{
  CHECK (level == DIAG_WARNING);
  CHECK_TEXT (text, "lost a worker");
  ++*(int *)cookie;
}

static void
diag_tells_its_sink (void)
{
  struct diag diag;
  int count = 0;

  diag_init (&diag, records, RECORDS);
  diag_set_sink (&diag, count_sink, &count);
  diag_write (&diag, DIAG_WARNING, "lost a worker");
  diag_write (&diag, DIAG_TRACE, "not told");
  CHECK (count == 1);
}

static void *
writer (void *cookie)
{
  for (int i = 0; i < 20000; i++)
    diag_write (cookie, DIAG_ERROR, "aaaaaaaaaaaaaaaa %d bbbbbbbbbbbb", i);
  return NULL;
}

static void
diag_survives_writers_and_a_reader_at_once (void)
{
  struct diag diag;
  struct diag_record record;
  pthread_t threads[4];
  uint64_t number = 0, last = 0;

  diag_init (&diag, records, RECORDS);
  for (int i = 0; i < 4; i++)
    CHECK (pthread_create (&threads[i], NULL, writer, &diag) == 0);
  while (last < 70000 && atomic_load (&diag.written) < 80000)
    while (diag_next (&diag, &number, &record))
      {
        CHECK (number > last);
        CHECK (strncmp (record.text, "aaaaaaaaaaaaaaaa ", 17) == 0);
        last = number;
      }
  for (int i = 0; i < 4; i++)
    pthread_join (threads[i], NULL);
  CHECK (atomic_load (&diag.written) == 80000);
}

static const struct unit_test tests[] = {
  UNIT_TEST (diag_keeps_the_newest_records_in_order),
  UNIT_TEST (diag_leaves_out_what_is_below_its_level),
  UNIT_TEST (diag_makes_one_short_line_of_anything),
  UNIT_TEST (diag_tells_its_sink),
  UNIT_TEST (diag_survives_writers_and_a_reader_at_once),
};

UNIT_TABLE (unit_diag, tests)
