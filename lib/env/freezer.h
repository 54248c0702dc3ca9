/* freezer.h -- hold all tasks of an environment still, and let them go on

   All that the ledger knows, at every depth, so that nobody inside has to be
   asked: whatever catches or ignores signals stands still too.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_ENV_FREEZER_H
#define HURDLE_ENV_FREEZER_H

#include "lib/port/loop.h"

struct environment;

struct freezer
{
  struct environment *env; /* borrowed */
  struct list frozen;      /* struct frozen.link */
  size_t freezing;         /* tasks that are not still yet */
  bool cold;
  struct list link; /* in the ledger while it is cold */
  /* All stand still, if it is cold; may come more than once.  NULL: nobody
     wants to know.  */
  void (*still) (struct freezer *freezer);
};

void freezer_init (struct freezer *freezer, struct environment *env);
/* Workers suspend each task, and those that come before it thaws.  On the
   loop, as is the next; neither waits.  */
void freezer_freeze (struct freezer *freezer);
void freezer_thaw (struct freezer *freezer);

/* For the ledger: MEMBER is new.  */
struct member;
void freezer_take (struct freezer *freezer, struct member *member);

#endif
