/* meet.h -- the server's half of a rendezvous at an auth that is elsewhere

   Such an auth is asked by a message, and is not waited for.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_MEMBRANE_MEET_H
#define HURDLE_MEMBRANE_MEET_H

#include "lib/base/ids.h"
#include "lib/membrane/call.h"

/* Which auth, and where its answers go.  All borrowed; they outlast whatever
   meets here.  */
struct meeting_place
{
  mach_port_t auth;      /* send right: a handle, if only of nobody's */
  struct outbox *outbox; /* or NULL */
  struct generation *generation;
  struct loop *loop;
};

/* The user came: IDS (borrowed) are the user's; or ERR.  */
typedef void met_t (void *cookie, error_t err, const struct ids *ids);

/* RENDEZVOUS is consumed.  The user gets a right to NEWCOMER (referenced until
   then; NULL: a null port).  MET (NULL: nobody wants to know) is called once,
   on the loop, possibly before this returns.  */
void meet_at (const struct meeting_place *place, mach_port_t rendezvous,
              struct object *newcomer, met_t *met, void *cookie);

#endif
