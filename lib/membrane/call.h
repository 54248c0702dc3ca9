/* call.h -- ask a server that is not ours, and go on

   A call is one request and its answer.  The answer comes to a port of the
   call's own through a send-once right, so nobody answers but who was asked,
   and only once.  Use:

     err = call_begin (&call, outbox, generation, loop, done, &reply);
     if (!err)
       err = call_sent (&call, io_stat_request (port, reply));

   DONE is called once, on the loop, if there was no error.  The memory is the
   caller's; from DONE on it may be used again or freed.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_MEMBRANE_CALL_H
#define HURDLE_MEMBRANE_CALL_H

#include "lib/membrane/answer.h"
#include "lib/membrane/outbox.h"

struct call;

/* MESSAGE (see answer.h) is destroyed afterwards with what was not taken out
   of it.  */
typedef void call_done_t (struct call *call, mach_msg_header_t *message);

struct call
{
  struct object object; /* the port of the answer */
  call_done_t *done;
  bool running; /* an answer is to come */
};

/* *RET_REPLY is for the stub, as its reply port (MAKE_SEND_ONCE).  OUTBOX may
   be NULL: a full queue is an error then.  */
error_t call_begin (struct call *call, struct outbox *outbox,
                    struct generation *generation, struct loop *loop,
                    call_done_t *done, mach_port_t *ret_reply);

/* The stub said ERR.  On an error the call is over and DONE not called: EIO if
   nobody is there.  */
error_t call_sent (struct call *call, mach_msg_return_t err);

/* Nobody wants to know any more: DONE is not called, and the answer, should
   it come, is destroyed by the kernel with all that is in it.  */
void call_abandon (struct call *call);

#endif
