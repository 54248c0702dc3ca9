/* unkillable_proxy.c -- what needs a default pager where there is none

   Question 4 of the design review, second half.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "tests/kernel/bare.h"

#include <mach/mach4.h>

static void
make_proxy (void *cookie)
{
  vm_address_t page = 0;
  mach_port_t proxy = MACH_PORT_NULL;
  error_t err;

  (void)cookie;
  (void)vm_allocate (mach_task_self (), &page, vm_page_size, TRUE);
  *(volatile char *)page = 1;
  err = vm_region_create_proxy (mach_task_self (), page, VM_PROT_READ,
                                vm_page_size, &proxy);
  say ("child: vm_region_create_proxy came back with %x", err);
}

static void
try_terminate (struct errand *errand)
{
  errand->result = task_terminate (errand->port);
}

void
probe (void)
{
  struct errand end = { .run = try_terminate };
  struct child child;

  child_create (&child, make_proxy, NULL);
  child_go (&child);
  pause_ms (1000);
  end.port = child.task;
  errand_start (&end);
  claim (!errand_wait (&end, 3000),
         "without a default pager a task in vm_region_create_proxy cannot be "
         "ended");
  say ("task_terminate: %s %x", end.done ? "came back with" : "blocks",
       end.result);
}
