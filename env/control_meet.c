/* control_meet.c -- io_reauthenticate at an auth that is not on our loop

   Whoever comes from outside is known to the parent's auth; and that of the
   environment itself is on another loop, so that it is asked by a message,
   too.  Neither is waited for.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <stdlib.h>

#include "env/control_private.h"
#include "lib/membrane/call.h"
#include "lib/port/right.h"

#include "auth_request_U.h"

#define SERVER_AUTHENTICATE 25003

struct meeting
{
  struct call call;      /* first */
  struct handle *handle; /* reference: the new one, nobody's until told */
};

static error_t
answer_idset (struct answer *answer, struct idset *set)
{
  uint32_t ids[IDS_LARGEST];
  struct answer_data data;
  error_t err = answer_data (answer, &data);

  if (!err && (data.size > sizeof ids || data.size % sizeof *ids))
    err = EIO;
  if (!err)
    err = answer_data_copy (&data, 0, ids, data.size);
  return err ? err : idset_set (set, ids, data.size / sizeof *ids);
}

static error_t
answer_ids (mach_msg_header_t *message, struct ids *ids)
{
  struct idset *const sets[]
      = { &ids->euids, &ids->auids, &ids->egids, &ids->agids };
  struct answer answer;
  error_t err = answer_begin (&answer, message, SERVER_AUTHENTICATE);

  for (size_t i = 0; !err && i < sizeof sets / sizeof *sets; i++)
    err = answer_idset (&answer, sets[i]);
  return err;
}

static void
meeting_end (struct meeting *meeting)
{
  object_drop (&meeting->handle->object);
  free (meeting);
}

static void
meeting_done (struct call *call, mach_msg_header_t *message)
{
  struct meeting *meeting = (struct meeting *)call;
  struct ids ids = IDS_INIT;

  if (!answer_ids (message, &ids))
    ids_copy (&meeting->handle->ids, &ids);
  ids_finish (&ids);
  meeting_end (meeting);
}

static error_t
meeting_begin (struct meeting *meeting, struct control *control,
               int open_modes, mach_port_t *ret_reply)
{
  struct ids nobody = IDS_INIT;
  error_t err
      = control_handle_create (control, &nobody, open_modes, &meeting->handle);

  if (err)
    return err;
  err = call_begin (&meeting->call, &control->outbox, &control->generation,
                    control->env->control, meeting_done, ret_reply);
  if (err)
    object_drop (&meeting->handle->object);
  return err;
}

void
control_meet (struct handle *handle, mach_port_t rendezvous)
{
  struct control *control = ((struct control_handle *)handle)->control;
  struct meeting *meeting = calloc (1, sizeof *meeting);
  mach_port_t reply;
  error_t err
      = meeting ? meeting_begin (meeting, control, handle->open_modes, &reply)
                : ENOMEM;

  if (err)
    {
      /* No answer is wanted, but the client waits for one.  */
      (void)auth_server_authenticate_request (
          control->auth, MACH_PORT_NULL, MACH_MSG_TYPE_MAKE_SEND_ONCE,
          rendezvous, MACH_MSG_TYPE_COPY_SEND, MACH_PORT_NULL,
          MACH_MSG_TYPE_COPY_SEND);
      free (meeting);
    }
  else if (call_sent (&meeting->call,
                      auth_server_authenticate_request (
                          control->auth, reply, MACH_MSG_TYPE_MAKE_SEND_ONCE,
                          rendezvous, MACH_MSG_TYPE_COPY_SEND,
                          object_right (&meeting->handle->object),
                          MACH_MSG_TYPE_MAKE_SEND)))
    meeting_end (meeting);
  send_drop (&rendezvous);
}
