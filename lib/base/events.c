/* events.c -- three shelves and one order
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "lib/base/events.h"

#include <stdio.h>

#define SECOND_NS UINT64_C (1000000000)

static const char *const denials[] = {
  [DENIED_REVOKED] = "denied",   [DENIED_WRITE] = "denied-write",
  [DENIED_EXEC] = "denied-exec", [DENIED_NAME] = "denied-name",
  [DENIED_ROLE] = "denied-role",
};

static struct event *
shelf_init (struct shelf *shelf, struct event *first, size_t count)
{
  list_init (&shelf->events);
  shelf->free = first;
  shelf->end = first + count;
  return shelf->end;
}

void
events_init (struct events *events)
{
  struct event *next = events->kept;

  list_init (&events->all);
  next = shelf_init (&events->acts, next, EVENT_ACTS_KEPT);
  next = shelf_init (&events->given, next, EVENT_GIVEN_KEPT);
  (void)shelf_init (&events->deaths, next, EVENT_DEATHS_KEPT);
}

/* Room on SHELF, if need be the oldest one's.  It is on no list.  */
static struct event *
shelf_take (struct events *events, struct shelf *shelf)
{
  struct event *event;

  if (shelf->free < shelf->end)
    {
      list_init (&shelf->free->link);
      list_init (&shelf->free->shelved);
      return shelf->free++;
    }
  event = list_entry (list_pop (&shelf->events), struct event, shelved);
  list_remove (&event->link);
  if (event->number > events->pushed)
    events->pushed = event->number;
  return event;
}

/* EVENT is the newest now.  */
static void
event_number (struct events *events, struct shelf *shelf, struct event *event)
{
  list_remove (&event->link);
  list_remove (&event->shelved);
  list_insert_tail (&events->all, &event->link);
  list_insert_tail (&shelf->events, &event->shelved);
  event->number = events->count + 1;
  __atomic_store_n (&events->count, event->number, __ATOMIC_SEQ_CST);
  if (events->news)
    events->news (events);
}

static struct event *
shelf_add (struct events *events, struct shelf *shelf, const char *what,
           const char *name)
{
  struct event *event = shelf_take (events, shelf);

  event->times = 1;
  event->what = what;
  event->of = NULL;
  snprintf (event->name, sizeof event->name, "%s", name);
  event_number (events, shelf, event);
  return event;
}

static struct event *
shelf_find (const struct shelf *shelf, const char *what, const void *of)
{
  list_for_each (node, following, &shelf->events)
  {
    struct event *event = list_entry (node, struct event, shelved);

    if (event->of == of && event->what == what)
      return event;
  }
  return NULL;
}

/* One for all that WHAT happens to OF.  */
static void
shelf_count (struct events *events, struct shelf *shelf, const char *what,
             const void *of, const char *name, uint64_t now_ns)
{
  struct event *event = shelf_find (shelf, what, of);

  if (!event)
    {
      event = shelf_add (events, shelf, what, name);
      event->of = of;
      event->when_ns = now_ns;
      return;
    }
  event->times++;
  if (now_ns - event->when_ns < SECOND_NS)
    return;
  event->when_ns = now_ns;
  event_number (events, shelf, event);
}

void
events_add (struct events *events, const char *what, const char *name)
{
  (void)shelf_add (events, &events->acts, what, name);
}

void
events_add_given (struct events *events, const char *what, const char *name)
{
  (void)shelf_add (events, &events->given, what, name);
}

void
events_deny (struct events *events, enum denial why, const void *of,
             const char *name, uint64_t now_ns)
{
  shelf_count (events, &events->given, denials[why], of, name, now_ns);
}

void
events_add_death (struct events *events, const char *name, uint64_t now_ns)
{
  static const char died[] = "died";

  if (now_ns - events->second_ns >= SECOND_NS)
    {
      events->second_ns = now_ns;
      events->second_deaths = 0;
    }
  if (events->second_deaths++ < EVENT_DEATHS_MAX)
    (void)shelf_add (events, &events->deaths, died, name);
  else
    shelf_count (events, &events->deaths, died, died, "others", now_ns);
}

const struct event *
events_after (const struct events *events, uint64_t since)
{
  const struct event *found = NULL;

  /* Mostly it is one of the last.  */
  for (const struct list *node = events->all.prev; node != &events->all;
       node = node->prev)
    {
      const struct event *event = list_entry (node, struct event, link);

      if (event->number <= since)
        break;
      found = event;
    }
  return found;
}

const struct event *
event_next (const struct events *events, const struct event *event)
{
  const struct list *next = event->link.next;

  return next == &events->all ? NULL : list_entry (next, struct event, link);
}
