/* proc_wait.c -- what a parent is told about its children, and wait itself
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "process_reply_U.h"
#include "servers/proc/proc.h"

#include "process_S.h"

#define PROC_WAITID 24062 /* the two have answers of their own */

/* A parent that waits.  */
struct wait
{
  struct parked parked;
  struct list link; /* in the parent's waits */
  pid_t pid;
  int options;
};

/* What there is to tell about a child.  */
struct wait_result
{
  int status, sigcode;
  struct rusage rusage;
  pid_t pid;
};

/* ---- resources ---- */

void
rusage_add (struct rusage *sum, const struct rusage *more)
{
  timeradd (&sum->ru_utime, &more->ru_utime, &sum->ru_utime);
  timeradd (&sum->ru_stime, &more->ru_stime, &sum->ru_stime);
  if (more->ru_maxrss > sum->ru_maxrss)
    sum->ru_maxrss = more->ru_maxrss;
  sum->ru_minflt += more->ru_minflt;
  sum->ru_majflt += more->ru_majflt;
  sum->ru_nswap += more->ru_nswap;
  sum->ru_msgsnd += more->ru_msgsnd;
  sum->ru_msgrcv += more->ru_msgrcv;
}

static void
time_add (struct timeval *sum, int64_t seconds, int64_t microseconds)
{
  struct timeval more = { .tv_sec = seconds, .tv_usec = microseconds };

  timeradd (sum, &more, sum);
}

/* The kernel forgets a task's figures with the task, so the last moment to
   read them is when the program says that it is about to end.  The calls only
   read counters and cannot wait.  */
void
process_sample_rusage (struct process *process)
{
  struct rusage *ru = &process->rusage;
  mach_port_t task = process_task (process);
  struct task_basic_info basic;
  struct task_thread_times_info times;
  struct task_events_info events;
  mach_msg_type_number_t count = TASK_BASIC_INFO_COUNT;

  memset (ru, 0, sizeof *ru);
  if (!task_info (task, TASK_BASIC_INFO, (task_info_t)&basic, &count))
    {
      time_add (&ru->ru_utime, basic.user_time.seconds,
                basic.user_time.microseconds);
      time_add (&ru->ru_stime, basic.system_time.seconds,
                basic.system_time.microseconds);
      ru->ru_maxrss = (long)(basic.resident_size / 1024);
    }
  count = TASK_THREAD_TIMES_INFO_COUNT;
  if (!task_info (task, TASK_THREAD_TIMES_INFO, (task_info_t)&times, &count))
    {
      time_add (&ru->ru_utime, times.user_time.seconds,
                times.user_time.microseconds);
      time_add (&ru->ru_stime, times.system_time.seconds,
                times.system_time.microseconds);
    }
  count = TASK_EVENTS_INFO_COUNT;
  if (!task_info (task, TASK_EVENTS_INFO, (task_info_t)&events, &count))
    {
      ru->ru_majflt = (long)events.pageins;
      ru->ru_minflt = (long)(events.faults - events.pageins);
      ru->ru_msgsnd = (long)events.messages_sent;
      ru->ru_msgrcv = (long)events.messages_received;
    }
}

/* ---- looking for a child ---- */

static bool
wait_wants_event (const struct process *child, int options)
{
  switch (child->event)
    {
    case EVENT_EXITED:
      return options & WEXITED;
    case EVENT_STOPPED:
      return child->traced || (options & WUNTRACED);
    case EVENT_CONTINUED:
      return options & WCONTINUED;
    case EVENT_NONE:
      break;
    }
  return false;
}

static bool
wait_wants_child (const struct process *parent, const struct process *child,
                  pid_t pid)
{
  if (pid > 0)
    return child->pid == pid;
  if (pid == WAIT_ANY)
    return true;
  return child->group
         && child->group->id == (pid == 0 ? parent->group->id : -pid);
}

static void
wait_take (struct process *parent, struct process *child, int options,
           struct wait_result *ret_result)
{
  ret_result->status = child->status;
  ret_result->sigcode = child->sigcode;
  ret_result->rusage = child->rusage;
  ret_result->pid = child->pid;
  if (options & WNOWAIT)
    return;
  child->event = EVENT_NONE;
  if (!child->dead)
    return;
  rusage_add (&parent->children_rusage, &child->rusage);
  rusage_add (&parent->children_rusage, &child->children_rusage);
  process_reap (child);
}

/* EWOULDBLOCK: there are such children, but nothing to tell of them.  */
static error_t
wait_try (struct process *parent, pid_t pid, int options,
          struct wait_result *ret_result)
{
  error_t err = ECHILD;

  list_for_each (node, following, &parent->children)
  {
    struct process *child = list_entry (node, struct process, sibling);

    if (!wait_wants_child (parent, child, pid)
        || (child->dead && child->event == EVENT_NONE))
      continue;
    if (wait_wants_event (child, options))
      {
        wait_take (parent, child, options, ret_result);
        return 0;
      }
    err = EWOULDBLOCK;
  }
  return err;
}

/* ---- waking ---- */

static void
wait_answer (struct wait *wait, error_t err, const struct wait_result *result)
{
  mach_msg_type_name_t type = wait->parked.reply_type;
  bool waitid = wait->parked.id == PROC_WAITID;

  list_remove (&wait->link);
  if (err)
    parked_fail (&wait->parked, err);
  else
    (void)(waitid ? proc_waitid_reply : proc_wait_reply) (
        parked_take_reply (&wait->parked), type, 0, result->status,
        result->sigcode, result->rusage, result->pid);
  free (wait);
}

void
process_wake_waits (struct process *parent)
{
  list_for_each (node, following, &parent->waits)
  {
    struct wait *wait = list_entry (node, struct wait, link);
    struct wait_result result;
    error_t err = wait_try (parent, wait->pid, wait->options, &result);

    if (err != EWOULDBLOCK)
      wait_answer (wait, err, &result);
  }
}

void
process_tell_parent (struct process *process, enum process_event event,
                     int code)
{
  struct process *parent = process->parent;

  process->event = event;
  if (!parent)
    return;
  if (event == EVENT_EXITED || !parent->stop_silently)
    process_signal (parent, SIGCHLD, code, process_task (parent));
  process_wake_waits (parent);
}

static void
wait_cancel (struct parked *parked, error_t why)
{
  struct wait *wait = list_entry (parked, struct wait, parked);

  list_remove (&wait->link);
  parked_fail (parked, why);
  free (wait);
}

/* ---- RPCs ---- */

kern_return_t
S_proc_waitid (struct object *object, mach_port_t reply,
               mach_msg_type_name_t reply_type, pid_t pid, int options,
               int *status, int *sigcode, rusage_t *rusage, pid_t *pid_status)
{
  struct process *parent = process_of_object (object);
  struct wait_result result;
  struct wait *wait;
  error_t err;

  if (!parent)
    return EOPNOTSUPP;
  err = wait_try (parent, pid, options, &result);
  if (err && (err != EWOULDBLOCK || (options & WNOHANG)))
    return err;
  if (!err)
    {
      *status = result.status;
      *sigcode = result.sigcode;
      *rusage = result.rusage;
      *pid_status = result.pid;
      return 0;
    }

  wait = calloc (1, sizeof *wait);
  if (!wait)
    return ENOMEM;
  wait->pid = pid;
  wait->options = options;
  list_insert_tail (&parent->waits, &wait->link);
  parked_start (&wait->parked, object, reply, reply_type, wait_cancel);
  return MIG_NO_REPLY;
}

kern_return_t
S_proc_wait (struct object *object, mach_port_t reply,
             mach_msg_type_name_t reply_type, pid_t pid, int options,
             int *status, int *sigcode, rusage_t *rusage, pid_t *pid_status)
{
  return S_proc_waitid (object, reply, reply_type, pid, options | WEXITED,
                        status, sigcode, rusage, pid_status);
}

kern_return_t
S_proc_getchildren_rusage (struct object *object, mach_port_t reply,
                           mach_msg_type_name_t reply_type, rusage_t *rusage)
{
  struct process *process = process_of_object (object);

  (void)reply, (void)reply_type;
  if (!process)
    return EOPNOTSUPP;
  *rusage = process->children_rusage;
  return 0;
}

kern_return_t
S_proc_mark_stop (struct object *object, mach_port_t reply,
                  mach_msg_type_name_t reply_type, int signo, int sigcode)
{
  struct process *process = process_of_object (object);

  (void)reply, (void)reply_type;
  if (!process)
    return EOPNOTSUPP;
  process->stopped = true;
  process->status = W_STOPCODE (signo);
  process->sigcode = sigcode;
  process_tell_parent (process, EVENT_STOPPED,
                       process->traced ? CLD_TRAPPED : CLD_STOPPED);
  return 0;
}

kern_return_t
S_proc_mark_cont (struct object *object, mach_port_t reply,
                  mach_msg_type_name_t reply_type)
{
  struct process *process = process_of_object (object);

  (void)reply, (void)reply_type;
  if (!process)
    return EOPNOTSUPP;
  process->stopped = false;
  process->status = __W_CONTINUED;
  process->sigcode = 0;
  process_tell_parent (process, EVENT_CONTINUED, CLD_CONTINUED);
  return 0;
}

kern_return_t
S_proc_mark_exit (struct object *object, mach_port_t reply,
                  mach_msg_type_name_t reply_type, int status, int sigcode)
{
  struct process *process = process_of_object (object);

  (void)reply, (void)reply_type;
  if (!process)
    return EOPNOTSUPP;
  if (WIFSTOPPED (status))
    return EINVAL;
  process_sample_rusage (process);
  if (process->marked_exit)
    return EBUSY;
  process->marked_exit = true;
  process->status = status;
  process->sigcode = sigcode;
  /* The event is the death of the task; until then a stop may still be
     waiting to be told, but not with this status.  */
  process->event = EVENT_NONE;
  return 0;
}
