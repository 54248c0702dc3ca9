/* park.h -- a request that is answered later

   Embed a struct parked in the record of the waiting operation.  It owns the
   reply right.  It ends in exactly one of two ways: the operation completes
   and answers with a *_reply stub on `parked_take_reply', or CANCEL is called
   (interrupt_operation, the client died, the object was cut) and answers
   with `parked_fail'.  Either frees the record.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_PORT_PARK_H
#define HURDLE_PORT_PARK_H

#include "lib/port/loop.h"

struct parked
{
  struct list link;          /* in object->parked */
  struct object *object;     /* reference */
  struct death_watch client; /* on the reply port */
  mach_port_t reply;         /* send-once (or send) right, owned */
  mach_msg_type_name_t reply_type;
  mach_msg_id_t id; /* of the request */
  uint64_t turn;    /* of the loop, when it came: its count of requests */
  /* It only waits for another server's answer: a signal does not end it, as
     it would not if we had the answer ourselves.  False after the start.  */
  bool brief;
  /* Take the record out of the operation's own queues, then parked_fail (P,
     WHY), then free it.  WHY: EINTR interrupted or client gone, EIO cut.  */
  void (*cancel) (struct parked *parked, error_t why);
};

/* Park the request that OBJECT is being asked.  REPLY is consumed.  The
   routine returns MIG_NO_REPLY afterwards and owns the request's rights.  */
void parked_start (struct parked *parked, struct object *object,
                   mach_port_t reply, mach_msg_type_name_t reply_type,
                   void (*cancel) (struct parked *, error_t));

/* Be told when the client dies though it is the only one: for a wait that may
   well never end.  */
void parked_watch (struct parked *parked);

/* End the wait: returns the reply right for a *_reply stub, which consumes
   it (use parked->reply_type).  */
mach_port_t parked_take_reply (struct parked *parked);

/* End the wait with an error reply (the bare 48-byte form).  */
void parked_fail (struct parked *parked, error_t why);

/* End the waits of OBJECT that are not brief: interrupt_operation.  */
void object_interrupt_parked (struct object *object);

/* End all waits of OBJECT.  */
void object_cancel_parked (struct object *object, error_t why);

/* Answer a request at once with only a code, outside of park: consumes
   REPLY, never waits.  */
void reply_error (mach_port_t reply, mach_msg_type_name_t type,
                  mach_msg_id_t request_id, error_t code);

/* mach_msg for the generated *_reply and one-way stubs: sends with timeout 0
   and destroys what could not be sent.  Never waits.  (The stubs are compiled
   with -Dmach_msg=message_send.)  */
mach_msg_return_t
message_send (mach_msg_header_t *message, mach_msg_option_t option,
              mach_msg_size_t send_size, mach_msg_size_t receive_size,
              mach_port_t receive, mach_msg_timeout_t timeout,
              mach_port_t notify);
#endif
