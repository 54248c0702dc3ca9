/* reading.h -- one text being read: what is given where, and judging it

   Between parse.c, which turns texts into sections, and read.c, which turns
   sections into what a manifest says.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef MANIFEST_READING_H
#define MANIFEST_READING_H

#include <confuse.h>

#include "lib/manifest/manifest.h"
#include "lib/manifest/proof.h"

/* One text being read.  */
struct reading
{
  struct manifest *manifest;
  const struct manifest_reader *reader;
  struct mistakes *mistakes;
  const struct reading *includer; /* NULL for the first text */
  const char *file;
  struct proof proof;
};

/* A section at hand: what libConfuse and what the proof knows of it.  */
struct part
{
  cfg_t *cfg;
  const char *name;
  const char *title;
};

/* Add a mistake that begins with what PART is.  */
void reading_complain (struct reading *r, const struct part *part,
                       struct place place, const char *format, ...)
    __attribute__ ((format (printf, 4, 5)));
void reading_out_of_memory (struct reading *r);

/* Say what WHY says about the value of KEY, and empty WHY.  */
void reading_complain_why (struct reading *r, const struct part *part,
                           struct place place, const char *key,
                           struct text *why);

/* Was KEY (NULL: the section itself) given?  Then say where.  */
bool reading_given (struct reading *r, const struct part *part,
                    const char *key, struct place *ret_place);

/* Was KEY tried at least?  Then a mistake was reported already.  */
bool reading_tried (const struct reading *r, const struct part *part,
                    const char *key);

/* Replace *STRING by a copy of VALUE.  */
void reading_set_string (struct reading *r, char **string, const char *value);

/* The text of KEY, or NULL if it was not given.  */
const char *reading_string (struct reading *r, const struct part *part,
                            const char *key, struct place *ret_place);

/* The index of KEY's value in WORDS: COUNT if it is none of them (that was
   complained of), SIZE_MAX if it was not given.  */
size_t reading_word (struct reading *r, const struct part *part,
                     const char *key, const char *what,
                     const char *const *words, size_t count,
                     struct place *ret_place);

/* Set *RET_ANSWER if KEY was given as yes or no.  */
void reading_answer (struct reading *r, const struct part *part,
                     const char *key, bool *ret_answer,
                     struct place *ret_place);

/* Replace WORDS by the list KEY if it was given, or append it.  */
void reading_words (struct reading *r, const struct part *part,
                    const char *key, struct words *words);

/* Do GET for each section NAME in PART.  */
void reading_sections (struct reading *r, const struct part *in,
                       const char *name,
                       void (*get) (struct reading *, const struct part *));

/* Apply what the section `environment' says, except what it includes, to the
   manifest.  (read.c)  */
void environment_read (struct reading *r, const struct part *part);

/* All texts were applied: fill in what follows from them.  (read.c)  */
void environment_complete (struct reading *r);

#endif /* MANIFEST_READING_H */
