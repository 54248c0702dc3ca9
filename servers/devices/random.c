/* random.c -- numbers that nobody can guess, before or after
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "servers/devices/random.h"

#include <cpuid.h>
#include <stdbool.h>
#include <string.h>

#define BLOCK 64
#define MIX_COUNTER UINT32_MAX /* no read gets that far */

static uint32_t
rotate (uint32_t x, unsigned int bits)
{
  return x << bits | x >> (32 - bits);
}

static void
quarter_round (uint32_t *s, int a, int b, int c, int d)
{
  s[a] += s[b], s[d] = rotate (s[d] ^ s[a], 16);
  s[c] += s[d], s[b] = rotate (s[b] ^ s[c], 12);
  s[a] += s[b], s[d] = rotate (s[d] ^ s[a], 8);
  s[c] += s[d], s[b] = rotate (s[b] ^ s[c], 7);
}

void
chacha20_block (const uint32_t key[8], uint32_t counter,
                const uint32_t nonce[3], uint8_t block[64])
{
  uint32_t start[16] = { 0x61707865, 0x3320646e, 0x79622d32, 0x6b206574 };
  uint32_t s[16];

  memcpy (start + 4, key, RANDOM_KEY_SIZE);
  start[12] = counter;
  memcpy (start + 13, nonce, 12);
  memcpy (s, start, sizeof s);

  for (int i = 0; i < 10; i++)
    {
      for (int column = 0; column < 4; column++)
        quarter_round (s, column, column + 4, column + 8, column + 12);
      for (int row = 0; row < 4; row++)
        quarter_round (s, row, 4 + (row + 1) % 4, 8 + (row + 2) % 4,
                       12 + (row + 3) % 4);
    }
  for (int i = 0; i < 16; i++)
    s[i] += start[i];
  memcpy (block, s, BLOCK); /* little endian, as the machine */
}

static void
random_block (const struct random *random, uint32_t counter, uint8_t *block)
{
  static const uint32_t nonce[3];

  chacha20_block (random->key, counter, nonce, block);
}

/* memset that the compiler keeps.  */
static void
forget (void *secret, size_t size)
{
  memset (secret, 0, size);
  __asm__ volatile("" : : "r"(secret) : "memory");
}

void
random_init (struct random *random)
{
  memset (random, 0, sizeof *random);
}

void
random_mix (struct random *random, const void *data, size_t size)
{
  const uint8_t *bytes = data;
  uint8_t block[BLOCK];

  while (size)
    {
      uint8_t *key = (uint8_t *)random->key;
      size_t some = size < RANDOM_KEY_SIZE ? size : RANDOM_KEY_SIZE;

      for (size_t i = 0; i < some; i++)
        key[i] ^= bytes[i];
      random_block (random, MIX_COUNTER, block);
      memcpy (random->key, block, RANDOM_KEY_SIZE);
      bytes += some;
      size -= some;
    }
  forget (block, sizeof block);
}

void
random_read (struct random *random, void *to, size_t size)
{
  uint8_t *bytes = to, block[BLOCK], key[RANDOM_KEY_SIZE];
  uint32_t counter = 0;
  size_t used = sizeof key;

  /* What the first block begins with is not given out: it is the next key.  */
  random_block (random, counter++, block);
  memcpy (key, block, sizeof key);
  while (size)
    {
      size_t some = size < BLOCK - used ? size : BLOCK - used;

      memcpy (bytes, block + used, some);
      bytes += some;
      size -= some;
      used = 0;
      if (size)
        random_block (random, counter++, block);
    }
  memcpy (random->key, key, sizeof key);
  forget (key, sizeof key);
  forget (block, sizeof block);
}

/* ---- the processor ---- */

static bool
processor_has (unsigned int leaf, char which, unsigned int bit)
{
  unsigned int a, b, c, d;

  if (!__get_cpuid_count (leaf, 0, &a, &b, &c, &d))
    return false;
  return (which == 'b' ? b : c) >> bit & 1;
}

static bool
rdseed (uint64_t *ret_number)
{
  uint8_t ok;

  __asm__ volatile("rdseed %0; setc %1" : "=r"(*ret_number), "=qm"(ok));
  return ok;
}

static bool
rdrand (uint64_t *ret_number)
{
  uint8_t ok;

  __asm__ volatile("rdrand %0; setc %1" : "=r"(*ret_number), "=qm"(ok));
  return ok;
}

/* Both may be out of numbers for a moment.  */
static bool
hardware_number (uint64_t *ret_number)
{
  static int seed = -1, random = -1;

  if (seed < 0)
    {
      seed = processor_has (7, 'b', 18);
      random = processor_has (1, 'c', 30);
    }
  for (int i = 0; seed && i < 4; i++)
    if (rdseed (ret_number))
      return true;
  for (int i = 0; random && i < 10; i++)
    if (rdrand (ret_number))
      return true;
  return false;
}

unsigned int
random_mix_processor (struct random *random, unsigned int rounds)
{
  unsigned int found = 0;

  for (unsigned int i = 0; i < rounds; i++)
    {
      uint64_t numbers[2] = { __builtin_ia32_rdtsc () };

      found += hardware_number (&numbers[1]);
      random_mix (random, numbers, sizeof numbers);
    }
  return found;
}
