/* test_events.c -- the ring of events
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "lib/base/events.h"

#include <string.h>

#include "tests/unit/tables.h"

static void
events_are_numbered (void)
{
  static struct events events;

  events_add (&events, "used", "/a");
  events_add (&events, "revoked", "/b");
  CHECK (events_since (&events, 0) == 2);
  CHECK (event_since (&events, 0, 0)->number == 1);
  CHECK (!strcmp (event_since (&events, 0, 1)->name, "/b"));
  CHECK (events_since (&events, 1) == 1);
  CHECK (!strcmp (event_since (&events, 1, 0)->what, "revoked"));
  CHECK (events_since (&events, 2) == 0);
  CHECK (events_since (&events, 99) == 0);
}

static void
events_that_are_too_many_are_missed (void)
{
  static struct events events;

  for (int i = 0; i < EVENTS_KEPT + 10; i++)
    events_add (&events, "used", "/a");
  CHECK (events_since (&events, 0) == EVENTS_KEPT);
  CHECK (event_since (&events, 0, 0)->number == 11);
  CHECK (event_since (&events, 0, EVENTS_KEPT - 1)->number
         == EVENTS_KEPT + 10);
}

static void
events_have_short_names (void)
{
  static struct events events;
  char name[2 * EVENT_NAME_MAX];

  memset (name, 'n', sizeof name);
  name[sizeof name - 1] = '\0';
  events_add (&events, "used", name);
  CHECK (strlen (event_since (&events, 0, 0)->name) == EVENT_NAME_MAX - 1);
}

static const struct unit_test tests[] = {
  UNIT_TEST (events_are_numbered),
  UNIT_TEST (events_that_are_too_many_are_missed),
  UNIT_TEST (events_have_short_names),
};

UNIT_TABLE (unit_events, tests)
