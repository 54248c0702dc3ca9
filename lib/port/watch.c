/* watch.c -- be told when a right that we hold dies

   The kernel keeps one dead-name request for each name, so all watches of a
   name share one.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <mach/notify.h>
#include <stdlib.h>

#include "lib/port/loop_private.h"
#include "lib/port/right.h"

struct watched
{
  mach_port_t name;
  struct list watches; /* struct death_watch.link */
};

static error_t
name_request (struct loop *loop, mach_port_t name, bool on)
{
  cleanup_send mach_port_t previous = MACH_PORT_NULL;

  /* SYNC 1: a name that is dead already is reported at once.  */
  return mach_port_request_notification (
      mach_task_self (), name, MACH_NOTIFY_DEAD_NAME, on,
      on ? loop->notify->name : MACH_PORT_NULL, MACH_MSG_TYPE_MAKE_SEND_ONCE,
      &previous);
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
  *err = table_insert (&loop->watched, name, watched);
  if (!*err && (*err = name_request (loop, name, true)))
    table_remove (&loop->watched, name);
  if (!*err)
    return watched;
  free (watched);
  return NULL;
}

error_t
death_watch_start (struct loop *loop, struct death_watch *watch,
                   mach_port_t name)
{
  struct watched *watched = table_find (&loop->watched, name);
  error_t err = 0;

  list_init (&watch->link);
  watch->name = MACH_PORT_NULL;
  if (!watched)
    watched = watched_create (loop, name, &err);
  if (!watched)
    return err;
  watch->name = name;
  list_insert_tail (&watched->watches, &watch->link);
  return 0;
}

void
death_watch_stop (struct loop *loop, struct death_watch *watch)
{
  struct watched *watched;

  if (!watch->name)
    return;
  watched = table_find (&loop->watched, watch->name);
  list_remove (&watch->link);
  watch->name = MACH_PORT_NULL;
  if (!watched || !list_empty (&watched->watches))
    return;
  table_remove (&loop->watched, watched->name);
  (void)name_request (loop, watched->name, false);
  free (watched);
}

void
loop_dead_name (struct loop *loop, mach_port_t name)
{
  struct watched *watched = table_remove (&loop->watched, name);
  struct list *node;

  /* The notification came with a reference to the dead name.  */
  send_drop (&name);
  if (!watched)
    return;
  while ((node = list_pop (&watched->watches)))
    {
      struct death_watch *watch = list_entry (node, struct death_watch, link);

      watch->name = MACH_PORT_NULL;
      watch->run (watch);
    }
  free (watched);
}
