/* proc_service.c -- processes for the other roles of the environment
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <signal.h>
#include <sys/wait.h>

#include "lib/port/right.h"
#include "servers/proc/proc.h"

static struct process *
own_of_task (struct environment *env, mach_port_t task)
{
  return process_of_task (env->proc_state, task);
}

static struct process *
own_of_pid (struct environment *env, pid_t pid)
{
  return process_of_pid (env->proc_state, pid);
}

static struct process *
own_of_object (struct environment *env, mach_port_t name)
{
  struct object *object = object_lookup (env->loop, name, &proc_port_class);

  return object && object->generation->environment == env
             ? process_of_object (object)
             : NULL;
}

static struct object *
own_object (struct process *process)
{
  return process->port ? &process->port->object : NULL;
}

static pid_t
own_pid (struct process *process)
{
  return process->pid;
}

static mach_port_t
own_task (struct process *process)
{
  return process_task (process);
}

static const struct ids *
own_ids (struct process *process)
{
  return &process->identity->ids;
}

/* A library notes what it is told to have pending, and does not look at it
   until the next signal comes: so each comes once more.  */
static void
own_signal_pending (struct process *process, uint32_t pending)
{
  for (int signo = 1; signo < NSIG; signo++)
    if (pending >> (signo - 1) & 1)
      process_signal (process, signo, 0, process_task (process));
}

static void
own_executed (struct process *process, const struct program_facts *facts)
{
  struct shared_text *exe = NULL;

  if (process->dead)
    return;
  if (process->marked_exit && process->member)
    /* The old program had said goodbye while exec was at work; its status
       stands.  */
    member_end (process->member);
  process_forget_program (process);
  own_signal_pending (process, facts->pending);
  process->executed = true;
  process->start_code = facts->start_code;
  process->end_code = facts->end_code;
  process->entry = facts->entry;
  if (facts->path && facts->path[0])
    exe = shared_text_create (facts->path, sizeof (string_t) - 1);
  shared_text_drop (process->exe);
  process->exe = exe;
}

static error_t
own_reassign (struct process *process, mach_port_t new_task,
              const struct ids *ids)
{
  struct identity *identity = ids ? identity_create (ids) : NULL;
  error_t err = ids && !identity ? ENOMEM : 0;

  if (!err)
    err = process_reassign (process, new_task, identity);
  if (err)
    send_drop (&new_task);
  identity_drop (identity);
  return err;
}

/* The first of all is root's; what it may do outside is not our business.  */
static error_t
process_become_first (struct process *process)
{
  struct ids ids = IDS_INIT;
  struct identity *identity = NULL;
  error_t err = ids_set_root (&ids);

  if (!err && !(identity = identity_create (&ids)))
    err = ENOMEM;
  ids_finish (&ids);
  if (err)
    return err;
  identity_drop (process->identity);
  process->identity = identity;
  process->claimed = true;
  process->login_leader = true;
  process->login = shared_text_create ("root", 4);
  if (process->pid == PID_INIT)
    process->proc->init = process;
  return 0;
}

static error_t
own_adopt_member (struct proc *proc, struct member *member,
                  struct process *parent, struct process **ret_process)
{
  bool first = !parent && !process_of_pid (proc, PID_INIT);
  struct process *process = member->process;
  error_t err = 0;

  if (!process)
    err = process_create (proc, member, first ? PID_INIT : 0, &process);
  if (!err)
    err = parent ? process_claim (parent, process)
                 : process_become_first (process);
  if (!err)
    *ret_process = process;
  return err;
}

static error_t
own_adopt (struct environment *env, mach_port_t task, struct process *parent,
           struct process **ret_process)
{
  struct proc *proc = env->proc_state;
  struct member *member;
  error_t err = ledger_adopt (env->ledger, task, &member);

  if (!err)
    err = own_adopt_member (proc, member, parent, ret_process);
  send_drop (&task);
  return err;
}

/* ---- job control ---- */

/* What a signal does to a program without a library to take it.  */
static bool
signal_ends (int signo)
{
  switch (signo)
    {
    case SIGINT:
    case SIGQUIT:
    case SIGHUP:
    case SIGTERM:
    case SIGKILL:
      return true;
    default:
      return false;
    }
}

static void
own_signal_process (struct process *process, int signo, mach_port_t refport)
{
  process_check_msgport (process);
  if (process->dead || process->important)
    return;
  if (signo != SIGKILL && (process->msgport || process->msgport_awaited))
    process_signal (process, signo, 0, refport);
  else if (signal_ends (signo))
    {
      if (!process->marked_exit)
        {
          process->marked_exit = true;
          process->status = W_EXITCODE (0, signo);
          process_sample_rusage (process);
        }
      member_end (process->member);
    }
}

static error_t
own_signal_group (struct environment *env, pid_t pgrp, int signo,
                  mach_port_t refport)
{
  struct group *group = group_of_id (env->proc_state, pgrp);

  if (!group)
    return ESRCH;
  list_for_each (node, following, &group->members) own_signal_process (
      list_entry (node, struct process, group_link), signo, refport);
  return 0;
}

static error_t
own_signal (struct environment *env, pid_t pid, int signo, mach_port_t refport)
{
  struct process *process = process_of_pid (env->proc_state, pid);

  if (!process)
    return ESRCH;
  own_signal_process (process, signo, refport);
  return 0;
}

static error_t
own_group_of (struct environment *env, pid_t pid, pid_t *ret_pgrp,
              pid_t *ret_session)
{
  struct process *process = process_of_pid (env->proc_state, pid);

  if (!process)
    return ESRCH;
  *ret_pgrp = process->group->id;
  *ret_session = process->group->session->id;
  return 0;
}

static bool
own_group_in_session (struct environment *env, pid_t pgrp, pid_t session)
{
  struct group *group = group_of_id (env->proc_state, pgrp);

  return group && group->session->id == session;
}

static bool
own_group_is_orphaned (struct environment *env, pid_t pgrp)
{
  struct group *group = group_of_id (env->proc_state, pgrp);

  return !group || group_is_orphaned (group);
}

const struct proc_service proc_own_service = {
  .of_task = own_of_task,
  .of_pid = own_of_pid,
  .of_object = own_of_object,
  .object = own_object,
  .pid = own_pid,
  .task = own_task,
  .ids = own_ids,
  .hold = process_hold,
  .release = process_release,
  .executed = own_executed,
  .reassign = own_reassign,
  .adopt = own_adopt,
  .on_exit = process_on_exit,
  .signal_group = own_signal_group,
  .signal = own_signal,
  .group_of = own_group_of,
  .group_in_session = own_group_in_session,
  .group_is_orphaned = own_group_is_orphaned,
};
