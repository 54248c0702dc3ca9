/* test_random.c -- the generator behind /dev/random
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <string.h>

#include "servers/devices/random.h"
#include "tests/unit/tables.h"

/* RFC 8439, section 2.3.2.  */
static void
chacha20_gives_the_block_of_the_standard (void)
{
  static const uint8_t wanted[64]
      = { 0x10, 0xf1, 0xe7, 0xe4, 0xd1, 0x3b, 0x59, 0x15, 0x50, 0x0f, 0xdd,
          0x1f, 0xa3, 0x20, 0x71, 0xc4, 0xc7, 0xd1, 0xf4, 0xc7, 0x33, 0xc0,
          0x68, 0x03, 0x04, 0x22, 0xaa, 0x9a, 0xc3, 0xd4, 0x6c, 0x4e, 0xd2,
          0x82, 0x64, 0x46, 0x07, 0x9f, 0xaa, 0x09, 0x14, 0xc2, 0xd7, 0x05,
          0xd9, 0x8b, 0x02, 0xa2, 0xb5, 0x12, 0x9c, 0xd1, 0xde, 0x16, 0x4e,
          0xb9, 0xcb, 0xd0, 0x83, 0xe8, 0xa2, 0x50, 0x3c, 0x4e };
  static const uint32_t nonce[3] = { 0x09000000, 0x4a000000, 0 };
  uint32_t key[8];
  uint8_t block[64];

  for (int i = 0; i < 32; i++)
    ((uint8_t *)key)[i] = i;
  chacha20_block (key, 1, nonce, block);
  CHECK (memcmp (block, wanted, sizeof wanted) == 0);
}

static void
the_same_seed_gives_the_same_and_another_another (void)
{
  struct random a, b;
  uint8_t from_a[100], from_b[100];

  random_init (&a);
  random_init (&b);
  random_mix (&a, "seed", 4);
  random_mix (&b, "seed", 4);
  random_read (&a, from_a, sizeof from_a);
  random_read (&b, from_b, sizeof from_b);
  CHECK (memcmp (from_a, from_b, sizeof from_a) == 0);
  random_mix (&b, "", 1); /* a zero byte is something, too */
  random_read (&a, from_a, sizeof from_a);
  random_read (&b, from_b, sizeof from_b);
  CHECK (memcmp (from_a, from_b, sizeof from_a) != 0);
}

static void
a_read_leaves_no_way_back (void)
{
  struct random random, seen;
  uint8_t first[64], again[64];

  random_init (&random);
  random_mix (&random, "seed", 4);
  random_read (&random, first, sizeof first);
  seen = random; /* what an intruder would find now */
  random_read (&seen, again, sizeof again);
  CHECK (memcmp (first, again, sizeof first) != 0);
  CHECK (memcmp (seen.key, random.key, sizeof seen.key) != 0);
}

static void
every_length_is_filled_and_not_a_byte_more (void)
{
  struct random random;
  uint8_t bytes[300];

  random_init (&random);
  (void)random_mix_processor (&random, 4);
  for (size_t size = 0; size < 200; size++)
    {
      size_t zeros = 0;

      memset (bytes, 0, sizeof bytes);
      random_read (&random, bytes, size);
      for (size_t i = 0; i < size; i++)
        zeros += !bytes[i];
      CHECK (zeros <= size / 4 + 3);
      for (size_t i = size; i < sizeof bytes; i++)
        CHECK (bytes[i] == 0);
    }
}

static const struct unit_test tests[] = {
  UNIT_TEST (chacha20_gives_the_block_of_the_standard),
  UNIT_TEST (the_same_seed_gives_the_same_and_another_another),
  UNIT_TEST (a_read_leaves_no_way_back),
  UNIT_TEST (every_length_is_filled_and_not_a_byte_more),
};

UNIT_TABLE (unit_random, tests)
