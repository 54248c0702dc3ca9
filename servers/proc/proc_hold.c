/* proc_hold.c -- signals, while a program makes room for another

   A library is asked for its pending signals by itself before it asks for the
   exec, and what comes from then on it notes and nobody ever reads.  So what
   we send is kept back until it is known who is there, and what others have
   sent, or may have, is asked for once more: the answer comes behind all that
   the library was sent before.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <hurd/hurd_types.h>
#include <stdlib.h>

#include "lib/membrane/call.h"
#include "msg_request_U.h"
#include "servers/proc/proc.h"

#define MSG_GET_INIT_INT 23008

/* A program that never answers is replaced all the same.  */
#define PATIENCE_NS UINT64_C (5000000000)
#define RETRY_NS UINT64_C (20000000)

struct hold
{
  struct list link; /* in process->holds; the first is whose turn it is */
  struct process *process; /* reference */
  held_t *done;            /* NULL: called */
  void *cookie;
  struct call call;   /* to the old program's library */
  struct timer timer; /* to ask again, or to give up */
  uint64_t deadline;
};

static void
hold_done (struct hold *hold, error_t err, uint32_t pending)
{
  held_t *done = hold->done;

  timer_stop (&hold->timer);
  call_abandon (&hold->call);
  hold->done = NULL;
  done (hold->cookie, err, pending);
}

/* ---- asking the old program ---- */

static void
hold_answered (struct call *call, mach_msg_header_t *message)
{
  struct hold *hold = list_entry (call, struct hold, call);
  struct answer answer;
  int pending = 0;
  error_t err = answer_begin (&answer, message, MSG_GET_INIT_INT);

  if (!err)
    err = answer_int (&answer, &pending);
  hold_done (hold, 0, err ? 0 : (uint32_t)pending);
}

static error_t
hold_send (struct hold *hold)
{
  struct process *process = hold->process;
  struct proc *proc = process->proc;
  mach_port_t reply;
  error_t err = call_begin (&hold->call, NULL, &proc->generation,
                            proc->env->loop, hold_answered, &reply);

  if (err)
    return err;
  return call_sent (&hold->call,
                    msg_get_init_int_request (
                        process->msgport, reply, MACH_MSG_TYPE_MAKE_SEND_ONCE,
                        process_task (process), INIT_SIGPENDING));
}

/* Its queue may be full for a moment.  */
static void
hold_ask (struct hold *hold)
{
  struct process *process = hold->process;
  uint64_t again = hold->deadline;

  process_check_msgport (process);
  if (!process->msgport || !process->signalled)
    {
      hold_done (hold, 0, 0);
      return;
    }
  if (hold_send (hold))
    again = clock_now_ns () + RETRY_NS;
  timer_start (process->proc->env->loop, &hold->timer, again);
}

static void
hold_timeout (struct timer *timer)
{
  struct hold *hold = list_entry (timer, struct hold, timer);

  if (clock_now_ns () >= hold->deadline)
    hold_done (hold, 0, 0);
  else
    hold_ask (hold);
}

static void
hold_begin (struct hold *hold)
{
  if (hold->process->dead)
    {
      hold_done (hold, ESRCH, 0);
      return;
    }
  hold->deadline = clock_now_ns () + PATIENCE_NS;
  hold_ask (hold);
}

/* ---- from outside ---- */

error_t
process_hold (struct process *process, held_t *done, void *cookie,
              struct hold **ret_hold)
{
  struct hold *hold = calloc (1, sizeof *hold);
  bool first = list_empty (&process->holds);

  if (!hold)
    return ENOMEM;
  hold->process = process_ref (process);
  hold->done = done;
  hold->cookie = cookie;
  hold->timer.run = hold_timeout;
  list_insert_tail (&process->holds, &hold->link);
  *ret_hold = hold;
  if (first)
    hold_begin (hold);
  return 0;
}

void
process_release (struct hold *hold)
{
  struct process *process = hold->process;
  struct list *next;

  timer_stop (&hold->timer);
  call_abandon (&hold->call);
  list_remove (&hold->link);
  free (hold);
  next = list_first (&process->holds);
  if (!next)
    process_pay (process);
  else if (list_entry (next, struct hold, link)->done)
    hold_begin (list_entry (next, struct hold, link));
  process_drop (process);
}

static struct hold *
hold_waiting (const struct process *process)
{
  list_for_each (node, following, &process->holds)
  {
    struct hold *hold = list_entry (node, struct hold, link);

    if (hold->done)
      return hold;
  }
  return NULL;
}

void
process_end_holds (struct process *process)
{
  struct hold *hold;

  process_ref (process);
  while ((hold = hold_waiting (process)))
    hold_done (hold, ESRCH, 0);
  process_drop (process);
}
