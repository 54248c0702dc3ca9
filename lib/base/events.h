/* events.h -- the last things that have happened, numbered

   What clients can bring about stands on shelves of its own, so that it pushes
   nothing else out, and repeats are counted: a hostile client is one line.
   Numbers only grow.  Whoever has seen all up to one asks for what is newer.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef BASE_EVENTS_H
#define BASE_EVENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/list.h"

#define EVENT_NAME_MAX 64    /* with the NUL; longer names lose their end */
#define EVENT_DEATHS_MAX 16  /* told one by one in a second */
#define EVENT_ACTS_KEPT 64   /* done to the environment */
#define EVENT_GIVEN_KEPT 128 /* about what was given: used, denied */
#define EVENT_DEATHS_KEPT 64
#define EVENTS_KEPT (EVENT_ACTS_KEPT + EVENT_GIVEN_KEPT + EVENT_DEATHS_KEPT)

/* Why a request was denied.  */
enum denial
{
  DENIED_REVOKED, /* what it is about was taken back */
  DENIED_WRITE,   /* … may only be read */
  DENIED_EXEC,    /* … may not be run */
  DENIED_NAME,    /* … is hidden */
  DENIED_ROLE,    /* a fake has refused */
};

struct event
{
  struct list link;    /* in events->all, by number */
  struct list shelved; /* in its shelf, by number */
  uint64_t number;     /* from 1; that of the last time */
  uint64_t times;
  uint64_t when_ns; /* when it got its number */
  const char *what; /* static */
  const void *of;   /* with WHAT, what it is a repeat of; NULL: of none */
  char name[EVENT_NAME_MAX];
};

struct shelf
{
  struct list events;
  struct event *free, *end; /* not used yet */
};

struct events
{
  uint64_t count;  /* the newest number; may be read on any thread */
  uint64_t pushed; /* the newest number that was pushed out */
  struct list all;
  struct shelf acts, given, deaths;
  uint64_t second_ns; /* when this second's deaths began */
  unsigned int second_deaths;
  void (*news) (struct events *events); /* there is a new number; or NULL */
  struct event kept[EVENTS_KEPT];
};

void events_init (struct events *events);

/* In all of these WHAT is borrowed for good and NAME copied, and NOW_NS is the
   uptime.  */

/* Somebody has done WHAT to NAME from outside.  */
void events_add (struct events *events, const char *what, const char *name);
/* A client has done WHAT to NAME for the first time.  */
void events_add_given (struct events *events, const char *what,
                       const char *name);
/* A client was denied something of OF, which is only compared.  That this has
   happened again is counted at once, and news after a second.  */
void events_deny (struct events *events, enum denial why, const void *of,
                  const char *name, uint64_t now_ns);
/* NAME has died.  Those that are too many in a second are counted.  */
void events_add_death (struct events *events, const char *name,
                       uint64_t now_ns);

/* The oldest event kept that is newer than number SINCE; NULL: there is none.
   Then the one after EVENT.  */
const struct event *events_after (const struct events *events, uint64_t since);
const struct event *event_next (const struct events *events,
                                const struct event *event);

/* Were events newer than SINCE pushed out?  */
static inline bool
events_lost (const struct events *events, uint64_t since)
{
  return events->pushed > since;
}

#endif /* BASE_EVENTS_H */
