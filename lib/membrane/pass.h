/* pass.h -- hand a request on as it is

   With the client's own reply right, so the answer takes no detour through
   us.  Only calls that are named are handed on, only with exactly the size
   that they have, and only without a right in their body: what comes back is
   then an answer to what we know, from whom the grant names.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_MEMBRANE_PASS_H
#define HURDLE_MEMBRANE_PASS_H

#include "lib/membrane/outbox.h"

#define PASS_ANY_SIZE 0

/* One request that may be handed on.  */
struct pass
{
  mach_msg_id_t id;
  mach_msg_size_t size; /* of the whole request, or PASS_ANY_SIZE */
  int modes;            /* O_READ, O_WRITE: the handle must have them */
};

/* The row of TABLE (COUNT of them) for IN if IN has the form of a request that
   may be handed on, else NULL: its id, its size, a send-once right to answer
   on, and nothing in its body but data.  */
const struct pass *pass_find (const struct pass *table, size_t count,
                              const mach_msg_header_t *in);

/* Hand IN, which pass_find has found, on to PORT (borrowed).  IN is consumed;
   never waits.  */
void pass_on (struct outbox *outbox, mach_msg_header_t *in, mach_port_t port);

/* Answer IN with ERR instead, and destroy it.  */
void pass_refuse (mach_msg_header_t *in, error_t err);

/* Tell PORT (borrowed) to end what it keeps waiting; its answers go to whoever
   waits for them.  Lost if its queue is full.  */
void pass_interrupt (mach_port_t port);

#endif
