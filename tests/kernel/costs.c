/* costs.c -- what the kernel charges, in units of M

   M is a round trip of two empty messages between two tasks.  Question 1 of
   the design review (k, the price of a kernel call), and what decides how
   lib/port answers and how it makes objects.
   Counts: instructions
   Patience: 120
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "tests/kernel/bare.h"

#include <mach/mach_port.h>
#include <mach/notify.h>
#include <mach/thread_switch.h>

#define COUNT 4000

static mach_port_t service, other, reply_to;
static double m;

static void
report (const char *what, double us)
{
  say ("%-44s %7.2f us  %5.2f M", what, us, us / m);
}

/* ---- two tasks ---- */

struct style
{
  mach_msg_option_t option; /* beside SEND and RCV */
  bool apart;               /* send and receive in two traps */
};
static const struct style plain = { 0, false };
static const struct style timeout = { MACH_RCV_TIMEOUT, false };
static const struct style send_timeout = { MACH_SEND_TIMEOUT, false };
static const struct style large = { MACH_RCV_LARGE, false };
static const struct style apart = { 0, true };

/* The other task: answer whatever comes.  Reply rights are send-once.  */
static void
serve (void *cookie)
{
  const struct style *style = cookie;
  mach_msg_header_t message;

  (void)mach_msg (&message, MACH_RCV_MSG, 0, sizeof message, service, 0,
                  MACH_PORT_NULL);
  for (;;)
    {
      message.msgh_bits = MACH_MSGH_BITS (MACH_MSG_TYPE_MOVE_SEND_ONCE, 0);
      message.msgh_local_port = MACH_PORT_NULL;
      if (style->apart)
        {
          (void)mach_msg (&message, MACH_SEND_MSG, sizeof message, 0, 0, 0, 0);
          (void)mach_msg (&message, MACH_RCV_MSG, 0, sizeof message, service,
                          0, 0);
        }
      else
        (void)mach_msg (&message, MACH_SEND_MSG | MACH_RCV_MSG | style->option,
                        sizeof message, sizeof message, service, 10000, 0);
    }
}

static void
call (void *cookie)
{
  mach_msg_header_t message = {
    .msgh_bits
    = MACH_MSGH_BITS (MACH_MSG_TYPE_COPY_SEND, MACH_MSG_TYPE_MAKE_SEND_ONCE),
    .msgh_size = sizeof message,
    .msgh_remote_port = service,
    .msgh_local_port = reply_to,
  };

  (void)cookie;
  need (mach_msg (&message, MACH_SEND_MSG | MACH_RCV_MSG, sizeof message,
                  sizeof message, reply_to, 0, MACH_PORT_NULL),
        "a call");
}

static double
round_trip (const struct style *style)
{
  struct child child;
  double us;

  service = port_new ();
  child_create (&child, serve, (void *)style);
  /* The receive right goes, our send right stays.  */
  need (mach_port_insert_right (child.task, service, service,
                                MACH_MSG_TYPE_MOVE_RECEIVE),
        "a receive right for a child");
  child_go (&child);
  us = best_us (call, NULL, COUNT);
  (void)task_terminate (child.task);
  return us;
}

/* ---- kernel calls on ourselves ---- */

static void
null_trap (void *cookie)
{
  (void)cookie;
  (void)(mach_task_self)();
}

static void
port_type (void *cookie)
{
  mach_port_type_t type;

  (void)cookie;
  (void)mach_port_type (mach_task_self (), other, &type);
}

static void
ask_task_info (void *cookie)
{
  struct task_basic_info info;
  mach_msg_type_number_t count = TASK_BASIC_INFO_COUNT;

  (void)cookie;
  need (task_info (mach_task_self (), TASK_BASIC_INFO, (task_info_t)&info,
                   &count),
        "task_info");
}

static void
add_and_drop (void *cookie)
{
  (void)cookie;
  (void)mach_port_mod_refs (mach_task_self (), other, MACH_PORT_RIGHT_SEND, 1);
  (void)mach_port_deallocate (mach_task_self (), other);
}

static void
right_fresh (void *cookie)
{
  mach_port_t set = *(mach_port_t *)cookie, self = mach_task_self ();
  mach_port_t port, previous;

  (void)mach_port_allocate (self, MACH_PORT_RIGHT_RECEIVE, &port);
  (void)mach_port_set_protected_payload (self, port, 1);
  (void)mach_port_move_member (self, port, set);
  (void)mach_port_request_notification (self, port, MACH_NOTIFY_NO_SENDERS, 1,
                                        port, MACH_MSG_TYPE_MAKE_SEND_ONCE,
                                        &previous);
  (void)mach_port_mod_refs (self, port, MACH_PORT_RIGHT_RECEIVE, -1);
}

static void
right_armed (void *cookie)
{
  mach_port_t previous;

  (void)cookie;
  (void)mach_port_request_notification (
      mach_task_self (), other, MACH_NOTIFY_NO_SENDERS, 1000000, other,
      MACH_MSG_TYPE_MAKE_SEND_ONCE, &previous);
  if (previous)
    (void)mach_port_deallocate (mach_task_self (), previous);
}

static void
memory (void *cookie)
{
  vm_address_t page = 0;

  (void)vm_allocate (mach_task_self (), &page, vm_page_size, TRUE);
  if (cookie)
    *(volatile char *)page = 1;
  (void)vm_deallocate (mach_task_self (), page, vm_page_size);
}

static void
send_to_self (void *cookie)
{
  mach_msg_header_t message;

  (void)cookie;
  (void)port_send (other, MACH_MSG_TYPE_COPY_SEND, 1, MACH_PORT_NULL);
  (void)mach_msg (&message, MACH_RCV_MSG, 0, sizeof message, other, 0,
                  MACH_PORT_NULL);
}

static void
kernel_calls (void)
{
  mach_port_t set = port_set_new ();
  double k;

  other = port_new ();
  k = best_us (port_type, NULL, COUNT);
  report ("trap without a message (mach_task_self)",
          best_us (null_trap, NULL, COUNT));
  report ("kernel call k (mach_port_type)", k);
  report ("kernel call (task_info)", best_us (ask_task_info, NULL, COUNT));
  report ("two calls: mod_refs +1, deallocate",
          best_us (add_and_drop, NULL, COUNT));
  report ("receive right made, armed and destroyed",
          best_us (right_fresh, &set, COUNT));
  report ("receive right re-armed", best_us (right_armed, NULL, COUNT));
  report ("message to oneself, sent and received",
          best_us (send_to_self, NULL, COUNT));
  report ("page allocated and freed", best_us (memory, NULL, COUNT));
  report ("page allocated, touched and freed", best_us (memory, &m, COUNT));
  claim (k < m, "a kernel call costs less than M");
}

void
probe (void)
{
  double slow;

  reply_to = port_new ();
  m = round_trip (&plain);
  report ("M: round trip, server SEND|RCV", m);
  slow = round_trip (&timeout);
  report ("   server SEND|RCV|RCV_TIMEOUT", slow);
  report ("   server SEND|RCV|SEND_TIMEOUT", round_trip (&send_timeout));
  report ("   server SEND|RCV|RCV_LARGE", round_trip (&large));
  report ("   server SEND, then RCV", round_trip (&apart));
  claim (slow > m * 1.2, "options beside SEND|RCV cost the fast path");
  kernel_calls ();
}
