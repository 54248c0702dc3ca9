/* control_grant.c -- lower what was given, or take it back

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

/* On the server loop from `serve' on until it is returned.  */
struct change
{
  struct question question; /* first */
  struct list link;         /* in env->changes */
  unsigned int id;
  int modes;
  struct grant *grant; /* borrowed: it lives as long as the environment */
  error_t err;
  size_t left;
};

static struct change *
change_at (struct list *node)
{
  return list_entry (node, struct change, link);
}

/* The first change of GRANT: the one that runs, or is to.  */
static struct change *
change_first (struct environment *env, const struct grant *grant)
{
  list_for_each (node, following, &env->changes)
  {
    if (change_at (node)->grant == grant)
      return change_at (node);
  }
  return NULL;
}

static void change_run (struct change *change);

static void
change_done (void *cookie, error_t err, size_t left)
{
  struct change *change = cookie, *next;
  struct environment *env = change->question.env;

  change->err = err;
  change->left = left;
  list_remove (&change->link);
  next = change_first (env, change->grant);
  question_return (&change->question);
  if (next)
    change_run (next);
}

static void
change_run (struct change *change)
{
  if (change->modes & MODES)
    grant_lower (change->grant, change->modes, change_done, change);
  else
    grant_revoke (change->grant, change_done, change);
}

static void
change_serve (struct question *question)
{
  struct change *change = (struct change *)question;
  struct environment *env = question->env;

  change->grant = grant_of_id (&env->grants, change->id);
  if (!change->grant)
    {
      change->err = ESRCH;
      question_return (question);
      return;
    }
  /* What the gate says holds at once.  */
  grant_narrow (change->grant, change->modes);
  list_insert_tail (&env->changes, &change->link);
  if (change_first (env, change->grant) == change)
    change_run (change);
}

static void
change_answer (struct question *question)
{
  struct change *change = (struct change *)question;
  mach_msg_type_name_t type = question->parked.reply_type;

  if (change->err)
    parked_fail (&question->parked, change->err);
  else
    (void)hurdle_narrow_reply (parked_take_reply (&question->parked), type, 0,
                               (unsigned int)change->left);
}

static void
change_free (struct question *question)
{
  free (question);
}

static const struct question_ops change_ops
    = { .serve = change_serve, .answer = change_answer, .free = change_free };

kern_return_t
S_hurdle_narrow (object_t object, mach_port_t reply,
                 mach_msg_type_name_t reply_type, unsigned grant, int modes,
                 unsigned *left)
{
  error_t err = control_check (object, O_WRITE);
  struct change *change;

  (void)left;
  if (!err && modes & ~MODES)
    err = EINVAL;
  change = err ? NULL : calloc (1, sizeof *change);
  if (!change)
    return err ? err : ENOMEM;
  change->id = grant;
  change->modes = modes;
  list_init (&change->link);
  return question_ask (&change->question, &change_ops, object, reply,
                       reply_type);
}
