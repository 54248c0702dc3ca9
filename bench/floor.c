/* floor.c -- what the kernel charges for a message between two tasks

   No server library, no libc in between: one trap on each side sends and
   receives.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <mach.h>
#include <mach/mig_support.h>
#include <mach/thread_status.h>
#include <stddef.h>

#include "bench/bench.h"

#define STACK (64 * 1024)

/* In libc, but in no header.  */
extern void mach_init (void);

/* The second task is a copy of our memory with one thread and few rights.  */
static mach_port_t task, thread, service, reply_to;
static mach_port_t *const ours[] = { &task, &thread, &service };
static vm_address_t stack; /* the thread's */

/* The second task: answer whatever comes.  */
static void
serve (void)
{
  mach_msg_header_t message;
  mach_msg_option_t option = MACH_RCV_MSG;

  mach_init (); /* libc's idea of mach_task_self is our parent's */
  for (;;)
    {
      if (mach_msg (&message, option, sizeof message, sizeof message, service,
                    0, MACH_PORT_NULL))
        task_terminate (mach_task_self ());
      message.msgh_bits = MACH_MSGH_BITS (MACH_MSG_TYPE_MOVE_SEND_ONCE, 0);
      message.msgh_local_port = MACH_PORT_NULL;
      option = MACH_SEND_MSG | MACH_RCV_MSG;
    }
}

static error_t
thread_aim (void)
{
  struct i386_thread_state state;
  struct i386_fsgs_base_state bases = { .fs_base = 0 };
  mach_msg_type_number_t count = i386_THREAD_STATE_COUNT;
  error_t err = thread_get_state (thread, i386_THREAD_STATE,
                                  (thread_state_t)&state, &count);

  if (err)
    return err;
  state.rip = (uintptr_t)serve;
  state.ursp = stack + STACK - 8;
  __asm__("mov %%fs:0, %0" : "=r"(bases.fs_base));
  err = thread_set_state (thread, i386_THREAD_STATE, (thread_state_t)&state,
                          count);
  if (!err)
    err = thread_set_state (thread, i386_FSGS_BASE_STATE,
                            (thread_state_t)&bases,
                            i386_FSGS_BASE_STATE_COUNT);
  return err ? err : thread_resume (thread);
}

static error_t
ports_make (void)
{
  mach_port_t self = mach_task_self ();
  error_t err;

  reply_to = mach_reply_port ();
  err = mach_port_allocate (self, MACH_PORT_RIGHT_RECEIVE, &service);
  if (!err)
    err = mach_port_insert_right (self, service, service,
                                  MACH_MSG_TYPE_MAKE_SEND);
  return err;
}

static error_t
setup (void)
{
  mach_port_t self = mach_task_self ();
  error_t err = ports_make ();

  if (!err)
    err = vm_allocate (self, &stack, STACK, TRUE);
  if (!err)
    err = task_create (self, TRUE, &task);
  if (!err)
    err = mach_port_insert_right (task, service, service,
                                  MACH_MSG_TYPE_MOVE_RECEIVE);
  /* The copied memory names our reply port: let that name be one there.  */
  if (!err)
    err = mach_port_allocate_name (task, MACH_PORT_RIGHT_RECEIVE,
                                   mig_get_reply_port ());
  if (!err)
    err = thread_create (task, &thread);
  return err ? err : thread_aim ();
}

static void
teardown (void)
{
  mach_port_t self = mach_task_self ();

  if (task)
    (void)task_terminate (task);
  for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
    {
      (void)mach_port_deallocate (self, *ours[i]);
      *ours[i] = MACH_PORT_NULL;
    }
  (void)mach_port_destroy (self, reply_to);
  (void)vm_deallocate (self, stack, STACK);
  stack = 0;
}

static error_t
call (unsigned int count)
{
  for (unsigned int i = 0; i < count; i++)
    {
      mach_msg_header_t message = {
        .msgh_bits = MACH_MSGH_BITS (MACH_MSG_TYPE_COPY_SEND,
                                     MACH_MSG_TYPE_MAKE_SEND_ONCE),
        .msgh_size = sizeof message,
        .msgh_remote_port = service,
        .msgh_local_port = reply_to,
      };
      error_t err
          = mach_msg (&message, MACH_SEND_MSG | MACH_RCV_MSG, sizeof message,
                      sizeof message, reply_to, 0, MACH_PORT_NULL);

      if (err)
        return err;
    }
  return 0;
}

const struct operation floor_message = {
  .name = "M: bare message round trip",
  .setup = setup,
  .teardown = teardown,
  .run = call,
};

static error_t
ask_kernel (unsigned int count)
{
  mach_port_type_t type;
  error_t err = 0;

  while (count-- && !err)
    err = mach_port_type (mach_task_self (), mach_task_self (), &type);
  return err;
}

const struct operation floor_kernel = {
  .name = "k: kernel call",
  .run = ask_kernel,
};
