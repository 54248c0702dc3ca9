/* proc_signal.c -- message ports: signals and ids for a program's library

   Nothing is ever waited for.  What finds the queue full is owed and tried
   again; what comes between two programs waits for the second one's port,
   because a library that is told nothing waits for ever (setsid, setpgid).
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <signal.h>
#include <stdlib.h>

#include "lib/port/right.h"
#include "msg_request_U.h"
#include "process_reply_U.h"
#include "servers/proc/proc.h"

#include "process_S.h"

#define OWED_MAX 16
#define RETRY_AT_ONCE 64
#define RETRY_NS UINT64_C (20000000)

/* A message that is still to be sent.  SIGNO 0: the ids, as they are then.  */
struct owed
{
  struct list link;
  int signo, code;
  mach_port_t refport; /* send right; null for the ids */
};

struct msgport_wait
{
  struct parked parked;
  struct list link; /* in process->msgport_waits */
};

/* ---- sending ---- */

/* A SIGCHLD alone is not worth asking for before an exec: it wakes those who
   wait, and nobody does then.  */
static error_t
owed_send (struct process *process, const struct owed *owed)
{
  pid_t parent = process->parent ? process->parent->pid : PID_INIT;

  if (owed->signo && owed->signo != SIGCHLD)
    process->signalled = true;
  if (owed->signo)
    return msg_sig_post_request (process->msgport, MACH_PORT_NULL,
                                 MACH_MSG_TYPE_MAKE_SEND_ONCE, owed->signo,
                                 owed->code, owed->refport);
  return msg_proc_newids_request (
      process->msgport, MACH_PORT_NULL, MACH_MSG_TYPE_MAKE_SEND_ONCE,
      process_task (process), parent, process->group->id,
      group_is_orphaned (process->group));
}

static void
owed_free (struct process *process, struct owed *owed)
{
  list_remove (&owed->link);
  process->owed_count--;
  send_drop (&owed->refport);
  free (owed);
}

void
process_owed_clear (struct process *process)
{
  struct list *node;

  while ((node = list_first (&process->owed)))
    owed_free (process, list_entry (node, struct owed, link));
  list_remove (&process->owing);
}

static void
msgport_is_dead (struct process *process)
{
  send_drop (&process->msgport);
  process->msgport_awaited = true;
}

static void
proc_owed_wait (struct proc *proc)
{
  if (!proc->owed_retry.running)
    timer_start (proc->env->loop, &proc->owed_retry,
                 clock_now_ns () + RETRY_NS);
}

/* As far as there is room.  */
void
process_pay (struct process *process)
{
  struct proc *proc = process->proc;
  struct list *node;

  list_remove (&process->owing);
  if (!process->msgport || !list_empty (&process->holds))
    return;
  while ((node = list_first (&process->owed)))
    {
      struct owed *owed = list_entry (node, struct owed, link);
      error_t err = owed_send (process, owed);

      if (err == MACH_SEND_TIMED_OUT)
        {
          list_insert_tail (&proc->owing, &process->owing);
          proc_owed_wait (proc);
          return;
        }
      if (err == MACH_SEND_INVALID_DEST)
        {
          msgport_is_dead (process);
          return;
        }
      owed_free (process, owed);
    }
}

/* A few at a time: thousands may have made their queues full on purpose.  */
void
proc_owed_retry (struct timer *timer)
{
  struct proc *proc = list_entry (timer, struct proc, owed_retry);
  struct list *node;

  for (int i = 0; i < RETRY_AT_ONCE && (node = list_pop (&proc->owing)); i++)
    process_pay (list_entry (node, struct process, owing));
  if (!list_empty (&proc->owing))
    proc_owed_wait (proc);
}

static bool
process_owes (const struct process *process, const struct owed *like)
{
  list_for_each (node, following, &process->owed)
  {
    const struct owed *owed = list_entry (node, struct owed, link);

    if (owed->signo == like->signo && owed->code == like->code
        && owed->refport == like->refport)
      return true;
  }
  return false;
}

/* As with pending signals, the same one twice is one.  */
static void
process_owe (struct process *process, const struct owed *like)
{
  struct owed *owed;

  if (process->owed_count >= OWED_MAX || process_owes (process, like))
    return;
  owed = malloc (sizeof *owed);
  if (!owed)
    return;
  *owed = *like;
  owed->refport = send_copy (like->refport);
  list_insert_tail (&process->owed, &owed->link);
  process->owed_count++;
}

static void
process_tell (struct process *process, const struct owed *owed)
{
  bool first = list_empty (&process->owed) && list_empty (&process->holds);
  error_t err = MACH_SEND_TIMED_OUT;

  if (process->dead || (!process->msgport && !process->msgport_awaited))
    return;
  if (process->msgport && first)
    {
      err = owed_send (process, owed);
      if (!err)
        return;
      if (err == MACH_SEND_INVALID_DEST)
        msgport_is_dead (process);
    }
  process_owe (process, owed);
  if (process->msgport && first)
    process_pay (process);
}

void
process_send_ids (struct process *process)
{
  const struct owed ids = { .signo = 0 };

  /* A new program asks by itself.  */
  if (process->msgport && process->asked_ids)
    process_tell (process, &ids);
}

void
process_signal (struct process *process, int signo, int code,
                mach_port_t refport)
{
  const struct owed signal
      = { .signo = signo, .code = code, .refport = refport };

  process_tell (process, &signal);
}

/* ---- the port itself ---- */

void
process_check_msgport (struct process *process)
{
  mach_port_type_t type;

  if (process->msgport
      && (mach_port_type (mach_task_self (), process->msgport, &type)
          || (type & MACH_PORT_TYPE_DEAD_NAME)))
    msgport_is_dead (process);
}

void
process_answer_msgport_waits (struct process *process)
{
  struct list *node;

  while ((node = list_pop (&process->msgport_waits)))
    {
      struct msgport_wait *wait = list_entry (node, struct msgport_wait, link);
      mach_msg_type_name_t type = wait->parked.reply_type;

      process->signalled = true;
      (void)proc_getmsgport_reply (parked_take_reply (&wait->parked), type, 0,
                                   process->msgport, MACH_MSG_TYPE_COPY_SEND);
      free (wait);
    }
}

void
process_set_msgport (struct process *process, mach_port_t msgport)
{
  process->msgport = msgport;
  process->msgport_awaited = false;
  if (MACH_PORT_VALID (msgport))
    process_pay (process);
  else
    process_owed_clear (process);
  process_answer_msgport_waits (process);
}

void
process_forget_program (struct process *process)
{
  msgport_is_dead (process);
  process_drop_exceptions (process);
  process->asked_ids = process->signalled = false;
  process_end_holds (process);
  process->argv = process->envp = 0;
}

static void
msgport_wait_cancel (struct parked *parked, error_t why)
{
  struct msgport_wait *wait = list_entry (parked, struct msgport_wait, parked);

  list_remove (&wait->link);
  parked_fail (parked, why);
  free (wait);
}

/* ---- RPCs ---- */

kern_return_t
S_proc_setmsgport (struct object *object, mach_port_t reply,
                   mach_msg_type_name_t reply_type, mach_port_t msgport,
                   mach_port_t *old, mach_msg_type_name_t *old_type)
{
  struct process *process = process_of_object (object);

  (void)reply, (void)reply_type;
  if (!process)
    return EOPNOTSUPP;
  *old = send_steal (&process->msgport);
  *old_type = MACH_MSG_TYPE_MOVE_SEND;
  process_set_msgport (process,
                       msgport == MACH_PORT_DEAD ? MACH_PORT_NULL : msgport);
  return 0;
}

/* No permission is asked for: the port alone signals nobody.  */
kern_return_t
S_proc_getmsgport (struct object *object, mach_port_t reply,
                   mach_msg_type_name_t reply_type, pid_t pid,
                   mach_port_t *msgport, mach_msg_type_name_t *msgport_type)
{
  struct process *caller = process_of_object (object);
  struct process *target;
  struct msgport_wait *wait;

  if (!caller)
    return EOPNOTSUPP;
  target = process_of_pid (caller->proc, pid);
  *msgport_type = MACH_MSG_TYPE_COPY_SEND;
  if (!target)
    return view_port (caller, pid, msgport);
  process_check_msgport (target);
  *msgport = target->msgport;
  if (target->msgport || !target->msgport_awaited)
    {
      target->signalled |= target != caller;
      return 0;
    }

  wait = calloc (1, sizeof *wait);
  if (!wait)
    return ENOMEM;
  list_insert_tail (&target->msgport_waits, &wait->link);
  parked_start (&wait->parked, object, reply, reply_type, msgport_wait_cancel);
  return MIG_NO_REPLY;
}
