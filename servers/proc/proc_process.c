/* proc_process.c -- processes come, find parents, and go
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "lib/port/right.h"
#include "servers/proc/proc.h"

#define PID_WRAP 30000
#define PID_AGAIN 100 /* low pids are for what starts with the environment */

struct exit_watch
{
  struct list link;
  void (*done) (void *cookie, int status);
  void *cookie;
};

/* ---- finding ---- */

struct process *
process_of_pid (struct proc *proc, pid_t pid)
{
  return pid > 0 ? table_find (&proc->pids, (uint64_t)pid) : NULL;
}

mach_port_t
process_task (const struct process *process)
{
  return process->member ? process->member->task : MACH_PORT_NULL;
}

struct process *
process_of_task (struct proc *proc, mach_port_t task)
{
  struct process *process;
  struct member *member;

  if (ledger_adopt (proc->env->ledger, task, &member))
    return NULL;
  if (member->process)
    return member->process;
  return process_create (proc, member, 0, &process) ? NULL : process;
}

static bool
pid_is_free (const struct proc *proc, pid_t pid)
{
  return !table_find (&proc->pids, (uint64_t)pid) && !group_of_id (proc, pid)
         && !session_of_id (proc, pid);
}

/* 0: there is none left.  */
static pid_t
pid_next (struct proc *proc)
{
  for (pid_t tries = 0; tries < PID_WRAP; tries++)
    {
      pid_t pid = proc->next_pid++;

      if (proc->next_pid >= PID_WRAP)
        proc->next_pid = PID_AGAIN;
      if (pid_is_free (proc, pid))
        return pid;
    }
  return 0;
}

/* ---- making ---- */

static void
process_init_lists (struct process *process)
{
  struct list *lists[] = {
    &process->link,         &process->children,      &process->sibling,
    &process->owed,         &process->msgport_waits, &process->group_link,
    &process->owing,        &process->exceptions,    &process->waits,
    &process->exit_watches, &process->holds,
  };

  for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
    list_init (lists[i]);
}

/* The first home of a process that nobody has claimed yet.  */
static error_t
process_find_home (struct process *process)
{
  struct process *init = process->proc->init;

  if (!init || !init->group)
    return process_new_session (process);
  process_join_group (process, init->group);
  return 0;
}

static error_t
process_enter (struct process *process)
{
  struct proc *proc = process->proc;
  error_t err;

  err = proc_port_create (proc, &process->port);
  if (err)
    return err;
  process->port->process = process;
  err = table_insert (&proc->pids, (uint64_t)process->pid, process);
  if (!err && (err = process_find_home (process)))
    table_remove (&proc->pids, (uint64_t)process->pid);
  if (err)
    proc_port_cut (process->port);
  return err;
}

error_t
process_create (struct proc *proc, struct member *member, pid_t pid,
                struct process **ret_process)
{
  struct process *process = calloc (1, sizeof *process);
  error_t err;

  if (!process)
    return ENOMEM;
  process_init_lists (process);
  process->proc = proc;
  process->refs = 1;
  process->pid = pid ? pid : pid_next (proc);
  process->identity = identity_ref (proc->nobody);
  err = process->pid ? process_enter (process) : EAGAIN;
  if (err)
    {
      identity_drop (process->identity);
      free (process);
      return err;
    }
  process->member = member;
  member->process = process;
  list_insert_tail (&proc->all, &process->link);
  *ret_process = process;
  return 0;
}

struct process *
process_ref (struct process *process)
{
  process->refs++;
  return process;
}

void
process_drop (struct process *process)
{
  if (!process || --process->refs)
    return;
  identity_drop (process->identity);
  shared_text_drop (process->login);
  shared_text_drop (process->exe);
  free (process);
}

/* ---- families ---- */

void
process_set_parent (struct process *process, struct process *parent)
{
  list_remove (&process->sibling);
  process->parent = parent;
  if (parent)
    list_insert_tail (&parent->children, &process->sibling);
  process_update_anchor (process);
}

static void
process_inherit (struct process *parent, struct process *child)
{
  identity_drop (child->identity);
  child->identity = identity_ref (parent->identity);
  shared_text_drop (child->login);
  child->login = shared_text_ref (parent->login);
  if (!child->exe)
    child->exe = shared_text_ref (parent->exe);
  if (!child->start_code && !child->end_code)
    {
      child->start_code = parent->start_code;
      child->end_code = parent->end_code;
    }
}

/* Two unclaimed processes that hold each other's task could claim one another,
   and every walk up the family would go round for ever.  */
static bool
process_descends_from (const struct process *process,
                       const struct process *ancestor)
{
  for (; process; process = process->parent)
    if (process == ancestor)
      return true;
  return false;
}

error_t
process_claim (struct process *parent, struct process *child)
{
  if (child->dead)
    return ESRCH;
  if (child->claimed || process_descends_from (parent, child))
    return EBUSY;
  child->claimed = true;
  process_inherit (parent, child);
  process_set_parent (child, parent);
  process_join_group (child, parent->group);
  /* A forked library has its group from its parent, and never asks for it.  */
  child->asked_ids = true;
  return 0;
}

/* Who takes the children of the dead.  In a nested environment that is its
   maker, who only wants to know that they are gone.  */
static struct process *
process_heir (struct process *dead)
{
  struct process *init = dead->proc->init;

  return init == dead ? NULL : init;
}

static void
process_orphan_children (struct process *dead)
{
  struct process *heir = process_heir (dead);
  bool zombies = false;

  list_for_each (node, following, &dead->children)
  {
    struct process *child = list_entry (node, struct process, sibling);

    process_set_parent (child, heir);
    if (!child->dead)
      process_send_ids (child);
    else if (heir)
      zombies = true;
    else
      process_reap (child);
  }
  if (!zombies)
    return;
  process_signal (heir, SIGCHLD, CLD_EXITED, process_task (heir));
  process_wake_waits (heir);
}

/* ---- going ---- */

static void
process_tell_exit_watches (struct process *process)
{
  struct list *node;

  while ((node = list_pop (&process->exit_watches)))
    {
      struct exit_watch *watch = list_entry (node, struct exit_watch, link);

      watch->done (watch->cookie, process->status);
      free (watch);
    }
}

void
process_on_exit (struct process *process,
                 void (*done) (void *cookie, int status), void *cookie)
{
  struct exit_watch *watch = malloc (sizeof *watch);

  if (process->dead || !watch)
    {
      free (watch);
      done (cookie, process->status);
      return;
    }
  watch->done = done;
  watch->cookie = cookie;
  list_insert_tail (&process->exit_watches, &watch->link);
}

void
process_reap (struct process *process)
{
  struct proc *proc = process->proc;

  process_set_parent (process, NULL);
  process_leave_group (process);
  table_remove (&proc->pids, (uint64_t)process->pid);
  list_remove (&process->link);
  process_drop (process);
}

/* All that only a live process has.  */
static void
process_strip (struct process *process)
{
  struct proc_port *port = process->port;

  process->port = NULL;
  process->stopped = false;
  send_drop (&process->msgport);
  process->msgport_awaited = false;
  process_owed_clear (process);
  process_drop_exceptions (process);
  process_answer_msgport_waits (process);
  if (port)
    proc_port_forget (port);
}

/* Nobody waits for what its parent does not know of: raw tasks, and what
   lives in a nested environment, whose own proc has the zombie.  */
static bool
process_has_mourner (const struct process *process, bool nested)
{
  return process->parent && process->claimed && !nested;
}

static int
exit_code_of (const struct process *process)
{
  if (WIFEXITED (process->status))
    return CLD_EXITED;
  return WCOREDUMP (process->status) ? CLD_DUMPED : CLD_KILLED;
}

/* For whoever watches the environment.  */
static void
process_tell_death (const struct process *process)
{
  char name[EVENT_NAME_MAX];

  snprintf (name, sizeof name, "%d %s", process->pid,
            process->exe ? process->exe->text : "");
  events_add_death (&process->proc->env->events, name, clock_now_ns ());
}

void
process_died (struct process *process)
{
  bool nested = process->member && process->member->branch;

  process_ref (process);
  process_tell_death (process);
  process->dead = true;
  process->member = NULL;
  if (!process->marked_exit)
    {
      process->status = W_EXITCODE (0, SIGKILL);
      process->sigcode = -1;
    }
  process_strip (process);
  process_update_anchor (process);
  process_orphan_children (process);
  if (process == process->proc->init)
    process->proc->init = NULL;
  process_tell_exit_watches (process);
  if (process_has_mourner (process, nested))
    process_tell_parent (process, EVENT_EXITED, exit_code_of (process));
  else
    process_reap (process);
  /* Those who watch it hear of its end first, and then of an exec that came to
     nothing by it.  */
  process_end_holds (process);
  process_drop (process);
}

void
process_discard (struct process *process)
{
  if (process->member)
    process->member->process = NULL;
  process->member = NULL;
  process->dead = true;
  process_strip (process);
  process_end_holds (process);
  process_orphan_children (process);
  process_reap (process);
}

/* ---- what the ledger says ---- */

void
proc_member_born (void *cookie, struct member *member)
{
  struct process *process;

  /* Without memory it is made when somebody asks for it.  */
  if (!member->made_by_us && !member->process)
    (void)process_create (cookie, member, 0, &process);
}

void
proc_member_died (void *cookie, struct member *member)
{
  struct process *process = member->process;

  (void)cookie;
  member->process = NULL;
  if (process)
    process_died (process);
}
