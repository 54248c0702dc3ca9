/* text.h -- text that grows, and the word that was probably meant

   Building text does not stop at a failed allocation: the text remembers it,
   swallows the rest, and whoever needs to know asks once at the end.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct text
{
  char *data;    /* NULL or terminated by a NUL */
  size_t length; /* without the NUL */
  size_t capacity;
  bool failed; /* an allocation failed: the end is missing */
};

#define TEXT_INIT                                                             \
  {                                                                           \
    NULL, 0, 0, false                                                         \
  }

void text_init (struct text *text);
void text_finish (struct text *text);

void text_add (struct text *text, const char *string);
void text_add_bytes (struct text *text, const char *bytes, size_t length);
void text_add_char (struct text *text, char c);
void text_printf (struct text *text, const char *format, ...)
    __attribute__ ((format (printf, 2, 3)));
void text_vprintf (struct text *text, const char *format, va_list arguments)
    __attribute__ ((format (printf, 2, 0)));

/* STRING between double quotes, with what would end or break them escaped:
   the quoting that manifests have.  */
void text_add_quoted (struct text *text, const char *string);

/* LINE as a terminal may have it: what is a control character, or no UTF-8,
   is \xNN.  */
void text_add_shown (struct text *text, const char *line);

/* The words FIRST, second, ... LAST with commas and CONJUNCTION before the
   last one.  WORDS may have holes (NULL); they are skipped.  */
void text_add_words (struct text *text, const char *const *words, size_t count,
                     const char *conjunction);

/* Empty the text; its memory is kept.  */
void text_clear (struct text *text);

/* The text so far: borrowed until the next change.  Never NULL.  */
const char *text_string (const struct text *text);

/* The text, given: the caller frees it.  NULL if memory ran out on the way.
   TEXT is empty afterwards.  */
char *text_steal (struct text *text);

/* The word of WORDS (holes are skipped) that WORD was probably meant to be,
   or NULL if none is near enough to be worth saying.  */
const char *text_nearest (const char *word, const char *const *words,
                          size_t count);

#endif /* BASE_TEXT_H */
