/* test_text.c -- text that grows, and the word that was probably meant
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "tests/unit/tables.h"

static void
text_empty_is_an_empty_string (void)
{
  struct text text = TEXT_INIT;
  char *given;

  CHECK_TEXT (text_string (&text), "");
  given = text_steal (&text);
  CHECK_TEXT (given, "");
  free (given);
  text_finish (&text);
  text_finish (NULL);
}

static void
text_is_shown_without_what_a_terminal_obeys (void)
{
  struct text text = TEXT_INIT;

  text_add_shown (&text, "plain \xc3\xbc \xe2\x80\xa6 \xf0\x9f\x90\x91");
  CHECK_TEXT (text_string (&text),
              "plain \xc3\xbc \xe2\x80\xa6 \xf0\x9f\x90\x91");
  text_clear (&text);
  text_add_shown (&text, "\x1b[31m\n\x7f");
  text_add_shown (&text, "\xff \xc3( \xc2\x9b \xc0\x9b \xe2\x80");
  CHECK_TEXT (text_string (&text), "\\x1b[31m\\x0a\\x7f"
                                   "\\xff \\xc3( \\xc2\\x9b "
                                   "\\xc0\\x9b \\xe2\\x80");
  text_finish (&text);
}

static void
text_grows_by_every_kind_of_addition (void)
{
  struct text text = TEXT_INIT;

  text_add (&text, "a");
  text_add_char (&text, 'b');
  text_add_bytes (&text, "cde", 2);
  text_printf (&text, "%d-%s", 12, "x");
  CHECK_TEXT (text_string (&text), "abcd12-x");
  text_clear (&text);
  CHECK_TEXT (text_string (&text), "");
  for (int i = 0; i < 10000; i++)
    text_printf (&text, "%05d", i);
  CHECK (text.length == 50000 && !text.failed);
  CHECK (strcmp (text_string (&text) + 49990, "0999809999") == 0);
  text_finish (&text);
}

static void
text_quotes_what_would_end_a_string (void)
{
  struct text text = TEXT_INIT;

  text_add_quoted (&text, "a\"b\\c\n\t$x\x01");
  CHECK_TEXT (text_string (&text), "\"a\\\"b\\\\c\\n\\t\\$x\\x01\"");
  text_finish (&text);
}

static void
text_joins_words_around_holes (void)
{
  static const char *const words[] = { "own", NULL, "proxy", "fake", NULL };
  struct text text = TEXT_INIT;

  text_add_words (&text, words, 5, "or");
  text_add_char (&text, '|');
  text_add_words (&text, words, 3, "or");
  text_add_char (&text, '|');
  text_add_words (&text, words, 1, "or");
  text_add_char (&text, '|');
  text_add_words (&text, words, 0, "or");
  CHECK_TEXT (text_string (&text), "own, proxy or fake|own or proxy|own|");
  text_finish (&text);
}

static void
text_suggests_the_nearest_word (void)
{
  static const char *const words[]
      = { "own", "proxy", NULL, "fake", "parent", "absent", "read-only" };
  size_t count = sizeof words / sizeof words[0];

  CHECK_TEXT (text_nearest ("prox", words, count), "proxy");
  CHECK_TEXT (text_nearest ("porxy", words, count), "proxy");
  CHECK_TEXT (text_nearest ("Fake", words, count), "fake");
  CHECK_TEXT (text_nearest ("partent", words, count), "parent");
  CHECK_TEXT (text_nearest ("read_only", words, count), "read-only");
  CHECK (!text_nearest ("", words, count));
  CHECK (!text_nearest ("zebra", words, count));
  CHECK (!text_nearest ("x", words, count));
}

static void
text_suggests_nothing_for_a_very_long_word (void)
{
  static const char *const words[] = { "own" };
  char longest[65];

  memset (longest, 'o', 64);
  longest[64] = '\0';
  CHECK (!text_nearest (longest, words, 1));
  longest[63] = '\0';
  CHECK (!text_nearest (longest, words, 1));
}

static const struct unit_test tests[] = {
  UNIT_TEST (text_empty_is_an_empty_string),
  UNIT_TEST (text_is_shown_without_what_a_terminal_obeys),
  UNIT_TEST (text_grows_by_every_kind_of_addition),
  UNIT_TEST (text_quotes_what_would_end_a_string),
  UNIT_TEST (text_joins_words_around_holes),
  UNIT_TEST (text_suggests_the_nearest_word),
  UNIT_TEST (text_suggests_nothing_for_a_very_long_word),
};

UNIT_TABLE (unit_text, tests)
