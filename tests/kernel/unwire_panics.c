/* unwire_panics.c -- wire a page that its pager refuses, and let it go

   Question 3 of the design review.  Nothing here needs a privilege: the pager
   is our own and the host port is everybody's.
   Ends: panic
   Links: tests/kernel/pager.c
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "tests/kernel/pager.h"

#include <mach/mach_host.h>

static vm_address_t page;

/* The child: what any program may do.  Its pager is in another task, for a
   task that wires memory of its own pager waits for itself.  */
static void
wire_and_free (void *cookie)
{
  error_t err = vm_wire (mach_host_self (), mach_task_self (), page,
                         vm_page_size, VM_PROT_READ);

  (void)cookie;
  say ("vm_wire of a page that its pager refuses: %x", err);
  claim (!err, "vm_wire does not notice that the page has not come");
  err = vm_deallocate (mach_task_self (), page, vm_page_size);
  say ("vm_deallocate of it: %x", err);
}

void
probe (void)
{
  struct child child;

  child_create (&child, wire_and_free, NULL);
  page = pager_map (child.task, pager_new (PAGER_REFUSES), 1);
  child_set (&child, &page, sizeof page);
  child_go (&child);
  pause_ms (3000);
  say ("3 s later; the pager was asked %u times", pager_requests);
}
