/* timer.c -- timers of a loop, and the one thread that waits for them

   A loop must receive with exactly SEND|RCV to stay on the kernel's fast
   path, so it cannot have a time limit itself.  A clock thread waits instead;
   it exists only once the first timer was started, and sleeps for ever while
   no timer runs.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <mach/mach_host.h>
#include <mach/time_value.h>
#include <stdlib.h>

#include "lib/port/loop_private.h"

#define NEVER UINT64_MAX
#define SECOND_NS UINT64_C (1000000000)
#define MS_NS UINT64_C (1000000)

struct clock
{
  struct post post; /* to the loop: a timer is due */
  struct loop *loop;
  mach_port_t port;  /* receive right: a message means "look again" */
  uint64_t deadline; /* atomic: the earliest timer's */
  bool posted;       /* atomic: POST is under way */
};

uint64_t
clock_realtime_to_uptime (int64_t sec, int64_t nsec)
{
  struct timespec now = clock_realtime ();
  __int128 left;

  left = ((__int128)sec - now.tv_sec) * (__int128)SECOND_NS + nsec
         - now.tv_nsec;
  if (left <= 0)
    return 0;
  if (left > (__int128)(NEVER / 4))
    left = NEVER / 4;
  return clock_now_ns () + (uint64_t)left;
}

static void
clock_due (struct post *post)
{
  struct clock *clock = list_entry (post, struct clock, post);

  __atomic_store_n (&clock->posted, false, __ATOMIC_RELEASE);
  loop_timers_due (clock->loop);
}

/* Wait on CLOCK's port, at most until its deadline.  */
static void
clock_wait (struct clock *clock)
{
  mach_msg_header_t message;
  uint64_t deadline = __atomic_load_n (&clock->deadline, __ATOMIC_ACQUIRE);
  uint64_t now = clock_now_ns ();
  uint64_t left = deadline <= now ? 0 : (deadline - now + MS_NS - 1) / MS_NS;

  (void)mach_msg (
      &message, MACH_RCV_MSG | (deadline == NEVER ? 0 : MACH_RCV_TIMEOUT), 0,
      sizeof message, clock->port,
      left > 1000000 ? 1000000 : (mach_msg_timeout_t)left, MACH_PORT_NULL);
}

static void *
clock_run (void *argument)
{
  struct clock *clock = argument;

  for (;;)
    {
      clock_wait (clock);
      if (__atomic_load_n (&clock->deadline, __ATOMIC_ACQUIRE)
          > clock_now_ns ())
        continue;
      /* The loop sets the next deadline when it has looked.  */
      __atomic_store_n (&clock->deadline, NEVER, __ATOMIC_RELEASE);
      if (!__atomic_exchange_n (&clock->posted, true, __ATOMIC_ACQ_REL))
        loop_post (clock->loop, &clock->post);
    }
  return NULL;
}

static struct clock *
clock_create (struct loop *loop)
{
  struct clock *clock = calloc (1, sizeof *clock);
  pthread_t thread;

  if (!clock)
    return NULL;
  clock->loop = loop;
  clock->post.run = clock_due;
  clock->deadline = NEVER;
  if (mach_port_allocate (mach_task_self (), MACH_PORT_RIGHT_RECEIVE,
                          &clock->port)
      || pthread_create (&thread, NULL, clock_run, clock))
    {
      free (clock);
      return NULL;
    }
  pthread_detach (thread);
  return clock;
}

/* Let the clock thread know the earliest deadline of LOOP.  */
static void
clock_set (struct loop *loop)
{
  struct list *first = list_first (&loop->timers);
  struct clock *clock = loop->clock;
  uint64_t deadline, before;
  mach_msg_header_t message = {
    .msgh_bits = MACH_MSGH_BITS (MACH_MSG_TYPE_MAKE_SEND, 0),
    .msgh_size = sizeof message,
    .msgh_remote_port = clock->port,
  };

  deadline
      = first ? list_entry (first, struct timer, link)->deadline_ns : NEVER;
  before = __atomic_exchange_n (&clock->deadline, deadline, __ATOMIC_ACQ_REL);
  if (deadline < before)
    (void)mach_msg (&message, MACH_SEND_MSG | MACH_SEND_TIMEOUT,
                    sizeof message, 0, MACH_PORT_NULL, 0, MACH_PORT_NULL);
}

void
timer_start (struct loop *loop, struct timer *timer, uint64_t deadline_ns)
{
  struct list *after = &loop->timers;

  timer_stop (timer);
  if (!loop->clock && !(loop->clock = clock_create (loop)))
    return;
  timer->deadline_ns = deadline_ns;
  timer->running = true;
  list_for_each (node, following, &loop->timers)
  {
    if (list_entry (node, struct timer, link)->deadline_ns > deadline_ns)
      break;
    after = node;
  }
  list_insert_head (after, &timer->link);
  clock_set (loop);
}

void
timer_stop (struct timer *timer)
{
  if (timer->running)
    list_remove (&timer->link);
  timer->running = false;
}

void
loop_timers_due (struct loop *loop)
{
  uint64_t now = clock_now_ns ();
  struct list *first;

  while ((first = list_first (&loop->timers)))
    {
      struct timer *timer = list_entry (first, struct timer, link);

      if (timer->deadline_ns > now)
        break;
      timer_stop (timer);
      timer->run (timer);
    }
  clock_set (loop);
}
