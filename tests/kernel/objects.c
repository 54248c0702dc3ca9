/* objects.c -- memory object proxies, and the clock's page

   A read-only open must not hand out the bare memory object; a clock that can
   be mapped costs no message.
   Links: tests/kernel/pager.c
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "tests/kernel/pager.h"

#include <device/device.h>
#include <mach/mach4.h>
#include <mach/time_value.h>
#include <string.h>

static error_t
map (mach_port_t object, unsigned int pages, boolean_t copy, vm_prot_t access,
     vm_address_t *page)
{
  *page = 0;
  return vm_map (mach_task_self (), page, pages * vm_page_size, 0, TRUE,
                 object, 0, copy, access, access, VM_INHERIT_SHARE);
}

static vm_prot_t
protection_of (vm_address_t page)
{
  vm_size_t size;
  vm_prot_t protection = 0, maximum;
  vm_inherit_t inheritance;
  boolean_t shared;
  memory_object_name_t name;
  vm_offset_t offset;

  (void)vm_region (mach_task_self (), &page, &size, &protection, &maximum,
                   &inheritance, &shared, &name, &offset);
  return protection;
}

/* As ld.so maps a program's data.  */
static void
private_mapping (mach_port_t proxy)
{
  vm_address_t page;
  error_t err = map (proxy, 1, TRUE, VM_PROT_READ | VM_PROT_WRITE, &page);

  claim (!err, "a read-only proxy can be mapped privately (%x)", err);
  if (err)
    return;
  claim (!strcmp ((char *)page, "supplied"), "and read");
  *(volatile char *)page = 'S';
  claim (*(volatile char *)page == 'S', "and written");
}

static void
proxies (void)
{
  rpc_vm_offset_t offset = 0, start = 0;
  rpc_vm_size_t length = vm_page_size;
  mach_port_t pager = pager_new (PAGER_SUPPLIES), proxy = MACH_PORT_NULL;
  vm_address_t page = 0;
  error_t err = memory_object_create_proxy (
      mach_task_self (), VM_PROT_READ, &pager, MACH_MSG_TYPE_COPY_SEND, 1,
      &offset, 1, &start, 1, &length, 1, &proxy);

  claim (!err && MACH_PORT_VALID (proxy),
         "memory_object_create_proxy works (%x)", err);
  err = map (proxy, 1, FALSE, VM_PROT_READ, &page);
  claim (!err, "a read-only proxy can be mapped for reading (%x)", err);
  err = vm_protect (mach_task_self (), page, vm_page_size, FALSE,
                    VM_PROT_READ | VM_PROT_WRITE);
  claim (err != 0, "and not be made writable (%x)", err);
  err = map (proxy, 1, FALSE, VM_PROT_READ | VM_PROT_WRITE, &page);
  claim (!err && protection_of (page) == VM_PROT_READ,
         "asked for a writable mapping, it gives a readable one (%x, %x)", err,
         protection_of (page));
  private_mapping (proxy);
  claim (map (proxy, 2, FALSE, VM_PROT_READ, &page) == KERN_INVALID_ARGUMENT,
         "what lies behind its end cannot be mapped");
}

static void
clock_page (void)
{
  mach_port_t device = MACH_PORT_NULL, object = MACH_PORT_NULL;
  vm_address_t page = 0;
  volatile mapped_time_value_t *clock;
  int64_t before;
  error_t err = device_open (device_master, D_READ, "time", &device);

  claim (!err, "the device \"time\" can be opened (%x)", err);
  if (!err)
    err = device_map (device, VM_PROT_READ, 0, vm_page_size, &object, 0);
  if (!err)
    err = vm_map (mach_task_self (), &page, vm_page_size, 0, TRUE, object, 0,
                  FALSE, VM_PROT_READ, VM_PROT_READ, VM_INHERIT_NONE);
  claim (!err, "and mapped (%x)", err);
  if (err)
    return;
  clock = (volatile mapped_time_value_t *)page;
  before = clock->microseconds + 1000000 * (int64_t)clock->seconds;
  pause_ms (200);
  before = clock->microseconds + 1000000 * (int64_t)clock->seconds - before;
  claim (before > 150000 && before < 400000,
         "and it goes: %d us in a pause of 200 ms", (int)before);
}

void
probe (void)
{
  proxies ();
  clock_page ();
}
