/* failing.c -- let allocations fail, one after another
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <stdlib.h>
#include <string.h>

#include "tests/unit/failing.h"

static bool armed, failed;
static size_t remaining;

void *__real_malloc (size_t size);
void *__real_calloc (size_t count, size_t size);
void *__real_realloc (void *old, size_t size);
char *__real_strdup (const char *string);
char *__real_strndup (const char *string, size_t size);
void *__wrap_malloc (size_t size);
void *__wrap_calloc (size_t count, size_t size);
void *__wrap_realloc (void *old, size_t size);
char *__wrap_strdup (const char *string);
char *__wrap_strndup (const char *string, size_t size);

void
allocation_fail_after (size_t count)
{
  armed = true;
  failed = false;
  remaining = count;
}

bool
allocation_failed (void)
{
  armed = false;
  return failed;
}

static bool
fails_now (void)
{
  if (!armed || failed)
    return false;
  if (remaining--)
    return false;
  failed = true;
  return true;
}

void *
__wrap_malloc (size_t size)
{
  return fails_now () ? NULL : __real_malloc (size);
}

void *
__wrap_calloc (size_t count, size_t size)
{
  return fails_now () ? NULL : __real_calloc (count, size);
}

void *
__wrap_realloc (void *old, size_t size)
{
  return fails_now () ? NULL : __real_realloc (old, size);
}

char *
__wrap_strdup (const char *string)
{
  return fails_now () ? NULL : __real_strdup (string);
}

char *
__wrap_strndup (const char *string, size_t size)
{
  return fails_now () ? NULL : __real_strndup (string, size);
}
