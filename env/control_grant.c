/* control_grant.c -- lower what was given, or take it back, now or later

   "After it returns nothing obtained through that grant works" holds for each
   who asks, so changes of one grant are made one after the other.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <stdlib.h>

#include "env/control_private.h"
#include "lib/membrane/grant.h"
#include "lib/port/right.h"

#include "hurdle_S.h"
#include "hurdle_reply_U.h"

#define MODES (O_READ | O_WRITE)
#define SECOND_NS UINT64_C (1000000000)

/* ---- changes, on the server loop ---- */

struct change
{
  struct list link; /* in controlling->changes */
  struct environment *env;
  struct grant *grant; /* borrowed: it lives as long as the environment */
  int modes;
  grant_done_t *done;
  void *cookie;
};

/* The first change of GRANT: the one that is under way, or is to be.  */
static struct change *
change_first (struct environment *env, const struct grant *grant)
{
  list_for_each (node, following, &env->controlling->changes)
  {
    struct change *change = list_entry (node, struct change, link);

    if (change->grant == grant)
      return change;
  }
  return NULL;
}

static void change_run (struct change *change);

static void
change_done (void *cookie, error_t err, size_t left)
{
  struct change *change = cookie, *next;

  list_remove (&change->link);
  next = change_first (change->env, change->grant);
  change->done (change->cookie, err, left); /* frees it */
  if (next)
    change_run (next);
}

static void
change_run (struct change *change)
{
  if (change->modes)
    grant_lower (change->grant, change->modes, change_done, change);
  else
    grant_revoke (change->grant, change_done, change);
}

/* What the gate says holds at once; DONE is called when all the rest does.  */
static void
change_begin (struct change *change)
{
  grant_narrow (change->grant, change->modes);
  list_insert_tail (&change->env->controlling->changes, &change->link);
  if (change_first (change->env, change->grant) == change)
    change_run (change);
}

/* ---- somebody asks for one ---- */

struct narrowing
{
  struct question question; /* first */
  struct change change;
  unsigned int id;
  error_t err;
  size_t left;
};

static void
narrowing_done (void *cookie, error_t err, size_t left)
{
  struct narrowing *narrowing = cookie;

  narrowing->err = err;
  narrowing->left = left;
  question_return (&narrowing->question);
}

static void
narrowing_serve (struct question *question)
{
  struct narrowing *narrowing = (struct narrowing *)question;
  struct change *change = &narrowing->change;

  change->env = question->env;
  change->done = narrowing_done;
  change->cookie = narrowing;
  change->grant = grant_of_id (&question->env->grants, narrowing->id);
  if (change->grant)
    change_begin (change);
  else
    narrowing_done (narrowing, ESRCH, 0);
}

static void
narrowing_answer (struct question *question)
{
  const struct narrowing *narrowing = (struct narrowing *)question;
  mach_msg_type_name_t type = question->parked.reply_type;

  if (narrowing->err)
    parked_fail (&question->parked, narrowing->err);
  else
    (void)hurdle_narrow_reply (parked_take_reply (&question->parked), type, 0,
                               (unsigned int)narrowing->left);
}

static void
narrowing_free (struct question *question)
{
  free (question);
}

static const struct question_ops narrowing_ops = { .serve = narrowing_serve,
                                                   .answer = narrowing_answer,
                                                   .free = narrowing_free };

kern_return_t
S_hurdle_narrow (object_t object, mach_port_t reply,
                 mach_msg_type_name_t reply_type, unsigned grant, int modes,
                 unsigned *left)
{
  error_t err = control_check (object, O_WRITE);
  struct narrowing *narrowing;

  (void)left;
  if (!err && modes & ~MODES)
    err = EINVAL;
  narrowing = err ? NULL : calloc (1, sizeof *narrowing);
  if (!narrowing)
    return err ? err : ENOMEM;
  narrowing->id = grant;
  narrowing->change.modes = modes;
  list_init (&narrowing->change.link);
  return question_ask (&narrowing->question, &narrowing_ops, object, reply,
                       reply_type);
}

/* ---- it takes itself back ---- */

struct lease
{
  struct timer timer;
  struct change change;
};

static void
lease_done (void *cookie, error_t err, size_t left)
{
  (void)err, (void)left;
  free (cookie);
}

static void
lease_over (struct timer *timer)
{
  change_begin (&list_entry (timer, struct lease, timer)->change);
}

struct lease *
lease_create (void)
{
  struct lease *lease = calloc (1, sizeof *lease);

  if (!lease)
    return NULL;
  list_init (&lease->timer.link);
  list_init (&lease->change.link);
  return lease;
}

void
lease_start (struct lease *lease, struct grant *grant, unsigned int seconds)
{
  struct environment *env = grant->generation.environment;

  lease->timer.run = lease_over;
  lease->change = (struct change){
    .env = env, .grant = grant, .done = lease_done, .cookie = lease
  };
  list_init (&lease->change.link);
  grant->until = clock_now_ns () + seconds * SECOND_NS;
  timer_start (env->loop, &lease->timer, grant->until);
}

void
lease_discard (struct lease *lease)
{
  free (lease);
}
