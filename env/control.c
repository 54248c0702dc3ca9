/* control.c -- answer about an environment while its loop may be busy

   Runs on env->control.  What belongs to the server loop is asked of the
   server loop, by a post; what comes back in time is in the answer.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "env/control.h"

#include <mach/mig_errors.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/env/ledger.h"
#include "lib/io/handle.h"
#include "lib/port/park.h"
#include "lib/port/right.h"

#include "hurdle_S.h"
#include "hurdle_reply_U.h"

#define PATIENCE_NS UINT64_C (500000000) /* for the server loop to look up */
#define CLASSES_MAX 64
#define PARKED_SHOWN 64

static const struct interface hurdle_interface
    = { "hurdle", 45000, 2, hurdle_server_routine };
static const struct interface *const interfaces[]
    = { &hurdle_interface, NULL };

static void
control_free (struct object *object)
{
  (void)object; /* lives as long as the environment */
}

static const struct object_class control_class = {
  .name = "control",
  .interfaces = interfaces,
  .free = control_free,
};

struct control
{
  struct object object;
  struct generation generation;
};

/* ---- what the server loop knows ---- */

struct class_count
{
  const struct object_class *class;
  size_t count;
};

struct survey
{
  struct class_count classes[CLASSES_MAX];
  size_t classes_count;
  size_t objects, parked, tasks;
  struct text waiting; /* a line for each parked request */
  uint64_t now;        /* turns of the loop */
};

static void
survey_class (struct survey *survey, const struct object_class *class)
{
  size_t i;

  for (i = 0; i < survey->classes_count; i++)
    if (survey->classes[i].class == class)
      break;
  if (i == CLASSES_MAX)
    return;
  survey->classes[i].class = class;
  survey->classes[i].count++;
  if (i == survey->classes_count)
    survey->classes_count++;
}

static void
survey_object (struct object *object, void *cookie)
{
  struct survey *survey = cookie;

  survey->objects++;
  survey_class (survey, object->class);
  list_for_each (node, following, &object->parked)
  {
    struct parked *parked = list_entry (node, struct parked, link);

    if (survey->parked++ < PARKED_SHOWN)
      text_printf (&survey->waiting,
                   "  request %d at a %s, %llu requests ago\n", parked->id,
                   object->class->name,
                   (unsigned long long)(survey->now - parked->turn));
  }
}

static void
survey_take (struct survey *survey, struct environment *env)
{
  survey->now = loop_counters (env->loop)->requests;
  survey->tasks = ledger_count (env->ledger);
  loop_each_object (env->loop, survey_object, survey);
}

/* ---- asking the server loop ---- */

/* One question of a client of ours.  Ends when the answer has been sent and
   the server loop has given the post back, whichever is later.  */
struct question
{
  struct parked parked;
  struct post post; /* to the server loop, and back */
  struct timer patience;
  struct environment *env;
  struct survey survey;
  bool answered; /* the client has its answer */
  bool surveyed; /* the post is back */
};

static void
question_end (struct question *question)
{
  if (!question->answered || !question->surveyed)
    return;
  text_finish (&question->survey.waiting);
  free (question);
}

static unsigned int
names_count (void)
{
  mach_port_name_t *names;
  mach_port_type_t *types;
  mach_msg_type_number_t count, types_count;

  if (mach_port_names (mach_task_self (), &names, &count, &types,
                       &types_count))
    return 0;
  (void)vm_deallocate (mach_task_self (), (vm_address_t)names,
                       count * sizeof *names);
  (void)vm_deallocate (mach_task_self (), (vm_address_t)types,
                       types_count * sizeof *types);
  return count;
}

static void
dump_loop (struct text *text, struct loop *loop)
{
  const struct loop_counters *c = loop_counters (loop);

  text_printf (text,
               "loop %s: %llu requests, %llu replies in the same trap, %llu "
               "apart, %llu parked so far, %llu refused, %llu unknown\n",
               loop_name (loop), (unsigned long long)c->requests,
               (unsigned long long)c->replies_fast,
               (unsigned long long)c->replies_slow,
               (unsigned long long)c->parked, (unsigned long long)c->refused,
               (unsigned long long)c->bad_ids);
}

static void
dump_threads (struct text *text)
{
  thread_array_t threads;
  mach_msg_type_number_t count;

  if (task_threads (mach_task_self (), &threads, &count))
    return;
  text_printf (text, "threads: %u\n", count);
  for (mach_msg_type_number_t i = 0; i < count; i++)
    send_drop (&threads[i]);
  (void)vm_deallocate (mach_task_self (), (vm_address_t)threads,
                       count * sizeof *threads);
}

static void
dump_survey (struct text *text, const struct survey *survey)
{
  text_printf (text, "objects: %zu\n", survey->objects);
  for (size_t i = 0; i < survey->classes_count; i++)
    text_printf (text, "  %zu %s\n", survey->classes[i].count,
                 survey->classes[i].class->name);
  text_printf (text, "parked requests: %zu\n%s", survey->parked,
               survey->waiting.data ? survey->waiting.data : "");
  text_printf (text, "tasks: %zu\n", survey->tasks);
}

static void
answer_dump (struct question *question)
{
  struct environment *env = question->env;
  mach_msg_type_name_t type = question->parked.reply_type;
  struct text text;

  text_init (&text);
  text_printf (&text, "environment %s\n", env->name);
  dump_loop (&text, env->loop);
  dump_loop (&text, env->control);
  text_printf (&text, "workers lost to the kernel: %u\n",
               workers_lost (env->workers));
  dump_threads (&text);
  text_printf (&text, "port names: %u\n", names_count ());
  if (question->surveyed)
    dump_survey (&text, &question->survey);
  else
    text_printf (&text, "the server loop does not look up\n");
  (void)hurdle_dump_reply (parked_take_reply (&question->parked), type, 0,
                           text.data, text.length);
  text_finish (&text);
}

static void
answer_count (struct question *question)
{
  mach_msg_type_name_t type = question->parked.reply_type;
  const struct survey *survey = &question->survey;

  if (!question->surveyed)
    parked_fail (&question->parked, EBUSY);
  else
    (void)hurdle_count_reply (parked_take_reply (&question->parked), type, 0,
                              names_count (), survey->objects, survey->parked,
                              survey->tasks);
}

static void
question_answer (struct question *question)
{
  if (!question->answered)
    {
      timer_stop (&question->patience);
      if (question->parked.id == hurdle_interface.base)
        answer_dump (question);
      else
        answer_count (question);
      question->answered = true;
    }
  question_end (question);
}

static void
question_impatient (struct timer *timer)
{
  question_answer (list_entry (timer, struct question, patience));
}

static void
question_cancel (struct parked *parked, error_t why)
{
  struct question *question = list_entry (parked, struct question, parked);

  timer_stop (&question->patience);
  parked_fail (parked, why);
  question->answered = true;
  question_end (question);
}

/* On the control loop again.  */
static void
question_back (struct post *post)
{
  struct question *question = list_entry (post, struct question, post);

  question->surveyed = true;
  question_answer (question);
}

/* On the server loop.  */
static void
question_survey (struct post *post)
{
  struct question *question = list_entry (post, struct question, post);

  survey_take (&question->survey, question->env);
  post->run = question_back;
  loop_post (question->env->control, post);
}

static error_t
question_ask (struct object *object, mach_port_t reply,
              mach_msg_type_name_t reply_type)
{
  struct question *question = calloc (1, sizeof *question);

  if (!question)
    return ENOMEM;
  question->env = object_environment (object);
  text_init (&question->survey.waiting);
  parked_start (&question->parked, object, reply, reply_type, question_cancel);
  question->patience.run = question_impatient;
  timer_start (question->env->control, &question->patience,
               clock_now_ns () + PATIENCE_NS);
  question->post.run = question_survey;
  loop_post (question->env->loop, &question->post);
  return MIG_NO_REPLY;
}

kern_return_t
S_hurdle_dump (object_t object, mach_port_t reply,
               mach_msg_type_name_t reply_type, data_t *text,
               mach_msg_type_number_t *size)
{
  (void)text, (void)size;
  return question_ask (object, reply, reply_type);
}

kern_return_t
S_hurdle_count (object_t object, mach_port_t reply,
                mach_msg_type_name_t reply_type, unsigned *names,
                unsigned *objects, unsigned *parked, unsigned *tasks)
{
  (void)names, (void)objects, (void)parked, (void)tasks;
  return question_ask (object, reply, reply_type);
}

/* ---- the node ---- */

static error_t
control_open (void *role, int flags, const struct ids *ids,
              struct object **ret_object)
{
  struct control *control = role;

  (void)flags, (void)ids;
  *ret_object = object_ref (&control->object);
  return 0;
}

error_t
control_create (struct environment *env)
{
  struct control *control = calloc (1, sizeof *control);
  struct service_node node = {
    .path = "/servers/hurdle",
    .mode = S_IFCHR | 0600,
    .open = control_open,
    .role = control,
  };
  error_t err;

  if (!control)
    return ENOMEM;
  control->generation.name = "control";
  control->generation.environment = env;
  control->generation.gate = &gate_open;
  err = object_init (&control->object, &control_class, &control->generation,
                     env->control);
  return err ? err : env->root->attach (env, &node);
}
