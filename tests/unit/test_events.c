/* test_events.c -- what is kept of what has happened
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "lib/base/events.h"

#include <string.h>

#include "tests/unit/tables.h"

#define SECOND UINT64_C (1000000000)

static struct events *
events_new (void)
{
  static struct events events;

  memset (&events, 0, sizeof events);
  events_init (&events);
  return &events;
}

static size_t
events_count (const struct events *events, uint64_t since)
{
  const struct event *event = events_after (events, since);
  size_t count = 0;

  for (; event; event = event_next (events, event))
    count++;
  return count;
}

/* The times that WHAT is said to have happened to NAME; 0: it is not kept.  */
static uint64_t
event_times (const struct events *events, const char *what, const char *name)
{
  const struct event *event = events_after (events, 0);

  for (; event; event = event_next (events, event))
    if (!strcmp (event->what, what) && !strcmp (event->name, name))
      return event->times;
  return 0;
}

static void
events_are_numbered (void)
{
  struct events *events = events_new ();

  events_add_given (events, "used", "/a");
  events_add (events, "revoked", "/b");
  CHECK (events_count (events, 0) == 2);
  CHECK (events_after (events, 0)->number == 1);
  CHECK (!strcmp (event_next (events, events_after (events, 0))->name, "/b"));
  CHECK (!strcmp (events_after (events, 1)->what, "revoked"));
  CHECK (!events_after (events, 2));
  CHECK (!events_after (events, 99));
}

static void
events_that_are_too_many_are_missed (void)
{
  struct events *events = events_new ();

  for (int i = 0; i < EVENT_ACTS_KEPT; i++)
    events_add (events, "frozen", "");
  CHECK (!events_lost (events, 0));
  for (int i = 0; i < 10; i++)
    events_add (events, "frozen", "");
  CHECK (events_count (events, 0) == EVENT_ACTS_KEPT);
  CHECK (events_after (events, 0)->number == 11);
  CHECK (events_lost (events, 9));
  CHECK (!events_lost (events, 10));
}

static void
events_of_clients_push_nothing_else_out (void)
{
  struct events *events = events_new ();

  events_add (events, "lowered", "/a");
  events_deny (events, DENIED_WRITE, events, "/a", 0);
  for (uint64_t i = 0; i < 10000; i++)
    events_add_death (events, "1 /bin/true", i * SECOND / 100);
  CHECK (event_times (events, "lowered", "/a") == 1);
  CHECK (event_times (events, "denied-write", "/a") == 1);
  CHECK (events_count (events, 0) == 2 + EVENT_DEATHS_KEPT);
}

static void
events_that_repeat_are_counted (void)
{
  struct events *events = events_new ();
  int a, b;

  for (uint64_t i = 0; i < 1000; i++)
    events_deny (events, DENIED_WRITE, &a, "/a", i * SECOND / 100);
  CHECK (events_count (events, 0) == 1);
  CHECK (event_times (events, "denied-write", "/a") == 1000);
  CHECK (events->count == 10); /* news once a second */
  events_deny (events, DENIED_EXEC, &a, "/a", 0);
  events_deny (events, DENIED_WRITE, &b, "/a", 0);
  CHECK (events_count (events, 0) == 3);
}

static void
events_that_repeat_are_the_newest_again (void)
{
  struct events *events = events_new ();

  events_deny (events, DENIED_NAME, events, "/a", SECOND);
  events_add (events, "thawed", "");
  events_deny (events, DENIED_NAME, events, "/a", SECOND * 3 / 2);
  CHECK (!strcmp (events_after (events, 1)->what, "thawed"));
  CHECK (events->count == 2);
  events_deny (events, DENIED_NAME, events, "/a", SECOND * 2);
  CHECK (events->count == 3);
  CHECK (!strcmp (events_after (events, 2)->what, "denied-name"));
  CHECK (!strcmp (events_after (events, 0)->what, "thawed"));
  CHECK (!events_lost (events, 0));
}

static void
deaths_are_told_one_by_one_up_to_a_bound (void)
{
  struct events *events = events_new ();

  for (int i = 0; i < 100; i++)
    events_add_death (events, "1 /bin/true", SECOND);
  CHECK (events->count == EVENT_DEATHS_MAX + 1);
  CHECK (event_times (events, "died", "others") == 100 - EVENT_DEATHS_MAX);
  events_add_death (events, "2 /bin/true", SECOND * 2);
  CHECK (event_times (events, "died", "2 /bin/true") == 1);
}

static unsigned int told;

static void
news (struct events *events)
{
  (void)events;
  told++;
}

static void
news_are_told_for_each_number (void)
{
  struct events *events = events_new ();

  events->news = news;
  for (int i = 0; i < 100; i++)
    events_deny (events, DENIED_ROLE, "inet", "inet", SECOND);
  events_add (events, "lowered", "/a");
  CHECK (told == 2);
}

static void
events_have_short_names (void)
{
  struct events *events = events_new ();
  char name[2 * EVENT_NAME_MAX];

  memset (name, 'n', sizeof name);
  name[sizeof name - 1] = '\0';
  events_add (events, "lowered", name);
  CHECK (strlen (events_after (events, 0)->name) == EVENT_NAME_MAX - 1);
}

static const struct unit_test tests[] = {
  UNIT_TEST (events_are_numbered),
  UNIT_TEST (events_that_are_too_many_are_missed),
  UNIT_TEST (events_of_clients_push_nothing_else_out),
  UNIT_TEST (events_that_repeat_are_counted),
  UNIT_TEST (events_that_repeat_are_the_newest_again),
  UNIT_TEST (deaths_are_told_one_by_one_up_to_a_bound),
  UNIT_TEST (news_are_told_for_each_number),
  UNIT_TEST (events_have_short_names),
};

UNIT_TABLE (unit_events, tests)
