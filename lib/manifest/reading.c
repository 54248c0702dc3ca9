/* reading.c -- one text being read: what is given where, and judging it
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <stdlib.h>
#include <string.h>

#include "lib/manifest/insides.h"
#include "lib/manifest/reading.h"
#include "lib/manifest/strings.h"
#include "lib/manifest/values.h"

#define COUNT(array) (sizeof (array) / sizeof *(array))

static const char *const answers[] = { "yes", "no" };

void
reading_complain (struct reading *r, const struct part *part,
                  struct place place, const char *format, ...)
{
  struct text text = TEXT_INIT;
  va_list arguments;

  section_describe (&text, part->name, part->title);
  va_start (arguments, format);
  text_vprintf (&text, format, arguments);
  va_end (arguments);
  mistake_add (r->mistakes, place, "%s", text_string (&text));
  text_finish (&text);
}

void
reading_out_of_memory (struct reading *r)
{
  mistakes_out_of_memory (r->mistakes, r->file);
}

bool
reading_given (struct reading *r, const struct part *part, const char *key,
               struct place *ret_place)
{
  const struct statement *statement
      = proof_find (&r->proof, part->name, part->title, key);

  if (!statement || statement->misshapen)
    return false;
  *ret_place = (struct place){ r->file, statement->line };
  return true;
}

bool
reading_tried (const struct reading *r, const struct part *part,
               const char *key)
{
  return proof_find (&r->proof, part->name, part->title, key);
}

void
reading_set_string (struct reading *r, char **string, const char *value)
{
  char *copy = strdup (value);

  if (!copy)
    {
      reading_out_of_memory (r);
      return;
    }
  free (*string);
  *string = copy;
}

const char *
reading_string (struct reading *r, const struct part *part, const char *key,
                struct place *ret_place)
{
  return reading_given (r, part, key, ret_place) ? cfg_getstr (part->cfg, key)
                                                 : NULL;
}

/* Complain that VALUE is no word of WORDS.  */
static void
complain_word (struct reading *r, const struct part *part, struct place place,
               const char *what, const char *value, const char *const *words,
               size_t count)
{
  struct text text = TEXT_INIT;

  section_describe (&text, part->name, part->title);
  text_add (&text, what);
  mistake_add_word (r->mistakes, place, text_string (&text), value, words,
                    count);
  text_finish (&text);
}

size_t
reading_word (struct reading *r, const struct part *part, const char *key,
              const char *what, const char *const *words, size_t count,
              struct place *ret_place)
{
  const char *value = reading_string (r, part, key, ret_place);
  size_t index;

  if (!value)
    return SIZE_MAX;
  index = value_word (value, words, count);
  if (index == count)
    complain_word (r, part, *ret_place, what, value, words, count);
  return index;
}

void
reading_answer (struct reading *r, const struct part *part, const char *key,
                bool *ret_answer, struct place *ret_place)
{
  struct text what = TEXT_INIT;
  size_t index;

  text_printf (&what, "\"%s\" cannot be", key);
  index = reading_word (r, part, key, text_string (&what), answers,
                        COUNT (answers), ret_place);
  text_finish (&what);
  if (index < COUNT (answers))
    *ret_answer = index == 0;
}

void
reading_words (struct reading *r, const struct part *part, const char *key,
               struct words *words)
{
  const struct statement *statement
      = proof_find (&r->proof, part->name, part->title, key);

  if (!statement || statement->misshapen)
    return;
  if (!statement->append)
    words_finish (words);
  for (unsigned int i = 0; i < cfg_size (part->cfg, key); i++)
    if (!words_add (words, cfg_getnstr (part->cfg, key, i)))
      reading_out_of_memory (r);
}

void
reading_complain_why (struct reading *r, const struct part *part,
                      struct place place, const char *key, struct text *why)
{
  reading_complain (r, part, place, "\"%s\": %s", key, text_string (why));
  text_finish (why);
}

void
reading_sections (struct reading *r, const struct part *in, const char *name,
                  void (*get) (struct reading *, const struct part *))
{
  for (unsigned int i = 0; i < cfg_size (in->cfg, name); i++)
    {
      cfg_t *cfg = cfg_getnsec (in->cfg, name, i);
      struct part part = { cfg, name, cfg_title (cfg) };
      struct place place;

      /* libConfuse makes sections that were never written.  */
      if (reading_given (r, &part, NULL, &place))
        get (r, &part);
    }
}
