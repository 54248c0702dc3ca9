/* test_corpus.c -- the small manifests whose every message is fixed

   tests/manifests/good/NAME.hurdle must be accepted, with the warnings of
   NAME.err if there are any, and mean NAME.out (if it is there) when printed.
   tests/manifests/bad/NAME.hurdle must be refused with the text of NAME.err.
   The examples in docs/manifest.md must be accepted, too, and those of the man
   page must be such that this version can make them.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/files.h"
#include "tests/unit/tables.h"

#define GOOD "tests/manifests/good"
#define BAD "tests/manifests/bad"

/* NAME.hurdle's companion NAME.KIND; an empty text if there is none.  */
static char *
companion_read (const char *folder, const char *name, const char *kind)
{
  struct text other = TEXT_INIT;
  char *contents;

  text_add_bytes (&other, name, strlen (name) - strlen ("hurdle"));
  text_add (&other, kind);
  contents = file_read (folder, text_string (&other));
  text_finish (&other);
  return contents ? contents : strdup ("");
}

/* Parse, and compare what is said with WANTED.  */
static struct manifest *
parse_and_compare (const char *folder, const char *name, const char *text,
                   const char *wanted)
{
  struct manifest_reader reader = { (void *)folder, folder_read };
  struct mistakes mistakes = MISTAKES_INIT;
  struct text said = TEXT_INIT;
  struct manifest *manifest;

  setenv ("CORPUS_HOME", "/home/me", 1);
  unsetenv ("CORPUS_UNSET");
  manifest = manifest_parse (name, text, &reader, &mistakes);
  mistakes_print (&mistakes, &said);
  CHECK_TEXT (text_string (&said), wanted);
  CHECK (!manifest == mistakes_forbid (&mistakes));
  text_finish (&said);
  mistakes_finish (&mistakes);
  return manifest;
}

/* Printing MANIFEST and reading that must change nothing.  */
static void
check_round_trip (const struct manifest *manifest)
{
  struct mistakes mistakes = MISTAKES_INIT;
  struct text first = TEXT_INIT, second = TEXT_INIT;
  struct manifest *again;

  manifest_print (manifest, &first);
  again = manifest_parse ("printed", text_string (&first), NULL, &mistakes);
  if (!again)
    mistakes_print (&mistakes, &second);
  else
    manifest_print (again, &second);
  CHECK_TEXT (text_string (&second), text_string (&first));
  manifest_destroy (again);
  mistakes_finish (&mistakes);
  text_finish (&first);
  text_finish (&second);
}

static void
run_good (const void *what)
{
  const char *name = what;
  char *text = file_read (GOOD, name);
  char *warnings = companion_read (GOOD, name, "err");
  char *meaning = companion_read (GOOD, name, "out");
  struct manifest *manifest;
  struct text printed = TEXT_INIT;

  CHECK (text);
  manifest = parse_and_compare (GOOD, name, text, warnings);
  CHECK (manifest);
  manifest_print (manifest, &printed);
  if (*meaning)
    CHECK_TEXT (text_string (&printed), meaning);
  check_round_trip (manifest);
  manifest_destroy (manifest);
  text_finish (&printed);
  free (text);
  free (warnings);
  free (meaning);
}

static void
run_bad (const void *what)
{
  const char *name = what;
  char *text = file_read (BAD, name);
  char *wanted = companion_read (BAD, name, "err");

  CHECK (text && *wanted);
  CHECK (!parse_and_compare (BAD, name, text, wanted));
  free (text);
  free (wanted);
}

static void
run_folder (const char *folder, const char *kind, void (*run) (const void *))
{
  struct text pattern = TEXT_INIT, claim = TEXT_INIT;
  glob_t found;

  text_printf (&pattern, "%s/*.hurdle", folder);
  if (glob (text_string (&pattern), 0, NULL, &found) != 0)
    unit_fail (__FILE__, __LINE__, "the corpus is there");
  for (size_t i = 0; i < found.gl_pathc; i++)
    {
      const char *name = strrchr (found.gl_pathv[i], '/') + 1;

      text_clear (&claim);
      text_printf (&claim, "manifest_%s_", kind);
      text_add_bytes (&claim, name, strcspn (name, "."));
      unit_run (text_string (&claim), run, name);
    }
  globfree (&found);
  text_finish (&pattern);
  text_finish (&claim);
}

/* Pages with whole manifests, and what stands around each.  */
static const struct documentation
{
  const char *folder, *name, *begin, *end;
  bool now; /* this version must be able to make them */
} manifest_md = { "docs", "manifest.md", "```hurdle\n", "\n```", false },
  manual = { "docs/man", "hurdle-manifest.5", ".Bd -literal -offset indent\n",
             "\n.Ed", true };

static void
check_example (const struct documentation *page, const char *text)
{
  struct mistakes mistakes = MISTAKES_INIT;
  struct text said = TEXT_INIT;
  struct manifest *manifest = parse_and_compare (GOOD, page->name, text, "");

  CHECK (manifest);
  check_round_trip (manifest);
  if (page->now)
    manifest_check_support (manifest, &support_now, &mistakes);
  mistakes_print (&mistakes, &said);
  CHECK_TEXT (text_string (&said), "");
  manifest_destroy (manifest);
  text_finish (&said);
  mistakes_finish (&mistakes);
}

static void
run_documentation (const void *what)
{
  const struct documentation *page = what;
  char *text = file_read (page->folder, page->name);
  char *at = text;
  size_t count = 0;

  CHECK (text);
  while ((at = strstr (at, page->begin)))
    {
      char *begin = at + strlen (page->begin);
      char *end = strstr (begin, page->end);

      CHECK (end);
      end[1] = '\0';
      check_example (page, begin);
      count++;
      at = end + 2;
    }
  CHECK (count > 0);
  free (text);
}

/* What the image boots with must be possible, now.  */
static void
run_image (const void *what)
{
  char *text = file_read ("vm/image/files/etc/hurdle", "root.hurdle");
  struct mistakes mistakes = MISTAKES_INIT;
  struct text said = TEXT_INIT;
  struct manifest *manifest;

  (void)what;
  CHECK (text);
  manifest = parse_and_compare ("vm/image/files/etc/hurdle", "root.hurdle",
                                text, "");
  CHECK (manifest);
  manifest_check_support (manifest, &support_now, &mistakes);
  mistakes_print (&mistakes, &said);
  CHECK_TEXT (text_string (&said), "");
  check_round_trip (manifest);
  manifest_destroy (manifest);
  text_finish (&said);
  mistakes_finish (&mistakes);
  free (text);
}

static void
unit_corpus (void)
{
  run_folder (GOOD, "good", run_good);
  run_folder (BAD, "bad", run_bad);
  unit_run ("manifest_documentation_is_accepted", run_documentation,
            &manifest_md);
  unit_run ("manifest_man_page_can_be_made", run_documentation, &manual);
  unit_run ("manifest_of_the_image_is_accepted", run_image, NULL);
}

UNIT_GROUP (unit_corpus)
