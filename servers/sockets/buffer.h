/* buffer.h -- bytes on their way from writers to readers

   A queue of segments.  Small writes share a segment; a large one gets pages
   of its own, which a reader that takes all of it is handed without another
   copy.  A segment can carry an attachment (rights, an address), and in a
   buffer of records each segment is one record.

   Memory is paid for through a budget.  Knows nothing of Mach.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef SOCKETS_BUFFER_H
#define SOCKETS_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/error.h"
#include "lib/base/list.h"

#define BUFFER_PAGES_MIN 8192 /* from here on a write gets its own pages */
#define BUFFER_CHUNK 4096     /* what small writes share */
#define BUFFER_SPARE_MAX 16   /* chunks kept */
#define BUFFER_RECORD_COST                                                    \
  128 /* of capacity, for each record or                                      \
         attachment*/

/* What the buffers of one owner share.  The functions are the owner's.  */
struct buffer_budget
{
  error_t (*charge) (void *cookie, size_t size); /* may say ENOMEM */
  void (*discharge) (void *cookie, size_t size);
  void (*drop) (void *attachment); /* of a segment that nobody read */
  /* Page-aligned memory, SIZE a multiple of a page.  NULL: none.  */
  char *(*pages_map) (size_t size);
  void (*pages_unmap) (char *pages, size_t size);
  void *cookie;

  struct list spare; /* empty segments of BUFFER_CHUNK, for the next write */
  size_t spare_count;
};

struct buffer_segment
{
  struct list link;
  char *memory;      /* behind the segment itself, or pages */
  size_t capacity;   /* of MEMORY */
  size_t start, end; /* what is still to be read */
  size_t cost;       /* of the buffer's capacity, besides the bytes */
  void *attachment;
  bool pages; /* MEMORY is mapped, not from malloc */
};

struct buffer
{
  struct list segments;
  size_t bytes;    /* still to be read */
  size_t cost;     /* the sum of the segments' costs */
  size_t capacity; /* bytes and cost may grow to it */
  bool records;
  struct buffer_budget *budget; /* borrowed */
};

void buffer_init (struct buffer *buffer, size_t capacity, bool records,
                  struct buffer_budget *budget);
/* Drop everything that is in it.  */
void buffer_clear (struct buffer *buffer);

bool buffer_is_empty (const struct buffer *buffer); /* not even a record */
/* Bytes that may be written now.  */
size_t buffer_room (const struct buffer *buffer);

/* Writing: reserve, fill TO, then commit or cancel.  */
struct buffer_space
{
  struct buffer_segment *segment;
  char *to;
  bool fresh; /* SEGMENT is not yet in the buffer */
};
/* ALONE: with an attachment, or a record.  ENOMEM.  */
error_t buffer_reserve (struct buffer *buffer, size_t size, bool alone,
                        struct buffer_space *space);
/* ATTACHMENT (consumed, or NULL) costs COST of the capacity.  */
void buffer_commit (struct buffer *buffer, struct buffer_space *space,
                    size_t size, void *attachment, size_t cost);
void buffer_cancel (struct buffer *buffer, struct buffer_space *space);

/* Bytes that one read can get: the first record; or all up to the next
   attachment.  */
size_t buffer_available (const struct buffer *buffer);
/* Copy the first SIZE bytes (at most what is available); they stay.  */
void buffer_copy (const struct buffer *buffer, char *to, size_t size);
/* The first SIZE bytes are read; of a record, the rest is gone too.  Its
   attachment must have been taken or is dropped.  */
void buffer_consume (struct buffer *buffer, size_t size);
bool buffer_has_attachment (const struct buffer *buffer); /* the first one */
/* The attachment of the first segment: given, or NULL.  */
void *buffer_take_attachment (struct buffer *buffer);
/* Take the first segment whole if it is pages, unread, and of MIN to MAX
   bytes.  The pages are given: *RET_PAGES, mapped, whole.  */
bool buffer_take_pages (struct buffer *buffer, size_t min, size_t max,
                        char **ret_pages, size_t *ret_size);

void buffer_each_attachment (const struct buffer *buffer,
                             void (*each) (void *attachment, void *cookie),
                             void *cookie);

/* The functions are set; the rest is made ready.  */
void buffer_budget_init (struct buffer_budget *budget);
void buffer_budget_finish (struct buffer_budget *budget);
/* Give pages back that buffer_take_pages gave, or that were made here.  */
char *buffer_pages_map (const struct buffer_budget *budget, size_t size);
void buffer_pages_unmap (const struct buffer_budget *budget, char *pages,
                         size_t size);

#endif
