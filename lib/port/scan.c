/* scan.c -- looking at memory and text without vector registers

   memory.c says why.  What is looked at here is a name or a few ids.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "lib/port/scan.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

int
__wrap_memcmp (const void *one, const void *two, size_t size)
{
  const unsigned char *a = one, *b = two;
  uint64_t x, y;

  for (; size >= sizeof x; size -= sizeof x, a += sizeof x, b += sizeof x)
    {
      __builtin_memcpy (&x, a, sizeof x);
      __builtin_memcpy (&y, b, sizeof y);
      if (x != y)
        break;
    }
  for (; size; size--, a++, b++)
    if (*a != *b)
      return *a - *b;
  return 0;
}

void *
__wrap_memchr (const void *memory, int byte, size_t size)
{
  const unsigned char *at = memory;

  for (; size; size--, at++)
    if (*at == (unsigned char)byte)
      return (void *)at;
  return NULL;
}

size_t
__wrap_strlen (const char *text)
{
  const char *end = text;

  while (*end)
    end++;
  return end - text;
}

size_t
__wrap_strnlen (const char *text, size_t size)
{
  size_t length = 0;

  while (length < size && text[length])
    length++;
  return length;
}

int
__wrap_strcmp (const char *one, const char *two)
{
  for (; *one && *one == *two; one++)
    two++;
  return (unsigned char)*one - (unsigned char)*two;
}

int
__wrap_strncmp (const char *one, const char *two, size_t size)
{
  for (; size && *one && *one == *two; one++, size--)
    two++;
  return size ? (unsigned char)*one - (unsigned char)*two : 0;
}

char *
__wrap_strchrnul (const char *text, int byte)
{
  while (*text && *text != (char)byte)
    text++;
  return (char *)text;
}

char *
__wrap_strchr (const char *text, int byte)
{
  char *at = __wrap_strchrnul (text, byte);

  return *at == (char)byte ? at : NULL;
}

char *
__wrap_strrchr (const char *text, int byte)
{
  const char *last = NULL;

  for (;; text++)
    {
      if (*text == (char)byte)
        last = text;
      if (!*text)
        return (char *)last;
    }
}

/* Bytes at the beginning of TEXT that are in SET, or that are not.  */
static size_t
span (const char *text, const char *set, bool inside)
{
  size_t length = 0;

  while (text[length]
         && (*__wrap_strchrnul (set, text[length]) != '\0') == inside)
    length++;
  return length;
}

size_t
__wrap_strspn (const char *text, const char *set)
{
  return span (text, set, true);
}

size_t
__wrap_strcspn (const char *text, const char *set)
{
  return span (text, set, false);
}

char *
__wrap_strcpy (char *restrict to, const char *restrict from)
{
  return memcpy (to, from, __wrap_strlen (from) + 1);
}
