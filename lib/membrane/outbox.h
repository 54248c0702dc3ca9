/* outbox.h -- send requests to servers that are not ours, without waiting

   A server's queue can be full, for a moment or for ever.  What it has no room
   for is kept here and sent again, in order, until it goes or the outbox is
   full; whoever waits for the answer is told then.  One outbox for each grant:
   a server that takes nothing holds up nobody else.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_MEMBRANE_OUTBOX_H
#define HURDLE_MEMBRANE_OUTBOX_H

#include "lib/port/loop.h"

struct outbox
{
  struct loop *loop;   /* borrowed */
  struct list waiting; /* struct waiting.link */
  unsigned int count;
  struct timer retry;
};

void outbox_init (struct outbox *outbox, struct loop *loop);
/* Whatever waits is answered with WHY.  */
void outbox_finish (struct outbox *outbox, error_t why);

/* Send HEADER, a whole request with a send-once right to its reply port.  Its
   rights and memory are consumed in any case; what cannot be sent is answered
   with EIO (nobody there) or ENOBUFS.  */
void outbox_send (struct outbox *outbox, mach_msg_header_t *header);

/* Between these two the `*_request' stubs, on this thread, send through
   OUTBOX; outside of them what finds a full queue is destroyed.  */
void outbox_open (struct outbox *outbox);
void outbox_close (void);

/* mach_msg for the generated `*_request' stubs (compiled with
   -Dmach_msg=request_send).  */
mach_msg_return_t
request_send (mach_msg_header_t *message, mach_msg_option_t option,
              mach_msg_size_t send_size, mach_msg_size_t receive_size,
              mach_port_t receive, mach_msg_timeout_t timeout,
              mach_port_t notify);

#endif
