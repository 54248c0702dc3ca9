/* relay.c -- new-task notifications, queues that are full, and their order

   Question 5 of the design review: who is blocked by whom when the receiver of
   new-task notifications does not receive.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "tests/kernel/bare.h"

#include <mach/gnumach.h>
#include <mach/notify.h>

#define NEW_TASK 4400 /* <mach/task_notify.defs> */
#define TASKS 40

/* mach_notify_new_task, and notifications, which are shorter.  */
union message
{
  struct
  {
    mach_msg_header_t header;
    mach_msg_type_t task_type;
    uint64_t task;
    mach_msg_type_t parent_type;
    uint64_t parent;
  } new_task;
  struct
  {
    mach_msg_header_t header;
    mach_msg_type_t type;
    mach_port_name_t name;
  } dead_name;
  char room[1024];
};

static mach_port_t ledger;

static void
try_create (struct errand *errand)
{
  mach_port_t task;

  for (int i = 0; i < TASKS && !errand->result; i++)
    errand->result = task_create (mach_task_self (), FALSE, &task);
}

/* Nobody receives, and the queue holds one message.  */
static void
flood (void)
{
  struct errand creator = { .run = try_create };
  union message message;
  int got = 0;

  need (mach_port_set_qlimit (mach_task_self (), ledger, 1), "a queue limit");
  errand_start (&creator);
  claim (errand_wait (&creator, 3000),
         "task_create goes on when its notification's queue is full");
  while (!port_receive (ledger, &message, 100))
    {
      if (message.new_task.header.msgh_id != NEW_TASK)
        continue;
      got++;
      (void)task_terminate (message.new_task.task);
      (void)mach_port_deallocate (mach_task_self (), message.new_task.parent);
    }
  claim (got == TASKS, "%d of %d notifications came all the same", got, TASKS);
}

static void
try_send (struct errand *errand)
{
  mach_msg_header_t message = {
    .msgh_bits = MACH_MSGH_BITS (MACH_MSG_TYPE_COPY_SEND, 0),
    .msgh_size = sizeof message,
    .msgh_remote_port = errand->port,
  };

  errand->result = mach_msg (&message, MACH_SEND_MSG, sizeof message, 0, 0, 0,
                             MACH_PORT_NULL);
}

/* What upstream's proc does with each notification.  */
static void
relay (void)
{
  struct errand sender = { .run = try_send };
  mach_port_t full = port_new ();
  int fit = 0;

  while (!port_send (full, MACH_MSG_TYPE_COPY_SEND, 1, MACH_PORT_NULL))
    fit++;
  say ("a queue takes %d messages by default", fit);
  sender.port = full;
  errand_start (&sender);
  claim (!errand_wait (&sender, 1000),
         "a relay by plain send blocks while the receiver does not receive");
  claim (port_send (full, MACH_MSG_TYPE_COPY_SEND, 1, MACH_PORT_NULL)
             == MACH_SEND_TIMED_OUT,
         "a send with timeout 0 says so instead");
}

/* A task makes a child and dies: which news comes first?  */
static void
make_child (void *cookie)
{
  mach_port_t task;

  (void)cookie;
  (void)task_create (mach_task_self (), FALSE, &task);
}

static bool
dead_comes_last (void)
{
  union message message;
  mach_port_t previous;
  struct child child;
  bool seen = false;

  child_create (&child, make_child, NULL);
  need (mach_port_request_notification (
            mach_task_self (), child.task, MACH_NOTIFY_DEAD_NAME, 1, ledger,
            MACH_MSG_TYPE_MAKE_SEND_ONCE, &previous),
        "a dead-name request");
  child_go (&child);
  while (!port_receive (ledger, &message, 1000))
    {
      if (message.new_task.header.msgh_id == MACH_NOTIFY_DEAD_NAME)
        return seen;
      seen = seen || message.new_task.parent == child.task;
    }
  return false;
}

void
probe (void)
{
  int good = 0;

  ledger = port_new ();
  need (register_new_task_notification (host_priv, ledger,
                                        MACH_MSG_TYPE_COPY_SEND),
        "registering");
  claim (register_new_task_notification (host_priv, ledger,
                                         MACH_MSG_TYPE_COPY_SEND)
             != 0,
         "only one port can be registered");
  flood ();
  relay ();
  for (int i = 0; i < 100; i++)
    good += dead_comes_last ();
  claim (good == 100,
         "a task's children come before its death on one port (%d of 100)",
         good);
}
