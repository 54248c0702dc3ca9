/* test_scan.c -- our functions of memory and text do what libc's do
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <string.h>

#include "lib/port/scan.h"
#include "tests/unit/tables.h"

static const char *const texts[] = { "",
                                     "a",
                                     "/",
                                     "a/b",
                                     "//usr//lib",
                                     "\377",
                                     "abcdefgh",
                                     "abcdefghi",
                                     "abcdefgx",
                                     "twelve bytes and more",
                                     "twelve bytes and none" };
#define TEXTS (sizeof texts / sizeof *texts)

static int
sign (int number)
{
  return (number > 0) - (number < 0);
}

static void
scan_compares_as_libc_does (void)
{
  for (size_t i = 0; i < TEXTS; i++)
    for (size_t j = 0; j < TEXTS; j++)
      {
        const char *a = texts[i], *b = texts[j];
        size_t size = strlen (strlen (a) < strlen (b) ? a : b) + 1;

        CHECK (sign (__wrap_strcmp (a, b)) == sign (strcmp (a, b)));
        CHECK (sign (__wrap_memcmp (a, b, size))
               == sign (memcmp (a, b, size)));
        for (size_t n = 0; n < 12; n++)
          CHECK (sign (__wrap_strncmp (a, b, n)) == sign (strncmp (a, b, n)));
      }
}

static void
scan_finds_bytes_where_libc_does (void)
{
  static const char bytes[] = { '/', 'a', 'i', '\377', '\0' };

  for (size_t i = 0; i < TEXTS; i++)
    for (size_t j = 0; j < sizeof bytes; j++)
      {
        const char *text = texts[i];
        size_t size = strlen (text);
        int byte = bytes[j];

        CHECK (__wrap_strchr (text, byte) == strchr (text, byte));
        CHECK (__wrap_strchrnul (text, byte) == strchrnul (text, byte));
        CHECK (__wrap_strrchr (text, byte) == strrchr (text, byte));
        CHECK (__wrap_memchr (text, byte, size) == memchr (text, byte, size));
      }
}

static void
scan_measures_as_libc_does (void)
{
  for (size_t i = 0; i < TEXTS; i++)
    {
      char copy[32];

      CHECK (__wrap_strlen (texts[i]) == strlen (texts[i]));
      CHECK (__wrap_strnlen (texts[i], 3) == strnlen (texts[i], 3));
      CHECK (__wrap_strcpy (copy, texts[i]) == copy);
      CHECK (!strcmp (copy, texts[i]));
      for (size_t j = 0; j < TEXTS; j++)
        {
          CHECK (__wrap_strspn (texts[i], texts[j])
                 == strspn (texts[i], texts[j]));
          CHECK (__wrap_strcspn (texts[i], texts[j])
                 == strcspn (texts[i], texts[j]));
        }
    }
}

static const struct unit_test tests[] = {
  UNIT_TEST (scan_compares_as_libc_does),
  UNIT_TEST (scan_finds_bytes_where_libc_does),
  UNIT_TEST (scan_measures_as_libc_does),
};

UNIT_TABLE (unit_scan, tests)
