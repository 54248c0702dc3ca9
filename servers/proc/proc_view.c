/* proc_view.c -- chosen processes of the parent, seen from inside

   Each is a grant: O_READ is to see it, O_WRITE to send it signals.  What is
   not one of them does not exist.  They have pids of their own inside, above
   all others.  Only the parent's proc knows anything of them, so every request
   that concerns one is parked while it is asked; first always whether the
   process is still the same, because pids are used again.

   A signal is sent as libc's kill does it, with the starter's authority.  The
   task port is ours alone: inside, the process has one port, for kill.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <mach/mig_errors.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/membrane/call.h"
#include "lib/membrane/grant.h"
#include "lib/port/message.h"
#include "lib/port/right.h"
#include "process_reply_U.h"
#include "servers/proc/proc.h"

#include "msg_request_U.h"
#include "process_request_U.h"

#define VIEW_FIRST 1000000 /* PID_WRAP and what the parent has lie below */
#define VIEW_LAST 2000000000
#define ARGS_MAX (256 * 1024)
#define ASKS_MAX 256 /* at once, about one process */

#define TASK_TERMINATE 2008
#define MSG_SIG_POST 23000
#define PROC_GETMSGPORT 24019
#define PROC_PID2TASK 24029
#define PROC_GETPROCINFO 24034
#define PROC_GETPROCARGS 24035

struct view_process
{
  struct grant grant;
  struct object port; /* for kill */
  mach_port_t right;  /* send right to it */
  struct proc *proc;
  struct list link; /* in proc->view */
  struct list asks; /* struct ask.of */
  unsigned int asks_count;
  pid_t outside, inside;
  rpc_time_value_t born; /* a process of the same pid is another one */
  bool gone;
};

/* A request of a client, while the parent's proc is asked.  */
struct ask
{
  struct call call;
  struct parked parked;
  struct job job; /* task_terminate */
  struct list of; /* in process->asks */
  struct view_process *process;
  void (*go_on) (struct ask *ask); /* the process is the right one */
  struct procinfo info;
  int flags, signo, code;
  mach_port_t task, msgport; /* send rights */
  error_t killed;
  bool working;  /* a worker has it and gives it back */
  bool answered; /* cancelled meanwhile */
};

typedef mach_msg_return_t ask_send_t (struct ask *ask, mach_port_t reply);

/* ---- the life of an ask ---- */

static void
ask_free (struct ask *ask)
{
  list_remove (&ask->of);
  ask->process->asks_count--;
  send_drop (&ask->task);
  send_drop (&ask->msgport);
  free (ask);
}

/* With or without an error.  */
static void
ask_end (struct ask *ask, error_t err)
{
  parked_fail (&ask->parked, err);
  ask_free (ask);
}

static void
ask_cancel (struct parked *parked, error_t why)
{
  struct ask *ask = list_entry (parked, struct ask, parked);

  call_abandon (&ask->call);
  if (!ask->working)
    {
      ask_end (ask, why);
      return;
    }
  ask->answered = true;
  parked_fail (parked, why);
}

/* On an error ASK is gone.  */
static void
ask_call (struct ask *ask, ask_send_t *send, call_done_t *done)
{
  struct view_process *process = ask->process;
  mach_port_t reply;
  error_t err = call_begin (&ask->call, &process->grant.outbox,
                            &process->grant.generation,
                            process->proc->env->loop, done, &reply);

  if (!err)
    err = call_sent (&ask->call, send (ask, reply));
  if (err)
    ask_end (ask, err);
}

static struct ask *
ask_of (struct call *call)
{
  return list_entry (call, struct ask, call);
}

/* ---- is it still the same? ---- */

static mach_msg_return_t
send_getprocinfo (struct ask *ask, mach_port_t reply)
{
  return proc_getprocinfo_request (ask->process->proc->view_parent, reply,
                                   ask->process->outside, ask->flags);
}

static error_t
info_read (struct ask *ask, mach_msg_header_t *message)
{
  struct answer answer;
  struct answer_data data;
  error_t err = answer_begin (&answer, message, PROC_GETPROCINFO);

  if (!err)
    err = answer_int (&answer, &ask->flags);
  if (!err)
    err = answer_data (&answer, &data);
  if (!err && data.size < sizeof ask->info)
    err = EIO;
  return err ? err : answer_data_copy (&data, 0, &ask->info, sizeof ask->info);
}

static bool
info_is_of (const struct procinfo *info, const struct view_process *process)
{
  const rpc_time_value_t *born = &info->taskinfo.creation_time;

  return !(info->state & PI_ZOMBIE) && born->seconds == process->born.seconds
         && born->microseconds == process->born.microseconds;
}

static void
info_done (struct call *call, mach_msg_header_t *message)
{
  struct ask *ask = ask_of (call);
  struct view_process *process = ask->process;
  error_t err = info_read (ask, message);

  if (!err && !(ask->flags & PI_FETCH_TASKINFO))
    err = ESRCH;
  if (!err && !info_is_of (&ask->info, process))
    err = ESRCH;
  if (err == ESRCH)
    process->gone = true;
  if (err)
    ask_end (ask, err);
  else
    ask->go_on (ask);
}

/* Park what OBJECT is asked until PROCESS is known to be the same, then GO_ON.
   MIG_NO_REPLY: REPLY is consumed.  EAGAIN: it is asked enough already, and
   perhaps never answers.  */
static error_t
ask_start (struct view_process *process, struct object *object,
           mach_port_t reply, mach_msg_type_name_t reply_type,
           void (*go_on) (struct ask *ask), const struct ask *like)
{
  struct ask *ask;

  if (process->asks_count >= ASKS_MAX)
    return EAGAIN;
  ask = malloc (sizeof *ask);
  if (!ask)
    return ENOMEM;
  *ask = *like;
  ask->process = process;
  ask->go_on = go_on;
  ask->flags |= PI_FETCH_TASKINFO;
  list_insert_tail (&process->asks, &ask->of);
  process->asks_count++;
  parked_start (&ask->parked, object, reply, reply_type, ask_cancel);
  ask_call (ask, send_getprocinfo, info_done);
  return MIG_NO_REPLY;
}

/* ---- who is there ---- */

static struct view_process *
view_find (const struct proc *proc, pid_t inside)
{
  list_for_each (node, following, &proc->view)
  {
    struct view_process *process
        = list_entry (node, struct view_process, link);

    if (process->inside == inside && !process->gone && !process->grant.revoked)
      return process;
  }
  return NULL;
}

static pid_t
view_pid (const struct proc *proc, pid_t outside)
{
  struct view_process *process
      = outside > 0 && outside < VIEW_LAST - VIEW_FIRST
            ? view_find (proc, VIEW_FIRST + outside)
            : NULL;

  return process ? process->inside : 0;
}

void
view_list (const struct proc *proc, struct pid_list *list)
{
  list_for_each (node, following, &proc->view)
  {
    const struct view_process *process
        = list_entry (node, struct view_process, link);

    if (!process->gone && !process->grant.revoked)
      pid_list_add (list, process->inside);
  }
}

/* ---- procinfo ---- */

static uid_t
owner_inside (const struct proc *proc, uid_t owner)
{
  return idmap_in (&proc->env->uid_map, owner);
}

/* Groups, sessions and parents that are not shown are not there: a process
   alone is its own.  */
static void
info_translate (const struct view_process *process, struct procinfo *info)
{
  const struct proc *proc = process->proc;

  info->owner = owner_inside (proc, info->owner);
  info->ppid = view_pid (proc, info->ppid);
  info->pgrp = process->inside;
  info->session = process->inside;
  info->logincollection = process->inside;
}

static void
info_answer (struct ask *ask)
{
  mach_msg_type_name_t type = ask->parked.reply_type;
  int given = PI_FETCH_TASKINFO | PI_FETCH_TASKEVENTS | PI_FETCH_THREADS;

  info_translate (ask->process, &ask->info);
  (void)proc_getprocinfo_reply (
      parked_take_reply (&ask->parked), type, 0, ask->flags & given,
      (const_procinfo_t)&ask->info, sizeof ask->info / sizeof (int), "", 0);
  ask_free (ask);
}

error_t
view_getprocinfo (struct object *object, struct proc *proc, mach_port_t reply,
                  mach_msg_type_name_t reply_type, pid_t pid, int flags)
{
  struct view_process *process = view_find (proc, pid);
  const struct ask ask = { .flags = flags
                                    & (PI_FETCH_TASKINFO | PI_FETCH_TASKEVENTS
                                       | PI_FETCH_THREADS) };

  return process ? ask_start (process, object, reply, reply_type, info_answer,
                              &ask)
                 : ESRCH;
}

/* ---- arguments ---- */

static mach_msg_return_t
send_getprocargs (struct ask *ask, mach_port_t reply)
{
  return proc_getprocargs_request (ask->process->proc->view_parent, reply,
                                   ask->process->outside);
}

static void
args_done (struct call *call, mach_msg_header_t *message)
{
  struct ask *ask = ask_of (call);
  mach_msg_type_name_t type = ask->parked.reply_type;
  struct answer answer;
  struct answer_data data;
  char *text = NULL;
  error_t err = answer_begin (&answer, message, PROC_GETPROCARGS);

  if (!err)
    err = answer_data (&answer, &data);
  if (!err && data.size > ARGS_MAX)
    data.size = ARGS_MAX;
  if (!err && !(text = malloc (data.size + 1)))
    err = ENOMEM;
  if (!err)
    err = answer_data_copy (&data, 0, text, data.size);
  if (err)
    ask_end (ask, err);
  else
    {
      (void)proc_getprocargs_reply (parked_take_reply (&ask->parked), type, 0,
                                    text, data.size);
      ask_free (ask);
    }
  free (text);
}

static void
args_ask (struct ask *ask)
{
  ask_call (ask, send_getprocargs, args_done);
}

error_t
view_getprocargs (struct object *object, struct proc *proc, mach_port_t reply,
                  mach_msg_type_name_t reply_type, pid_t pid)
{
  struct view_process *process = view_find (proc, pid);
  const struct ask ask = { .flags = 0 };

  return process
             ? ask_start (process, object, reply, reply_type, args_ask, &ask)
             : ESRCH;
}

/* ---- signals ---- */

static mach_msg_return_t
send_pid2task (struct ask *ask, mach_port_t reply)
{
  return proc_pid2task_request (ask->process->proc->view_parent, reply,
                                ask->process->outside);
}

static mach_msg_return_t
send_getmsgport (struct ask *ask, mach_port_t reply)
{
  return proc_getmsgport_request (ask->process->proc->view_parent, reply,
                                  ask->process->outside);
}

static mach_msg_return_t
send_sig_post (struct ask *ask, mach_port_t reply)
{
  return msg_sig_post_request (ask->msgport, reply,
                               MACH_MSG_TYPE_MAKE_SEND_ONCE, ask->signo,
                               ask->code, ask->task);
}

/* Read the answer to ID, a right, into *RET.  */
static error_t
right_read (mach_msg_header_t *message, mach_msg_id_t id, mach_port_t *ret)
{
  struct answer answer;
  error_t err = answer_begin (&answer, message, id);

  if (!err)
    err = answer_right (&answer, ret);
  return !err && !MACH_PORT_VALID (*ret) ? ESRCH : err;
}

static void
post_done (struct call *call, mach_msg_header_t *message)
{
  struct answer answer;

  ask_end (ask_of (call), answer_begin (&answer, message, MSG_SIG_POST));
}

static void
msgport_done (struct call *call, mach_msg_header_t *message)
{
  struct ask *ask = ask_of (call);
  error_t err = right_read (message, PROC_GETMSGPORT, &ask->msgport);

  if (err)
    ask_end (ask, err);
  else
    ask_call (ask, send_sig_post, post_done);
}

/* The kernel can take as long as it likes.  */
static void
kill_run (struct job *job)
{
  struct ask *ask = list_entry (job, struct ask, job);

  ask->killed = task_terminate (ask->task);
}

static void
kill_done (struct job *job)
{
  struct ask *ask = list_entry (job, struct ask, job);

  if (ask->answered)
    ask_free (ask);
  else
    ask_end (ask, ask->killed ? ESRCH : 0);
}

static void
task_done (struct call *call, mach_msg_header_t *message)
{
  struct ask *ask = ask_of (call);
  struct environment *env = ask->process->proc->env;
  error_t err = right_read (message, PROC_PID2TASK, &ask->task);

  if (err)
    ask_end (ask, err);
  else if (ask->parked.id == MSG_SIG_POST)
    ask_call (ask, send_getmsgport, msgport_done);
  else
    {
      ask->working = true;
      ask->job.run = kill_run;
      ask->job.done = kill_done;
      workers_submit (env->workers, env->loop, &ask->job);
    }
}

static void
signal_ask (struct ask *ask)
{
  if (ask->process->grant.modes & O_WRITE)
    ask_call (ask, send_pid2task, task_done);
  else
    {
      grant_denied (&ask->process->grant, DENIED_WRITE);
      ask_end (ask, EPERM);
    }
}

/* What msg_sig_post says.  Its refport is no authority of ours.  */
static error_t
signal_read (mach_msg_header_t *in, struct ask *ask)
{
  size_t size = in->msgh_size - sizeof *in;
  struct answer body = { in, (char *)(in + 1), size };
  cleanup_send mach_port_t refport = MACH_PORT_NULL;
  error_t err = 0;

  if (in->msgh_id == TASK_TERMINATE)
    return size ? MIG_BAD_ARGUMENTS : 0;
  if (!message_body_valid (in + 1, size,
                           in->msgh_bits & MACH_MSGH_BITS_COMPLEX))
    return MIG_BAD_ARGUMENTS;
  err = answer_int (&body, &ask->signo);
  if (!err)
    err = answer_int (&body, &ask->code);
  if (!err)
    err = answer_right (&body, &refport);
  return err || body.left ? MIG_BAD_ARGUMENTS : 0;
}

static bool
view_port_take (struct object *object, mach_msg_header_t *in)
{
  struct view_process *process
      = list_entry (object, struct view_process, port);
  mach_msg_type_name_t type = MACH_MSGH_BITS_REMOTE (in->msgh_bits);
  struct ask ask = { .flags = 0 };
  error_t err;

  if ((in->msgh_id != MSG_SIG_POST && in->msgh_id != TASK_TERMINATE)
      || !MACH_PORT_VALID (in->msgh_remote_port))
    return false;
  process->grant.used = true;
  err = signal_read (in, &ask);
  if (!err)
    err = ask_start (process, object, in->msgh_remote_port, type, signal_ask,
                     &ask);
  if (err != MIG_NO_REPLY)
    reply_error (in->msgh_remote_port, type, in->msgh_id, err);
  in->msgh_remote_port = in->msgh_local_port = MACH_PORT_NULL;
  in->msgh_bits &= MACH_MSGH_BITS_COMPLEX;
  mach_msg_destroy (in);
  return true;
}

static void
view_port_free (struct object *object)
{
  (void)object; /* part of the process, which stays */
}

static const struct interface *const no_interfaces[] = { NULL };

static const struct object_class view_port_class = {
  .name = "outside process",
  .interfaces = no_interfaces,
  .raw = view_port_take,
  .free = view_port_free,
};

/* The port that stands for both the message port and the task.  Who is neither
   the starter inside nor root has no business with it.  */
error_t
view_port (const struct process *caller, pid_t pid, mach_port_t *ret_port)
{
  const struct proc *proc = caller->proc;
  struct view_process *process = view_find (proc, pid);

  if (!process)
    return ESRCH;
  if (!ids_is_owner (&caller->identity->ids, proc->view_owner))
    return EPERM;
  if (!(process->grant.modes & O_WRITE))
    {
      grant_denied (&process->grant, DENIED_WRITE);
      return EPERM;
    }
  *ret_port = process->right;
  return 0;
}

/* ---- the grant ---- */

static void
asks_end (struct view_process *process, error_t why)
{
  list_for_each (node, following, &process->asks)
  {
    struct ask *ask = list_entry (node, struct ask, of);

    if (!ask->answered)
      ask_cancel (&ask->parked, why);
  }
}

static void
view_lower (struct grant *grant, grant_done_t *done, void *cookie)
{
  struct view_process *process
      = list_entry (grant, struct view_process, grant);

  object_cancel_parked (&process->port, EPERM);
  done (cookie, 0, 0);
}

static void
view_revoke (struct grant *grant, grant_done_t *done, void *cookie)
{
  struct view_process *process
      = list_entry (grant, struct view_process, grant);

  asks_end (process, ESRCH);
  send_drop (&process->right);
  object_destroy (&process->port, ESRCH);
  done (cookie, 0, 0);
}

static const struct grant_ops view_ops
    = { .revoke = view_revoke, .lower = view_lower };

/* Of a process that is not in the view yet.  */
static error_t
view_make (struct view_process *process, struct environment *env,
           const char *name, int modes)
{
  char inside[16];
  error_t err;

  snprintf (inside, sizeof inside, "%d", process->inside);
  err = grant_init (&process->grant, &view_ops, env, env->loop, &env->grants,
                    &env->events, "process", inside, name, modes);
  if (err)
    return err;
  err = object_init (&process->port, &view_port_class,
                     &process->grant.generation, env->loop);
  if (err)
    grant_finish (&process->grant);
  return err;
}

error_t
view_add (struct environment *env, mach_port_t parent, uid_t starter,
          pid_t pid, const char *name, const rpc_time_value_t *born, int modes)
{
  struct proc *proc = env->proc_state;
  struct view_process *process;
  error_t err;

  if (pid <= 0 || pid >= VIEW_LAST - VIEW_FIRST)
    return ERANGE;
  process = calloc (1, sizeof *process);
  if (!process)
    return ENOMEM;
  process->proc = proc;
  process->outside = pid;
  process->inside = VIEW_FIRST + pid;
  process->born = *born;
  list_init (&process->asks);
  err = view_make (process, env, name, modes);
  if (err)
    {
      free (process);
      return err;
    }
  process->right = object_send_right (&process->port);
  proc->view_parent = parent;
  proc->view_owner = owner_inside (proc, starter);
  list_insert_tail (&proc->view, &process->link);
  return 0;
}
