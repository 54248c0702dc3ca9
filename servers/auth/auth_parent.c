/* auth_parent.c -- the parent's auth

   Source: parent.  Programs have handles of the parent's auth, and are who
   they are outside; the command begins with its starter's.  Our own servers
   prove nothing there: they are the server's half of each rendezvous, with a
   handle of nobody's.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <hurd.h>
#include <hurd/auth.h>
#include <stdlib.h>

#include "lib/membrane/meet.h"
#include "lib/port/clock.h"
#include "lib/port/right.h"
#include "servers/auth/auth.h"

#include "auth_request_U.h"

#define PATIENCE_NS UINT64_C (3000000000) /* for a handle that may be none */
#define AGAIN_NS UINT64_C (10000000)      /* the clock's grain */

struct parent_auth
{
  struct generation generation;
  struct outbox outbox;
  struct ids starter; /* what HANDLE holds */
  mach_port_t handle; /* send right: the starter's */
  mach_port_t nobody; /* send right: for our halves */
};

static struct meeting_place
parent_place (struct environment *env)
{
  struct parent_auth *auth = env->auth_state;

  return (struct meeting_place){ .auth = auth->nobody,
                                 .outbox = &auth->outbox,
                                 .generation = &auth->generation,
                                 .loop = env->loop };
}

static void
parent_join (struct environment *env, mach_port_t rendezvous,
             struct object *new_object, auth_joined_t *done, void *cookie)
{
  const struct meeting_place place = parent_place (env);

  if (!right_is_ours (rendezvous))
    {
      meet_at (&place, rendezvous, new_object, done, cookie);
      return;
    }
  /* A handle that is given for a rendezvous, to keep it and the new one for
     ever in the parent's auth.  */
  send_drop (&rendezvous);
  done (cookie, EINVAL, NULL);
}

/* ---- who has a handle ---- */

/* We meet whoever has HANDLE, on its behalf: what comes out is true of some
   handle of the parent's auth, even if HANDLE is none.  */
struct learning
{
  mach_port_t handle;     /* send right */
  mach_port_t rendezvous; /* receive right */
  struct timer timer;
  uint64_t deadline_ns;
  struct loop *loop;
  auth_joined_t *done;
  void *cookie;
};

static void
learning_met (void *cookie, error_t err, const struct ids *ids)
{
  struct learning *learning = cookie;

  timer_stop (&learning->timer);
  receive_drop (&learning->rendezvous);
  send_drop (&learning->handle);
  learning->done (learning->cookie, err, ids);
  free (learning);
}

static void
learning_give_up (struct timer *timer)
{
  receive_drop (&list_entry (timer, struct learning, timer)->rendezvous);
}

/* The user's half, until HANDLE has room for it.  If there is nobody, or no
   answer, the end of the port ends the other half.  */
static void
learning_ask (struct timer *timer)
{
  struct learning *learning = list_entry (timer, struct learning, timer);
  uint64_t now = clock_now_ns ();
  mach_msg_return_t err = MACH_SEND_INVALID_DEST;

  if (now < learning->deadline_ns)
    err = auth_user_authenticate_request (
        learning->handle, MACH_PORT_NULL, MACH_MSG_TYPE_MAKE_SEND_ONCE,
        learning->rendezvous, MACH_MSG_TYPE_MAKE_SEND);
  if (!err)
    timer->run = learning_give_up;
  if (!err || err == MACH_SEND_TIMED_OUT)
    timer_start (learning->loop, timer,
                 err ? now + AGAIN_NS : learning->deadline_ns);
  else
    learning_give_up (timer);
}

/* A receive right, and a send right, which meet_at consumes: so nothing is
   left of the name when the port ends.  */
static error_t
rendezvous_create (mach_port_t *ret_port)
{
  cleanup_receive mach_port_t port = MACH_PORT_NULL;
  error_t err
      = mach_port_allocate (mach_task_self (), MACH_PORT_RIGHT_RECEIVE, &port);

  if (!err)
    err = mach_port_insert_right (mach_task_self (), port, port,
                                  MACH_MSG_TYPE_MAKE_SEND);
  if (!err)
    *ret_port = send_steal (&port);
  return err;
}

static void
parent_learn (struct environment *env, mach_port_t handle, auth_joined_t *done,
              void *cookie)
{
  const struct meeting_place place = parent_place (env);
  struct learning *learning = calloc (1, sizeof *learning);
  error_t err = learning ? rendezvous_create (&learning->rendezvous) : ENOMEM;

  if (err)
    {
      free (learning);
      done (cookie, err, NULL);
      return;
    }
  learning->handle = send_copy (handle);
  learning->loop = env->loop;
  learning->done = done;
  learning->cookie = cookie;
  learning->deadline_ns = clock_now_ns () + PATIENCE_NS;
  learning->timer.run = learning_ask;
  list_init (&learning->timer.link);
  timer_start (env->loop, &learning->timer, clock_now_ns ());
  meet_at (&place, learning->rendezvous, NULL, learning_met, learning);
}

/* ---- giving ---- */

static error_t
parent_make (struct environment *env, const struct ids *ids,
             mach_port_t *ret_handle)
{
  const struct parent_auth *auth = env->auth_state;
  const struct ids nobody = IDS_INIT, *holder = &auth->starter;

  if (!ids_are_held (&holder, 1, ids))
    return EPERM;
  *ret_handle
      = send_copy (ids_equal (ids, &nobody) ? auth->nobody : auth->handle);
  return MACH_PORT_VALID (*ret_handle) ? 0 : EDIED;
}

static const struct auth_service parent_service = {
  .join = parent_join,
  .learn = parent_learn,
  .make = parent_make,
};

/* ---- the role ---- */

struct array
{
  uid_t *ids;
  mach_msg_type_number_t count;
};

static void
array_take (struct array *array, struct idset *set, error_t *err)
{
  if (!*err)
    *err = idset_set (set, array->ids, array->count);
  (void)vm_deallocate (mach_task_self (), (vm_address_t)array->ids,
                       array->count * sizeof *array->ids);
}

static error_t
handle_ids (mach_port_t handle, struct ids *ids)
{
  struct array eu = { NULL, 0 }, au = eu, eg = eu, ag = eu;
  error_t err = auth_getids (handle, &eu.ids, &eu.count, &au.ids, &au.count,
                             &eg.ids, &eg.count, &ag.ids, &ag.count);

  if (err)
    return err;
  array_take (&eu, &ids->euids, &err);
  array_take (&au, &ids->auids, &err);
  array_take (&eg, &ids->egids, &err);
  array_take (&ag, &ids->agids, &err);
  return err;
}

error_t
auth_parent_create (struct environment *env)
{
  struct parent_auth *auth = calloc (1, sizeof *auth);
  error_t err;

  if (!auth)
    return ENOMEM;
  generation_init (&auth->generation, "auth", env);
  outbox_init (&auth->outbox, env->loop);
  auth->handle = getauth ();
  err = handle_ids (auth->handle, &auth->starter);
  if (!err)
    err = auth_makeauth (auth->handle, NULL, MACH_MSG_TYPE_COPY_SEND, 0, NULL,
                         0, NULL, 0, NULL, 0, NULL, 0, &auth->nobody);
  if (err)
    {
      ids_finish (&auth->starter);
      send_drop (&auth->handle);
      free (auth);
      return err;
    }
  env->auth = &parent_service;
  env->auth_state = auth;
  return 0;
}
