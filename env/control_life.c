/* control_life.c -- hold an environment still, let it go on, end it
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <stdlib.h>

#include "env/control_private.h"

#include "hurdle_S.h"

/* On the server loop from `serve' on until it is returned.  */
struct freezing
{
  struct question question; /* first */
  struct list link;         /* in controlling->freezing, while it waits */
  unsigned int seconds;     /* to stop in */
  error_t err;
};

/* ---- waiting for stillness ---- */

static void
freezing_return (struct freezing *freezing, error_t err)
{
  freezing->err = err;
  question_return (&freezing->question);
}

static void
freezing_return_all (struct controlling *controlling, error_t err)
{
  struct list *node;

  while ((node = list_pop (&controlling->freezing)))
    freezing_return (list_entry (node, struct freezing, link), err);
}

void
control_still (struct freezer *freezer)
{
  freezing_return_all (freezer->env->controlling, 0);
}

void
control_thaw (struct environment *env)
{
  if (!env->controlling)
    return;
  freezer_thaw (&env->controlling->freezer);
  freezing_return_all (env->controlling, EINTR);
}

/* ---- on the server loop ---- */

static void
freeze_serve (struct question *question)
{
  struct freezing *freezing = (struct freezing *)question;
  struct controlling *controlling = question->env->controlling;

  events_add (&question->env->events, "frozen", "");
  list_insert_tail (&controlling->freezing, &freezing->link);
  if (!controlling->freezer.cold)
    freezer_freeze (&controlling->freezer);
  else if (!controlling->freezer.freezing)
    control_still (&controlling->freezer);
}

static void
thaw_serve (struct question *question)
{
  events_add (&question->env->events, "thawed", "");
  control_thaw (question->env);
  freezing_return ((struct freezing *)question, 0);
}

/* The answer goes first: nobody is there to send it afterwards.  */
static void
stop_after (struct post *post)
{
  struct freezing *freezing
      = list_entry (post, struct freezing, question.post);
  struct environment *env = freezing->question.env;
  unsigned int seconds = freezing->seconds;

  free (freezing);
  env->on_stop (env, seconds);
}

static void
stop_serve (struct question *question)
{
  freezing_return ((struct freezing *)question,
                   question->env->on_stop ? 0 : EOPNOTSUPP);
}

/* ---- answering ---- */

static void
freezing_answer (struct question *question)
{
  const struct freezing *freezing = (struct freezing *)question;

  parked_fail (&question->parked, freezing->err);
}

static void
freezing_free (struct question *question)
{
  free (question);
}

/* Whoever asked may be gone: it is stopped all the same.  */
static void
stop_free (struct question *question)
{
  const struct freezing *freezing = (struct freezing *)question;

  if (freezing->err)
    {
      free (question);
      return;
    }
  question->post.run = stop_after;
  loop_post (question->env->loop, &question->post);
}

static const struct question_ops freeze_ops = { .serve = freeze_serve,
                                                .answer = freezing_answer,
                                                .free = freezing_free };
static const struct question_ops thaw_ops = { .serve = thaw_serve,
                                              .answer = freezing_answer,
                                              .free = freezing_free };
static const struct question_ops stop_ops
    = { .serve = stop_serve, .answer = freezing_answer, .free = stop_free };

/* ---- the requests ---- */

static error_t
freezing_ask (const struct question_ops *ops, unsigned int seconds,
              object_t object, mach_port_t reply,
              mach_msg_type_name_t reply_type)
{
  error_t err = control_check (object, O_WRITE);
  struct freezing *freezing = err ? NULL : calloc (1, sizeof *freezing);

  if (!freezing)
    return err ? err : ENOMEM;
  list_init (&freezing->link);
  freezing->seconds = seconds;
  return question_ask (&freezing->question, ops, object, reply, reply_type);
}

kern_return_t
S_hurdle_freeze (object_t object, mach_port_t reply,
                 mach_msg_type_name_t reply_type)
{
  if (!control_is_outside (object))
    return EDEADLK;
  return freezing_ask (&freeze_ops, 0, object, reply, reply_type);
}

kern_return_t
S_hurdle_thaw (object_t object, mach_port_t reply,
               mach_msg_type_name_t reply_type)
{
  return freezing_ask (&thaw_ops, 0, object, reply, reply_type);
}

kern_return_t
S_hurdle_stop (object_t object, mach_port_t reply,
               mach_msg_type_name_t reply_type, unsigned seconds)
{
  return freezing_ask (&stop_ops, seconds, object, reply, reply_type);
}
