/* values.h -- words, numbers and paths of a manifest, judged
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef MANIFEST_VALUES_H
#define MANIFEST_VALUES_H

#include "lib/manifest/manifest.h"

/* Each takes the text of a value and returns true, or appends to WHY what is
   wrong with it and what was expected.  */

/* Bytes or a number: 100, 64K, 16M, 2G; not 0.  */
bool value_number (const char *text, uint64_t *ret_number, struct text *why);

/* OUTSIDE:INSIDE or OUTSIDE:INSIDE:COUNT.  */
bool value_range (const char *text, struct id_range *ret_range,
                  struct text *why);

/* An absolute path; *RET_PATH (given) is without what means nothing.  */
bool value_path (const char *text, char **ret_path, struct text *why);

/* Where a mount is from.  *RET_ARGUMENT is given, or NULL.  */
bool value_from (const char *text, enum mount_kind *ret_kind,
                 char **ret_argument, struct text *why);

/* The index of TEXT in WORDS, or COUNT.  */
size_t value_word (const char *text, const char *const *words, size_t count);

#endif /* MANIFEST_VALUES_H */
