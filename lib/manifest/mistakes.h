/* mistakes.h -- everything that is wrong with a manifest, at once

   Whoever reads or checks a manifest adds what it finds and goes on; whoever
   asked prints all of it, in the order of the files and their lines.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef MANIFEST_MISTAKES_H
#define MANIFEST_MISTAKES_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "lib/base/text.h"

/* Where something was written.  A null FILE: nowhere, it was left out.  */
struct place
{
  const char *file; /* borrowed from the manifest or the mistakes */
  unsigned int line;
};

/* After so many there is no point in reading on.  */
#define MISTAKES_MOST 100

struct mistake
{
  size_t file; /* index into the FILES of the mistakes */
  unsigned int line;
  bool warning; /* works, but whoever wrote it should know */
  char *text;
};

struct mistakes
{
  struct mistake *list;
  size_t count;    /* with the warnings */
  size_t warnings; /* of these */
  char **files;    /* names in the order in which they were read */
  size_t file_count;
  bool incomplete; /* there were more, or memory ran out */
};

#define MISTAKES_INIT                                                         \
  {                                                                           \
    NULL, 0, 0, NULL, 0, false                                                \
  }

void mistakes_init (struct mistakes *mistakes);
void mistakes_finish (struct mistakes *mistakes);

/* Say that FILE is read from now on: fixes the order of printing.  */
void mistakes_open (struct mistakes *mistakes, const char *file);

void mistake_add (struct mistakes *mistakes, struct place place,
                  const char *format, ...)
    __attribute__ ((format (printf, 3, 4)));
void warning_add (struct mistakes *mistakes, struct place place,
                  const char *format, ...)
    __attribute__ ((format (printf, 3, 4)));

/* FILE cannot be judged: memory ran out.  */
void mistakes_out_of_memory (struct mistakes *mistakes, const char *file);

/* Something that is no word of WORDS (COUNT of them, with holes) stands at
   PLACE.  WHAT says what: `role "auth": unknown source'.  Adds what was
   expected and which word was probably meant.  */
void mistake_add_word (struct mistakes *mistakes, struct place place,
                       const char *what, const char *word,
                       const char *const *words, size_t count);

/* Is there anything but warnings?  */
bool mistakes_forbid (const struct mistakes *mistakes);

/* Append all of them, a line each: "FILE:LINE: TEXT\n".  The same only
   once, and warnings only if there is nothing worse.  */
void mistakes_print (struct mistakes *mistakes, struct text *text);

#endif /* MANIFEST_MISTAKES_H */
