/* test_listing.c -- a table as text, whatever is in it
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <string.h>

#include "lib/base/listing.h"
#include "tests/unit/tables.h"

static void
check_json (const char *data, const char *wanted)
{
  struct text text = TEXT_INIT;

  CHECK (listing_show_json (data, strlen (data), &text));
  CHECK_TEXT (text_string (&text), wanted);
  text_finish (&text);
}

static void
check_field (const char *value, const char *wanted)
{
  struct text text = TEXT_INIT;

  listing_text (&text, value);
  CHECK_TEXT (text_string (&text), wanted);
  text_finish (&text);
}

static void
listing_separates_fields_and_ends_lines (void)
{
  struct text text = TEXT_INIT;

  for (int i = 1; i <= 2; i++)
    {
      listing_number (&text, -i);
      listing_text (&text, "a b");
      listing_flag (&text, i == 1);
      listing_end (&text);
    }
  CHECK_TEXT (text_string (&text), "-1\ta b\tyes\n-2\ta b\tno\n");
  text_finish (&text);
}

static void
listing_escapes_what_would_forge_or_command (void)
{
  check_field ("a\tb\nc\\d", "a\\x09b\\x0ac\\x5cd");
  check_field ("\x1b[2J\x7f", "\\x1b[2J\\x7f");
  check_field ("\xc2\x9b", "\\xc2\\x9b"); /* CSI */
}

static void
listing_keeps_utf8_and_nothing_like_it (void)
{
  check_field ("h\xc3\xbcrde \xe2\x82\xac \xf0\x9f\x90\x91",
               "h\xc3\xbcrde \xe2\x82\xac \xf0\x9f\x90\x91");
  check_field ("\xc3", "\\xc3");
  check_field ("\xe2\x82", "\\xe2\\x82");
  check_field ("\xc0\xaf\xed\xa0\x80\xf4\x90\x80\x80",
               "\\xc0\\xaf\\xed\\xa0\\x80\\xf4\\x90\\x80\\x80");
}

static void
listing_shows_columns (void)
{
  const char *data = "id#\tname\tused?\n1\tx\tyes\n10\tlonger\tno\n";
  struct text text = TEXT_INIT;

  CHECK (listing_show (data, strlen (data), &text));
  CHECK_TEXT (text_string (&text),
              "id  name    used\n 1  x       yes\n10  longer  no\n");
  text_finish (&text);
}

static void
listing_shows_json (void)
{
  check_json ("id#\tname\tused?\n1\tx\tyes\n-2\ty\tno\n",
              "[\n  {\"id\": 1, \"name\": \"x\", \"used\": true},\n"
              "  {\"id\": -2, \"name\": \"y\", \"used\": false}\n]\n");
  check_json ("id#\n", "[\n]\n");
}

static void
listing_json_is_json_whatever_the_fields_are (void)
{
  check_json ("a\n\"q\"\\x0a\\x5c\\xZZ\\x\n",
              "[\n  {\"a\": \"\\\"q\\\"\\u000a\\u005c\\\\xZZ\\\\x\"}\n]\n");
  check_json ("n#\n01\n", "[\n  {\"n\": null}\n]\n");
  check_json ("n#\n1,\"x\":2\n", "[\n  {\"n\": null}\n]\n");
}

static void
count_named (void *cookie, const struct listing_row *row)
{
  if (listing_is (row, "name", "a b\n"))
    *(unsigned long long *)cookie += listing_number_of (row, "id");
}

static void
listing_is_read_row_by_row (void)
{
  const char *data = "id#\tname\n7\ta b\\x0a\n10\tlonger\n20\ta b\\x0a\n";
  unsigned long long sum = 0;

  CHECK (listing_each (data, strlen (data), count_named, &sum));
  CHECK (sum == 27);
  CHECK (!listing_each ("id#", 3, count_named, &sum));
}

static void
listing_refuses_what_is_none (void)
{
  static const char *const wrong[]
      = { "", "a", "a\tb\n1\n", "a\n1\t2\n", "a\n1", "a\n1\n2" };

  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
    {
      struct text text = TEXT_INIT;

      CHECK (!listing_show (wrong[i], strlen (wrong[i]), &text));
      CHECK (!listing_show_json (wrong[i], strlen (wrong[i]), &text));
      CHECK (!text.length);
      text_finish (&text);
    }
}

static const struct unit_test tests[] = {
  UNIT_TEST (listing_separates_fields_and_ends_lines),
  UNIT_TEST (listing_escapes_what_would_forge_or_command),
  UNIT_TEST (listing_keeps_utf8_and_nothing_like_it),
  UNIT_TEST (listing_shows_columns),
  UNIT_TEST (listing_shows_json),
  UNIT_TEST (listing_json_is_json_whatever_the_fields_are),
  UNIT_TEST (listing_is_read_row_by_row),
  UNIT_TEST (listing_refuses_what_is_none),
};

UNIT_TABLE (unit_listing, tests)
