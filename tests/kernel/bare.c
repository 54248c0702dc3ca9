/* bare.c -- a first task on bare GNU Mach, for programs that ask the kernel
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "tests/kernel/bare.h"

#include <device/device.h>
#include <hurd.h>
#include <mach/gnumach.h>
#include <mach/mach_host.h>
#include <mach/mig_support.h>
#include <mach/thread_status.h>
#include <mach/vm_param.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHILD_STACK (64 * 1024)
#define RUNS 5

/* In libc, but in no header.  */
extern void mach_init (void);

mach_port_t host_priv, device_master;

static mach_port_t console, nobody; /* a port that nobody sends to */

/* ---- the console ---- */

static void
print (const char *before, const char *format, va_list arguments)
{
  char line[256];
  int written;
  size_t at = snprintf (line, sizeof line, "%s", before);

  at += vsnprintf (line + at, sizeof line - at - 1, format, arguments);
  if (at > sizeof line - 3)
    at = sizeof line - 3;
  line[at++] = '\r';
  line[at++] = '\n';
  (void)device_write_inband (console, 0, 0, line, at, (int *)&written);
}

void
say (const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  print ("", format, arguments);
  va_end (arguments);
}

void
claim (bool holds, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  print (holds ? "ok " : "not ok ", format, arguments);
  va_end (arguments);
}

static void __attribute__ ((noreturn)) end (void)
{
  say ("@hurdle end 0");
  for (;;)
    (void)host_reboot (host_priv, 0);
}

void
need (error_t err, const char *what)
{
  if (!err)
    return;
  claim (false, "%s: error %x", what, err);
  end ();
}

/* ---- time ---- */

uint64_t
ticks (void)
{
  return __builtin_ia32_rdtsc ();
}

void
pause_ms (unsigned int ms)
{
  mach_msg_header_t message;

  (void)mach_msg (&message, MACH_RCV_MSG | MACH_RCV_TIMEOUT, 0, sizeof message,
                  nobody, ms, MACH_PORT_NULL);
}

static uint64_t
uptime_us (void)
{
  time_value64_t uptime;

  need (host_get_uptime64 (mach_host_self (), &uptime), "uptime");
  return uptime.seconds * 1000000 + uptime.nanoseconds / 1000;
}

double
ticks_per_us (void)
{
  static double ratio;
  uint64_t us, start;

  if (ratio > 0)
    return ratio;
  us = uptime_us ();
  while (uptime_us () == us)
    ;
  us = uptime_us ();
  start = ticks ();
  pause_ms (500);
  ratio = (double)(ticks () - start) / (uptime_us () - us);
  return ratio;
}

double
best_us (void (*run) (void *cookie), void *cookie, unsigned int count)
{
  uint64_t best = UINT64_MAX;

  for (int i = 0; i < RUNS; i++)
    {
      uint64_t start = ticks ();

      for (unsigned int n = 0; n < count; n++)
        run (cookie);
      if (ticks () - start < best)
        best = ticks () - start;
    }
  return best / ticks_per_us () / count;
}

/* ---- ports ---- */

mach_port_t
port_new (void)
{
  mach_port_t port;

  need (mach_port_allocate (mach_task_self (), MACH_PORT_RIGHT_RECEIVE, &port),
        "a port");
  need (mach_port_insert_right (mach_task_self (), port, port,
                                MACH_MSG_TYPE_MAKE_SEND),
        "a send right");
  return port;
}

mach_port_t
port_set_new (void)
{
  mach_port_t set;

  need (mach_port_allocate (mach_task_self (), MACH_PORT_RIGHT_PORT_SET, &set),
        "a port set");
  return set;
}

mach_msg_return_t
port_receive (mach_port_t port, void *message, unsigned int ms)
{
  return mach_msg (message, MACH_RCV_MSG | MACH_RCV_TIMEOUT, 0, 1024, port, ms,
                   MACH_PORT_NULL);
}

mach_msg_return_t
port_send (mach_port_t port, mach_msg_type_name_t type, mach_msg_id_t id,
           mach_port_t reply)
{
  mach_msg_header_t message = {
    .msgh_bits
    = MACH_MSGH_BITS (type, reply ? MACH_MSG_TYPE_MAKE_SEND_ONCE : 0),
    .msgh_size = sizeof message,
    .msgh_remote_port = port,
    .msgh_local_port = reply,
    .msgh_id = id,
  };

  return mach_msg (&message, MACH_SEND_MSG | MACH_SEND_TIMEOUT, sizeof message,
                   0, MACH_PORT_NULL, 0, MACH_PORT_NULL);
}

/* ---- tasks and threads ---- */

static void __attribute__ ((noreturn))
child_main (void (*run) (void *), void *cookie)
{
  mach_init (); /* libc's idea of mach_task_self is our parent's */
  nobody = mach_reply_port ();
  run (cookie);
  for (;;)
    (void)task_terminate (mach_task_self ());
}

/* Registers of CHILD: RUN (COOKIE) on STACK, with our thread pointer, for
   libc finds its reply port there.  */
static void
child_aim (struct child *child, vm_address_t stack, void (*run) (void *),
           void *cookie)
{
  struct i386_thread_state state;
  struct i386_fsgs_base_state bases = { .fs_base = 0 };
  mach_msg_type_number_t count = i386_THREAD_STATE_COUNT;

  need (thread_get_state (child->thread, i386_THREAD_STATE,
                          (thread_state_t)&state, &count),
        "a thread's state");
  state.rip = (uintptr_t)child_main;
  state.ursp = stack + CHILD_STACK - 8;
  state.rdi = (uintptr_t)run;
  state.rsi = (uintptr_t)cookie;
  need (thread_set_state (child->thread, i386_THREAD_STATE,
                          (thread_state_t)&state, count),
        "a thread's new state");
  __asm__("mov %%fs:0, %0" : "=r"(bases.fs_base));
  need (thread_set_state (child->thread, i386_FSGS_BASE_STATE,
                          (thread_state_t)&bases, i386_FSGS_BASE_STATE_COUNT),
        "a thread pointer");
}

void
child_create (struct child *child, void (*run) (void *), void *cookie)
{
  vm_address_t stack = 0;
  mach_port_t self = mach_task_self ();

  need (vm_allocate (self, &stack, CHILD_STACK, TRUE), "a stack");
  need (task_create (self, TRUE, &child->task), "a task");
  (void)vm_deallocate (self, stack, CHILD_STACK);
  need (thread_create (child->task, &child->thread), "a thread");
  /* The copied memory names our reply port: let that name be one there.  */
  need (mach_port_allocate_name (child->task, MACH_PORT_RIGHT_RECEIVE,
                                 mig_get_reply_port ()),
        "a reply port");
  child_give (child, console, MACH_MSG_TYPE_COPY_SEND);
  child_give (child, host_priv, MACH_MSG_TYPE_COPY_SEND);
  child_aim (child, stack, run, cookie);
}

void
child_give (struct child *child, mach_port_t name, mach_msg_type_name_t type)
{
  need (mach_port_insert_right (child->task, name, name, type),
        "a right for a child");
}

void
child_set (struct child *child, const void *variable, size_t size)
{
  vm_address_t start = trunc_page ((vm_address_t)variable);
  vm_address_t end = round_page ((vm_address_t)variable + size);

  need (vm_write (child->task, start, start, end - start),
        "a child's variable");
}

void
child_go (struct child *child)
{
  need (thread_resume (child->thread), "a child's start");
}

static void *
errand_thread (void *cookie)
{
  struct errand *errand = cookie;

  errand->run (errand);
  errand->done = true;
  return NULL;
}

void
errand_start (struct errand *errand)
{
  pthread_t thread;

  errand->done = false;
  need (pthread_create (&thread, NULL, errand_thread, errand), "a thread");
}

bool
errand_wait (struct errand *errand, unsigned int ms)
{
  for (unsigned int i = 0; i < ms && !errand->done; i += 20)
    pause_ms (20);
  return errand->done;
}

/* ---- the program ---- */

/* libc counts one thread less than there are, for the signal thread of its own
   that a task on bare Mach does not have, and exits when none is left by its
   count.  One that never ends keeps the count.  */
static void *
thread_for_good (void *cookie)
{
  for (;;)
    pause_ms (1000000);
  return cookie;
}

static mach_port_t
argument_port (int argc, char **argv, const char *name)
{
  size_t length = strlen (name);

  for (int i = 1; i < argc; i++)
    if (!strncmp (argv[i], name, length) && argv[i][length] == '=')
      return strtoul (argv[i] + length + 1, NULL, 0);
  return MACH_PORT_NULL;
}

int
main (int argc, char **argv)
{
  pthread_t thread;

  host_priv = argument_port (argc, argv, "--host-priv");
  device_master = argument_port (argc, argv, "--device-master");
  if (device_open (device_master, D_WRITE, "console", &console))
    (void)host_reboot (host_priv, 0);
  nobody = port_new ();
  need (pthread_create (&thread, NULL, thread_for_good, NULL), "a thread");
  say ("\r\n@hurdle begin");
  probe ();
  end ();
}
