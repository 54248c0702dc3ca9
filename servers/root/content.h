/* content.h -- the bytes of a file: sparse, in pages, mappable

   A page of a file is nothing (zeros), a piece of the archive, or a page of
   our own; only the last kind is charged.  Pages of our own lie in chunks of
   64 KiB, so that a reader gets a copy-on-write view instead of a copy.

   Once a file is mapped, the kernel keeps pages of it too.  As long as nobody
   can have changed those (read-only mappings, no write since) our pages are
   the truth.  From the first chance of a change on, the kernel's are, and we
   read and write through a window: a mapping of the same memory object.

   The loop calls everything; the pager thread only what says so.  LOCK guards
   what both use.  It is never held while a window is touched, because then
   the pager thread has to answer.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_ROOT_CONTENT_H
#define HURDLE_ROOT_CONTENT_H

#include <sys/types.h>

#include "lib/io/handle.h"
#include "lib/port/object.h"
#include "lib/port/pager.h"

struct content;

/* Empty.  PAYER (borrowed) is charged for its pages.  NULL: no memory.  */
struct content *content_create (struct generation *payer,
                                struct pager_set *pagers);
/* The first bytes are those at ARCHIVE, which stays for ever.  */
void content_set_archive (struct content *content, const char *archive,
                          size_t size);
/* The file is gone.  Mappings may keep the content for a while.  */
void content_destroy (struct content *content);

off_t content_size (const struct content *content);
/* What it takes, in pages, wherever they are.  */
size_t content_pages (const struct content *content);

/* Read up to SIZE bytes at OFFSET: fewer at the end.  */
size_t content_read (struct content *content, off_t offset, void *to,
                     size_t size);
/* The same as data of a reply: whole pages are lent where that is cheaper.  */
error_t content_read_out (struct content *content, off_t offset, size_t size,
                          struct out_data *out);
/* Write SIZE bytes, from memory of our own, or if LOOP is not null, those of
   the request that it serves.  *RET_WRITTEN of them could be written; the
   error is returned when none could.  */
error_t content_write (struct content *content, off_t offset,
                       struct loop *loop, const void *from, size_t size,
                       size_t *ret_written);
error_t content_set_size (struct content *content, off_t size);

/* A memory object for PROT (a send right is given): bare if it allows
   writing, else a read-only proxy.  */
error_t content_map (struct content *content, vm_prot_t prot,
                     mach_port_t *ret_object);
/* The same for an answer; never MOVE_SEND.  */
error_t content_map_out (struct content *content, vm_prot_t prot,
                         struct out_right *ret_object);

#endif
