/* mistakes.c -- everything that is wrong with a manifest, at once
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/manifest/mistakes.h"

void
mistakes_init (struct mistakes *mistakes)
{
  *mistakes = (struct mistakes)MISTAKES_INIT;
}

void
mistakes_finish (struct mistakes *mistakes)
{
  if (!mistakes)
    return;
  for (size_t i = 0; i < mistakes->count; i++)
    free (mistakes->list[i].text);
  for (size_t i = 0; i < mistakes->file_count; i++)
    free (mistakes->files[i]);
  free (mistakes->list);
  free (mistakes->files);
  mistakes_init (mistakes);
}

/* The index of FILE, which is added if it is new.  */
static size_t
file_index (struct mistakes *mistakes, const char *file)
{
  char **files;

  for (size_t i = 0; i < mistakes->file_count; i++)
    if (strcmp (mistakes->files[i], file) == 0)
      return i;

  files
      = realloc (mistakes->files, (mistakes->file_count + 1) * sizeof *files);
  if (files)
    {
      mistakes->files = files;
      files[mistakes->file_count] = strdup (file);
      if (files[mistakes->file_count])
        return mistakes->file_count++;
    }
  mistakes->incomplete = true;
  return SIZE_MAX;
}

void
mistakes_open (struct mistakes *mistakes, const char *file)
{
  (void)file_index (mistakes, file);
}

/* Consumes TEXT.  */
static void
mistake_append (struct mistakes *mistakes, struct place place, bool warning,
                struct text *text)
{
  struct mistake mistake = { .line = place.line, .warning = warning };
  struct mistake *list = NULL;

  mistake.file = file_index (mistakes, place.file ? place.file : "manifest");
  mistake.text = text_steal (text);
  if (mistake.text && mistake.file != SIZE_MAX
      && mistakes->count < MISTAKES_MOST)
    list = realloc (mistakes->list, (mistakes->count + 1) * sizeof *list);
  if (!list)
    {
      free (mistake.text);
      mistakes->incomplete = true;
      return;
    }
  mistakes->list = list;
  list[mistakes->count++] = mistake;
  mistakes->warnings += warning;
}

void
mistake_add (struct mistakes *mistakes, struct place place, const char *format,
             ...)
{
  struct text text = TEXT_INIT;
  va_list arguments;

  va_start (arguments, format);
  text_vprintf (&text, format, arguments);
  va_end (arguments);
  mistake_append (mistakes, place, false, &text);
}

void
warning_add (struct mistakes *mistakes, struct place place, const char *format,
             ...)
{
  struct text text = TEXT_INIT;
  va_list arguments;

  va_start (arguments, format);
  text_vprintf (&text, format, arguments);
  va_end (arguments);
  mistake_append (mistakes, place, true, &text);
}

void
mistakes_out_of_memory (struct mistakes *mistakes, const char *file)
{
  mistake_add (mistakes, (struct place){ file, 0 }, "out of memory");
}

void
mistake_add_word (struct mistakes *mistakes, struct place place,
                  const char *what, const char *word, const char *const *words,
                  size_t count)
{
  const char *nearest = text_nearest (word, words, count);
  struct text text = TEXT_INIT;

  text_add (&text, what);
  text_add_char (&text, ' ');
  text_add_quoted (&text, word);
  text_add (&text, "; expected ");
  text_add_words (&text, words, count, "or");
  if (nearest)
    text_printf (&text, "; did you mean \"%s\"?", nearest);
  mistake_append (mistakes, place, false, &text);
}

bool
mistakes_forbid (const struct mistakes *mistakes)
{
  return mistakes->count > mistakes->warnings || mistakes->incomplete;
}

static int
mistake_compare (const void *a, const void *b)
{
  const struct mistake *x = a, *y = b;

  if (x->file != y->file)
    return x->file < y->file ? -1 : 1;
  if (x->line != y->line)
    return x->line < y->line ? -1 : 1;
  return strcmp (x->text, y->text);
}

/* Names and values in it are anybody's.  */
static void
mistake_print (const struct mistakes *mistakes, const struct mistake *mistake,
               struct text *text)
{
  struct text line = TEXT_INIT;

  text_printf (&line, "%s:%u: %s%s", mistakes->files[mistake->file],
               mistake->line, mistake->warning ? "warning: " : "",
               mistake->text);
  text_add_shown (text, text_string (&line));
  text_add_char (text, '\n');
  text_finish (&line);
}

void
mistakes_print (struct mistakes *mistakes, struct text *text)
{
  if (mistakes->count)
    qsort (mistakes->list, mistakes->count, sizeof *mistakes->list,
           mistake_compare);
  for (size_t i = 0; i < mistakes->count; i++)
    {
      const struct mistake *mistake = &mistakes->list[i];

      if ((mistake->warning && mistakes_forbid (mistakes))
          || (i && mistake_compare (mistake, mistake - 1) == 0))
        continue;
      mistake_print (mistakes, mistake, text);
    }
  if (mistakes->incomplete)
    text_add (text, "there are more mistakes than could be kept\n");
}
