/* senders.c -- no-senders notifications and protected payloads

   What lib/port/object.c assumes when it gives one receive right to many
   objects, one after another.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "tests/kernel/bare.h"

#include <mach/mach_port.h>
#include <mach/notify.h>

union message
{
  mach_msg_header_t header;
  struct
  {
    mach_msg_header_t head;
    mach_msg_type_t type;
    union
    {
      mach_port_mscount_t count;
      uint64_t right;
    };
  } body;
  char room[1024];
};

static mach_port_t port, set, elsewhere;
static union message message;

/* Arm for SYNC; true when an earlier request was still pending.  */
static bool
arm (mach_port_mscount_t sync)
{
  mach_port_t previous = MACH_PORT_NULL;

  need (mach_port_request_notification (
            mach_task_self (), port, MACH_NOTIFY_NO_SENDERS, sync, port,
            MACH_MSG_TYPE_MAKE_SEND_ONCE, &previous),
        "a no-senders request");
  if (!MACH_PORT_VALID (previous))
    return false;
  (void)mach_port_deallocate (mach_task_self (), previous);
  claim (!port_receive (set, &message, 100)
             && message.header.msgh_id == MACH_NOTIFY_SEND_ONCE,
         "a superseded request, dropped, is a send-once notification");
  return true;
}

/* The next no-senders notification on PORT's set says COUNT.  */
static bool
told (mach_port_mscount_t count)
{
  return !port_receive (set, &message, 100)
         && message.header.msgh_id == MACH_NOTIFY_NO_SENDERS
         && message.header.msgh_local_port == 0x1234
         && message.body.count == count;
}

static bool
silent (void)
{
  return port_receive (set, &message, 100) == MACH_RCV_TIMED_OUT;
}

static void
right_make (void)
{
  need (mach_port_insert_right (mach_task_self (), port, port,
                                MACH_MSG_TYPE_MAKE_SEND),
        "a send right");
}

static void
right_drop (void)
{
  need (mach_port_deallocate (mach_task_self (), port), "a send right's end");
}

/* Lives of one receive right, MADE rights having been made before.  */
static void
lives (mach_port_mscount_t made)
{
  claim (silent (), "armed with sync = made + 1 and no sender: nothing comes");
  right_make ();
  right_drop ();
  claim (told (made + 1), "one right made and dropped: told, count %u",
         made + 1);
  claim (!arm (made + 2), "previous is null once it has fired");
  claim (arm (made + 2), "previous is a right while it has not");
  claim (silent (), "two requests do not tell twice");
  right_make ();
  right_make ();
  right_drop ();
  claim (silent (), "one of two rights dropped: nothing comes");
  right_drop ();
  claim (told (made + 3), "both dropped: told, count %u", made + 3);
  claim (!arm (made + 3), "armed with sync = count: previous is null");
  claim (told (made + 3), "and told at once");
}

/* A right that is on its way in a message counts as a sender.  */
static void
in_transit (mach_port_mscount_t made)
{
  union message carrier = {
    .body.head = {
      .msgh_bits = MACH_MSGH_BITS (MACH_MSG_TYPE_COPY_SEND, 0)
                   | MACH_MSGH_BITS_COMPLEX,
      .msgh_size = sizeof carrier.body,
      .msgh_remote_port = elsewhere,
    },
    .body.type = {
      .msgt_name = MACH_MSG_TYPE_MAKE_SEND,
      .msgt_size = 64,
      .msgt_number = 1,
      .msgt_inline = TRUE,
    },
    .body.right = port,
  };

  (void)arm (made + 1);
  need (mach_msg (&carrier.header, MACH_SEND_MSG, sizeof carrier.body, 0, 0, 0,
                  MACH_PORT_NULL),
        "a message with a right");
  claim (silent (), "a right in a queued message is a sender");
  need (port_receive (elsewhere, &carrier, 100), "its receipt");
  claim (carrier.body.right == port, "it comes under the name it has");
  right_drop ();
  claim (told (made + 1), "and counts when it is dropped");
}

/* Who else may say that there are no senders.  */
static void
forged (mach_port_mscount_t made)
{
  union message forgery = {
    .body.head = {
      .msgh_bits = MACH_MSGH_BITS (MACH_MSG_TYPE_COPY_SEND, 0),
      .msgh_size = 48,
      .msgh_remote_port = port,
      .msgh_id = MACH_NOTIFY_NO_SENDERS,
    },
    .body.type = {
      .msgt_name = MACH_MSG_TYPE_INTEGER_32,
      .msgt_size = 32,
      .msgt_number = 1,
      .msgt_inline = TRUE,
    },
    .body.count = made,
  };

  right_make ();
  (void)arm (made + 1);
  need (mach_msg (&forgery.header, MACH_SEND_MSG, 48, 0, 0, 0, MACH_PORT_NULL),
        "a forged notification");
  need (port_receive (set, &message, 100), "the forged one");
  claim (message.header.msgh_id == MACH_NOTIFY_NO_SENDERS
             && message.header.msgh_remote_port == MACH_PORT_NULL,
         "anybody can forge a no-senders notification (bits %x)",
         message.header.msgh_bits);
  claim (arm (made + 1), "but then previous is a right: nothing has fired");
}

static void
payloads (void)
{
  claim (!port_send (port, MACH_MSG_TYPE_MAKE_SEND, 7, MACH_PORT_NULL)
             && !port_receive (set, &message, 100)
             && message.header.msgh_protected_payload == 0x1234
             && MACH_MSGH_BITS_LOCAL (message.header.msgh_bits)
                    == MACH_MSG_TYPE_PROTECTED_PAYLOAD,
         "a port-set member's messages carry its payload");
}

void
probe (void)
{
  elsewhere = port_new ();
  set = port_set_new ();
  need (mach_port_allocate (mach_task_self (), MACH_PORT_RIGHT_RECEIVE, &port),
        "a port");
  need (mach_port_set_protected_payload (mach_task_self (), port, 0x1234),
        "a payload");
  need (mach_port_move_member (mach_task_self (), port, set), "a member");
  (void)arm (1);
  lives (0);
  in_transit (3);
  (void)arm (0);
  (void)told (0);
  payloads ();
  forged (5);
}
