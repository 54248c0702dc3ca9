/* meet.c -- the server's half of a rendezvous at an auth that is elsewhere
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "lib/membrane/meet.h"

#include <stdlib.h>

#include "lib/port/right.h"

#include "auth_request_U.h"

#define SERVER_AUTHENTICATE 25003

struct meeting
{
  struct call call;        /* first */
  struct object *newcomer; /* reference */
  met_t *met;
  void *cookie;
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
meeting_end (struct meeting *meeting, error_t err, const struct ids *ids)
{
  if (meeting->met)
    meeting->met (meeting->cookie, err, ids);
  object_drop (meeting->newcomer);
  free (meeting);
}

static void
meeting_done (struct call *call, mach_msg_header_t *message)
{
  struct ids ids = IDS_INIT;
  error_t err = answer_ids (message, &ids);

  meeting_end ((struct meeting *)call, err, err ? NULL : &ids);
  ids_finish (&ids);
}

/* No answer is wanted, but the user waits for the other half.  */
static void
meet_for_nothing (const struct meeting_place *place, mach_port_t rendezvous)
{
  (void)auth_server_authenticate_request (
      place->auth, MACH_PORT_NULL, MACH_MSG_TYPE_MAKE_SEND_ONCE, rendezvous,
      MACH_MSG_TYPE_COPY_SEND, MACH_PORT_NULL, MACH_MSG_TYPE_COPY_SEND);
}

static error_t
meeting_begin (const struct meeting_place *place, struct object *newcomer,
               struct meeting **ret_meeting, mach_port_t *ret_reply)
{
  struct meeting *meeting = calloc (1, sizeof *meeting);
  error_t err
      = meeting ? call_begin (&meeting->call, place->outbox, place->generation,
                              place->loop, meeting_done, ret_reply)
                : ENOMEM;

  if (err)
    {
      free (meeting);
      return err;
    }
  meeting->newcomer = newcomer ? object_ref (newcomer) : NULL;
  *ret_meeting = meeting;
  return 0;
}

void
meet_at (const struct meeting_place *place, mach_port_t rendezvous,
         struct object *newcomer, met_t *met, void *cookie)
{
  struct meeting *meeting;
  mach_port_t reply;
  error_t err = newcomer || met
                    ? meeting_begin (place, newcomer, &meeting, &reply)
                    : EINVAL;

  if (err)
    {
      meet_for_nothing (place, rendezvous);
      if (met)
        met (cookie, err, NULL);
    }
  else
    {
      meeting->met = met;
      meeting->cookie = cookie;
      err = call_sent (
          &meeting->call,
          auth_server_authenticate_request (
              place->auth, reply, MACH_MSG_TYPE_MAKE_SEND_ONCE, rendezvous,
              MACH_MSG_TYPE_COPY_SEND,
              newcomer ? object_right (newcomer) : MACH_PORT_NULL,
              newcomer ? MACH_MSG_TYPE_MAKE_SEND : MACH_MSG_TYPE_COPY_SEND));
      if (err)
        meeting_end (meeting, err, NULL);
    }
  send_drop (&rendezvous);
}
