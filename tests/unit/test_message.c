/* test_message.c -- bodies that are what they say, and bodies that lie
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/port/message.h"
#include "tests/unit/tables.h"

#define INTEGER_32 2
#define MOVE_SEND 17
#define INLINE_BIT (UINT64_C (1) << 29)
#define DEALLOCATE_BIT (UINT64_C (1) << 31)

/* The 8 bytes of a descriptor.  */
static uint64_t
descriptor (unsigned name, unsigned bits, uint32_t number, uint64_t flags)
{
  return name | (uint64_t)bits << 8 | flags | (uint64_t)number << 32;
}

static void
an_empty_body_is_valid (void)
{
  CHECK (message_body_valid (NULL, 0, false));
  CHECK (message_body_valid (NULL, 0, true));
}

static void
a_number_in_line_is_valid (void)
{
  uint64_t body[] = { descriptor (INTEGER_32, 32, 1, INLINE_BIT), 7 };

  CHECK (message_body_valid (body, sizeof body, false));
}

static void
data_beyond_the_end_is_refused (void)
{
  uint64_t body[] = { descriptor (INTEGER_32, 32, 3, INLINE_BIT), 7 };

  CHECK (!message_body_valid (body, sizeof body, false));
  body[0] = descriptor (INTEGER_32, 32, UINT32_MAX, INLINE_BIT);
  CHECK (!message_body_valid (body, sizeof body, false));
  body[0] = descriptor (INTEGER_32, 0xffff, UINT32_MAX, INLINE_BIT);
  CHECK (!message_body_valid (body, sizeof body, true));
}

static void
half_an_item_is_refused (void)
{
  uint64_t body[] = { descriptor (INTEGER_32, 32, 1, INLINE_BIT), 7, 1 };

  CHECK (!message_body_valid (body, sizeof body - 4, false));
  CHECK (!message_body_valid (body, 4, false));
}

/* What the kernel has not translated must not look as if it had.  */
static void
a_simple_message_has_no_rights_and_no_memory (void)
{
  uint64_t memory[] = { descriptor (8, 8, 100, 0), 0x400000 };
  uint64_t right[] = { descriptor (MOVE_SEND, 64, 1, INLINE_BIT), 3 };

  CHECK (!message_body_valid (memory, sizeof memory, false));
  CHECK (!message_body_valid (right, sizeof right, false));
  CHECK (message_body_valid (memory, sizeof memory, true));
  CHECK (message_body_valid (right, sizeof right, true));
}

/* Whatever is accepted was read without leaving the buffer: the sanitizer
   watches a copy of exactly its size.  */
static void
random_bodies_are_walked_within_their_bounds (void)
{
  uint64_t state = 1;

  for (int round = 0; round < 300000; round++)
    {
      size_t words = (size_t)(state >> 60), size = words * 8;
      uint64_t *body = malloc (size ? size : 1);

      CHECK (body != NULL);
      for (size_t i = 0; i < words; i++)
        {
          state = state * UINT64_C (6364136223846793005) + 1442695040888963407;
          body[i] = state >> (state >> 59);
        }
      state = state * UINT64_C (6364136223846793005) + 1442695040888963407;
      (void)message_body_valid (body, size - (words ? state >> 61 : 0),
                                round & 1);
      free (body);
    }
}

/* A body whose second item is MEMORY, out of line.  */
static void
body_with_memory (uint64_t body[4], void *memory)
{
  body[0] = descriptor (INTEGER_32, 32, 1, INLINE_BIT);
  body[1] = 7;
  body[2] = descriptor (INTEGER_32, 32, 100, DEALLOCATE_BIT);
  body[3] = (uintptr_t)memory;
}

static void
memory_that_is_lent_is_not_given_away (void)
{
  uint64_t body[4];
  int memory[100] = { 0 };

  body_with_memory (body, memory);
  message_body_lend (body, sizeof body, memory);
  CHECK (body[2] == descriptor (INTEGER_32, 32, 100, 0));
  CHECK (body[3] == (uintptr_t)memory);
  message_body_forget (body, sizeof body, memory);
  CHECK (body[2] == descriptor (INTEGER_32, 32, 0, 0));
}

static void
other_memory_stays_the_message_s (void)
{
  uint64_t body[4];
  int memory[100] = { 0 };

  body_with_memory (body, memory + 50);
  message_body_lend (body, sizeof body, memory);
  message_body_forget (body, sizeof body, memory);
  CHECK (body[2] == descriptor (INTEGER_32, 32, 100, DEALLOCATE_BIT));
  message_body_forget (NULL, 0, memory);
}

static void
what_is_lent_is_found (void)
{
  uint64_t body[4];
  int memory[100] = { 0 };
  struct message_lent lent[2];

  body_with_memory (body, memory);
  CHECK (message_body_lent (body, sizeof body, lent, 2) == 0);
  message_body_lend (body, sizeof body, memory);
  CHECK (message_body_lent (body, sizeof body, lent, 2) == 1);
  CHECK (lent[0].data == memory && lent[0].at == (void **)&body[3]);
  CHECK (lent[0].size == sizeof memory);
  CHECK (message_body_lent (body, sizeof body, lent, 0) == 0);
  CHECK (message_body_lent (NULL, 0, lent, 2) == 0);
}

static const struct unit_test tests[] = {
  UNIT_TEST (an_empty_body_is_valid),
  UNIT_TEST (a_number_in_line_is_valid),
  UNIT_TEST (data_beyond_the_end_is_refused),
  UNIT_TEST (half_an_item_is_refused),
  UNIT_TEST (a_simple_message_has_no_rights_and_no_memory),
  UNIT_TEST (memory_that_is_lent_is_not_given_away),
  UNIT_TEST (other_memory_stays_the_message_s),
  UNIT_TEST (what_is_lent_is_found),
  UNIT_TEST (random_bodies_are_walked_within_their_bounds),
};

UNIT_TABLE (unit_message, tests)
