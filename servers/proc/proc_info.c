/* proc_info.c -- what is known of a process, for itself and for ps
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <mach.h>
#include <string.h>

#include "lib/port/right.h"
#include "servers/proc/proc.h"

#include "process_S.h"

#define THREADS_MAX 1024 /* more are not told of */
#define THREAD_DETAILS (PI_FETCH_THREAD_BASIC | PI_FETCH_THREAD_SCHED)

struct threads
{
  thread_t *ports; /* send rights */
  mach_msg_type_number_t count;
};

static error_t
threads_get (mach_port_t task, struct threads *threads)
{
  error_t err = task_threads (task, &threads->ports, &threads->count);

  if (err)
    threads->count = 0;
  return err ? ESRCH : 0;
}

static void
threads_drop (struct threads *threads)
{
  for (size_t i = 0; i < threads->count; i++)
    send_drop (&threads->ports[i]);
  if (threads->count)
    (void)vm_deallocate (mach_task_self (), (vm_address_t)threads->ports,
                         threads->count * sizeof threads->ports[0]);
}

/* ---- the state word ---- */

static int
process_state (struct process *p)
{
  const struct ids *ids = &p->identity->ids;
  const struct
  {
    bool holds;
    int state;
  } states[] = {
    { p->stopped, PI_STOPPED },
    { p->executed, PI_EXECED },
    { !list_empty (&p->waits), PI_WAITING },
    { group_is_orphaned (p->group), PI_ORPHAN },
    { !p->msgport, PI_NOMSG },
    { p->group->session->id == p->pid, PI_SESSLD },
    { !ids->euids.count && !ids->auids.count, PI_NOTOWNED },
    { !p->claimed, PI_NOPARENT },
    { p->dead, PI_ZOMBIE },
    { p->traced, PI_TRACED },
    { p->login_leader, PI_LOGINLD },
  };
  int state = 0;

  for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
    if (states[i].holds)
      state |= states[i].state;
  return state;
}

static uid_t
process_owner (const struct process *process)
{
  const struct ids *ids = &process->identity->ids;

  if (ids->euids.count)
    return ids->euids.ids[0];
  return ids->auids.count ? ids->auids.ids[0] : 0;
}

static void
procinfo_fill (struct procinfo *info, struct process *process)
{
  bool event = process->dead || process->stopped;

  info->state = process_state (process);
  info->owner = process_owner (process);
  info->ppid = process->parent ? process->parent->pid : PID_INIT;
  info->pgrp = process->group->id;
  info->session = process->group->session->id;
  info->logincollection = process_login_leader (process);
  info->exitstatus = event ? process->status : 0;
  info->sigcode = event ? process->sigcode : 0;
}

/* ---- what the kernel knows: counters, which cost no waiting ---- */

static void
procinfo_fill_task (struct procinfo *info, mach_port_t task, int *flags)
{
  mach_msg_type_number_t count = TASK_BASIC_INFO_COUNT;

  if ((*flags & PI_FETCH_TASKINFO)
      && task_info (task, TASK_BASIC_INFO, (task_info_t)&info->taskinfo,
                    &count))
    *flags &= ~PI_FETCH_TASKINFO;
  count = TASK_EVENTS_INFO_COUNT;
  if ((*flags & PI_FETCH_TASKEVENTS)
      && task_info (task, TASK_EVENTS_INFO, (task_info_t)&info->taskevents,
                    &count))
    *flags &= ~PI_FETCH_TASKEVENTS;
}

static void
procinfo_fill_thread (struct procinfo *info, size_t i, thread_t thread,
                      int flags)
{
  mach_msg_type_number_t count = THREAD_BASIC_INFO_COUNT;
  bool died = false;

  if (flags & PI_FETCH_THREAD_BASIC)
    died = thread_info (thread, THREAD_BASIC_INFO,
                        (thread_info_t)&info->threadinfos[i].pis_bi, &count);
  count = THREAD_SCHED_INFO_COUNT;
  if (!died && (flags & PI_FETCH_THREAD_SCHED))
    died = thread_info (thread, THREAD_SCHED_INFO,
                        (thread_info_t)&info->threadinfos[i].pis_si, &count);
  info->threadinfos[i].died = died;
}

/* Room for a procinfo with details of THREADS threads.  */
static error_t
procinfo_reserve (procinfo_t *procinfo, mach_msg_type_number_t *count,
                  size_t threads)
{
  size_t size = sizeof (struct procinfo)
                + threads * sizeof ((struct procinfo *)0)->threadinfos[0];
  vm_address_t address;

  if (size > *count * sizeof (int))
    {
      if (vm_allocate (mach_task_self (), &address, size, TRUE))
        return ENOMEM;
      *procinfo = (procinfo_t)address;
    }
  else
    memset (*procinfo, 0, size);
  *count = size / sizeof (int);
  return 0;
}

static error_t
procinfo_make (struct process *process, int *flags,
               const struct threads *threads, procinfo_t *procinfo,
               mach_msg_type_number_t *count)
{
  size_t told = threads->count < THREADS_MAX ? threads->count : THREADS_MAX;
  size_t details = *flags & THREAD_DETAILS ? told : 0;
  struct procinfo *info;
  error_t err;

  err = procinfo_reserve (procinfo, count, details);
  if (err)
    return err;
  info = (struct procinfo *)*procinfo;
  procinfo_fill (info, process);
  procinfo_fill_task (info, process_task (process), flags);
  info->nthreads = (int)told;
  for (size_t i = 0; i < details; i++)
    procinfo_fill_thread (info, i, threads->ports[i], *flags);
  return 0;
}

/* What a thread waits for only its own library could say, and asking it would
   be waiting for it: PI_FETCH_THREAD_WAITS is never given.  */
kern_return_t
S_proc_getprocinfo (struct object *object, mach_port_t reply,
                    mach_msg_type_name_t reply_type, pid_t pid, int *flags,
                    procinfo_t *procinfo, mach_msg_type_number_t *count,
                    data_t *waits, mach_msg_type_number_t *waits_size)
{
  struct process *caller = process_of_object (object);
  struct threads threads = { NULL, 0 };
  struct process *process;
  error_t err;

  (void)waits;
  if (!caller)
    return EOPNOTSUPP;
  process = process_of_pid (caller->proc, pid);
  if (!process)
    return view_getprocinfo (object, caller->proc, reply, reply_type, pid,
                             *flags);
  if (*flags & THREAD_DETAILS)
    *flags |= PI_FETCH_THREADS;
  *flags &= process->dead ? 0 : ~PI_FETCH_THREAD_WAITS;
  if ((*flags & PI_FETCH_THREADS)
      && (err = threads_get (process_task (process), &threads)))
    return err;
  *waits_size = 0;
  err = procinfo_make (process, flags, &threads, procinfo, count);
  threads_drop (&threads);
  return err;
}

/* ---- what a process says of itself ---- */

kern_return_t
S_proc_getpids (struct object *object, mach_port_t reply,
                mach_msg_type_name_t reply_type, pid_t *pid, pid_t *ppid,
                int *orphaned)
{
  struct process *process = process_of_object (object);

  (void)reply, (void)reply_type;
  if (!process)
    return EOPNOTSUPP;
  *pid = process->pid;
  *ppid = process->parent ? process->parent->pid : PID_INIT;
  *orphaned = group_is_orphaned (process->group);
  process->asked_ids = true;
  return 0;
}

kern_return_t
S_proc_set_arg_locations (struct object *object, mach_port_t reply,
                          mach_msg_type_name_t reply_type, vm_address_t argv,
                          vm_address_t envp)
{
  struct process *process = process_of_object (object);

  (void)reply, (void)reply_type;
  if (!process)
    return EOPNOTSUPP;
  process->argv = argv;
  process->envp = envp;
  return 0;
}

kern_return_t
S_proc_get_arg_locations (struct object *object, mach_port_t reply,
                          mach_msg_type_name_t reply_type, vm_address_t *argv,
                          vm_address_t *envp)
{
  struct process *process = process_of_object (object);

  (void)reply, (void)reply_type;
  if (!process)
    return EOPNOTSUPP;
  *argv = process->argv;
  *envp = process->envp;
  return 0;
}

kern_return_t
S_proc_set_code (struct object *object, mach_port_t reply,
                 mach_msg_type_name_t reply_type, vm_address_t start_code,
                 vm_address_t end_code)
{
  struct process *process = process_of_object (object);

  (void)reply, (void)reply_type;
  if (!process)
    return EOPNOTSUPP;
  process->start_code = start_code;
  process->end_code = end_code;
  return 0;
}

kern_return_t
S_proc_get_code (struct object *object, mach_port_t reply,
                 mach_msg_type_name_t reply_type, vm_address_t *start_code,
                 vm_address_t *end_code)
{
  struct process *process = process_of_object (object);

  (void)reply, (void)reply_type;
  if (!process)
    return EOPNOTSUPP;
  *start_code = process->start_code;
  *end_code = process->end_code;
  return 0;
}

kern_return_t
S_proc_set_entry (struct object *object, mach_port_t reply,
                  mach_msg_type_name_t reply_type, vm_address_t entry)
{
  struct process *process = process_of_object (object);

  (void)reply, (void)reply_type;
  if (!process)
    return EOPNOTSUPP;
  process->entry = entry;
  return 0;
}

kern_return_t
S_proc_get_entry (struct object *object, mach_port_t reply,
                  mach_msg_type_name_t reply_type, vm_address_t *entry)
{
  struct process *process = process_of_object (object);

  (void)reply, (void)reply_type;
  if (!process)
    return EOPNOTSUPP;
  *entry = process->entry;
  return 0;
}
