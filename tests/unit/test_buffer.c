/* test_buffer.c -- bytes on their way from writers to readers
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <stdlib.h>
#include <string.h>

#include "servers/sockets/buffer.h"
#include "tests/unit/tables.h"

#define CAPACITY 65536

static size_t charged, charged_max;
static int dropped;

static error_t
test_charge (void *cookie, size_t size)
{
  (void)cookie;
  if (charged_max && charged + size > charged_max)
    return ENOMEM;
  charged += size;
  return 0;
}

static void
test_discharge (void *cookie, size_t size)
{
  (void)cookie;
  CHECK (size <= charged);
  charged -= size;
}

static void
test_drop (void *attachment)
{
  dropped++;
  free (attachment);
}

static char *
test_pages_map (size_t size)
{
  return aligned_alloc (4096, size);
}

static void
test_pages_unmap (char *pages, size_t size)
{
  (void)size;
  free (pages);
}

static struct buffer_budget budget = { .charge = test_charge,
                                       .discharge = test_discharge,
                                       .drop = test_drop,
                                       .pages_map = test_pages_map,
                                       .pages_unmap = test_pages_unmap,
                                       .spare = LIST_INIT (budget.spare) };

/* Append SIZE bytes, each FIRST and counting on.  */
static void
append (struct buffer *buffer, size_t size, int first, void *attachment)
{
  struct buffer_space space;

  CHECK (!buffer_reserve (buffer, size, attachment != NULL, &space));
  for (size_t i = 0; i < size; i++)
    space.to[i] = (char)(first + i);
  buffer_commit (buffer, &space, size, attachment, 0);
}

/* Read SIZE bytes and check that they count on from FIRST.  */
static void
expect (struct buffer *buffer, size_t size, int first)
{
  char *data = malloc (size ? size : 1);

  buffer_copy (buffer, data, size);
  for (size_t i = 0; i < size; i++)
    CHECK (data[i] == (char)(first + i));
  buffer_consume (buffer, size);
  free (data);
}

static void
buffer_gives_bytes_in_order (void)
{
  struct buffer buffer;

  buffer_init (&buffer, CAPACITY, false, &budget);
  CHECK (buffer_is_empty (&buffer) && buffer_available (&buffer) == 0);
  append (&buffer, 10, 0, NULL);
  append (&buffer, 20, 10, NULL);
  append (&buffer, 10000, 30, NULL);
  append (&buffer, 5, 10030, NULL);
  CHECK (buffer_available (&buffer) == 10035);
  CHECK (buffer_room (&buffer) == CAPACITY - 10035);
  expect (&buffer, 15, 0);
  expect (&buffer, 10000, 15);
  expect (&buffer, 20, 10015);
  CHECK (buffer_is_empty (&buffer) && charged == 0);
}

static void
buffer_shares_a_segment_among_small_writes (void)
{
  struct buffer buffer;
  size_t once;

  buffer_init (&buffer, CAPACITY, false, &budget);
  append (&buffer, 1, 0, NULL);
  once = charged;
  for (int i = 1; i < BUFFER_CHUNK; i++)
    append (&buffer, 1, i, NULL);
  CHECK (charged == once);
  append (&buffer, 1, BUFFER_CHUNK, NULL);
  CHECK (charged > once);
  expect (&buffer, BUFFER_CHUNK + 1, 0);
  CHECK (charged == 0);
}

static void
buffer_keeps_records_apart (void)
{
  struct buffer buffer;

  buffer_init (&buffer, CAPACITY, true, &budget);
  append (&buffer, 100, 0, NULL);
  append (&buffer, 0, 0, NULL);
  append (&buffer, 50, 7, NULL);
  CHECK (buffer_available (&buffer) == 100);
  CHECK (buffer_room (&buffer) == CAPACITY - 150 - 3 * BUFFER_RECORD_COST);
  expect (&buffer, 10, 0); /* the rest of the record is lost */
  CHECK (!buffer_is_empty (&buffer) && buffer_available (&buffer) == 0);
  expect (&buffer, 0, 0);
  CHECK (buffer_available (&buffer) == 50);
  expect (&buffer, 50, 7);
  CHECK (buffer_is_empty (&buffer) && buffer_room (&buffer) == CAPACITY);
  CHECK (charged == 0);
}

static void
buffer_stops_before_an_attachment (void)
{
  struct buffer buffer;
  void *attachment = malloc (1), *taken;

  buffer_init (&buffer, CAPACITY, false, &budget);
  append (&buffer, 10, 0, NULL);
  append (&buffer, 10, 10, attachment);
  append (&buffer, 10, 20, NULL);
  CHECK (buffer_available (&buffer) == 10);
  CHECK (!buffer_has_attachment (&buffer));
  expect (&buffer, 10, 0);
  CHECK (buffer_available (&buffer) == 20);
  taken = buffer_take_attachment (&buffer);
  CHECK (taken == attachment && !buffer_take_attachment (&buffer));
  free (taken);
  expect (&buffer, 20, 10);
  CHECK (buffer_room (&buffer) == CAPACITY && charged == 0);
}

static void
buffer_gives_whole_pages_away (void)
{
  struct buffer buffer;
  char *pages;
  size_t size;

  buffer_init (&buffer, CAPACITY, false, &budget);
  append (&buffer, 20000, 0, NULL);
  CHECK (!buffer_take_pages (&buffer, 1, 19999, &pages, &size));
  CHECK (!buffer_take_pages (&buffer, 20001, 30000, &pages, &size));
  CHECK (buffer_take_pages (&buffer, 1, 20000, &pages, &size));
  CHECK (size == 20000 && pages[0] == 0 && pages[100] == 100);
  buffer_pages_unmap (&budget, pages, size);
  CHECK (buffer_is_empty (&buffer) && charged == 0);

  append (&buffer, 20000, 0, NULL);
  expect (&buffer, 1, 0);
  CHECK (!buffer_take_pages (&buffer, 1, 20000, &pages, &size));
  buffer_clear (&buffer);
  append (&buffer, 100, 0, NULL);
  CHECK (!buffer_take_pages (&buffer, 1, 20000, &pages, &size));
  buffer_clear (&buffer);
}

static void
buffer_drops_what_nobody_read (void)
{
  struct buffer buffer;

  buffer_init (&buffer, CAPACITY, true, &budget);
  append (&buffer, 10, 0, malloc (1));
  append (&buffer, 0, 0, malloc (1));
  append (&buffer, 9000, 0, NULL);
  expect (&buffer, 10, 0);
  CHECK (dropped == 1);
  buffer_clear (&buffer);
  CHECK (dropped == 2 && charged == 0 && buffer_is_empty (&buffer));
  CHECK (buffer_room (&buffer) == CAPACITY);
}

static void
buffer_keeps_within_its_budget (void)
{
  struct buffer buffer;
  struct buffer_space space;

  charged_max = 8000;
  buffer_init (&buffer, CAPACITY, false, &budget);
  CHECK (buffer_reserve (&buffer, 10000, false, &space) == ENOMEM);
  CHECK (charged == 0 && buffer_is_empty (&buffer));
  CHECK (!buffer_reserve (&buffer, 10, false, &space));
  buffer_cancel (&buffer, &space);
  CHECK (charged == 0 && buffer_is_empty (&buffer));
}

static void
count_attachment (void *attachment, void *cookie)
{
  (void)attachment;
  ++*(int *)cookie;
}

static void
buffer_shows_its_attachments (void)
{
  struct buffer buffer;
  int count = 0;

  buffer_init (&buffer, CAPACITY, false, &budget);
  append (&buffer, 1, 0, malloc (1));
  append (&buffer, 1, 0, NULL);
  append (&buffer, 1, 0, malloc (1));
  buffer_each_attachment (&buffer, count_attachment, &count);
  CHECK (count == 2);
  buffer_clear (&buffer);
}

/* Whatever the sizes, what goes in comes out.  */
static void
buffer_loses_nothing_at_random (void)
{
  struct buffer buffer;
  size_t written = 0, read = 0;

  srandom (1);
  buffer_init (&buffer, CAPACITY, false, &budget);
  for (int turn = 0; turn < 20000; turn++)
    {
      size_t size = (size_t)random () % (turn % 7 ? 300 : 30000);
      size_t available = buffer_available (&buffer);

      if (random () % 2 && size && size <= buffer_room (&buffer))
        {
          append (&buffer, size, (int)(written % 256), NULL);
          written += size;
        }
      else if (available)
        {
          size = size % available + 1;
          expect (&buffer, size, (int)(read % 256));
          read += size;
        }
      CHECK (buffer.bytes == written - read);
    }
  buffer_clear (&buffer);
  CHECK (charged == 0);
}

static void
buffer_keeps_few_spare_chunks (void)
{
  struct buffer buffer;

  buffer_init (&buffer, CAPACITY * 2, false, &budget);
  for (int i = 0; i < 2 * BUFFER_SPARE_MAX; i++)
    append (&buffer, BUFFER_CHUNK, 0, NULL);
  CHECK (budget.spare_count == 0);
  buffer_clear (&buffer);
  CHECK (budget.spare_count == BUFFER_SPARE_MAX && charged == 0);
  append (&buffer, 1, 0, NULL);
  CHECK (budget.spare_count == BUFFER_SPARE_MAX - 1);
  expect (&buffer, 1, 0);
  buffer_budget_finish (&budget);
  CHECK (budget.spare_count == 0);
}

static const struct unit_test tests[] = {
  UNIT_TEST (buffer_gives_bytes_in_order),
  UNIT_TEST (buffer_shares_a_segment_among_small_writes),
  UNIT_TEST (buffer_keeps_records_apart),
  UNIT_TEST (buffer_stops_before_an_attachment),
  UNIT_TEST (buffer_gives_whole_pages_away),
  UNIT_TEST (buffer_drops_what_nobody_read),
  UNIT_TEST (buffer_keeps_within_its_budget),
  UNIT_TEST (buffer_shows_its_attachments),
  UNIT_TEST (buffer_loses_nothing_at_random),
  UNIT_TEST (buffer_keeps_few_spare_chunks),
};

UNIT_TABLE (unit_buffer, tests)
