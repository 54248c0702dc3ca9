/* buffer.c -- bytes on their way from writers to readers
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <stdlib.h>
#include <string.h>

#include "servers/sockets/buffer.h"

#define PAGE 4096

static size_t
pages_round (size_t size)
{
  return (size + PAGE - 1) & ~(size_t)(PAGE - 1);
}

static struct buffer_segment *
segment_at (struct list *node)
{
  return list_entry (node, struct buffer_segment, link);
}

static struct buffer_segment *
buffer_first (const struct buffer *buffer)
{
  struct list *node = list_first (&buffer->segments);

  return node ? segment_at (node) : NULL;
}

char *
buffer_pages_map (const struct buffer_budget *budget, size_t size)
{
  return budget->pages_map (pages_round (size));
}

void
buffer_pages_unmap (const struct buffer_budget *budget, char *pages,
                    size_t size)
{
  if (pages && size)
    budget->pages_unmap (pages, pages_round (size));
}

void
buffer_budget_init (struct buffer_budget *budget)
{
  list_init (&budget->spare);
  budget->spare_count = 0;
}

void
buffer_budget_finish (struct buffer_budget *budget)
{
  struct list *node;

  while ((node = list_pop (&budget->spare)))
    free (segment_at (node));
  budget->spare_count = 0;
}

/* What a segment costs the budget.  */
static size_t
segment_charge (size_t capacity)
{
  return capacity + sizeof (struct buffer_segment);
}

/* A segment with SIZE bytes behind it.  */
static struct buffer_segment *
segment_allocate (struct buffer_budget *budget, size_t size)
{
  struct list *node = size == BUFFER_CHUNK ? list_pop (&budget->spare) : NULL;
  struct buffer_segment *segment;

  if (node)
    {
      budget->spare_count--;
      segment = segment_at (node);
    }
  else
    segment = malloc (sizeof *segment + size);
  if (!segment)
    return NULL;
  memset (segment, 0, sizeof *segment);
  list_init (&segment->link);
  segment->memory = (char *)(segment + 1);
  segment->capacity = size;
  return segment;
}

static struct buffer_segment *
segment_allocate_pages (struct buffer_budget *budget, size_t size)
{
  struct buffer_segment *segment = segment_allocate (budget, 0);

  if (!segment)
    return NULL;
  segment->memory = budget->pages_map (size);
  if (!segment->memory)
    {
      free (segment);
      return NULL;
    }
  segment->pages = true;
  segment->capacity = size;
  return segment;
}

static error_t
segment_create (struct buffer *buffer, size_t size,
                struct buffer_segment **ret_segment)
{
  struct buffer_budget *budget = buffer->budget;
  bool pages = size >= BUFFER_PAGES_MIN;
  size_t capacity = pages ? pages_round (size) : size;
  struct buffer_segment *segment;
  error_t err;

  err = budget->charge (budget->cookie, segment_charge (capacity));
  if (err)
    return err;
  segment = pages ? segment_allocate_pages (budget, capacity)
                  : segment_allocate (budget, capacity);
  if (!segment)
    {
      budget->discharge (budget->cookie, segment_charge (capacity));
      return ENOMEM;
    }
  *ret_segment = segment;
  return 0;
}

/* SEGMENT, off the list, and everything it holds.  */
static void
segment_free (struct buffer *buffer, struct buffer_segment *segment)
{
  struct buffer_budget *budget = buffer->budget;

  if (segment->attachment)
    budget->drop (segment->attachment);
  budget->discharge (budget->cookie, segment_charge (segment->capacity));
  if (segment->pages && segment->memory)
    budget->pages_unmap (segment->memory, segment->capacity);
  if (!segment->pages && segment->capacity == BUFFER_CHUNK
      && budget->spare_count < BUFFER_SPARE_MAX)
    {
      list_insert_head (&budget->spare, &segment->link);
      budget->spare_count++;
    }
  else
    free (segment);
}

static void
segment_unlink (struct buffer *buffer, struct buffer_segment *segment)
{
  list_remove (&segment->link);
  buffer->bytes -= segment->end - segment->start;
  buffer->cost -= segment->cost;
}

void
buffer_init (struct buffer *buffer, size_t capacity, bool records,
             struct buffer_budget *budget)
{
  list_init (&buffer->segments);
  buffer->bytes = 0;
  buffer->cost = 0;
  buffer->capacity = capacity;
  buffer->records = records;
  buffer->budget = budget;
}

void
buffer_clear (struct buffer *buffer)
{
  struct buffer_segment *segment;

  while ((segment = buffer_first (buffer)))
    {
      segment_unlink (buffer, segment);
      segment_free (buffer, segment);
    }
}

bool
buffer_is_empty (const struct buffer *buffer)
{
  return list_empty (&buffer->segments);
}

size_t
buffer_room (const struct buffer *buffer)
{
  size_t used = buffer->bytes + buffer->cost;

  return used < buffer->capacity ? buffer->capacity - used : 0;
}

error_t
buffer_reserve (struct buffer *buffer, size_t size, bool alone,
                struct buffer_space *space)
{
  struct list *last = list_last (&buffer->segments);
  struct buffer_segment *segment = last ? segment_at (last) : NULL;
  size_t wanted = size;
  error_t err;

  if (segment && !alone && !buffer->records && !segment->attachment
      && segment->capacity - segment->end >= size)
    {
      space->segment = segment;
      space->to = segment->memory + segment->end;
      space->fresh = false;
      return 0;
    }
  if (!alone && !buffer->records && wanted < BUFFER_CHUNK)
    wanted = BUFFER_CHUNK;
  err = segment_create (buffer, wanted, &segment);
  if (err)
    return err;
  space->segment = segment;
  space->to = segment->memory;
  space->fresh = true;
  return 0;
}

void
buffer_commit (struct buffer *buffer, struct buffer_space *space, size_t size,
               void *attachment, size_t cost)
{
  struct buffer_segment *segment = space->segment;

  segment->end += size;
  buffer->bytes += size;
  if (!space->fresh)
    return;
  segment->attachment = attachment;
  if (attachment || buffer->records)
    segment->cost = BUFFER_RECORD_COST + cost;
  buffer->cost += segment->cost;
  list_insert_tail (&buffer->segments, &segment->link);
}

void
buffer_cancel (struct buffer *buffer, struct buffer_space *space)
{
  if (space->fresh)
    segment_free (buffer, space->segment);
}

size_t
buffer_available (const struct buffer *buffer)
{
  struct buffer_segment *first = buffer_first (buffer);
  size_t available = 0;

  if (!first)
    return 0;
  if (buffer->records)
    return first->end - first->start;
  list_for_each (node, following, &buffer->segments)
  {
    struct buffer_segment *segment = segment_at (node);

    if (segment != first && segment->attachment)
      break;
    available += segment->end - segment->start;
  }
  return available;
}

void
buffer_copy (const struct buffer *buffer, char *to, size_t size)
{
  list_for_each (node, following, &buffer->segments)
  {
    struct buffer_segment *segment = segment_at (node);
    size_t piece = segment->end - segment->start;

    if (piece > size)
      piece = size;
    if (piece)
      memcpy (to, segment->memory + segment->start, piece);
    to += piece;
    size -= piece;
    if (size == 0)
      return;
  }
}

void
buffer_consume (struct buffer *buffer, size_t size)
{
  struct buffer_segment *segment;

  while ((segment = buffer_first (buffer)))
    {
      size_t left = segment->end - segment->start;

      if (!buffer->records && size < left)
        {
          segment->start += size;
          buffer->bytes -= size;
          return;
        }
      segment_unlink (buffer, segment);
      segment_free (buffer, segment);
      if (buffer->records)
        return;
      size -= left;
      if (size == 0)
        return;
    }
}

bool
buffer_has_attachment (const struct buffer *buffer)
{
  struct buffer_segment *first = buffer_first (buffer);

  return first && first->attachment;
}

void *
buffer_take_attachment (struct buffer *buffer)
{
  struct buffer_segment *first = buffer_first (buffer);
  void *attachment;

  if (!first)
    return NULL;
  attachment = first->attachment;
  first->attachment = NULL;
  return attachment;
}

bool
buffer_take_pages (struct buffer *buffer, size_t min, size_t max,
                   char **ret_pages, size_t *ret_size)
{
  struct buffer_segment *first = buffer_first (buffer);

  if (!first || !first->pages || first->start != 0 || first->end < min
      || first->end > max || pages_round (first->end) != first->capacity)
    return false;
  *ret_pages = first->memory;
  *ret_size = first->end;
  segment_unlink (buffer, first);
  first->memory = NULL;
  segment_free (buffer, first);
  return true;
}

void
buffer_each_attachment (const struct buffer *buffer,
                        void (*each) (void *attachment, void *cookie),
                        void *cookie)
{
  list_for_each (node, following, &buffer->segments)
  {
    struct buffer_segment *segment = segment_at (node);

    if (segment->attachment)
      each (segment->attachment, cookie);
  }
}
