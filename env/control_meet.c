/* control_meet.c -- io_reauthenticate of a control

   Whoever comes from outside is known to the parent's auth; and that of the
   environment itself is on another loop, so that it is asked by a message,
   too.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "env/control_private.h"
#include "lib/membrane/meet.h"
#include "lib/port/right.h"

/* HANDLE (reference) is nobody's until then.  */
static void
control_met (void *cookie, error_t err, const struct ids *ids)
{
  struct handle *handle = cookie;

  if (!err)
    ids_copy (&handle->ids, ids);
  object_drop (&handle->object);
}

void
control_meet (struct handle *handle, mach_port_t rendezvous)
{
  struct control *control = ((struct control_handle *)handle)->control;
  const struct meeting_place place = { .auth = control->auth,
                                       .outbox = &control->outbox,
                                       .generation = &control->generation,
                                       .loop = control->env->control };
  struct ids nobody = IDS_INIT;
  struct handle *newcomer;

  /* The parent's auth would hold what waits there, for good: the handle that
     the client gives for a rendezvous, and by it the newcomer.  */
  if (right_is_ours (rendezvous))
    send_drop (&rendezvous);
  else if (control_handle_create (control, &nobody, handle->open_modes,
                                  &newcomer))
    meet_at (&place, rendezvous, NULL, NULL, NULL);
  else
    meet_at (&place, rendezvous, &newcomer->object, control_met, newcomer);
}
