/* verify.c -- is this port a task's, without sending anything to it?

   A client may hand over any port as "its task".
   Links: build/mach_debug_U.c
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "tests/kernel/bare.h"

#include "mach_debug_U.h"

/* In libmachuser, but in no header.  */
extern kern_return_t syscall_mach_port_deallocate (mach_port_t task,
                                                   mach_port_t name);

/* <kern/ipc_kobject.h> of the kernel, as far as asked for here.  */
enum
{
  IKOT_NONE = 0,
  IKOT_THREAD = 1,
  IKOT_TASK = 2
};

static unsigned int
kernel_object (mach_port_t port)
{
  unsigned int type = 99;
  vm_offset_t address;
  error_t err
      = mach_port_kernel_object (mach_task_self (), port, &type, &address);

  if (err)
    say ("mach_port_kernel_object: error %x", err);
  return err ? 99 : type;
}

static void
by_kernel_object (mach_port_t task, mach_port_t thread, mach_port_t ours)
{
  claim (kernel_object (task) == IKOT_TASK,
         "mach_port_kernel_object knows a task's port");
  claim (kernel_object (thread) == IKOT_THREAD, "and a thread's");
  claim (kernel_object (ours) == IKOT_NONE, "and one that is neither");
}

/* A trap with the port as its task: what does it say, and was it sent?  */
static void
by_trap (mach_port_t task, mach_port_t ours)
{
  mach_msg_header_t message[32];
  error_t real = syscall_mach_port_deallocate (task, MACH_PORT_NULL);
  error_t fake = syscall_mach_port_deallocate (ours, MACH_PORT_NULL);

  say ("syscall_mach_port_deallocate (port, null): %x for a task, %x else",
       real, fake);
  claim (fake == MACH_SEND_INTERRUPTED && real != fake,
         "a raw trap tells a task's port from others");
  claim (syscall_mach_port_deallocate (mach_thread_self (), MACH_PORT_NULL)
             == MACH_SEND_INTERRUPTED,
         "a thread's port is not a task's");
  claim (port_receive (ours, message, 100) == MACH_RCV_TIMED_OUT,
         "and sends nothing to the others");
}

static unsigned int
dead_object (mach_port_t task)
{
  (void)task_terminate (task);
  return kernel_object (task);
}

static void
ask_type (void *cookie)
{
  (void)kernel_object (*(mach_port_t *)cookie);
}

static void
ask_trap (void *cookie)
{
  (void)syscall_mach_port_deallocate (*(mach_port_t *)cookie, MACH_PORT_NULL);
}

void
probe (void)
{
  mach_port_t task, ours = port_new ();

  need (task_create (mach_task_self (), FALSE, &task), "a task");
  by_kernel_object (task, mach_thread_self (), ours);
  by_trap (task, ours);
  say ("mach_port_kernel_object %.2f us, the trap %.2f us",
       best_us (ask_type, &task, 2000), best_us (ask_trap, &task, 2000));
  claim (dead_object (task) == 99, "a dead task's port is none");
}
