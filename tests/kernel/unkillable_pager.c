/* unkillable_pager.c -- wire a page whose pager never answers

   Question 4 of the design review, first half: the task cannot be ended, and
   whoever makes kernel calls on it is stuck with it, until the pager's port
   dies.  Then the wait is over, and the end of the task is a panic
   (unwire_panics.c).
   Ends: panic
   Links: tests/kernel/pager.c
   Patience: 90
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "tests/kernel/pager.h"

#include <mach/mach_host.h>

static mach_port_t pager;

/* The child's only act.  */
static void
wire (void *cookie)
{
  error_t err = vm_wire (mach_host_self (), mach_task_self (),
                         *(vm_address_t *)cookie, vm_page_size, VM_PROT_READ);

  say ("child: vm_wire came back with %x", err);
}

static void
try_suspend (struct errand *errand)
{
  errand->result = task_suspend (errand->port);
}

static void
try_vm_read (struct errand *errand)
{
  vm_offset_t data;
  mach_msg_type_number_t size;

  errand->result
      = vm_read (errand->port, errand->address, vm_page_size, &data, &size);
}

static void
try_vm_write (struct errand *errand)
{
  errand->result = vm_write (errand->port, errand->address,
                             (vm_offset_t)pager_requests & 0, 0);
}

static void
try_vm_region (struct errand *errand)
{
  vm_address_t address = 0;
  vm_size_t size;
  vm_prot_t protection, maximum;
  vm_inherit_t inheritance;
  boolean_t shared;
  memory_object_name_t name;
  vm_offset_t offset;

  errand->result = vm_region (errand->port, &address, &size, &protection,
                              &maximum, &inheritance, &shared, &name, &offset);
}

static void
try_vm_allocate (struct errand *errand)
{
  vm_address_t address = 0;

  errand->result = vm_allocate (errand->port, &address, vm_page_size, TRUE);
}

static void
try_port_names (struct errand *errand)
{
  mach_port_type_t type;

  errand->result = mach_port_type (errand->port, mach_task_self (), &type);
}

static void
try_task_info (struct errand *errand)
{
  struct task_basic_info info;
  mach_msg_type_number_t count = TASK_BASIC_INFO_COUNT;

  errand->result
      = task_info (errand->port, TASK_BASIC_INFO, (task_info_t)&info, &count);
}

static void
try_terminate (struct errand *errand)
{
  errand->result = task_terminate (errand->port);
}

/* In this order: the last one is the end of the task, if it comes back.  */
static struct attempt
{
  const char *what;
  bool expected; /* to come back */
  struct errand errand;
} attempts[] = {
  { "mach_port_type", true, { .run = try_port_names } },
  { "task_info", true, { .run = try_task_info } },
  { "vm_region", true, { .run = try_vm_region } },
  { "vm_read of another page", false, { .run = try_vm_read } },
  { "vm_write of nothing", true, { .run = try_vm_write } },
  { "vm_allocate", false, { .run = try_vm_allocate } },
  { "task_suspend", false, { .run = try_suspend } },
  { "task_terminate", false, { .run = try_terminate } },
};
#define ATTEMPTS (sizeof attempts / sizeof *attempts)

static bool
attempt (struct attempt *a, mach_port_t task, vm_address_t address)
{
  a->errand.port = task;
  a->errand.address = address;
  errand_start (&a->errand);
  if (errand_wait (&a->errand, 2000))
    say ("%s: came back with %x", a->what, a->errand.result);
  else
    say ("%s: did not come back in 2 s", a->what);
  return a->errand.done;
}

void
probe (void)
{
  static vm_address_t page;
  vm_address_t elsewhere = 0;
  struct child child;
  size_t i;

  pager = pager_new (PAGER_SILENT);
  child_create (&child, wire, &page);
  /* Both into the child: the page of the pager, and an innocent one.  */
  page = pager_map (child.task, pager, 1);
  need (vm_allocate (child.task, &elsewhere, vm_page_size, TRUE), "a page");
  need (vm_write (child.task, (vm_address_t)&page & -vm_page_size,
                  (vm_offset_t)&page & -vm_page_size, vm_page_size),
        "a child's variable");
  child_go (&child);
  pause_ms (500);
  say ("the child wires; its pager was asked %u times", pager_requests);
  for (i = 0; i < ATTEMPTS; i++)
    claim (attempt (&attempts[i], child.task, elsewhere)
               == attempts[i].expected,
           "%s on a wiring task %s", attempts[i].what,
           attempts[i].expected ? "comes back" : "blocks");
  (void)mach_port_mod_refs (mach_task_self (), pager, MACH_PORT_RIGHT_RECEIVE,
                            -1);
  for (i = 0; i + 1 < ATTEMPTS; i++)
    claim (errand_wait (&attempts[i].errand, 2000),
           "with the pager's port dead %s comes back", attempts[i].what);
  say ("task_terminate now: %d", errand_wait (&attempts[i].errand, 5000));
}
