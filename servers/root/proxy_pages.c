/* proxy_pages.c -- ask the parent for pieces of a file
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <mach/vm_param.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/port/right.h"
#include "servers/root/proxy_pages.h"

#include "fs_request_U.h"
#include "io_request_U.h"

#define DIR_LOOKUP 20018
#define IO_READ 21001
#define KEPT_MAX 64   /* pages of one file that exec may want */
#define RECENT_MAX 16 /* files of one mount whose pages are kept */
#define READS_MAX 64  /* of one file that the parent may leave unanswered */

/* ---- life ---- */

struct pages *
pages_of (struct node *node)
{
  struct remote *remote = node->remote;
  struct pages *pages;

  if (remote->pages && !remote->pages->cut)
    return remote->pages;
  pages_destroy (node);
  pages = calloc (1, sizeof *pages);
  if (!pages)
    return NULL;
  pages->proxy = node_proxy (node);
  pages->refs = 1;
  pages->size = remote->stat.st_size;
  list_init (&pages->link);
  list_init (&pages->changes);
  list_init (&pages->waiting);
  list_init (&pages->reading);
  list_init (&pages->held);
  table_init (&pages->kept);
  remote->pages = pages;
  return pages;
}

struct pages *
pages_ref (struct pages *pages)
{
  pages->refs++;
  return pages;
}

static void
kept_drop (struct pages *pages)
{
  char *page;

  while ((page = table_take (&pages->kept, NULL)))
    {
      free (page);
      generation_discharge (&pages->proxy->grant.generation, PAGE_SIZE);
    }
}

void
pages_drop (struct pages *pages)
{
  if (--pages->refs)
    return;
  kept_drop (pages);
  table_finish (&pages->kept);
  list_remove (&pages->link);
  send_drop (&pages->file);
  send_drop (&pages->view);
  free (pages);
}

/* The node goes; mappings may stay.  */
void
pages_destroy (struct node *node)
{
  struct pages *pages = node->remote->pages;

  if (!pages)
    return;
  node->remote->pages = NULL;
  if (pages->anchor)
    (void)vm_deallocate (mach_task_self (), pages->anchor, PAGE_SIZE);
  pages->anchor = 0;
  send_drop (&pages->view);
  if (pages->pager)
    pager_release (pages->pager);
  pages_drop (pages);
}

void
pages_forget (struct node *node)
{
  struct pages *pages = node->remote->pages;

  if (!pages)
    return;
  kept_drop (pages);
  pages_stale (pages);
  /* Whoever maps the file from now on gets it as it is now.  */
  if (pages->pager && !pages->writable)
    pages_destroy (node);
}

/* ---- files that are mapped again and again ----

   Without this a program's pages, and its libraries', would go with the last
   process that runs it.  What the kernel has of them it may take when it needs
   memory.  */

static void
recent_drop (struct remote *remote)
{
  list_remove (&remote->recent);
  node_proxy (remote->node)->recent_count--;
  node_drop (remote->node);
}

void
recent_note (struct node *node, bool written)
{
  struct proxy *proxy = node_proxy (node);
  struct remote *remote = node->remote;
  bool kept = list_linked (&remote->recent);

  if (written || (remote->pages && remote->pages->writable))
    {
      if (kept)
        recent_drop (remote);
      return;
    }
  if (kept)
    list_remove (&remote->recent);
  else
    {
      node_ref (node);
      proxy->recent_count++;
    }
  list_insert_tail (&proxy->recent, &remote->recent);
  if (proxy->recent_count > RECENT_MAX)
    recent_drop (
        list_entry (list_first (&proxy->recent), struct remote, recent));
}

void
recent_forget (struct proxy *proxy)
{
  struct list *first;

  while ((first = list_first (&proxy->recent)))
    recent_drop (list_entry (first, struct remote, recent));
}

/* ---- what is to be done ---- */

struct piece *
piece_create (struct pages *pages, size_t size)
{
  struct piece *piece = calloc (1, sizeof *piece + size);

  if (!piece)
    return NULL;
  list_init (&piece->link);
  piece->pages = pages;
  piece->size = size;
  return piece;
}

error_t
piece_charge (struct piece *piece)
{
  struct grant *grant = &piece->pages->proxy->grant;
  error_t err = generation_charge (&grant->generation, sizeof *piece);

  piece->charged = !err;
  return err;
}

void
piece_free (struct piece *piece)
{
  if (piece->charged)
    generation_discharge (&piece->pages->proxy->grant.generation,
                          sizeof *piece);
  send_drop (&piece->control);
  free (piece->message);
  if (piece->handle)
    object_drop (&piece->handle->handle.object);
  free (piece);
}

static struct list *
piece_list (struct piece *piece)
{
  return piece->reads ? &piece->pages->waiting : &piece->pages->changes;
}

static void
piece_leave (struct piece *piece)
{
  list_remove (&piece->link);
  if (piece->under_way)
    piece->pages->reading_count--;
  piece->under_way = false;
}

static void
piece_end (struct piece *piece, error_t err, mach_msg_header_t *message)
{
  struct pages *pages = piece->pages;
  bool again = piece->stale && !err && !pages->cut;

  piece_leave (piece);
  piece->stale = false;
  if (again || (!piece->end (piece, err, message) && !pages->cut))
    {
      list_insert_head (piece_list (piece), &piece->link);
      return;
    }
  piece_free (piece);
  pages_drop (pages);
}

/* A changed page that has yet to reach the parent must not come back as it was
   before.  */
static bool
piece_overtakes (const struct piece *piece)
{
  list_for_each (node, following, &piece->pages->changes)
  {
    const struct piece *change = list_entry (node, struct piece, link);

    if (change->offset < piece->offset + piece->size
        && piece->offset < change->offset + change->size)
      return true;
  }
  return false;
}

/* A piece that can be begun; NULL: none.  */
static struct piece *
pages_ready (struct pages *pages)
{
  struct list *first = list_first (&pages->changes);

  if (first && !list_entry (first, struct piece, link)->call.running)
    return list_entry (first, struct piece, link);
  if (pages->reading_count >= READS_MAX)
    return NULL;
  list_for_each (node, following, &pages->waiting)
  {
    struct piece *piece = list_entry (node, struct piece, link);

    if (!piece_overtakes (piece))
      return piece;
  }
  return NULL;
}

static void
piece_begin (struct piece *piece)
{
  struct pages *pages = piece->pages;
  error_t err = pages->cut ? EIO : piece->start (piece);

  if (err != EINPROGRESS)
    piece_end (piece, err, NULL);
  else if (piece->reads)
    {
      list_remove (&piece->link);
      list_insert_tail (&pages->reading, &piece->link);
      piece->under_way = true;
      pages->reading_count++;
    }
}

static void
pages_next (struct pages *pages)
{
  struct piece *piece;

  while (!pages->flushing && (piece = pages_ready (pages)))
    piece_begin (piece);
}

static void
piece_answered (struct call *call, mach_msg_header_t *message)
{
  struct piece *piece = list_entry (call, struct piece, call);
  struct pages *pages = pages_ref (piece->pages);

  piece_end (piece, 0, message);
  pages_next (pages);
  pages_drop (pages);
}

/* What was under way ends like what waited.  */
void
pages_abandon (struct pages *pages)
{
  struct list *first;

  while ((first = list_first (&pages->reading)))
    {
      struct piece *piece = list_entry (first, struct piece, link);

      call_abandon (&piece->call);
      piece_leave (piece);
      list_insert_tail (&pages->waiting, &piece->link);
    }
  if ((first = list_first (&pages->changes)))
    call_abandon (&list_entry (first, struct piece, link)->call);
  pages_next (pages);
}

void
pages_stale (struct pages *pages)
{
  list_for_each (node, following, &pages->reading)
  {
    list_entry (node, struct piece, link)->stale = true;
  }
}

void
pages_add (struct pages *pages, struct piece *piece)
{
  pages_ref (pages);
  list_insert_tail (piece_list (piece), &piece->link);
  pages_ref (pages);
  pages_next (pages);
  pages_drop (pages);
}

static void
piece_arrived (struct post *post)
{
  struct piece *piece = list_entry (post, struct piece, post);

  pages_add (piece->pages, piece);
}

void
pages_post (struct piece *piece)
{
  piece->post.run = piece_arrived;
  loop_post (piece->pages->proxy->grant.outbox.loop, &piece->post);
}

/* The reply port for the request of PIECE.  */
error_t
piece_ask (struct piece *piece, mach_port_t *ret_reply)
{
  struct grant *grant = &piece->pages->proxy->grant;

  return call_begin (&piece->call, &grant->outbox, &grant->generation,
                     grant->outbox.loop, piece_answered, ret_reply);
}

error_t
piece_asked (struct piece *piece, mach_msg_return_t err)
{
  return call_sent (&piece->call, err) ? EIO : EINPROGRESS;
}

/* ---- opening ---- */

error_t
pages_opened (struct pages *pages, mach_msg_header_t *message, int modes)
{
  mach_port_t port = MACH_PORT_NULL;
  error_t err = answer_lookup (message, &port);

  if (!err && !MACH_PORT_VALID (port))
    err = EACCES;
  if (err || !(modes & ~pages->modes))
    {
      send_drop (&port);
      return err;
    }
  send_drop (&pages->file);
  pages->file = port;
  pages->modes = modes;
  return 0;
}

/* ---- fetching, for exec ---- */

static error_t
fetching_start (struct piece *piece)
{
  struct pages *pages = piece->pages;
  mach_port_t reply;
  error_t err = piece_ask (piece, &reply);

  if (err)
    return err;
  piece->opens = !(pages->modes & O_READ);
  return piece_asked (
      piece, piece->opens
                 ? dir_lookup_request (piece->control, reply, "",
                                       O_READ | O_NOLINK | O_NOTRANS, 0)
                 : io_read_request (pages->file, reply, (loff_t)piece->offset,
                                    piece->size));
}

/* Keep the page at OFFSET, as far as DATA has it.  */
static error_t
kept_add (struct pages *pages, uint64_t offset, const struct answer_data *data,
          size_t at)
{
  char *page;
  error_t err
      = pages->kept.count < KEPT_MAX
            ? generation_charge (&pages->proxy->grant.generation, PAGE_SIZE)
            : ENOMEM;

  if (err)
    return err;
  page = calloc (1, PAGE_SIZE);
  if (page && at < data->size)
    err = answer_data_copy (data, at, page,
                            data->size - at < PAGE_SIZE ? data->size - at
                                                        : PAGE_SIZE);
  if (page && !err)
    err = table_insert (&pages->kept, offset / PAGE_SIZE, page);
  if (page && !err)
    return 0;
  free (page);
  generation_discharge (&pages->proxy->grant.generation, PAGE_SIZE);
  return err == EEXIST ? 0 : err ? err : ENOMEM;
}

static bool
fetching_end (struct piece *piece, error_t err, mach_msg_header_t *message)
{
  struct answer answer;
  struct answer_data data = { NULL, 0, false };

  if (!err && piece->opens)
    {
      if (!pages_opened (piece->pages, message, O_READ))
        return false;
      err = EACCES;
    }
  if (!err)
    err = answer_begin (&answer, message, IO_READ);
  if (!err)
    err = answer_data (&answer, &data);
  for (size_t at = 0; !err && at < piece->size; at += PAGE_SIZE)
    err = kept_add (piece->pages, piece->offset + at, &data, at);
  piece->fetched (piece->cookie, err);
  return true;
}

void
remote_fetch (struct node *node, off_t offset, size_t size,
              root_fetched_t *fetched, void *cookie)
{
  struct pages *pages = pages_of (node);
  struct piece *piece = pages ? piece_create (pages, 0) : NULL;
  uint64_t start = (uint64_t)offset & ~(uint64_t)PAGE_MASK;
  uint64_t end = ((uint64_t)offset + size + PAGE_MASK) & ~(uint64_t)PAGE_MASK;

  if (!piece || !MACH_PORT_VALID (node->remote->port)
      || pages->proxy->grant.revoked)
    {
      free (piece);
      fetched (cookie, piece ? EIO : ENOMEM);
      return;
    }
  piece->reads = true;
  piece->control = send_copy (node->remote->port);
  piece->start = fetching_start;
  piece->end = fetching_end;
  piece->offset = start;
  piece->size
      = end - start < PAGER_SUPPLY_MAX ? end - start : PAGER_SUPPLY_MAX;
  piece->fetched = fetched;
  piece->cookie = cookie;
  pages_add (pages, piece);
}

error_t
remote_read (struct node *node, off_t offset, void *to, size_t size,
             size_t *ret_read)
{
  const struct pages *pages = node->remote->pages;
  off_t end = node->remote->stat.st_size;
  size_t at = (size_t)offset & PAGE_MASK;
  const char *page;

  if (offset < 0 || offset >= end)
    {
      *ret_read = 0;
      return 0;
    }
  page
      = pages ? table_find (&pages->kept, (uint64_t)offset / PAGE_SIZE) : NULL;
  if (!page)
    return EINPROGRESS;
  if (size > PAGE_SIZE - at)
    size = PAGE_SIZE - at;
  if ((off_t)size > end - offset)
    size = (size_t)(end - offset);
  memcpy (to, page + at, size);
  *ret_read = size;
  return 0;
}
