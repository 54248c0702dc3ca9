/* table.c -- numbers to pointers, in constant time

   Open addressing with linear probing.  A removal moves the entries behind it
   back instead of leaving a mark, so that a table that lives for months and
   sees millions of keys stays as quick as a new one.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <stdlib.h>

#include "lib/base/table.h"

#define SIZE_SMALLEST 16

/* The slot where KEY would like to be.  Port names are multiples of some
   small number and clients influence them, hence the mixing.  */
static size_t
key_home (uint64_t key, size_t size)
{
  key ^= key >> 33;
  key *= UINT64_C (0xff51afd7ed558ccd);
  key ^= key >> 29;
  return (size_t)key & (size - 1);
}

/* The slot that holds KEY, or the free one where it belongs.  There is always
   a free one, because a table is at most three quarters full.  */
static size_t
slot_find (const struct table *table, uint64_t key)
{
  size_t i = key_home (key, table->size);

  while (table->slots[i].value && table->slots[i].key != key)
    i = (i + 1) & (table->size - 1);
  return i;
}

static error_t
table_resize (struct table *table, size_t size)
{
  struct table old = *table;
  struct table_slot *slots = calloc (size, sizeof *slots);

  if (!slots)
    return ENOMEM;

  table->slots = slots;
  table->size = size;
  table->first = 0;
  for (size_t i = 0; i < old.size; i++)
    if (old.slots[i].value)
      slots[slot_find (table, old.slots[i].key)] = old.slots[i];
  free (old.slots);
  return 0;
}

/* A table that cannot shrink for lack of memory just stays large.  */
static void
table_shrink (struct table *table)
{
  if (table->size > SIZE_SMALLEST && table->count < table->size / 8)
    (void)table_resize (table, table->size / 4 < SIZE_SMALLEST
                                   ? SIZE_SMALLEST
                                   : table->size / 4);
}

/* Move the entries behind the free slot HOLE back, where that brings them
   nearer to their home, until the run of entries ends.  */
static void
hole_close (struct table *table, size_t hole)
{
  size_t mask = table->size - 1;

  for (size_t i = (hole + 1) & mask; table->slots[i].value; i = (i + 1) & mask)
    {
      size_t home = key_home (table->slots[i].key, table->size);

      if (((i - home) & mask) < ((i - hole) & mask))
        continue;
      table->slots[hole] = table->slots[i];
      table->slots[i].value = NULL;
      hole = i;
    }
}

void
table_init (struct table *table)
{
  *table = (struct table)TABLE_INIT;
}

void
table_finish (struct table *table)
{
  if (!table)
    return;
  free (table->slots);
  table_init (table);
}

void *
table_find (const struct table *table, uint64_t key)
{
  return table->size ? table->slots[slot_find (table, key)].value : NULL;
}

error_t
table_reserve (struct table *table, size_t count)
{
  size_t size = table->size ? table->size : SIZE_SMALLEST;

  if (count > SIZE_MAX / 4 / sizeof *table->slots - table->count)
    return ENOMEM;
  while (table->count + count > size / 4 * 3)
    size *= 2;
  return size == table->size ? 0 : table_resize (table, size);
}

error_t
table_insert (struct table *table, uint64_t key, void *value)
{
  error_t err;
  size_t i;

  if (!value)
    return EINVAL;
  if (table_find (table, key))
    return EEXIST;
  err = table_reserve (table, 1);
  if (err)
    return err;

  i = slot_find (table, key);
  table->slots[i].key = key;
  table->slots[i].value = value;
  table->count++;
  if (i < table->first)
    table->first = i;
  return 0;
}

error_t
table_replace (struct table *table, uint64_t key, void *value)
{
  if (!value)
    return EINVAL;
  if (!table_find (table, key))
    return ENOENT;
  table->slots[slot_find (table, key)].value = value;
  return 0;
}

void *
table_remove (struct table *table, uint64_t key)
{
  void *value;
  size_t i;

  if (!table->size)
    return NULL;

  i = slot_find (table, key);
  value = table->slots[i].value;
  if (!value)
    return NULL;

  table->slots[i].value = NULL;
  table->count--;
  hole_close (table, i);
  table_shrink (table);
  return value;
}

void *
table_next (const struct table *table, size_t *cursor, uint64_t *key)
{
  while (*cursor < table->size)
    {
      const struct table_slot *slot = &table->slots[(*cursor)++];

      if (!slot->value)
        continue;
      if (key)
        *key = slot->key;
      return slot->value;
    }
  return NULL;
}

void *
table_take (struct table *table, uint64_t *key)
{
  size_t cursor = table->first;
  uint64_t found;

  if (!table_next (table, &cursor, &found))
    return NULL;
  table->first = cursor - 1;
  if (key)
    *key = found;
  return table_remove (table, found);
}
