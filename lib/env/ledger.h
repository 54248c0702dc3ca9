/* ledger.h -- who belongs to an environment: every task, registered or not

   Membership and death are kept apart from role proc and are there whatever
   proc's source is.  The kernel (or the parent's ledger) tells of every new
   task before its creator learns its name; deaths come through the same queue
   (one port set has one queue), so that all children of a dead task are known
   before its death is.

   A nested environment is a branch of the ledger: what its maker's tasks bring
   forth belongs to it, is told to it, and dies with its maker.

   Everything here is called on the environment's loop.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_ENV_LEDGER_H
#define HURDLE_ENV_LEDGER_H

#include "lib/port/loop.h"

struct branch;
struct environment;
struct ledger;
struct process;

enum surplus
{
  SURPLUS_NOT,
  SURPLUS_NEW,
  SURPLUS_SEEN
};

/* A live task of the environment.  It ends with the task: nobody keeps one
   beyond the callback `died'.  */
struct member
{
  struct list link; /* in the ledger */
  struct ledger *ledger;
  mach_port_t task; /* send right, known to be a task of the kernel's */
  struct death_watch watch;
  struct branch *branch;   /* innermost nested environment, or NULL */
  struct branch *makes;    /* the nested environment it made, or NULL */
  struct process *process; /* role proc's, or NULL */
  bool made_by_us;         /* exec and the start of the environment: they tell
                              role proc themselves whose task it is */
  bool ending;             /* a worker is terminating it */
  enum surplus surplus;    /* one too many: ended after a moment */
};

/* How role proc hears about its processes.  Either may be NULL.  */
struct ledger_events
{
  void (*born) (void *cookie, struct member *member);
  /* MEMBER is freed after this.  */
  void (*died) (void *cookie, struct member *member);
};

/* Makes env->ledger; env->loop and env->workers must be there.  */
error_t ledger_create (struct environment *env);
void ledger_set_events (struct ledger *ledger,
                        const struct ledger_events *events, void *cookie);

/* Where new-task notifications are wanted: a send right (given) for the
   parent's proc_make_task_namespace.  */
mach_port_t ledger_feed_right (struct ledger *ledger);
/* On bare Mach: have the kernel feed us.  Before the first task_create.  */
error_t ledger_feed_from_kernel (struct ledger *ledger, mach_port_t host_priv);

/* The member that TASK (borrowed, any name whatsoever) is, or NULL.  */
struct member *ledger_find (struct ledger *ledger, mach_port_t task);
/* The same, and make one on first sight (without `born') if TASK is a task of
   the kernel's and not our own.  ESRCH: it is not.  */
error_t ledger_adopt (struct ledger *ledger, mach_port_t task,
                      struct member **ret_member);
/* Does TASK (borrowed) name a task?  Nothing is sent to it.  */
bool port_is_task (mach_port_t task);

size_t ledger_count (const struct ledger *ledger);
/* From now on tasks beyond MAX are ended a moment after they came, until then
   those beyond LEDGER_TASKS_MAX: the kernel itself never says no.  */
#define LEDGER_TASKS_MAX 8192
void ledger_set_limit (struct ledger *ledger, size_t max);
/* EACH may end members, not remove them.  */
void ledger_each (struct ledger *ledger,
                  void (*each) (struct member *member, void *cookie),
                  void *cookie);

/* The freezer whose LINK it is hears of each new member, until it takes LINK
   off.  */
void ledger_add_freezer (struct ledger *ledger, struct list *link);

/* Its maker is done with MEMBER: if it is one too many it ends now, so that
   they cannot pile up in the moment that each has.  */
void member_complete (struct member *member);
/* Terminate MEMBER by a worker; its death is told as any other.  */
void member_end (struct member *member);
/* The same for a task that is no member any more; TASK is consumed.  */
void ledger_end_task (struct ledger *ledger, mach_port_t task);

/* End everything: all tasks are suspended, then terminated, and whatever
   comes meanwhile is terminated on arrival.  DONE is called once, when nothing
   is left or after a deadline; LEFT tasks could not be ended by the kernel.
   There is no way back.  */
void ledger_end_all (struct ledger *ledger,
                     void (*done) (void *cookie, size_t left), void *cookie);

/* MAKER starts a nested environment, whose ledger is fed at NOTIFY (send
   right, consumed).  EBUSY: it has one already.  */
error_t ledger_branch (struct member *maker, mach_port_t notify);

#endif
