/* time_own.c -- /dev/time: the kernel's clock as a page to map

   Variant: own.  Calls: the kernel's device "time", through a proxy that can
   only be read: the kernel checks the protection when the device is mapped,
   and not again when its memory object is.  There is nothing to read.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <device/device.h>
#include <mach/mach4.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "lib/io/plain.h"
#include "lib/port/clock.h"
#include "lib/port/right.h"
#include "servers/time/time.h"

struct clock
{
  struct generation generation;
  struct plain plain;
  mach_port_t page; /* memory object, send right; null: none to be had */
};

static error_t
clock_map (struct handle *handle, struct out_right *ret_read,
           struct out_right *ret_write)
{
  struct clock *clock = plain_of (&handle->object)->state;

  (void)ret_write;
  if (!MACH_PORT_VALID (clock->page))
    return EOPNOTSUPP;
  *ret_read = (struct out_right){ clock->page, MACH_MSG_TYPE_COPY_SEND };
  return 0;
}

static const struct interface *const clock_interfaces[]
    = { HANDLE_INTERFACES, NULL };

static const struct object_class clock_class
    = { .name = "time", .interfaces = clock_interfaces, .free = plain_free };

static const struct io_ops clock_io = { .clone = plain_clone,
                                        .stat = plain_stat,
                                        .identity = plain_identity,
                                        .map = clock_map };

/* The kernel's pager does not come back once its last mapping is gone, and
   whoever maps the page then waits for ever: have one that stays.  Our own
   servers read the time from it.  */
static void
clock_keep (struct clock *clock)
{
  vm_address_t address = 0;

  if (vm_map (mach_task_self (), &address, vm_page_size, 0, TRUE, clock->page,
              0, FALSE, VM_PROT_READ, VM_PROT_READ, VM_INHERIT_NONE)
      || *(volatile int *)address == 0)
    send_drop (&clock->page);
  else
    clock_use_page ((const volatile struct mapped_time_value *)address);
}

/* Before the loop runs, so it may wait for the kernel.  */
static void
clock_find_page (struct clock *clock, mach_port_t device_master)
{
  cleanup_send mach_port_t device = MACH_PORT_NULL;
  cleanup_send mach_port_t object = MACH_PORT_NULL;
  char name[] = "time";
  rpc_vm_offset_t offset = 0, start = 0;
  rpc_vm_size_t length = vm_page_size;

  if (!MACH_PORT_VALID (device_master)
      || device_open (device_master, D_READ, name, &device)
      || device_map (device, VM_PROT_READ, 0, vm_page_size, &object, 0))
    return;
  if (memory_object_create_proxy (mach_task_self (), VM_PROT_READ, &object,
                                  MACH_MSG_TYPE_COPY_SEND, 1, &offset, 1,
                                  &start, 1, &length, 1, &clock->page))
    clock->page = MACH_PORT_NULL;
  else
    clock_keep (clock);
}

error_t
time_own_create (struct environment *env)
{
  struct clock *clock = calloc (1, sizeof *clock);

  if (!clock)
    return ENOMEM;
  generation_init (&clock->generation, "time", env);
  clock_find_page (clock, env->device_master);
  clock->plain = (struct plain){ .path = "/dev/time",
                                 .class = &clock_class,
                                 .io = &clock_io,
                                 .mode = S_IFCHR | 0444,
                                 .number = 101,
                                 .generation = &clock->generation,
                                 .env = env,
                                 .state = clock };
  return plain_attach (&clock->plain);
}
