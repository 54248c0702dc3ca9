/* proc_errand.c -- requests that need a kernel call which may never return
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <mach/mig_errors.h>
#include <stdlib.h>

#include "lib/port/right.h"
#include "servers/proc/proc.h"

static void
errand_cancel (struct parked *parked, error_t why)
{
  struct errand *errand = list_entry (parked, struct errand, parked);

  /* The worker still has the record: it is freed when that comes back.  */
  errand->answered = true;
  parked_fail (parked, why);
}

static void
errand_done (struct job *job)
{
  struct errand *errand = list_entry (job, struct errand, job);

  if (!errand->answered && errand->err)
    parked_fail (&errand->parked, errand->err);
  else if (!errand->answered)
    errand->answer (errand);
  if (errand->finish)
    errand->finish (errand);
  send_drop (&errand->task);
  free (errand);
}

kern_return_t
errand_start (struct errand *errand, struct object *object, mach_port_t task,
              mach_port_t reply, mach_msg_type_name_t reply_type,
              void (*run) (struct job *job))
{
  struct environment *env = object_environment (object);

  errand->task = send_copy (task);
  errand->job.run = run;
  errand->job.done = errand_done;
  parked_start (&errand->parked, object, reply, reply_type, errand_cancel);
  workers_submit (env->workers, env->loop, &errand->job);
  return MIG_NO_REPLY;
}
