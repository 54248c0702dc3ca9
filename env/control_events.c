/* control_events.c -- subscribers hear of events when there are some

   The server loop looks for what is newer than a subscriber knows; while there
   is nothing the request waits on the control loop, and costs nothing.  An
   event posts to that loop at most once, however many wait and however many
   follow, and nobody waits for a subscriber.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <stdlib.h>

#include "env/control_private.h"

#include "hurdle_S.h"
#include "hurdle_reply_U.h"

#define FOLLOWERS_MAX 64 /* of one node */

struct following
{
  struct question question; /* first */
  struct list link;         /* in controlling->followers, while it waits */
  struct control *control;  /* borrowed */
  uint64_t since;
  error_t err;
  uint64_t last; /* the newest when the server loop looked */
  bool lost;
  struct text text; /* empty: there were none */
};

/* ---- on the server loop ---- */

static void
following_serve (struct question *question)
{
  struct following *following = (struct following *)question;
  const struct events *events = &question->env->events;
  const struct event *event = events_after (events, following->since);

  following->last = events->count;
  following->lost = events_lost (events, following->since);
  if (following->since > events->count)
    following->err = EINVAL;
  else if (event)
    control_list_events (events, event, &following->text);
  question_return (question);
}

static void
news (struct events *events)
{
  struct environment *env = list_entry (events, struct environment, events);
  struct controlling *controlling = env->controlling;

  if (__atomic_load_n (&controlling->listeners, __ATOMIC_SEQ_CST)
      && !__atomic_exchange_n (&controlling->posted, true, __ATOMIC_SEQ_CST))
    loop_post (env->control, &controlling->news);
}

/* ---- on the control loop ---- */

static void
following_unlist (struct following *following)
{
  struct controlling *controlling = following->question.env->controlling;

  if (!list_linked (&following->link))
    return;
  list_remove (&following->link);
  __atomic_sub_fetch (&controlling->listeners, 1, __ATOMIC_SEQ_CST);
}

static void
following_ask_again (struct following *following)
{
  following_unlist (following);
  question_again (&following->question);
}

/* Whoever makes an event counts it and then looks whether somebody waits, and
   we the other way round, so one of us sees the other.  */
static bool
following_ready (struct question *question)
{
  struct following *following = (struct following *)question;
  struct controlling *controlling = question->env->controlling;
  const struct events *events = &question->env->events;

  if (following->err || following->text.length || following->text.failed)
    return true;
  list_insert_tail (&controlling->followers, &following->link);
  __atomic_add_fetch (&controlling->listeners, 1, __ATOMIC_SEQ_CST);
  if (__atomic_load_n (&events->count, __ATOMIC_SEQ_CST) != following->last)
    following_ask_again (following);
  return false;
}

static void
news_come (struct post *post)
{
  struct controlling *controlling
      = list_entry (post, struct controlling, news);

  __atomic_store_n (&controlling->posted, false, __ATOMIC_SEQ_CST);
  list_for_each (node, following, &controlling->followers)
      following_ask_again (list_entry (node, struct following, link));
}

static void
following_answer (struct question *question)
{
  struct following *following = (struct following *)question;
  mach_msg_type_name_t type = question->parked.reply_type;

  if (!following->err && following->text.failed)
    following->err = ENOMEM;
  if (following->err)
    parked_fail (&question->parked, following->err);
  else
    (void)hurdle_events_reply (parked_take_reply (&question->parked), type, 0,
                               (loff_t)following->last, following->lost,
                               following->text.data, following->text.length);
}

static void
following_free (struct question *question)
{
  struct following *following = (struct following *)question;

  following_unlist (following);
  following->control->followers--;
  text_finish (&following->text);
  free (following);
}

static const struct question_ops following_ops = { .serve = following_serve,
                                                   .ready = following_ready,
                                                   .answer = following_answer,
                                                   .free = following_free };

kern_return_t
S_hurdle_events (object_t object, mach_port_t reply,
                 mach_msg_type_name_t reply_type, loff_t since, loff_t *last,
                 int *lost, data_t *data, mach_msg_type_number_t *size)
{
  struct control *control = ((struct control_handle *)object)->control;
  error_t err = control_check (object, O_READ);
  struct following *following;

  (void)last, (void)lost, (void)data, (void)size;
  if (!err && since < 0)
    err = EINVAL;
  if (!err && control->followers >= FOLLOWERS_MAX)
    err = EAGAIN;
  following = err ? NULL : calloc (1, sizeof *following);
  if (!following)
    return err ? err : ENOMEM;
  list_init (&following->link);
  following->control = control;
  following->since = (uint64_t)since;
  control->followers++;
  (void)question_ask (&following->question, &following_ops, object, reply,
                      reply_type);
  parked_watch (&following->question.parked);
  return MIG_NO_REPLY;
}

void
control_follow_init (struct controlling *controlling, struct environment *env)
{
  list_init (&controlling->followers);
  controlling->news.run = news_come;
  env->events.news = news;
}
