/* control_question.c -- from the control loop to the server loop and back
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <mach/mig_errors.h>

#include "env/control_private.h"

static void
question_end (struct question *question)
{
  if (question->answered && question->returned)
    question->ops->free (question);
}

void
question_answer (struct question *question)
{
  if (!question->answered)
    {
      question->answered = true;
      question->ops->answer (question);
    }
  question_end (question);
}

static void
question_cancel (struct parked *parked, error_t why)
{
  struct question *question = list_entry (parked, struct question, parked);

  parked_fail (parked, why);
  question->answered = true;
  question_end (question);
}

static void
question_back (struct post *post)
{
  struct question *question = list_entry (post, struct question, post);

  question->returned = true;
  if (question->answered || !question->ops->ready
      || question->ops->ready (question))
    question_answer (question);
}

static void
question_serve (struct post *post)
{
  struct question *question = list_entry (post, struct question, post);

  question->ops->serve (question);
}

void
question_return (struct question *question)
{
  question->post.run = question_back;
  loop_post (question->env->control, &question->post);
}

void
question_again (struct question *question)
{
  question->returned = false;
  question->post.run = question_serve;
  loop_post (question->env->loop, &question->post);
}

error_t
question_ask (struct question *question, const struct question_ops *ops,
              struct object *object, mach_port_t reply,
              mach_msg_type_name_t reply_type)
{
  question->ops = ops;
  question->env = object_environment (object);
  parked_start (&question->parked, object, reply, reply_type, question_cancel);
  question_again (question);
  return MIG_NO_REPLY;
}
