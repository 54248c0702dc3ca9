/* pager.h -- memory objects, served by a thread that waits for nobody

   A pager is a port that tasks can map.  The kernel asks it for pages and
   gives back those that were changed.  One thread of its own answers for all
   pagers of a set.  It takes no lock that a thread can hold while it faults
   on one of them, so the loop may map its own pagers.

   Whoever holds the bare right can send whatever the kernel sends.  Therefore
   nothing is believed: pages go to the control port that the request names,
   without waiting, and what comes back is copied under guard.  All that this
   gives away is what the bare right gives anyway, to read and to write, so
   only those who may do both get it.  The others get a view, which is the
   kernel's: nothing can be sent through it.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_PORT_PAGER_H
#define HURDLE_PORT_PAGER_H

#include <mach.h>
#include <stdbool.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/port/right.h"

#define PAGER_SUPPLY_MAX (64 * 1024) /* bytes in one answer */

struct pager;
struct pager_set;

/* A part of the content: whole pages, in bytes.  */
struct pager_piece
{
  uint64_t offset;
  size_t size;
};

/* Called on the pager thread.  */
struct pager_ops
{
  /* Put PIECE, which the page at WANTED is in, to TO, and say in PIECE what it
     was: any whole pages with that one among them, at most PAGER_SUPPLY_MAX.
     An error reaches whoever touched the page.  */
  error_t (*supply) (void *cookie, uint64_t wanted, struct pager_piece *piece,
                     char *to);
  /* Instead of SUPPLY, for content that is not here yet: CONTROL (send right,
     given) wants the page at WANTED, and may have PIECE; whoever has them says
     so with pager_answer or pager_refuse.  */
  void (*request) (void *cookie, mach_port_t control, uint64_t wanted,
                   const struct pager_piece *piece);
  /* What pager_return asked for has come back before this.  May be NULL.  */
  void (*returned) (void *cookie);
  /* The changed page at OFFSET comes back.  */
  void (*give_back) (void *cookie, uint64_t offset, const void *page);
  /* The owner has released the pager and nobody else has it: the last
     call.  */
  void (*ended) (void *cookie);
};

/* Starts the thread.  With HOST_PRIV (borrowed; null: nobody's) it may use the
   memory that the kernel keeps back: it has to take pages in when there is no
   other.  NULL: no memory.  */
struct pager_set *pager_set_create (mach_port_t host_priv);

/* Callable on any thread, as are the following.  */
error_t pager_create (struct pager_set *set, const struct pager_ops *ops,
                      void *cookie, struct pager **ret_pager);

/* The bare right; a send right is given, or may be made of the name.  */
mach_port_t pager_port (const struct pager *pager);
error_t pager_right (struct pager *pager, mach_port_t *ret_object);
/* A right that cannot be mapped with more than PROT; given.  */
error_t pager_view (struct pager *pager, vm_prot_t prot,
                    mach_port_t *ret_object);

/* Answers to OPS->request; CONTROL is consumed.  Any thread; never waits.
   PAGES: SIZE bytes, whole pages, at most PAGER_SUPPLY_MAX.  */
void pager_answer (mach_port_t control, uint64_t offset, const void *pages,
                   size_t size);
void pager_refuse (mach_port_t control, uint64_t offset);

/* Take the pages of the first SIZE bytes of PAGER out of the kernel; the
   changed ones come back if RETURN_CHANGED, then OPS->returned is called.  The
   kernel looks at each page, and may wait for whoever has wired one, for ever:
   on a worker only.  ESRCH: nobody has it mapped.  */
error_t pager_flush (struct pager *pager, vm_size_t size, bool return_changed);
/* The name that vm_region gives to regions of PAGER (send right, given).  */
mach_port_t pager_name (struct pager *pager);

/* The owner needs it no more: the kernel forgets it with its last mapping,
   and then OPS->ended is called.  */
void pager_release (struct pager *pager);

#endif
