/* control_dump.c -- what is going on in an environment, even when it hangs
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <stdlib.h>

#include "env/control_private.h"
#include "lib/env/ledger.h"
#include "lib/port/right.h"

#include "hurdle_S.h"
#include "hurdle_reply_U.h"

#define PATIENCE_NS UINT64_C (500000000) /* for the server loop to look up */
#define CLASSES_MAX 64
#define PARKED_SHOWN 64

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

/* ---- answering ---- */

/* A question that is answered without the server loop when that takes too
   long.  */
struct look
{
  struct question question; /* first */
  struct timer patience;
  struct survey survey; /* of no use before it is back */
};

/* How many names our task has, in all and that are rights of a kind.  */
struct names
{
  unsigned int all;
  unsigned int kinds[MACH_PORT_RIGHT_NUMBER];
};

static void
names_count (struct names *ret_names)
{
  mach_port_name_t *names;
  mach_port_type_t *types;
  mach_msg_type_number_t count, types_count;

  *ret_names = (struct names){ 0 };
  if (mach_port_names (mach_task_self (), &names, &count, &types,
                       &types_count))
    return;
  ret_names->all = count;
  for (mach_msg_type_number_t i = 0; i < types_count; i++)
    for (mach_port_right_t kind = 0; kind < MACH_PORT_RIGHT_NUMBER; kind++)
      if (types[i] & MACH_PORT_TYPE (kind))
        ret_names->kinds[kind]++;
  (void)vm_deallocate (mach_task_self (), (vm_address_t)names,
                       count * sizeof *names);
  (void)vm_deallocate (mach_task_self (), (vm_address_t)types,
                       types_count * sizeof *types);
}

static void
dump_names (struct text *text)
{
  static const char *const kinds[MACH_PORT_RIGHT_NUMBER]
      = { [MACH_PORT_RIGHT_SEND] = "send rights",
          [MACH_PORT_RIGHT_RECEIVE] = "receive rights",
          [MACH_PORT_RIGHT_SEND_ONCE] = "send-once rights",
          [MACH_PORT_RIGHT_PORT_SET] = "port sets",
          [MACH_PORT_RIGHT_DEAD_NAME] = "dead names" };
  struct names names;

  names_count (&names);
  text_printf (text, "port names: %u\n", names.all);
  for (mach_port_right_t kind = 0; kind < MACH_PORT_RIGHT_NUMBER; kind++)
    if (kinds[kind])
      text_printf (text, "  %u %s\n", names.kinds[kind], kinds[kind]);
}

static void
dump_loop (struct text *text, struct loop *loop)
{
  const struct loop_counters *c = loop_counters (loop);
  size_t spare, rights = loop_rights (loop, &spare);

  text_printf (text,
               "loop %s: %llu requests, %llu replies in the same trap, %llu "
               "apart, %llu parked so far, %llu refused, %llu unknown; %zu "
               "receive rights, %zu of them for the next objects\n",
               loop_name (loop), (unsigned long long)c->requests,
               (unsigned long long)c->replies_fast,
               (unsigned long long)c->replies_slow,
               (unsigned long long)c->parked, (unsigned long long)c->refused,
               (unsigned long long)c->bad_ids, rights, spare);
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
  struct look *look = (struct look *)question;
  struct environment *env = question->env;
  mach_msg_type_name_t type = question->parked.reply_type;
  struct text text = TEXT_INIT;

  timer_stop (&look->patience);
  text_printf (&text, "environment %s\n", env->name);
  dump_loop (&text, env->loop);
  dump_loop (&text, env->control);
  text_printf (&text, "workers lost to the kernel: %u\n",
               workers_lost (env->workers));
  dump_threads (&text);
  dump_names (&text);
  if (question->returned)
    dump_survey (&text, &look->survey);
  else
    text_printf (&text, "the server loop does not look up\n");
  (void)hurdle_dump_reply (parked_take_reply (&question->parked), type, 0,
                           text.data, text.length);
  text_finish (&text);
}

static void
answer_count (struct question *question)
{
  struct look *look = (struct look *)question;
  mach_msg_type_name_t type = question->parked.reply_type;
  const struct survey *survey = &look->survey;
  struct names names;

  timer_stop (&look->patience);
  names_count (&names);
  if (!question->returned)
    parked_fail (&question->parked, EBUSY);
  else
    (void)hurdle_count_reply (parked_take_reply (&question->parked), type, 0,
                              names.all, survey->objects, survey->parked,
                              survey->tasks);
}

static void
look_serve (struct question *question)
{
  survey_take (&((struct look *)question)->survey, question->env);
  question_return (question);
}

static void
look_free (struct question *question)
{
  struct look *look = (struct look *)question;

  timer_stop (&look->patience);
  text_finish (&look->survey.waiting);
  free (look);
}

static const struct question_ops dump_ops
    = { .serve = look_serve, .answer = answer_dump, .free = look_free };
static const struct question_ops count_ops
    = { .serve = look_serve, .answer = answer_count, .free = look_free };

static void
look_impatient (struct timer *timer)
{
  question_answer (&list_entry (timer, struct look, patience)->question);
}

static error_t
look_ask (const struct question_ops *ops, struct object *object,
          mach_port_t reply, mach_msg_type_name_t reply_type)
{
  error_t err = control_check (object, O_READ);
  struct look *look = err ? NULL : calloc (1, sizeof *look);

  if (!look)
    return err ? err : ENOMEM;
  look->patience.run = look_impatient;
  list_init (&look->patience.link);
  timer_start (object->loop, &look->patience, clock_now_ns () + PATIENCE_NS);
  return question_ask (&look->question, ops, object, reply, reply_type);
}

kern_return_t
S_hurdle_dump (object_t object, mach_port_t reply,
               mach_msg_type_name_t reply_type, data_t *text,
               mach_msg_type_number_t *size)
{
  (void)text, (void)size;
  return look_ask (&dump_ops, object, reply, reply_type);
}

kern_return_t
S_hurdle_count (object_t object, mach_port_t reply,
                mach_msg_type_name_t reply_type, unsigned *names,
                unsigned *objects, unsigned *parked, unsigned *tasks)
{
  (void)names, (void)objects, (void)parked, (void)tasks;
  return look_ask (&count_ops, object, reply, reply_type);
}
