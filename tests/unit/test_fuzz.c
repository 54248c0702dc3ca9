/* test_fuzz.c -- random texts, for a few seconds

   What the corpus holds is cut, doubled, spliced and spoiled.  Nothing may
   crash or leak, and whatever is accepted must survive being printed.
   FUZZ_SECONDS (2) says how long, FUZZ_SEED (1) where to begin.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <glob.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/unit/files.h"
#include "tests/unit/tables.h"

#define SEEDS_MOST 200
#define TEXT_LONGEST 6000

static char *seeds[SEEDS_MOST];
static size_t seed_count;
static uint64_t state = 1;

static size_t
random_below (size_t limit)
{
  state = state * UINT64_C (6364136223846793005) + UINT64_C (1442695040888963);
  return limit ? (size_t)(state >> 33) % limit : 0;
}

static size_t
number_from (const char *variable, size_t otherwise)
{
  const char *value = getenv (variable);

  return value ? (size_t)strtoul (value, NULL, 10) : otherwise;
}

static void
seeds_read (const char *pattern)
{
  glob_t found;

  if (glob (pattern, 0, NULL, &found) != 0)
    return;
  for (size_t i = 0; i < found.gl_pathc && seed_count < SEEDS_MOST; i++)
    seeds[seed_count++] = file_read (".", found.gl_pathv[i]);
  globfree (&found);
}

/* Something that means something to the parser.  */
static void
piece_add (struct text *text)
{
  static const char *const pieces[] = { "{",       "}",
                                        "=",       "+=",
                                        ",",       "\"",
                                        "'",       "${",
                                        "${X}",    "\\",
                                        "#",       "//",
                                        "/*",      "*/",
                                        "\n",      " role ",
                                        " mount ", "environment",
                                        "source",  "include",
                                        "\\x00",   "(",
                                        "own",     "\"/\"",
                                        "|",       "variables { A = \"b\" }",
                                        "limits",  "\x80\xff" };

  text_add (text, pieces[random_below (sizeof pieces / sizeof pieces[0])]);
}

/* Append a slice of a seed, spoiled here and there.  */
static void
slice_add (struct text *text)
{
  const char *seed = seeds[random_below (seed_count)];
  size_t length = strlen (seed);
  size_t from = random_below (3) ? 0 : random_below (length);
  size_t to = random_below (3) ? length : random_below (length + 1);
  size_t spoil = random_below (4) ? random_below (200) + 20 : SIZE_MAX;

  for (size_t i = from; i < to; i++)
    if (random_below (spoil) == 0 && spoil != SIZE_MAX)
      switch (random_below (3))
        {
        case 0:
          piece_add (text);
          break;
        case 1:
          text_add_char (text, (char)(random_below (255) + 1));
          break;
        default:
          break;
        }
    else
      text_add_char (text, seed[i]);
}

static struct manifest *
parse (const char *text)
{
  struct manifest_reader reader = { "tests/manifests/good", folder_read };
  struct mistakes mistakes = MISTAKES_INIT;
  struct text said = TEXT_INIT;
  struct manifest *manifest;

  manifest = manifest_parse ("fuzz", text, &reader, &mistakes);
  mistakes_print (&mistakes, &said);
  if (!manifest && said.length == 0)
    unit_fail (__FILE__, __LINE__, "a refusal has a reason");
  mistakes_finish (&mistakes);
  text_finish (&said);
  return manifest;
}

static void
fuzz_once (void)
{
  struct text text = TEXT_INIT, first = TEXT_INIT, second = TEXT_INIT;
  struct manifest *manifest, *again;

  do
    slice_add (&text);
  while (random_below (4) == 0 && text.length < TEXT_LONGEST);
  manifest = parse (text_string (&text));
  if (manifest)
    {
      manifest_print (manifest, &first);
      again = parse (text_string (&first));
      if (again)
        manifest_print (again, &second);
      if (!again || strcmp (text_string (&first), text_string (&second)) != 0)
        printf ("# from:\n%s\n", text_string (&text));
      CHECK_TEXT (text_string (&second), text_string (&first));
      manifest_destroy (again);
    }
  manifest_destroy (manifest);
  text_finish (&text);
  text_finish (&first);
  text_finish (&second);
}

static void
manifest_survives_random_texts (const void *what)
{
  size_t seconds = number_from ("FUZZ_SECONDS", 2), count = 0;
  time_t end = time (NULL) + (time_t)seconds;

  (void)what;
  alarm ((unsigned int)seconds + 30);
  state = number_from ("FUZZ_SEED", 1);
  seeds_read ("tests/manifests/good/*.hurdle");
  seeds_read ("tests/manifests/bad/*.hurdle");
  CHECK (seed_count);
  while (time (NULL) < end)
    {
      fuzz_once ();
      count++;
    }
  printf ("# %zu texts\n", count);
  for (size_t i = 0; i < seed_count; i++)
    free (seeds[i]);
}

static void
unit_fuzz (void)
{
  unit_run ("manifest_survives_random_texts", manifest_survives_random_texts,
            NULL);
}

UNIT_GROUP (unit_fuzz)
