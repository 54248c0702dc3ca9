/* watch.c -- be told when a right that we hold dies

   The kernel keeps one dead-name request for each name of a task, and all
   loops share the task: whoever is sent a message has, say, a task port as the
   right to answer to, which another loop watches already.  So all watches of a
   name share one request, and the loop that is told tells the others.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <mach/notify.h>
#include <stdlib.h>

#include "lib/port/loop_private.h"
#include "lib/port/right.h"

struct watched
{
  mach_port_t name;
  struct list watches; /* struct death_watch.link, of any loop */
};

static struct
{
  pthread_mutex_t lock; /* guards all of this file's lists */
  struct table watched; /* port name -> struct watched */
} all = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* The kernel tells LOOP.  */
static error_t
name_request (struct loop *loop, mach_port_t name)
{
  cleanup_send mach_port_t previous = MACH_PORT_NULL;

  /* SYNC 1: a name that is dead already is reported at once.  */
  return mach_port_request_notification (
      mach_task_self (), name, MACH_NOTIFY_DEAD_NAME, 1, loop->notify->name,
      MACH_MSG_TYPE_MAKE_SEND_ONCE, &previous);
}

static void
name_unrequest (mach_port_t name)
{
  cleanup_send mach_port_t previous = MACH_PORT_NULL;

  (void)mach_port_request_notification (
      mach_task_self (), name, MACH_NOTIFY_DEAD_NAME, 0, MACH_PORT_NULL,
      MACH_MSG_TYPE_MAKE_SEND_ONCE, &previous);
}

static struct watched *
watched_create (struct loop *loop, mach_port_t name, error_t *err)
{
  struct watched *watched = malloc (sizeof *watched);

  *err = ENOMEM;
  if (!watched)
    return NULL;
  watched->name = name;
  list_init (&watched->watches);
  *err = table_insert (&all.watched, name, watched);
  if (!*err && (*err = name_request (loop, name)))
    table_remove (&all.watched, name);
  if (!*err)
    return watched;
  free (watched);
  return NULL;
}

error_t
death_watch_start (struct loop *loop, struct death_watch *watch,
                   mach_port_t name)
{
  struct watched *watched;
  error_t err = 0;

  list_init (&watch->link);
  watch->loop = loop;
  watch->name = MACH_PORT_NULL;
  pthread_mutex_lock (&all.lock);
  watched = table_find (&all.watched, name);
  if (!watched)
    watched = watched_create (loop, name, &err);
  if (watched)
    {
      watch->name = name;
      list_insert_tail (&watched->watches, &watch->link);
    }
  pthread_mutex_unlock (&all.lock);
  return err;
}

void
death_watch_stop (struct death_watch *watch)
{
  struct watched *watched;

  if (!watch->name)
    return;
  pthread_mutex_lock (&all.lock);
  list_remove (&watch->link);
  watched = table_find (&all.watched, watch->name);
  if (watched && list_empty (&watched->watches))
    {
      table_remove (&all.watched, watched->name);
      name_unrequest (watched->name);
      free (watched);
    }
  pthread_mutex_unlock (&all.lock);
  watch->name = MACH_PORT_NULL;
}

/* ---- the death ---- */

static struct death_watch *
died_pop (struct loop *loop)
{
  struct list *node;

  pthread_mutex_lock (&all.lock);
  node = list_pop (&loop->died);
  pthread_mutex_unlock (&all.lock);
  return node ? list_entry (node, struct death_watch, link) : NULL;
}

static void
loop_run_died (struct loop *loop)
{
  struct death_watch *watch;

  while ((watch = died_pop (loop)))
    {
      watch->name = MACH_PORT_NULL;
      watch->run (watch);
    }
}

void
loop_died_posted (struct post *post)
{
  struct loop *loop = list_entry (post, struct loop, died_post);

  pthread_mutex_lock (&all.lock);
  loop->died_told = false;
  pthread_mutex_unlock (&all.lock);
  loop_run_died (loop);
}

/* WATCH, on no list, is for its own loop now.  */
static void
watch_died (struct death_watch *watch, const struct loop *told)
{
  struct loop *loop = watch->loop;

  list_insert_tail (&loop->died, &watch->link);
  if (loop == told || loop->died_told)
    return;
  loop->died_told = true;
  loop_post (loop, &loop->died_post);
}

void
loop_dead_name (struct loop *loop, mach_port_t name)
{
  struct watched *watched;
  struct list *node;

  pthread_mutex_lock (&all.lock);
  watched = table_remove (&all.watched, name);
  while (watched && (node = list_pop (&watched->watches)))
    watch_died (list_entry (node, struct death_watch, link), loop);
  pthread_mutex_unlock (&all.lock);
  free (watched);
  /* The notification came with a reference to the dead name.  */
  send_drop (&name);
  loop_run_died (loop);
}
