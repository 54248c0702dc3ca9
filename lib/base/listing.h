/* listing.h -- a table as text: what a control answers and its client shows

   Lines end with '\n' and fields with '\t' or the line.  The first line names
   the columns; a name ends with '#' if its fields are numbers, with '?' if
   they are flags ("yes", "no").  In a field what is no printable ASCII, no
   UTF-8 or is a backslash stands as "\xHH", so a hostile name can neither
   forge a field nor speak to a terminal.

   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef BASE_LISTING_H
#define BASE_LISTING_H

#include "lib/base/text.h"

/* Writing: the first line as a string, then each field of each line.  */
void listing_text (struct text *text, const char *value);
void listing_number (struct text *text, long long value);
void listing_flag (struct text *text, bool value);
void listing_end (struct text *text); /* of the line */

/* Reading: EACH is called for each line of DATA (SIZE bytes, a listing) but
   the first.  False: it is none, and EACH was not called.  */
struct listing_row;
typedef void listing_each_t (void *cookie, const struct listing_row *row);
bool listing_each (const char *data, size_t size, listing_each_t *each,
                   void *cookie);
/* Does ROW have VALUE, which listing_text might have written, in COLUMN?  */
bool listing_is (const struct listing_row *row, const char *column,
                 const char *value);
/* The number in COLUMN; 0: there is none.  */
unsigned long long listing_number_of (const struct listing_row *row,
                                      const char *column);

/* Append to TEXT what DATA (SIZE bytes, a listing) holds: columns under
   headings for people, or JSON, an array of objects.  False: it is none, and
   nothing is appended.  */
bool listing_show (const char *data, size_t size, struct text *text);
bool listing_show_json (const char *data, size_t size, struct text *text);

#endif /* BASE_LISTING_H */
