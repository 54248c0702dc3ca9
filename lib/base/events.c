/* events.c -- a ring
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "lib/base/events.h"

#include <stdio.h>

void
events_add (struct events *events, const char *what, const char *name)
{
  struct event *event = &events->ring[events->count++ % EVENTS_KEPT];

  event->number = events->count;
  event->what = what;
  snprintf (event->name, sizeof event->name, "%s", name);
}

size_t
events_since (const struct events *events, uint64_t since)
{
  uint64_t newer = since < events->count ? events->count - since : 0;

  return newer < EVENTS_KEPT ? (size_t)newer : EVENTS_KEPT;
}

const struct event *
event_since (const struct events *events, uint64_t since, size_t i)
{
  uint64_t first = events->count - events_since (events, since);

  return &events->ring[(first + i) % EVENTS_KEPT];
}
