/* loop_private.h -- what object.c, loop.c, park.c and timer.c share
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_PORT_LOOP_PRIVATE_H
#define HURDLE_PORT_LOOP_PRIVATE_H

#include <pthread.h>

#include "lib/base/table.h"
#include "lib/port/loop.h"

/* A receive right in a loop's port set.  Its address is the port's protected
   payload; it lives as long as the right does, over the lives of several
   objects.  */
struct slot
{
  struct list link; /* in loop->idle while no object has it */
  struct loop *loop;
  struct object *object;    /* NULL while idle */
  mach_port_t name;         /* receive right */
  mach_port_mscount_t made; /* send rights made by us, ever */
};

struct loop
{
  const char *name;
  mach_port_t set;    /* port set */
  struct table slots; /* port name -> struct slot */
  struct list idle;
  unsigned int idle_count;

  mach_msg_header_t *in, *out; /* LOOP_MESSAGE_MAX each */
  mach_msg_header_t *again;    /* the same, for loop_serve_again */
  const void *lent;            /* memory that OUT carries and that stays */
  struct loop_counters counters;
  bool stopping;

  struct slot *wake;   /* posts */
  struct slot *notify; /* dead names; nobody outside has a right to it */

  pthread_mutex_t lock; /* guards POSTS and WOKEN only; held for a few lines */
  struct list posts;
  bool woken;

  struct list died; /* struct death_watch.link; watch.c's lock guards it */
  struct post died_post;
  bool died_told; /* the post is on its way; likewise */

  struct list timers;  /* by deadline */
  struct clock *clock; /* NULL until the first timer */
};

/* loop.c: the loop of this thread, if it is one, has sent a message.  */
void loop_count_sent (void);

/* object.c */
struct slot *slot_create (struct loop *loop);
void slot_destroy (struct slot *slot);
void slot_no_senders (struct slot *slot, mach_port_mscount_t count);

/* watch.c */
void loop_dead_name (struct loop *loop, mach_port_t name);
void loop_died_posted (struct post *post);

/* timer.c */
void loop_timers_due (struct loop *loop);

#endif
