/* table.h -- numbers to pointers, in constant time

   For port names, pids, inode numbers.  The table never owns what its values
   point at.  It shrinks again when it empties, so that a client that opened
   ten thousand handles and closed them leaves nothing behind.
   Not locked: whoever shares a table locks around it.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef BASE_TABLE_H
#define BASE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"

struct table_slot
{
  uint64_t key;
  void *value; /* NULL: the slot is free */
};

struct table
{
  struct table_slot *slots; /* NULL until the first insertion */
  size_t size;              /* 0 or a power of two */
  size_t count;             /* at most 3/4 of SIZE */
  size_t first;             /* all slots below it are free */
};

#define TABLE_INIT                                                            \
  {                                                                           \
    NULL, 0, 0, 0                                                             \
  }

void table_init (struct table *table);

/* Free the table, not what its values point at.  NULL is fine.  */
void table_finish (struct table *table);

/* The value of KEY, or NULL.  */
void *table_find (const struct table *table, uint64_t key);

/* EEXIST if KEY is there already (the table keeps its old value), ENOMEM,
   EINVAL if VALUE is NULL.  */
error_t table_insert (struct table *table, uint64_t key, void *value);

/* Put VALUE in the place of KEY's value, which must be there: ENOENT.  */
error_t table_replace (struct table *table, uint64_t key, void *value);

/* Take KEY out and return its value, or NULL if it was not there.  */
void *table_remove (struct table *table, uint64_t key);

/* Make room so that the next COUNT insertions cannot fail, as long as nothing
   is removed in between.  ENOMEM.  */
error_t table_reserve (struct table *table, size_t count);

/* Step through all entries in no order.  *CURSOR starts at 0.  KEY may be
   NULL.  Returns NULL at the end.  The table must not change meanwhile; to
   empty one, call table_take until it returns NULL.  */
void *table_next (const struct table *table, size_t *cursor, uint64_t *key);

/* Take any entry out and return its value, or NULL when there is none.  */
void *table_take (struct table *table, uint64_t *key);

#endif /* BASE_TABLE_H */
