/* fork_memory.c -- what the kernel's part of fork costs

   Question 2 of the design review: how much of fork+exit+wait is virtual
   memory that no server of ours can make cheaper.
   Counts: instructions
   Patience: 120
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "tests/kernel/bare.h"

#include <mach/thread_switch.h>

#define COUNT 40

static vm_address_t pages;
static unsigned int page_count;

static void
task_cycle (void *cookie)
{
  mach_port_t task;

  need (task_create (mach_task_self (), cookie != NULL, &task), "a task");
  (void)task_terminate (task);
  (void)mach_port_deallocate (mach_task_self (), task);
}

static void
touch_all (void)
{
  for (unsigned int i = 0; i < page_count; i++)
    *(volatile char *)(pages + i * vm_page_size) = 1;
}

/* What the parent pays after each fork: its own pages, written again.  */
static void
task_cycle_and_touch (void *cookie)
{
  mach_port_t task;

  need (task_create (mach_task_self (), TRUE, &task), "a task");
  touch_all ();
  (void)cookie;
  (void)task_terminate (task);
  (void)mach_port_deallocate (mach_task_self (), task);
}

static void
child_cycle (void *cookie)
{
  struct child child;

  (void)cookie;
  child_create (&child, (void (*) (void *))touch_all, NULL);
  child_go (&child);
  /* Its death is the end of its task port.  */
  for (mach_port_type_t type = 0; !(type & MACH_PORT_TYPE_DEAD_NAME);)
    {
      (void)thread_switch (MACH_PORT_NULL, SWITCH_OPTION_NONE, 0);
      (void)mach_port_type (mach_task_self (), child.task, &type);
    }
  (void)mach_port_deallocate (mach_task_self (), child.task);
  (void)mach_port_deallocate (mach_task_self (), child.thread);
}

static void
measure (unsigned int count)
{
  double plain, written;

  page_count = count;
  pages = 0;
  need (vm_allocate (mach_task_self (), &pages, count * vm_page_size, TRUE),
        "memory");
  touch_all ();
  plain = best_us (task_cycle, &page_count, COUNT);
  written = best_us (task_cycle_and_touch, NULL, COUNT);
  say ("%5u pages written: task_create+terminate inheriting %8.1f us, "
       "parent writes them again %8.1f us (%.1f us a page)",
       count, plain, written, (written - plain) / count);
  (void)vm_deallocate (mach_task_self (), pages, count * vm_page_size);
}

void
probe (void)
{
  say ("task_create+terminate, nothing inherited %8.1f us",
       best_us (task_cycle, NULL, COUNT));
  measure (1);
  measure (16);
  measure (64);
  measure (256);
  measure (1024);
  page_count = 0;
  say ("a child that runs and ends itself %8.1f us",
       best_us (child_cycle, NULL, COUNT));
  claim (true, "the kernel's part of fork is measured");
}
