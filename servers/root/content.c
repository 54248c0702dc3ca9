/* content.c -- the bytes of a file (see content.h)
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <mach.h>
#include <mach/vm_param.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/table.h"
#include "lib/port/loop.h"
#include "servers/root/content.h"

#define CHUNK_PAGES 16
#define CHUNK_SIZE ((size_t)CHUNK_PAGES * PAGE_SIZE)
#define WINDOW_MIN ((size_t)1 << 20)

struct chunk
{
  char *base;     /* CHUNK_SIZE bytes of our own; NULL: none yet */
  uint16_t own;   /* bit per page: it is at BASE, and charged */
  uint16_t shown; /* bit per page: the kernel was given it */
};

struct content
{
  struct generation *payer; /* borrowed */
  struct pager_set *pagers; /* borrowed */

  pthread_mutex_t lock;
  unsigned int refs; /* the node's and the pager's */
  off_t size;
  const char *archive; /* borrowed, for ever */
  size_t archive_size;
  struct table chunks; /* number -> struct chunk */
  size_t pages;        /* own ones */
  bool live;           /* what the kernel has is the truth */

  /* The loop's alone.  */
  struct pager *pager; /* NULL until the first mapping */
  mach_port_t view;    /* send right: the read-only proxy, once made */
  char *window;        /* WINDOW_SIZE bytes of our own mapping */
  size_t window_size;
};

static size_t
smaller (size_t a, size_t b)
{
  return a < b ? a : b;
}

/* ---- life ---- */

struct content *
content_create (struct generation *payer, struct pager_set *pagers)
{
  struct content *content = calloc (1, sizeof *content);

  if (!content)
    return NULL;
  content->payer = payer;
  content->pagers = pagers;
  content->refs = 1;
  pthread_mutex_init (&content->lock, NULL);
  table_init (&content->chunks);
  return content;
}

void
content_set_archive (struct content *content, const char *archive, size_t size)
{
  content->archive = archive;
  content->archive_size = size;
  content->size = size;
}

/* Give the pages back from page FROM on.  What the kernel was shown stays
   known.  */
static void
chunk_drop_pages (struct content *content, struct chunk *chunk,
                  unsigned int from)
{
  uint16_t gone = chunk->own & (uint16_t)(0xffffu << from);
  unsigned int count = (unsigned int)__builtin_popcount (gone);

  chunk->own &= (uint16_t)~gone;
  content->pages -= count;
  generation_discharge (content->payer, count * (size_t)PAGE_SIZE);
  if (!chunk->own && chunk->base)
    {
      (void)vm_deallocate (mach_task_self (), (vm_address_t)chunk->base,
                           CHUNK_SIZE);
      chunk->base = NULL;
      return;
    }
  for (unsigned int i = from; i < CHUNK_PAGES; i++)
    if (gone & 1u << i)
      memset (chunk->base + i * (size_t)PAGE_SIZE, 0, PAGE_SIZE);
}

static void
content_drop_chunks (struct content *content)
{
  struct chunk *chunk;

  while ((chunk = table_take (&content->chunks, NULL)))
    {
      chunk_drop_pages (content, chunk, 0);
      free (chunk);
    }
}

/* Callable on the pager thread.  */
static void
content_unref (struct content *content)
{
  bool last;

  pthread_mutex_lock (&content->lock);
  last = --content->refs == 0;
  pthread_mutex_unlock (&content->lock);
  if (!last)
    return;

  content_drop_chunks (content);
  table_finish (&content->chunks);
  pthread_mutex_destroy (&content->lock);
  free (content);
}

void
content_destroy (struct content *content)
{
  if (!content)
    return;
  if (content->window)
    (void)vm_deallocate (mach_task_self (), (vm_address_t)content->window,
                         content->window_size);
  content->window = NULL;
  send_drop (&content->view);
  if (content->pager)
    pager_release (content->pager);
  content_unref (content);
}

off_t
content_size (const struct content *content)
{
  return content->size;
}

size_t
content_pages (const struct content *content)
{
  return content->pages + (content->archive_size + PAGE_SIZE - 1) / PAGE_SIZE;
}

/* ---- our own pages; all with LOCK held ---- */

static struct chunk *
content_chunk (const struct content *content, off_t offset)
{
  return table_find (&content->chunks, (uint64_t)offset / CHUNK_SIZE);
}

static unsigned int
page_of (off_t offset)
{
  return (unsigned int)((uint64_t)offset / PAGE_SIZE % CHUNK_PAGES);
}

static error_t
content_make_chunk (struct content *content, off_t offset,
                    struct chunk **ret_chunk)
{
  struct chunk *chunk = content_chunk (content, offset);

  if (!chunk)
    {
      chunk = calloc (1, sizeof *chunk);
      if (!chunk
          || table_insert (&content->chunks, (uint64_t)offset / CHUNK_SIZE,
                           chunk))
        {
          free (chunk);
          return ENOSPC;
        }
    }
  *ret_chunk = chunk;
  return 0;
}

/* Where our page with OFFSET is, or NULL.  */
static char *
content_own_page (const struct content *content, off_t offset)
{
  const struct chunk *chunk = content_chunk (content, offset);

  if (!chunk || !(chunk->own & 1u << page_of (offset)))
    return NULL;
  return chunk->base + page_of (offset) * (size_t)PAGE_SIZE;
}

/* Copy SIZE bytes at OFFSET, which do not cross a page, to TO.  */
static void
content_copy_home (const struct content *content, off_t offset, char *to,
                   size_t size)
{
  const char *page = content_own_page (content, offset);
  size_t from_archive = 0;

  if (page)
    {
      memcpy (to, page + offset % PAGE_SIZE, size);
      return;
    }
  if ((size_t)offset < content->archive_size)
    from_archive = smaller (size, content->archive_size - (size_t)offset);
  memcpy (to, content->archive + offset, from_archive);
  memset (to + from_archive, 0, size - from_archive);
}

/* The kernel joins neighbouring regions that look the same into one object,
   and a page of such an object stays when its region goes, until the last
   region does.  So neighbours must not look the same: we never fork, and
   inheritance is ours to play with.  */
static error_t
chunk_allocate (struct chunk *chunk)
{
  static const vm_inherit_t looks[]
      = { VM_INHERIT_NONE, VM_INHERIT_SHARE, VM_INHERIT_COPY };
  static _Atomic unsigned int next;
  vm_address_t base = 0;

  if (vm_map (mach_task_self (), &base, CHUNK_SIZE, 0, TRUE, MACH_PORT_NULL, 0,
              FALSE, VM_PROT_READ | VM_PROT_WRITE,
              VM_PROT_READ | VM_PROT_WRITE, looks[next++ % 3]))
    return ENOSPC;
  chunk->base = (char *)base;
  return 0;
}

static error_t
content_charge_page (struct content *content, bool force)
{
  error_t err = generation_charge (content->payer, PAGE_SIZE);

  if (err && !force)
    return ENOSPC;
  if (err) /* what the kernel gives back has to go somewhere */
    __atomic_add_fetch (&content->payer->bytes, PAGE_SIZE, __ATOMIC_RELAXED);
  content->pages++;
  return 0;
}

/* Make the page with OFFSET our own, with the content that it has; WHOLE: all
   of it is about to be replaced.  */
static error_t
content_claim (struct content *content, off_t offset, bool whole, bool force,
               char **ret_page)
{
  char *page = content_own_page (content, offset);
  off_t start = offset - offset % PAGE_SIZE;
  struct chunk *chunk;
  error_t err;

  if (page)
    {
      *ret_page = page;
      return 0;
    }
  err = content_make_chunk (content, offset, &chunk);
  if (!err && !chunk->base)
    err = chunk_allocate (chunk);
  if (!err)
    err = content_charge_page (content, force);
  if (err)
    return err;

  page = chunk->base + page_of (offset) * (size_t)PAGE_SIZE;
  /* Fresh memory and pages that were dropped are zeros already.  */
  if (!whole && (size_t)start < content->archive_size)
    content_copy_home (content, start, page, PAGE_SIZE);
  chunk->own |= (uint16_t)(1u << page_of (offset));
  *ret_page = page;
  return 0;
}

/* ---- the window ---- */

/* Has the kernel ever been given the page with OFFSET?  LOCK is held.  */
static bool
content_shown_locked (const struct content *content, off_t offset)
{
  const struct chunk *chunk = content_chunk (content, offset);

  return chunk && chunk->shown & 1u << page_of (offset);
}

static bool
content_shown (struct content *content, off_t offset)
{
  bool shown;

  pthread_mutex_lock (&content->lock);
  shown = content_shown_locked (content, offset);
  pthread_mutex_unlock (&content->lock);
  return shown;
}

/* Map so much of the object that OFFSET + SIZE is within.  */
static error_t
content_widen (struct content *content, off_t end)
{
  cleanup_send mach_port_t object = MACH_PORT_NULL;
  vm_address_t address = 0;
  size_t size = content->window_size ? content->window_size : WINDOW_MIN;
  error_t err;

  if (content->window && (size_t)end <= content->window_size)
    return 0;
  while (size < (size_t)end)
    size *= 2;
  err = pager_right (content->pager, &object);
  if (!err)
    err = vm_map (mach_task_self (), &address, size, 0, TRUE, object, 0, FALSE,
                  VM_PROT_READ | VM_PROT_WRITE, VM_PROT_READ | VM_PROT_WRITE,
                  VM_INHERIT_NONE);
  if (err)
    return ENOMEM;

  if (content->window)
    (void)vm_deallocate (mach_task_self (), (vm_address_t)content->window,
                         content->window_size);
  content->window = (char *)address;
  content->window_size = size;
  return 0;
}

/* From now on the kernel's pages are the truth.  */
static error_t
content_go_live (struct content *content)
{
  error_t err;

  if (content->live)
    return 0;
  err = content_widen (content, content->size);
  if (err)
    return err;
  pthread_mutex_lock (&content->lock);
  content->live = true;
  pthread_mutex_unlock (&content->lock);
  return 0;
}

/* Zero from OFFSET to the end of its page where the kernel may have it.  */
static void
content_clear_tail_live (struct content *content, off_t offset)
{
  if (offset % PAGE_SIZE && content_shown (content, offset))
    memset (content->window + offset, 0,
            PAGE_SIZE - (size_t)(offset % PAGE_SIZE));
}

/* ---- reading ---- */

size_t
content_read (struct content *content, off_t offset, void *to, size_t size)
{
  size_t done = 0;

  if (offset < 0 || offset >= content->size
      || (content->live && content_widen (content, content->size)))
    return 0;
  size = smaller (size, (size_t)(content->size - offset));
  while (done < size)
    {
      off_t at = offset + (off_t)done;
      size_t n = smaller (size - done, PAGE_SIZE - (size_t)(at % PAGE_SIZE));
      bool shown;

      pthread_mutex_lock (&content->lock);
      shown = content->live && content_shown_locked (content, at);
      if (!shown)
        content_copy_home (content, at, (char *)to + done, n);
      pthread_mutex_unlock (&content->lock);
      if (shown)
        memcpy ((char *)to + done, content->window + at, n);
      done += n;
    }
  return done;
}

/* Our own pages at OFFSET, if all of them lie side by side and are the truth.
   The reader may see whole pages: they are all of this file.  */
static char *
content_run (struct content *content, off_t offset, size_t size)
{
  const struct chunk *chunk = content_chunk (content, offset);
  unsigned int first = page_of (offset);
  unsigned int count = (unsigned int)((size + PAGE_SIZE - 1) / PAGE_SIZE);
  unsigned int wanted = ((1u << count) - 1) << first;

  if (content->live || offset % PAGE_SIZE || first + count > CHUNK_PAGES
      || !chunk || (chunk->own & wanted) != wanted)
    return NULL;
  return chunk->base + first * (size_t)PAGE_SIZE;
}

error_t
content_read_out (struct content *content, off_t offset, size_t size,
                  struct out_data *out)
{
  char *run;
  error_t err;

  if (offset < 0 || offset >= content->size)
    size = 0;
  else
    size = smaller (size, (size_t)(content->size - offset));

  run = size > out->size && size <= CHUNK_SIZE
            ? content_run (content, offset, size)
            : NULL;
  if (run)
    {
      *out = (struct out_data){ .data = run, .size = size, .lent = true };
      return 0;
    }
  err = out_data_reserve (out, size);
  if (err)
    return err;
  out->size = content_read (content, offset, out->data, size);
  return 0;
}

/* ---- writing ---- */

/* Make the pages of SIZE bytes at OFFSET our own, all in one chunk, as far as
   can be; says how many bytes, and where they go.  LOCK is held.  */
static error_t
content_claim_run (struct content *content, off_t offset, size_t size,
                   size_t *ret_size, char **ret_to)
{
  size_t before = (size_t)offset % PAGE_SIZE;
  char *start = content_run (content, offset - (off_t)before, before + size);
  size_t done = start ? size : 0;
  char *page;
  error_t err = 0;

  while (done < size)
    {
      err = content_claim (content, offset + (off_t)done, false, false, &page);
      if (err)
        break;
      if (!done)
        start = page;
      done = smaller (size, done + PAGE_SIZE - (before + done) % PAGE_SIZE);
    }
  if (!done)
    return err;
  *ret_to = start + before;
  *ret_size = done;
  return 0;
}

/* Prepare a write of *SIZE bytes at OFFSET, or fewer: the size covers them
   from now on, and they go to RET_TO.  */
static error_t
content_open_run (struct content *content, off_t offset, size_t *size,
                  char **ret_to)
{
  size_t wanted = smaller (*size, CHUNK_SIZE - (size_t)offset % CHUNK_SIZE);
  error_t err;

  pthread_mutex_lock (&content->lock);
  err = content_claim_run (content, offset, wanted, size, ret_to);
  if (!err && offset + (off_t)*size > content->size)
    content->size = offset + (off_t)*size;
  pthread_mutex_unlock (&content->lock);
  /* Claimed and within the size: the pager will supply them.  */
  if (!err && content->live)
    *ret_to = content->window + offset;
  return err;
}

/* Write *SIZE bytes, or fewer.  The copy can end in the middle, at memory that
   its pager refuses.  It is made without the lock: nobody else writes to our
   own pages while there is no pager.  */
static error_t
content_write_run (struct content *content, off_t offset, struct loop *loop,
                   const char *from, size_t *size)
{
  off_t before = content->size;
  char *to;
  error_t err = content_open_run (content, offset, size, &to);

  if (err)
    return err;
  if (!loop)
    memcpy (to, from, *size);
  else
    err = request_copy (loop, to, from, *size);
  if (err && content->size > before)
    (void)content_set_size (content, before);
  return err;
}

/* A write to [.., END) is coming.  */
static error_t
content_prepare_write (struct content *content, off_t offset, off_t end)
{
  error_t err = content->pager ? content_go_live (content) : 0;

  if (err || !content->live)
    return err;
  err = content_widen (content, end);
  if (!err && offset > content->size)
    content_clear_tail_live (content, content->size);
  return err;
}

error_t
content_write (struct content *content, off_t offset, struct loop *loop,
               const void *from, size_t size, size_t *ret_written)
{
  size_t done = 0;
  error_t err;

  if (offset < 0 || offset > INT64_MAX - (off_t)CHUNK_SIZE - (off_t)size)
    return EFBIG;
  err = content_prepare_write (content, offset, offset + (off_t)size);
  while (!err && done < size)
    {
      size_t n = size - done;

      err = content_write_run (content, offset + (off_t)done, loop,
                               (const char *)from + done, &n);
      if (!err)
        done += n;
    }
  if (err && !done)
    return err;
  *ret_written = done;
  return 0;
}

/* ---- changing the size ---- */

struct shown
{
  uint64_t number; /* of the chunk */
  uint16_t pages;
};

/* What the kernel was shown, in memory that the caller frees.  */
static struct shown *
content_list_shown (struct content *content, size_t *ret_count)
{
  struct shown *list;
  struct chunk *chunk;
  uint64_t number;
  size_t cursor = 0, count = 0;

  pthread_mutex_lock (&content->lock);
  list = calloc (content->chunks.count + 1, sizeof *list);
  while (list && (chunk = table_next (&content->chunks, &cursor, &number)))
    if (chunk->shown)
      list[count++]
          = (struct shown){ .number = number, .pages = chunk->shown };
  pthread_mutex_unlock (&content->lock);
  *ret_count = count;
  return list;
}

/* What the kernel has of [FROM, TO) becomes zeros.  Flushing it would be
   shorter, but the kernel can be made to wait in that for ever.  */
static error_t
content_clear_shown (struct content *content, off_t from, off_t to)
{
  size_t count;
  struct shown *list = content_list_shown (content, &count);

  if (!list)
    return ENOMEM;
  content_clear_tail_live (content, from);
  for (size_t n = 0; n < count; n++)
    for (unsigned int i = 0; i < CHUNK_PAGES; i++)
      {
        off_t page
            = (off_t)(list[n].number * CHUNK_SIZE + i * (size_t)PAGE_SIZE);

        if (list[n].pages & 1u << i && page >= from && page < to)
          memset (content->window + page, 0, PAGE_SIZE);
      }
  free (list);
  return 0;
}

/* LOCK is held.  */
static void
content_cut_home (struct content *content, off_t size)
{
  char *last = content_own_page (content, size);
  struct chunk *chunk;
  uint64_t number;
  size_t cursor = 0;

  if (last && size % PAGE_SIZE)
    memset (last + size % PAGE_SIZE, 0,
            PAGE_SIZE - (size_t)(size % PAGE_SIZE));
  while ((chunk = table_next (&content->chunks, &cursor, &number)))
    {
      uint64_t start = number * CHUNK_SIZE;
      uint64_t keep = (uint64_t)size <= start ? 0 : (uint64_t)size - start;

      if (keep < CHUNK_SIZE)
        chunk_drop_pages (content, chunk,
                          (unsigned int)((keep + PAGE_SIZE - 1) / PAGE_SIZE));
    }
  if (!content->pager && size == 0)
    content_drop_chunks (content);
  content->archive_size = smaller (content->archive_size, (size_t)size);
  content->size = size;
}

error_t
content_set_size (struct content *content, off_t size)
{
  error_t err;

  if (size < 0)
    return EINVAL;
  if (size > INT64_MAX - (off_t)CHUNK_SIZE)
    return EFBIG;
  if (content->pager && size < content->size)
    {
      err = content_go_live (content);
      if (!err)
        err = content_widen (content, content->size);
      if (!err)
        err = content_clear_shown (content, size, content->size);
      if (err)
        return err;
    }
  else if (content->live && size > content->size)
    {
      err = content_widen (content, content->size);
      if (err)
        return err;
      content_clear_tail_live (content, content->size);
    }

  pthread_mutex_lock (&content->lock);
  if (size < content->size)
    content_cut_home (content, size);
  content->size = size;
  pthread_mutex_unlock (&content->lock);
  return 0;
}

/* ---- the pager's side: on its thread ---- */

/* Copy the page at OFFSET for the kernel to TO.  A page that
   may be written to is claimed first: it is memory that somebody has to pay
   for.  A page of nothing is not even looked at, because that alone would
   make it take memory a second time.  */
static error_t
content_show_page (struct content *content, off_t offset, char *to)
{
  struct chunk *chunk;
  char *page;
  bool hole;
  error_t err = content_make_chunk (content, offset, &chunk);

  if (err)
    return err;
  hole = !(chunk->own & 1u << page_of (offset))
         && (size_t)offset >= content->archive_size;
  if (content->live && !(chunk->shown & 1u << page_of (offset)))
    {
      err = content_claim (content, offset, false, false, &page);
      if (err)
        return err;
    }
  chunk->shown |= (uint16_t)(1u << page_of (offset));
  if (hole)
    memset (to, 0, PAGE_SIZE);
  else
    content_copy_home (content, offset, to, PAGE_SIZE);
  if (offset + PAGE_SIZE > content->size)
    memset (to + (content->size - offset), 0,
            (size_t)(offset + PAGE_SIZE - content->size));
  return 0;
}

/* May the page at OFFSET go along with one that was asked for?  Not if the
   kernel may have changed it: what is on its way back to us must not be
   overtaken by what was there before.  And nothing is made out of a hole
   unless somebody is walking through it (ON).  */
static bool
content_may_follow (const struct content *content, off_t offset, bool on)
{
  if (!content->live)
    return true;
  return !content_shown_locked (content, offset)
         && (on || (size_t)offset < content->archive_size
             || content_own_page (content, offset));
}

/* How much to supply at OFFSET, at most SIZE.  */
static size_t
content_ahead (const struct content *content, off_t offset, size_t size)
{
  bool on = offset && content_shown_locked (content, offset - PAGE_SIZE);
  size_t ahead = PAGE_SIZE;

  if (offset >= content->size)
    return 0;
  while (ahead < size && offset + (off_t)ahead < content->size
         && content_may_follow (content, offset + (off_t)ahead, on))
    ahead += PAGE_SIZE;
  return ahead;
}

static error_t
content_supply_locked (struct content *content, struct pager_piece *piece,
                       char *to)
{
  off_t offset = (off_t)piece->offset;
  size_t ahead = content_ahead (content, offset, piece->size);
  size_t done = 0;

  if (!ahead)
    return EFAULT;
  while (done < ahead
         && !content_show_page (content, offset + (off_t)done, to + done))
    done += PAGE_SIZE;
  if (!done)
    return ENOSPC;
  piece->size = done;
  return 0;
}

static error_t
content_supply (void *cookie, uint64_t wanted, struct pager_piece *piece,
                char *to)
{
  struct content *content = cookie;
  error_t err = EFAULT;

  pthread_mutex_lock (&content->lock);
  /* Of what somebody may write to only what follows is looked at.  */
  if (content->live)
    *piece = (struct pager_piece){ wanted, PAGER_SUPPLY_MAX };
  if (wanted < INT64_MAX - CHUNK_SIZE)
    err = content_supply_locked (content, piece, to);
  if (!err && piece->offset + piece->size <= wanted)
    err = ENOSPC;
  pthread_mutex_unlock (&content->lock);
  return err;
}

static void
content_give_back (void *cookie, uint64_t offset, const void *from)
{
  struct content *content = cookie;
  char *page;

  pthread_mutex_lock (&content->lock);
  if (offset < (uint64_t)content->size
      && !content_claim (content, (off_t)offset, true, true, &page))
    memcpy (page, from,
            smaller (PAGE_SIZE, (size_t)content->size - (size_t)offset));
  pthread_mutex_unlock (&content->lock);
}

static void
content_ended (void *cookie)
{
  content_unref (cookie);
}

static const struct pager_ops content_pager_ops = {
  .supply = content_supply,
  .give_back = content_give_back,
  .ended = content_ended,
};

/* ---- mapping ---- */

static error_t
content_make_pager (struct content *content)
{
  error_t err;

  if (content->pager)
    return 0;
  pthread_mutex_lock (&content->lock);
  content->refs++;
  pthread_mutex_unlock (&content->lock);
  err = pager_create (content->pagers, &content_pager_ops, content,
                      &content->pager);
  if (err)
    content_unref (content);
  return err ? ENOMEM : 0;
}

error_t
content_map_out (struct content *content, vm_prot_t prot,
                 struct out_right *ret_object)
{
  error_t err = content_make_pager (content);

  if (err)
    return err;
  if (prot & VM_PROT_WRITE)
    {
      /* Mapping it ourselves first makes the kernel the first to speak to the
         pager.  */
      err = content_go_live (content);
      if (!err)
        *ret_object = (struct out_right){ pager_port (content->pager),
                                          MACH_MSG_TYPE_MAKE_SEND };
      return err;
    }
  if (!MACH_PORT_VALID (content->view))
    err = pager_view (content->pager, VM_PROT_READ | VM_PROT_EXECUTE,
                      &content->view);
  if (!err)
    *ret_object = (struct out_right){ content->view, MACH_MSG_TYPE_COPY_SEND };
  return err;
}

error_t
content_map (struct content *content, vm_prot_t prot, mach_port_t *ret_object)
{
  struct out_right object;
  error_t err = content_map_out (content, prot, &object);

  if (err)
    return err;
  if (object.type == MACH_MSG_TYPE_MAKE_SEND)
    return pager_right (content->pager, ret_object);
  *ret_object = send_copy (object.name);
  return 0;
}
