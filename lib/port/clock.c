/* clock.c -- what time it is, without asking the kernel where it can be helped

   The bottom environment has the page in which the kernel keeps its clocks.
   Reading it costs no message, and it goes in the same steps of 10 ms.  Before
   the page is there, and in nested environments, the kernel is asked.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <mach/time_value.h>

#include "lib/port/clock.h"

#define SECOND_NS UINT64_C (1000000000)

/* One machine has one clock: this is no environment's.  */
static const volatile struct mapped_time_value *page;

void
clock_use_page (const volatile struct mapped_time_value *mapped)
{
  __atomic_store_n (&page, mapped, __ATOMIC_RELEASE);
}

/* The kernel writes CHECK, then the nanoseconds, then the seconds; whoever
   finds the first and the last equal has seen no half of a change.  */
static struct timespec
clock_value (const volatile struct time_value64 *value,
             const volatile int64_t *check)
{
  struct timespec now;

  do
    {
      now.tv_sec = value->seconds;
      __atomic_thread_fence (__ATOMIC_ACQUIRE);
      now.tv_nsec = value->nanoseconds;
      __atomic_thread_fence (__ATOMIC_ACQUIRE);
    }
  while (now.tv_sec != *check);
  return now;
}

struct timespec
clock_realtime (void)
{
  const volatile struct mapped_time_value *mapped
      = __atomic_load_n (&page, __ATOMIC_ACQUIRE);
  struct timespec now = { 0, 0 };

  if (mapped)
    return clock_value (&mapped->time_value, &mapped->check_seconds64);
  (void)clock_gettime (CLOCK_REALTIME, &now);
  return now;
}

uint64_t
clock_now_ns (void)
{
  const volatile struct mapped_time_value *mapped
      = __atomic_load_n (&page, __ATOMIC_ACQUIRE);
  struct timespec now = { 0, 0 };

  if (mapped)
    now = clock_value (&mapped->uptime_value, &mapped->check_upseconds64);
  else
    (void)clock_gettime (CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * SECOND_NS + (uint64_t)now.tv_nsec;
}
