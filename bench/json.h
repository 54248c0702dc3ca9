/* json.h -- figures for machines: an array of objects, a line each
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_BENCH_JSON_H
#define HURDLE_BENCH_JSON_H

#include <stdbool.h>

/* Rows come one after the other, and in each its values.  TEXT null, or a
   number that is not KNOWN, is null.  */
void json_row_begin (void);
void json_text (const char *key, const char *text);
void json_number (const char *key, double number, bool known);
void json_row_end (void);

/* There are no more rows; perhaps there were none.  */
void json_end (void);

#endif
