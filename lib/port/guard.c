/* guard.c -- copies that end at a fault or at a deadline

   The thread that copies leaves a note (struct guard) of where to go on when
   the copy must be given up.  Two helpers can send it there: the exception
   thread, when the copy faults on memory whose pager refuses it, and the
   watchdog, when the pager does not answer.  A fault from user mode can be
   aborted, so thread_abort gets the thread out of the kernel.

   The watchdog sleeps for ever while nobody copies; the first copy after a
   pause wakes it, and it goes back to sleep after a period without copies.
   That keeps the usual copy free of kernel calls.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "lib/port/guard.h"

#include <mach.h>
#include <mach/thread_status.h>
#include <mach/mig_errors.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/port/loop.h"
#include "lib/port/park.h"
#include "lib/port/right.h"

#define EXCEPTION_RAISE 2400
#define MS_NS UINT64_C (1000000)
#define PERIOD_MS (GUARD_DEADLINE_MS / 2)

struct guard
{
  struct guard *next; /* all guards; never removed */
  mach_port_t thread; /* send right */
  jmp_buf recover;
  error_t why;
  /* Atomic.  Even: no copy.  Odd: the copy with this number is under way. */
  uint64_t copy;
  uint64_t seen;       /* watchdog: COPY at its last round, */
  unsigned int rounds; /* and for how many rounds it has been so */
};

static struct
{
  pthread_mutex_t lock; /* guards GUARDS and the threads' creation */
  struct guard *guards;
  mach_port_t exceptions; /* receive right */
  mach_port_t wake;       /* receive right */
  bool asleep;            /* atomic: the watchdog needs a message */
} all = { .lock = PTHREAD_MUTEX_INITIALIZER, .asleep = true };

static __thread struct guard *mine;

/* Where a thread goes on whose copy was given up.  */
static void __attribute__ ((noreturn)) guard_recover (void)
{
  longjmp (mine->recover, 1);
}

/* THREAD, stopped, will go on in guard_recover.  */
static error_t
guard_divert (struct guard *guard, error_t why)
{
  struct i386_thread_state state;
  mach_msg_type_number_t count = i386_THREAD_STATE_COUNT;
  error_t err = thread_get_state (guard->thread, i386_THREAD_STATE,
                                  (thread_state_t)&state, &count);

  if (err)
    return err;
  guard->why = why;
  state.rip = (uintptr_t)guard_recover;
  /* As after a call: below the red zone, 16-byte aligned less a return
     address.  */
  state.ursp = ((state.ursp - 256) & ~UINT64_C (15)) - 8;
  return thread_set_state (guard->thread, i386_THREAD_STATE,
                           (thread_state_t)&state, count);
}

static struct guard *
guard_of_thread (mach_port_t thread)
{
  struct guard *guard;

  pthread_mutex_lock (&all.lock);
  for (guard = all.guards; guard && guard->thread != thread;
       guard = guard->next)
    ;
  pthread_mutex_unlock (&all.lock);
  return guard;
}

/* ---- faults ---- */

/* exception_raise as it arrives (<mach/exc.defs>).  */
struct exception_request
{
  mach_msg_header_t header;
  mach_msg_type_t thread_type;
  mach_port_t thread;
  uint32_t pad0;
  mach_msg_type_t task_type;
  mach_port_t task;
  uint32_t pad1;
  mach_msg_type_t exception_type;
  int exception;
  uint32_t pad2;
};

/* A fault outside a guarded copy is a bug of ours: answer with a failure, and
   the kernel ends the task loudly.  */
static kern_return_t
exception_serve (const struct exception_request *request)
{
  struct guard *guard = guard_of_thread (request->thread);

  if (!guard || !(__atomic_load_n (&guard->copy, __ATOMIC_ACQUIRE) & 1))
    return KERN_FAILURE;
  return guard_divert (guard, EFAULT);
}

static void *
exception_thread (void *unused)
{
  union
  {
    struct exception_request request;
    char room[512];
  } message;

  (void)unused;
  for (;;)
    {
      mach_msg_header_t *header = &message.request.header;
      kern_return_t answer;

      if (mach_msg (header, MACH_RCV_MSG, 0, sizeof message, all.exceptions, 0,
                    MACH_PORT_NULL)
          || header->msgh_id != EXCEPTION_RAISE)
        continue;
      answer = exception_serve (&message.request);
      send_drop (&message.request.thread);
      send_drop (&message.request.task);
      reply_error (header->msgh_remote_port,
                   MACH_MSGH_BITS_REMOTE (header->msgh_bits), EXCEPTION_RAISE,
                   answer);
    }
  return NULL;
}

/* ---- deadlines ---- */

/* Stop GUARD's thread, and if it is still in the copy that the last round saw,
   get it out.  */
static void
guard_give_up (struct guard *guard)
{
  if (thread_suspend (guard->thread))
    return;
  if (__atomic_load_n (&guard->copy, __ATOMIC_ACQUIRE) == guard->seen)
    {
      (void)thread_abort (guard->thread);
      (void)guard_divert (guard, ETIMEDOUT);
    }
  (void)thread_resume (guard->thread);
}

/* One round over all guards.  True: somebody copied since the last one.  */
static bool
watchdog_round (void)
{
  bool active = false;

  pthread_mutex_lock (&all.lock);
  for (struct guard *guard = all.guards; guard; guard = guard->next)
    {
      uint64_t copy = __atomic_load_n (&guard->copy, __ATOMIC_ACQUIRE);

      if (copy != guard->seen)
        guard->rounds = 0;
      else if (copy & 1 && ++guard->rounds * PERIOD_MS >= GUARD_DEADLINE_MS)
        guard_give_up (guard);
      active = active || copy & 1 || copy != guard->seen;
      guard->seen = copy;
    }
  pthread_mutex_unlock (&all.lock);
  return active;
}

/* Whoever begins a copy after ASLEEP is set sends a message; one that began
   before did not, and must be seen here.  */
static bool
watchdog_may_sleep (void)
{
  bool nobody = true;

  __atomic_store_n (&all.asleep, true, __ATOMIC_SEQ_CST);
  pthread_mutex_lock (&all.lock);
  for (struct guard *guard = all.guards; guard; guard = guard->next)
    if (__atomic_load_n (&guard->copy, __ATOMIC_SEQ_CST) & 1)
      nobody = false;
  pthread_mutex_unlock (&all.lock);
  if (!nobody)
    __atomic_store_n (&all.asleep, false, __ATOMIC_SEQ_CST);
  return nobody;
}

static void *
watchdog_thread (void *unused)
{
  mach_msg_header_t message;

  (void)unused;
  for (;;)
    {
      (void)mach_msg (&message, MACH_RCV_MSG, 0, sizeof message, all.wake, 0,
                      MACH_PORT_NULL);
      do
        (void)mach_msg (&message, MACH_RCV_MSG | MACH_RCV_TIMEOUT, 0,
                        sizeof message, all.wake, PERIOD_MS, MACH_PORT_NULL);
      while (watchdog_round () || !watchdog_may_sleep ());
    }
  return NULL;
}

static void
watchdog_wake (void)
{
  mach_msg_header_t message = {
    .msgh_bits = MACH_MSGH_BITS (MACH_MSG_TYPE_MAKE_SEND, 0),
    .msgh_size = sizeof message,
    .msgh_remote_port = all.wake,
  };

  if (__atomic_exchange_n (&all.asleep, false, __ATOMIC_SEQ_CST))
    (void)mach_msg (&message, MACH_SEND_MSG | MACH_SEND_TIMEOUT,
                    sizeof message, 0, MACH_PORT_NULL, 0, MACH_PORT_NULL);
}

/* ---- for the threads that copy ---- */

static error_t
guard_threads_start_locked (void)
{
  pthread_t thread;
  error_t err;

  if (all.wake)
    return 0;
  err = mach_port_allocate (mach_task_self (), MACH_PORT_RIGHT_RECEIVE,
                            &all.exceptions);
  if (!err)
    err = mach_port_allocate (mach_task_self (), MACH_PORT_RIGHT_RECEIVE,
                              &all.wake);
  if (!err)
    err = pthread_create (&thread, NULL, exception_thread, NULL);
  if (!err)
    err = pthread_create (&thread, NULL, watchdog_thread, NULL);
  return err;
}

error_t
guard_thread_init (void)
{
  struct guard *guard = calloc (1, sizeof *guard);
  error_t err;

  if (!guard)
    return ENOMEM;
  guard->thread = mach_thread_self ();
  pthread_mutex_lock (&all.lock);
  err = guard_threads_start_locked ();
  if (!err)
    {
      guard->next = all.guards;
      all.guards = guard;
      mine = guard;
    }
  pthread_mutex_unlock (&all.lock);
  if (err)
    return err;

  err = mach_port_insert_right (mach_task_self (), all.exceptions,
                                all.exceptions, MACH_MSG_TYPE_MAKE_SEND);
  if (!err)
    err = thread_set_exception_port (guard->thread, all.exceptions);
  (void)mach_port_deallocate (mach_task_self (), all.exceptions);
  return err;
}

error_t
guard_copy (void *to, const void *from, size_t size)
{
  struct guard *guard = mine;

  if (setjmp (guard->recover) == 0)
    {
      __atomic_add_fetch (&guard->copy, 1, __ATOMIC_SEQ_CST);
      watchdog_wake ();
      memcpy (to, from, size);
      guard->why = 0;
    }
  __atomic_add_fetch (&guard->copy, 1, __ATOMIC_SEQ_CST);
  return guard->why;
}
