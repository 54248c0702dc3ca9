/* ledger_private.h -- what ledger.c, ledger_branch.c and ledger_end.c share
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_ENV_LEDGER_PRIVATE_H
#define HURDLE_ENV_LEDGER_PRIVATE_H

#include "lib/base/table.h"
#include "lib/env/ledger.h"

/* Where the notifications come in.  Only the kernel, or the parent, has a
   right to it, so what it says is believed.  */
struct feed
{
  struct object object; /* first */
  struct ledger *ledger;
};

struct ledger
{
  struct environment *env; /* borrowed */
  struct loop *loop;       /* borrowed */
  struct generation generation;
  struct feed feed;
  struct table tasks; /* name of the task -> struct member */
  struct list members;
  size_t members_max;
  struct timer surplus_timer;
  struct list branches;
  struct list freezers; /* struct freezer.link: those that are cold */
  struct ledger_events events;
  void *cookie;
  struct ending *ending; /* NULL: alive */
};

/* A nested environment, as far as we keep its books.  */
struct branch
{
  struct list link; /* in ledger->branches */
  struct ledger *ledger;
  struct branch *outer;  /* the branch that it lies in, or NULL */
  struct member *maker;  /* NULL: dead, and so is everything in it */
  mach_port_t notify;    /* send right */
  size_t members, inner; /* the branch lives while either is there */
  struct list backlog;   /* struct notice.link: NOTIFY was full */
  size_t backlog_count;
  struct timer retry;
  uint64_t wait_ns; /* until the next try */
};

void branch_join (struct member *member, struct branch *branch);
void branch_leave (struct member *member);
/* Its maker is dead: end all that is in it.  */
void branch_end (struct branch *branch);
bool branch_is_ending (const struct branch *branch);
/* Tell all branches that MEMBER is in of it and of PARENT (borrowed).  */
void branch_relay (struct member *member, mach_port_t parent);

/* A member is gone: maybe it was the last.  */
void ledger_ending_continue (struct ledger *ledger);

#endif
