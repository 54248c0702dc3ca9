/* freezer.c -- one suspension for each task, taken back once

   A worker may need long to suspend a task, so a thaw can overtake it: the
   record of a task lives until its own suspension is taken back.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "lib/env/freezer.h"

#include <stdlib.h>

#include "lib/env/ledger.h"
#include "lib/port/right.h"
#include "lib/role/environment.h"

struct frozen
{
  struct job job;
  struct list link; /* in the freezer, until it is to go on */
  struct freezer *freezer;
  task_t task; /* send right */
  bool still;  /* the suspension is done */
  bool held;   /* it is in the freezer */
};

/* ---- going on ---- */

static void
resume_run (struct job *job)
{
  struct frozen *frozen = list_entry (job, struct frozen, job);

  (void)task_resume (frozen->task);
  send_drop (&frozen->task);
  free (frozen);
}

static void
frozen_resume (struct frozen *frozen)
{
  struct environment *env = frozen->freezer->env;

  frozen->job = (struct job){ .run = resume_run };
  workers_submit (env->workers, env->loop, &frozen->job);
}

/* ---- standing still ---- */

static void
suspend_run (struct job *job)
{
  (void)task_suspend (list_entry (job, struct frozen, job)->task);
}

static void
suspend_done (struct job *job)
{
  struct frozen *frozen = list_entry (job, struct frozen, job);
  struct freezer *freezer = frozen->freezer;

  freezer->freezing--;
  frozen->still = true;
  if (!frozen->held)
    frozen_resume (frozen);
  if (freezer->cold && !freezer->freezing && freezer->still)
    freezer->still (freezer);
}

static bool
freezer_has (const struct freezer *freezer, mach_port_t task)
{
  list_for_each (node, following, &freezer->frozen)
  {
    if (list_entry (node, struct frozen, link)->task == task)
      return true;
  }
  return false;
}

void
freezer_take (struct freezer *freezer, struct member *member)
{
  struct environment *env = freezer->env;
  struct frozen *frozen;

  if (freezer_has (freezer, member->task))
    return;
  frozen = calloc (1, sizeof *frozen);
  if (!frozen)
    return;
  frozen->freezer = freezer;
  frozen->task = send_copy (member->task);
  frozen->held = true;
  frozen->job = (struct job){ .run = suspend_run, .done = suspend_done };
  list_insert_tail (&freezer->frozen, &frozen->link);
  freezer->freezing++;
  workers_submit (env->workers, env->loop, &frozen->job);
}

static void
member_freeze (struct member *member, void *cookie)
{
  freezer_take (cookie, member);
}

void
freezer_init (struct freezer *freezer, struct environment *env)
{
  *freezer = (struct freezer){ .env = env };
  list_init (&freezer->frozen);
  list_init (&freezer->link);
}

void
freezer_freeze (struct freezer *freezer)
{
  if (freezer->cold)
    return;
  freezer->cold = true;
  ledger_add_freezer (freezer->env->ledger, &freezer->link);
  ledger_each (freezer->env->ledger, member_freeze, freezer);
  if (!freezer->freezing && freezer->still)
    freezer->still (freezer);
}

void
freezer_thaw (struct freezer *freezer)
{
  struct list *node;

  freezer->cold = false;
  list_remove (&freezer->link);
  while ((node = list_pop (&freezer->frozen)))
    {
      struct frozen *frozen = list_entry (node, struct frozen, link);

      frozen->held = false;
      if (frozen->still)
        frozen_resume (frozen);
    }
}
