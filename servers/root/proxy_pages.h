/* proxy_pages.h -- the content of a file of the parent's, in pieces

   Two users: exec reads a few bytes on the loop, from pages that were fetched;
   tasks map the file, and the kernel asks for pages.  Both are read from one
   open file of the parent's.  Each read has a call of its own, so that one
   which the parent never answers holds up no other.  Changed pages go back one
   after the other, and what is read where one of them is waits for it.

   Everything but what the pager thread calls (proxy_pager.c) is on the loop.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_ROOT_PROXY_PAGES_H
#define HURDLE_ROOT_PROXY_PAGES_H

#include "lib/port/pager.h"
#include "servers/root/proxy.h"

struct pages
{
  struct list link;    /* in proxy->mapped, once there is a pager */
  struct proxy *proxy; /* borrowed */
  unsigned int refs;   /* the node's, the pager's, each piece's */
  bool cut;            /* nothing is to be had any more … */
  bool flushing;       /* … and the kernel is giving up what it has */
  off_t size;          /* of the file when last looked at */

  mach_port_t file; /* send right: the parent's open file; null: none yet */
  int modes;        /* O_READ | O_WRITE of it */

  struct table kept; /* number -> page, for exec */

  struct pager *pager; /* NULL until the first mapping */
  mach_port_t view;    /* send right: the read-only one, once made */
  vm_address_t anchor; /* a mapping of ours, never touched */
  off_t end;           /* nothing beyond it was ever shown */
  bool writable;       /* somebody may have changed pages */

  /* struct piece.link.  */
  struct list changes; /* one after the other: the first is under way */
  struct list waiting; /* reads that may not begin yet */
  struct list reading; /* those under way */
  unsigned int reading_count;
  struct list held; /* requests of clients that wait for changed pages */
};

/* Something to be done.  */
struct piece
{
  struct call call; /* to the parent */
  struct post post; /* from the pager thread */
  struct list link;
  struct pages *pages; /* reference */
  /* Ask the parent, or do it now: EINPROGRESS if an answer is to come.  */
  error_t (*start) (struct piece *piece);
  /* The answer (MESSAGE), or why there is none.  False: start again.  */
  bool (*end) (struct piece *piece, error_t err, mach_msg_header_t *message);
  uint64_t offset, wanted; /* the page that must come, of what may */
  size_t size;
  bool reads;              /* and has no place among the changes */
  bool under_way;          /* it is counted among those that read */
  bool stale;              /* the file is being changed: ask again */
  bool opens;              /* the file has to be opened before */
  bool looked;             /* the file's size is known */
  bool charged;            /* to the grant's generation */
  mach_port_t control;     /* send right: of the kernel, that wants a page,
                              or the parent's node */
  root_fetched_t *fetched; /* or who asked */
  void *cookie;
  mach_msg_header_t *message; /* owned: a client's request to be handed on */
  struct file *handle;        /* reference: where it came to */
  char page[];                /* what is to be written */
};

struct pages *pages_of (struct node *node); /* NULL: no memory */
struct pages *pages_ref (struct pages *pages);
void pages_drop (struct pages *pages);

/* A piece of PAGES with room for SIZE bytes of data; NULL: no memory.  */
struct piece *piece_create (struct pages *pages, size_t size);
/* It is somebody's who may have as many as he likes.  Any thread.  */
error_t piece_charge (struct piece *piece);
void piece_free (struct piece *piece);
/* On the loop.  */
void pages_add (struct pages *pages, struct piece *piece);
/* On any thread.  */
void pages_post (struct piece *piece);

/* Ask the parent for PIECE: the reply port for the stub, and what the stub
   said (EINPROGRESS, EIO).  */
error_t piece_ask (struct piece *piece, mach_port_t *ret_reply);
error_t piece_asked (struct piece *piece, mach_msg_return_t err);

/* The parent was asked to open the file for MODES (O_READ is in them), and
   answered MESSAGE.  */
error_t pages_opened (struct pages *pages, mach_msg_header_t *message,
                      int modes);

/* What is being read is no longer what the file holds: it is read again.  */
void pages_stale (struct pages *pages);

/* End all that is to be done for PAGES, which has been cut.  */
void pages_abandon (struct pages *pages);

/* proxy_pager.c: memory objects.  */
error_t pages_map (struct pages *pages, int modes, mach_port_t *ret_object);
extern const struct pager_ops pages_pager_ops;

/* proxy_cut.c: no more pages, and those that the kernel has are taken away;
   DONE is called once when they are.  LEFT tasks would not let go and were
   ended.  */
void pages_cut (struct pages *pages, grant_done_t *done, void *cookie);

#endif
