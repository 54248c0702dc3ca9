/* memory.c -- copies without vector registers

   The kernel switches these registers lazily: whoever uses one after another
   task did so traps, and 2.5 KiB are saved and loaded.  libc copies even a
   few bytes with them, so every request would cost two traps, ours and then
   the client's.  All our code is compiled for general registers only;
   copies of ours and of libc end here by the linker's --wrap.  Long ones, too:
   the string instructions are not slower, and QEMU's are faster.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

void *__real_memmove (void *to, const void *from, size_t size);

void *__wrap_memcpy (void *restrict to, const void *restrict from,
                     size_t size);
void *__wrap_memmove (void *to, const void *from, size_t size);
void *__wrap_memset (void *to, int byte, size_t size);
void *__wrap_calloc (size_t count, size_t size);

void *
__wrap_memcpy (void *restrict to, const void *restrict from, size_t size)
{
  size_t words = size / 8, rest = size % 8;
  void *end = to;

  __asm__ volatile("rep movsq"
                   : "+D"(end), "+S"(from), "+c"(words)
                   :
                   : "memory");
  __asm__ volatile("rep movsb"
                   : "+D"(end), "+S"(from), "+c"(rest)
                   :
                   : "memory");
  return to;
}

void *
__wrap_memmove (void *to, const void *from, size_t size)
{
  /* Copying forward is right unless TO begins inside FROM.  */
  return (uintptr_t)to - (uintptr_t)from >= size
             ? __wrap_memcpy (to, from, size)
             : __real_memmove (to, from, size);
}

void *
__wrap_memset (void *to, int byte, size_t size)
{
  size_t words = size / 8, rest = size % 8;
  uint64_t word = (unsigned char)byte * UINT64_C (0x0101010101010101);
  void *end = to;

  __asm__ volatile("rep stosq"
                   : "+D"(end), "+c"(words)
                   : "a"(word)
                   : "memory");
  __asm__ volatile("rep stosb" : "+D"(end), "+c"(rest) : "a"(word) : "memory");
  return to;
}

/* libc's clears small blocks with vectors, too.  */
void *
__wrap_calloc (size_t count, size_t size)
{
  size_t bytes;
  void *block;

  if (__builtin_mul_overflow (count, size, &bytes))
    {
      errno = ENOMEM;
      return NULL;
    }
  block = malloc (bytes);
  return block ? __wrap_memset (block, 0, bytes) : NULL;
}
