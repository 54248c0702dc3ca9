/* random.h -- numbers that nobody can guess, before or after

   ChaCha20 whose key is replaced by its own output at every read, before
   anything is given out: who sees the state later cannot work out what was
   read before.  What is mixed in can only add; a hostile writer who knows all
   he mixes in takes nothing away.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_DEVICES_RANDOM_H
#define HURDLE_DEVICES_RANDOM_H

#include <stddef.h>
#include <stdint.h>

#define RANDOM_KEY_SIZE 32

struct random
{
  uint32_t key[RANDOM_KEY_SIZE / 4];
};

/* Start from nothing: mix in a seed before the first read.  */
void random_init (struct random *random);
void random_mix (struct random *random, const void *data, size_t size);
void random_read (struct random *random, void *to, size_t size);

/* Mix in what the processor knows: RDSEED, RDRAND if there are, and the cycle
   counter.  Returns how many of the ROUNDS had a hardware number.  */
unsigned int random_mix_processor (struct random *random, unsigned int rounds);

/* One block of ChaCha20, for the tests: 64 bytes of key stream.  */
void chacha20_block (const uint32_t key[8], uint32_t counter,
                     const uint32_t nonce[3], uint8_t block[64]);

#endif
