/* proc_own.c -- role proc, source own: the environment's own processes

   Called by: the environment's start; serves programs and the other roles.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <stdlib.h>

#include "servers/proc/proc.h"

static const struct ledger_events proc_events = {
  .born = proc_member_born,
  .died = proc_member_died,
};

static void
proc_init (struct proc *proc, struct environment *env)
{
  proc->env = env;
  generation_init (&proc->generation, "proc", env);
  proc->next_pid = PID_INIT + 1;
  proc->owed_retry.run = proc_owed_retry;
  list_init (&proc->all);
  list_init (&proc->owing);
  list_init (&proc->view);
  list_init (&proc->versions);
}

error_t
proc_start (struct environment *env)
{
  struct proc *proc = calloc (1, sizeof *proc);
  error_t err = 0;

  if (!proc)
    return ENOMEM;
  proc_init (proc, env);
  proc->nobody = identity_create (NULL);
  if (!proc->nobody)
    err = ENOMEM;
  if (!err && !env->ledger)
    err = ledger_create (env);
  if (err)
    {
      identity_drop (proc->nobody);
      free (proc);
      return err;
    }
  env->proc = &proc_own_service;
  env->proc_state = proc;
  ledger_set_events (env->ledger, &proc_events, proc);
  return 0;
}

error_t
proc_own_create (struct environment *env)
{
  return proc_start (env);
}
