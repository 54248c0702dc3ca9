/* proc_fake.c -- role proc, source fake: a world of one process

   The first program is pid 1 and the only one that runs.  It has groups,
   sessions, signals and everything else that one process can have, from the
   own proc.  The C library's fork takes no refusal (it would hang in the
   middle of it), so a child is made and is dead before fork returns: it runs
   not one instruction, its parent is told that it was killed, and goes on.
   What a program makes without fork the ledger ends as a task too many.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <stdlib.h>

#include "lib/port/right.h"
#include "process_reply_U.h"
#include "servers/proc/proc.h"

/* By a worker.  One that is dead already is as good.  */
static void
child_end (struct job *job)
{
  struct errand *errand = list_entry (job, struct errand, job);

  (void)task_terminate (errand->task);
}

static void
child_answer (struct errand *errand)
{
  mach_msg_type_name_t type = errand->parked.reply_type;

  (void)proc_child_reply (parked_take_reply (&errand->parked), type, 0);
}

kern_return_t
process_end_child (struct process *child, struct object *object,
                   mach_port_t reply, mach_msg_type_name_t reply_type)
{
  struct errand *errand = calloc (1, sizeof *errand);

  (void)environment_refuse (child->proc->env, "proc", 0);
  if (!errand || !child->member)
    {
      /* The ledger does it, a moment later.  */
      free (errand);
      if (child->member)
        member_end (child->member);
      return 0;
    }
  errand->answer = child_answer;
  return errand_start (errand, object, process_task (child), reply, reply_type,
                       child_end);
}

error_t
proc_fake_create (struct environment *env)
{
  struct proc *proc;
  error_t err = proc_start (env);

  if (err)
    return err;
  proc = env->proc_state;
  proc->alone = true;
  ledger_set_limit (env->ledger, 1);
  return 0;
}
