/* overlay.h -- a layer of our own over a directory of the parent

   The layer is a volume in memory like any other.  What its nodes do not have
   yet is fetched from the parent when somebody comes to it: the names of a
   directory, what a name is, the bytes of a file that is written to.  Names
   once fetched are the layer's: taking one away is taking it out.  Below lies
   a caretaker without a place (proxy.h), which is the grant.

   An operation that needs what is not there says EINPROGRESS before it has
   changed anything; its request is held then, and served again from the start
   once the parent has answered.  So nobody waits but who asked.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_ROOT_OVERLAY_H
#define HURDLE_ROOT_OVERLAY_H

#include "servers/root/proxy.h"

/* Of a node that the layer does not have all of.  */
struct lower
{
  struct node *remote; /* reference: the parent's file; NULL: not looked at */
  struct fetch *fetch; /* borrowed: under way */
  bool stub;           /* a name that the parent told, and nothing more */
  bool listed;         /* a directory: its names are the layer's */
};

/* ---- overlay.c ---- */

/* Cover the directory PATH, made if need be, with a layer over the parent's
   directory PORT (send right, consumed on success).  At "/" the root volume
   becomes the layer.  The rest as for root_mount_parent.  */
error_t root_mount_overlay (struct environment *env, const char *path,
                            const char *from, mach_port_t port,
                            const io_statbuf_t *stat,
                            const struct proxy_options *options,
                            const struct mount_options *mount);
void lower_destroy (struct node *node); /* its member */
/* NODE has a name in the layer, and the rest is to be asked for.  ENOSPC.  */
error_t lower_create (struct node *node, bool stub);
/* What the parent says of REMOTE becomes NODE's.  */
void lower_describe (struct node *node, const struct node *remote);
/* The parent's file whose bytes are NODE's, or NULL; borrowed.  */
struct node *overlay_content (const struct node *node);

/* ---- overlay_fetch.c, overlay_list.c, overlay_copy.c ----

   0: it is there.  EINPROGRESS: the parent is asked.  Else why it will not
   be.  */

/* What *NODE, which is NAME in DIR, is.  It may be another node then.  */
error_t overlay_know (struct node *dir, const char *name, struct node **node);
/* All names of DIR.  */
error_t overlay_list (struct node *dir);
/* What NODE's bytes are now.  */
error_t overlay_look (struct node *node);
/* The parent's file open for reading behind OPENED.  */
error_t overlay_open (struct opened *opened);
/* The same for mapping NODE.  */
error_t overlay_open_pages (struct node *node);
/* All of NODE's bytes, in the layer.  */
error_t overlay_copy (struct node *node);

/* End all that is being fetched, with WHY.  */
void overlay_cancel (struct proxy *proxy, error_t why);

/* ---- overlay_hold.c ---- */

/* Somebody to be told when what was wanted last is there.  */
struct waiter
{
  struct list link; /* in fetch->waiters */
  void (*end) (struct waiter *waiter, error_t err, struct node *looked);
};
/* After EINPROGRESS.  */
void overlay_wait (struct environment *env, struct waiter *waiter);
/* The end of an operation of HANDLE that came to ERR: for EINPROGRESS the
   request being served is held.  */
error_t overlay_settle (struct handle *handle, error_t err);

/* Read AMOUNT bytes at OFFSET (-1: the handle's own) of what the parent has:
   the request being served is handed on.  */
error_t overlay_read (struct handle *handle, loff_t offset, size_t amount,
                      struct out_data *out);

/* ---- one question, or several, to the parent ---- */

struct fetch
{
  struct call call; /* first */
  struct list link; /* in proxy->fetching */
  struct list waiters;
  struct proxy *proxy; /* borrowed */
  struct node *node;   /* reference: whose lower->fetch it is */
  mach_port_t port;    /* send right: what was opened */
  /* For those who need it.  */
  struct node *dir;        /* reference */
  struct node *remote;     /* reference */
  struct opened *opened;   /* reference */
  struct content *content; /* owned */
  off_t done;
  char name[NODE_NAME_MAX + 1];
};

/* A fetch for NODE, not yet asked for; what is under way already is waited
   for instead (EINPROGRESS).  EIO: it has been taken back.  */
error_t fetch_begin (struct node *node, struct proxy *proxy,
                     struct fetch **ret_fetch);
/* Its first question said ERR: what the operation says.  */
error_t fetch_begun (struct fetch *fetch, error_t err);
/* A later one did.  */
void fetch_continue (struct fetch *fetch, error_t err);
/* Over, with ERR.  */
void fetch_end (struct fetch *fetch, error_t err);

/* The reply port for a question, and what the stub said; EINPROGRESS.  */
error_t fetch_ask (struct fetch *fetch, call_done_t *done,
                   mach_port_t *ret_reply);
error_t fetch_asked (struct fetch *fetch, mach_msg_return_t err);
/* Ask for NAME below PORT, the bare node.  */
error_t fetch_lookup (struct fetch *fetch, mach_port_t port, const char *name,
                      int flags, call_done_t *done);

#endif
