/* proof.h -- read the proof of a manifest before libConfuse parses it

   libConfuse stops at its first mistake, does not say on which line a key
   was, and takes a section that is never closed for closed.  So the shape of
   the text is judged here: every unknown key and every misshapen statement is
   reported, and blanked out in a copy that libConfuse can then parse to the
   end.  What stood where is kept, for the messages about the values.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef MANIFEST_PROOF_H
#define MANIFEST_PROOF_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/manifest/mistakes.h"

/* A key was given a value, or (KEY is NULL) a section was opened.  */
struct statement
{
  const char *section; /* the name of the section it is in; borrowed */
  char *title;         /* of that section, or NULL */
  char *key;
  unsigned int line;
  bool append;    /* += */
  bool misshapen; /* reported, and hidden from libConfuse */
};

struct proof
{
  char *text; /* the copy; NULL if there is no point in parsing */
  struct statement *statements;
  size_t count;
};

/* Read the proof of TEXT.  FILE is for the mistakes.  */
void proof_read (struct proof *proof, const char *file, const char *text,
                 struct mistakes *mistakes);
void proof_finish (struct proof *proof);

/* The statement with which KEY (or NULL) was given in the section SECTION
   "TITLE" (or NULL).  NULL if it was not.  */
const struct statement *proof_find (const struct proof *proof,
                                    const char *section, const char *title,
                                    const char *key);

#endif /* MANIFEST_PROOF_H */
