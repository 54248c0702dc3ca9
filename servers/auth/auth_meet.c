/* auth_meet.c -- the rendezvous: a user and a server find each other

   Both halves name the same port.  Whoever comes first waits in the port's
   struct rendezvous; the second one completes both.  A half is a client's
   parked request, or a role of this task that waits with a completion.  The
   server is told the user's ids before the user is told the new port, so that
   the port is worth something when it arrives.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <mach/mig_errors.h>
#include <stdlib.h>

#include "lib/port/right.h"
#include "servers/auth/auth_private.h"

#include "auth_reply_U.h"

/* Where halves wait for each other.  It exists while at least one does.  */
struct rendezvous
{
  mach_port_t port; /* send right (or dead name): one reference */
  struct auth_state *state;
  struct death_watch death;
  struct list users, servers; /* struct half.link */
};

struct half
{
  struct parked parked; /* a client's; not used by an inside server */
  struct list link;
  struct rendezvous *rendezvous;

  struct ids ids; /* a user's */

  mach_port_t new_port; /* a client server's: owned */
  mach_msg_type_name_t new_port_type;

  bool inside;               /* a role of this task: */
  struct object *new_object; /* reference, or NULL */
  auth_joined_t *done;       /* or NULL */
  void *cookie;
};

/* ---- the place ---- */

static void
rendezvous_leave (struct half *half)
{
  struct rendezvous *place = half->rendezvous;

  list_remove (&half->link);
  half->rendezvous = NULL;
  if (!place) /* it died, and this half's turn comes */
    return;
  if (!list_empty (&place->users) || !list_empty (&place->servers))
    return;
  table_remove (&place->state->meetings, place->port);
  death_watch_stop (&place->death);
  send_drop (&place->port);
  free (place);
}

/* ---- ends of a half ---- */

static void
half_free (struct half *half)
{
  ids_finish (&half->ids);
  send_drop (&half->new_port);
  object_drop (half->new_object);
  free (half);
}

/* HALF, taken out of its place, fails.  */
static void
half_fail (struct half *half, error_t why)
{
  if (!half->inside)
    parked_fail (&half->parked, why);
  else if (half->done)
    half->done (half->cookie, why, NULL);
  half_free (half);
}

static void
half_cancel (struct parked *parked, error_t why)
{
  struct half *half = list_entry (parked, struct half, parked);

  rendezvous_leave (half);
  half_fail (half, why);
}

/* The port died: no second half can ever name it.  */
static void
rendezvous_died (struct death_watch *watch)
{
  struct rendezvous *place = list_entry (watch, struct rendezvous, death);
  struct list orphans, *node;

  list_init (&orphans);
  list_move_all (&orphans, &place->users);
  list_move_all (&orphans, &place->servers);
  for (node = orphans.next; node != &orphans; node = node->next)
    list_entry (node, struct half, link)->rendezvous = NULL;
  table_remove (&place->state->meetings, place->port);
  send_drop (&place->port);
  free (place);

  while ((node = list_pop (&orphans)))
    half_fail (list_entry (node, struct half, link), EINVAL);
}

static void
server_complete (struct half *server, const struct ids *ids)
{
  mach_msg_type_name_t type = server->parked.reply_type;

  if (!server->inside)
    (void)auth_server_authenticate_reply (
        parked_take_reply (&server->parked), type, 0, ids->euids.ids,
        ids->euids.count, ids->auids.ids, ids->auids.count, ids->egids.ids,
        ids->egids.count, ids->agids.ids, ids->agids.count);
  else if (server->done)
    server->done (server->cookie, 0, ids);
}

static void
user_complete (struct half *user, struct half *server)
{
  mach_msg_type_name_t type = user->parked.reply_type;
  mach_port_t reply = parked_take_reply (&user->parked);

  if (!server->inside)
    (void)auth_user_authenticate_reply (
        reply, type, 0, send_steal (&server->new_port), server->new_port_type);
  else
    (void)auth_user_authenticate_reply (
        reply, type, 0,
        server->new_object ? object_right (server->new_object)
                           : MACH_PORT_NULL,
        server->new_object ? MACH_MSG_TYPE_MAKE_SEND
                           : MACH_MSG_TYPE_COPY_SEND);
}

/* ---- coming ---- */

static struct rendezvous *
rendezvous_create (struct auth_state *state, mach_port_t port)
{
  struct rendezvous *place = calloc (1, sizeof *place);
  error_t err;

  if (!place)
    return NULL;
  place->state = state;
  place->death.run = rendezvous_died;
  list_init (&place->users);
  list_init (&place->servers);
  err = table_insert (&state->meetings, port, place);
  if (!err)
    {
      err = death_watch_start (state->generation.environment->loop,
                               &place->death, port);
      if (err)
        table_remove (&state->meetings, port);
    }
  if (!err)
    return place;
  free (place);
  return NULL;
}

/* Where nobody comes there is no end to waiting, and some ports never die.  */
#define WAITING_MAX 16

static bool
place_is_full (const struct rendezvous *place)
{
  size_t count = 0;

  list_for_each (node, following, &place->users) count++;
  list_for_each (node, following, &place->servers) count++;
  return count >= WAITING_MAX;
}

/* HALF has come to PORT (consumed on success).  */
static error_t
half_meet (struct auth_state *state, struct half *half, mach_port_t port,
           bool user)
{
  struct rendezvous *place;
  struct list *other;

  if (!MACH_PORT_VALID (port))
    return EINVAL;
  place = table_find (&state->meetings, port);
  if (place && place_is_full (place))
    return EAGAIN;
  if (!place)
    {
      /* There nobody else can come, and it never dies.  */
      if (right_is_ours (port) || right_is_the_kernels (port))
        return EINVAL;
      place = rendezvous_create (state, port);
      if (!place)
        return ENOMEM;
      place->port = port;
    }
  else
    send_drop (&port); /* the place has one already */

  half->rendezvous = place;
  list_insert_tail (user ? &place->users : &place->servers, &half->link);
  other = list_first (user ? &place->servers : &place->users);
  if (other)
    {
      struct half *partner = list_entry (other, struct half, link);
      struct half *the_user = user ? half : partner;
      struct half *the_server = user ? partner : half;

      rendezvous_leave (the_server);
      rendezvous_leave (the_user);
      server_complete (the_server, &the_user->ids);
      user_complete (the_user, the_server);
      half_free (the_server);
      half_free (the_user);
    }
  return 0;
}

/* A client's half: parked first, so that completing it is the same now or
   later.  On failure the request is still the loop's.  */
static error_t
half_meet_parked (struct auth_handle *handle, struct half *half,
                  const struct request *request, mach_port_t port, bool user)
{
  error_t err;

  list_init (&half->link);
  parked_start (&half->parked, &handle->object, request->reply,
                request->reply_type, half_cancel);
  err = half_meet (object_environment (&handle->object)->auth_state, half,
                   port, user);
  if (!err)
    return MIG_NO_REPLY;
  (void)parked_take_reply (&half->parked);
  half->new_port = MACH_PORT_NULL; /* the loop's again */
  half_free (half);
  return err;
}

error_t
auth_meet_user (struct auth_handle *handle, const struct request *request,
                mach_port_t rendezvous)
{
  struct half *half = calloc (1, sizeof *half);

  if (!half)
    return ENOMEM;
  ids_copy (&half->ids, &handle->ids);
  return half_meet_parked (handle, half, request, rendezvous, true);
}

error_t
auth_meet_server (struct auth_handle *handle, const struct request *request,
                  mach_port_t rendezvous, mach_port_t new_port,
                  mach_msg_type_name_t new_port_type)
{
  struct half *half;

  if (new_port_type == MACH_MSG_TYPE_MOVE_RECEIVE)
    return EINVAL;
  /* The half waits at a handle, and would hold it.  */
  if (auth_ids_of (object_environment (&handle->object), new_port))
    return EINVAL;
  half = calloc (1, sizeof *half);
  if (!half)
    return ENOMEM;
  half->new_port = new_port;
  half->new_port_type = new_port_type;
  return half_meet_parked (handle, half, request, rendezvous, false);
}

void
auth_meet_inside (struct environment *env, mach_port_t rendezvous,
                  struct object *new_object, auth_joined_t *done, void *cookie)
{
  struct half *half = calloc (1, sizeof *half);
  error_t err = ENOMEM;

  if (half)
    {
      list_init (&half->link);
      half->inside = true;
      half->new_object = new_object ? object_ref (new_object) : NULL;
      half->done = done;
      half->cookie = cookie;
      err = half_meet (env->auth_state, half, rendezvous, false);
    }
  if (!err)
    return;
  send_drop (&rendezvous);
  if (half)
    half_fail (half, err);
  else if (done)
    done (cookie, err, NULL);
}
