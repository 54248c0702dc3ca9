/* events.h -- the last things that have happened, numbered

   Whoever wants to know asks, and is never told: nobody waits for a slow
   listener, and who comes too late sees by the numbers that he missed some.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef BASE_EVENTS_H
#define BASE_EVENTS_H

#include <stddef.h>
#include <stdint.h>

#define EVENTS_KEPT 256
#define EVENT_NAME_MAX 64 /* with the NUL; longer names lose their end */

struct event
{
  uint64_t number;  /* from 1 */
  const char *what; /* static */
  char name[EVENT_NAME_MAX];
};

struct events
{
  uint64_t count; /* so far */
  struct event ring[EVENTS_KEPT];
};

/* WHAT (borrowed for good) has happened to NAME (copied).  */
void events_add (struct events *events, const char *what, const char *name);

/* The events kept that are newer than number SINCE: how many, and the I-th of
   them, from the oldest.  */
size_t events_since (const struct events *events, uint64_t since);
const struct event *event_since (const struct events *events, uint64_t since,
                                 size_t i);

#endif /* BASE_EVENTS_H */
