/* ledger_end.c -- ending tasks without waiting for the kernel

   task_suspend and task_terminate wait for threads that may be in a fault that
   is never served, so workers make these calls and may be lost in them.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <hurd/hurd_types.h>
#include <mach.h>
#include <stdlib.h>

#include "lib/role/environment.h"
#include "lib/env/ledger_private.h"
#include "lib/port/right.h"

#define SUSPEND_NS UINT64_C (1000000000)
#define LOOK_NS UINT64_C (1000000000)
#define TERMINATE_NS                                                          \
  UINT64_C (25000000000) /* more than until workers that                      \
                            are stuck count as lost */

struct ending
{
  struct ledger *ledger;
  struct timer timer;
  uint64_t deadline_ns;
  size_t suspending; /* jobs on their way */
  bool terminating;
  void (*done) (void *cookie, size_t left); /* NULL: called */
  void *cookie;
};

struct end_job
{
  struct job job;
  mach_port_t task;      /* send right */
  struct ending *ending; /* of a suspension, else NULL */
};

static void
end_job_free (struct end_job *end)
{
  send_drop (&end->task);
  free (end);
}

static void
terminate_run (struct job *job)
{
  struct end_job *end = list_entry (job, struct end_job, job);

  (void)task_terminate (end->task);
  end_job_free (end);
}

/* TASK is consumed.  */
static struct end_job *
end_job_create (mach_port_t task)
{
  struct end_job *end = calloc (1, sizeof *end);

  if (end)
    end->task = task;
  else
    send_drop (&task);
  return end;
}

void
ledger_end_task (struct ledger *ledger, mach_port_t task)
{
  struct end_job *end = end_job_create (task);

  if (!end)
    return;
  end->job.run = terminate_run;
  workers_submit (ledger->env->workers, ledger->loop, &end->job);
}

void
member_end (struct member *member)
{
  if (member->ending)
    return;
  member->ending = true;
  ledger_end_task (member->ledger, send_copy (member->task));
}

/* ---- all of them ---- */

static void
ending_report (struct ending *ending)
{
  void (*done) (void *, size_t) = ending->done;

  timer_stop (&ending->timer);
  ending->done = NULL;
  if (done)
    done (ending->cookie, ledger_count (ending->ledger));
}

void
ledger_ending_continue (struct ledger *ledger)
{
  if (ledger->ending && ledger->ending->terminating && !ledger_count (ledger))
    ending_report (ledger->ending);
}

/* If all workers are stuck in tasks that cannot be ended, the others' turn
   comes when the pool counts them as lost, which it does when it gets more to
   do: so give it something.  */
static void
ending_look (struct timer *timer)
{
  struct ending *ending = list_entry (timer, struct ending, timer);
  uint64_t now = clock_now_ns ();

  if (now >= ending->deadline_ns)
    {
      ending_report (ending);
      return;
    }
  ledger_end_task (ending->ledger, MACH_PORT_NULL);
  timer_start (ending->ledger->loop, &ending->timer, now + LOOK_NS);
}

static void
member_end_again (struct member *member, void *cookie)
{
  (void)cookie;
  member_end (member);
}

static void
ending_terminate (struct ending *ending)
{
  struct ledger *ledger = ending->ledger;
  uint64_t now = clock_now_ns ();

  if (ending->terminating)
    return;
  ending->terminating = true;
  timer_stop (&ending->timer);
  ending->timer.run = ending_look;
  ending->deadline_ns = now + TERMINATE_NS;
  timer_start (ledger->loop, &ending->timer, now + LOOK_NS);
  ledger_each (ledger, member_end_again, NULL);
  ledger_ending_continue (ledger);
}

static void
ending_suspended_late (struct timer *timer)
{
  ending_terminate (list_entry (timer, struct ending, timer));
}

static void
suspend_run (struct job *job)
{
  struct end_job *end = list_entry (job, struct end_job, job);

  (void)task_suspend (end->task);
}

static void
suspend_done (struct job *job)
{
  struct end_job *end = list_entry (job, struct end_job, job);
  struct ending *ending = end->ending;

  end_job_free (end);
  if (!--ending->suspending)
    ending_terminate (ending);
}

static void
member_suspend (struct member *member, void *cookie)
{
  struct ending *ending = cookie;
  struct end_job *end;

  if (member->ending || !(end = end_job_create (send_copy (member->task))))
    return;
  end->ending = ending;
  end->job.run = suspend_run;
  end->job.done = suspend_done;
  ending->suspending++;
  workers_submit (ending->ledger->env->workers, ending->ledger->loop,
                  &end->job);
}

void
ledger_end_all (struct ledger *ledger,
                void (*done) (void *cookie, size_t left), void *cookie)
{
  /* Kept for ever: it is what makes newcomers end on arrival.  */
  struct ending *ending = ledger->ending;

  if (ending)
    return;
  ending = calloc (1, sizeof *ending);
  if (!ending)
    {
      done (cookie, ledger_count (ledger));
      return;
    }
  ledger->ending = ending;
  ending->ledger = ledger;
  ending->done = done;
  ending->cookie = cookie;
  ending->timer.run = ending_suspended_late;
  timer_start (ledger->loop, &ending->timer, clock_now_ns () + SUSPEND_NS);
  ledger_each (ledger, member_suspend, ending);
  if (!ending->suspending)
    ending_terminate (ending);
}
