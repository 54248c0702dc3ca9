/* loop.h -- one thread, one port set, and no waiting

   A loop receives on a port set, dispatches to the object (payload, not name)
   and answers in the same trap as the next receive.  A request that cannot be
   answered yet is parked (park.h).  An environment has three: the server
   loop, the pager loop and the control loop, each on its own thread.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_PORT_LOOP_H
#define HURDLE_PORT_LOOP_H

#include "lib/port/clock.h"
#include "lib/port/object.h"

#define LOOP_MESSAGE_MAX (64 * 1024) /* bytes; longer ones are destroyed */

struct loop *loop_create (const char *name); /* NULL: no memory */
void loop_run (struct loop *loop);           /* until loop_stop */
/* Until *DONE, for those who may wait: nobody is served yet.  */
void loop_run_until (struct loop *loop, const bool *done);
void loop_stop (struct loop *loop); /* from any thread */
const char *loop_name (const struct loop *loop);

/* Work handed to a loop from any thread; RUN is called on the loop's thread,
   in order.  The memory is the caller's until RUN is called.  Never fails,
   never waits.  */
struct post
{
  struct list link;
  void (*run) (struct post *post);
};
void loop_post (struct loop *loop, struct post *post);

/* Call RUN on the loop once the monotonic clock (host uptime) reaches
   DEADLINE_NS.  Granularity is the kernel's 10 ms.  Only on the loop's
   thread.  Stopping a timer that is not running does nothing.  */
struct timer
{
  struct list link;
  uint64_t deadline_ns;
  void (*run) (struct timer *timer);
  bool running;
};
void timer_start (struct loop *loop, struct timer *timer,
                  uint64_t deadline_ns);
void timer_stop (struct timer *timer);
/* When the uptime will be what the real-time clock calls SEC and NSEC, as far
   as can be known now; 0: that has passed.  */
uint64_t clock_realtime_to_uptime (int64_t sec, int64_t nsec);

/* Watch a name that we hold (send or send-once right) for its death.  RUN is
   called once on the loop; the dead-name reference that the kernel added is
   already dropped then, the watcher's own reference is not.  Only on the
   loop's thread; at most one watch per struct, several per name, of different
   loops too.  */
struct death_watch
{
  struct list link;
  struct loop *loop; /* borrowed */
  mach_port_t name;  /* null: not started, or it has run */
  void (*run) (struct death_watch *watch);
};
error_t death_watch_start (struct loop *loop, struct death_watch *watch,
                           mach_port_t name);
void death_watch_stop (struct death_watch *watch);

/* The object that the request now being served was sent to (borrowed): for
   a role that parks what another role was asked.  */
struct object *loop_request_object (const struct loop *loop);

/* Its reply right (borrowed until the routine parks it) and the right's kind,
   for those whose routine does not hand them on.  */
mach_port_t loop_request_reply (const struct loop *loop,
                                mach_msg_type_name_t *ret_type);

/* The whole request now being served (borrowed): its header and its body are
   as they came.  */
mach_msg_header_t *loop_request (const struct loop *loop);

/* Serve REQUEST, a copy of one that came before and was left unanswered, its
   rights and memory too, as if it came now.  They are consumed, the copy is
   the caller's.  From a post only; the object must have a receive right.  */
void loop_serve_again (struct loop *loop, const mach_msg_header_t *request);

/* Data of a request (char arrays): MIG hands a pointer that is either into
   the message or to an out-of-line region of the client, whose pages may be
   backed by the client's own pager.  Copy it with these, never touch it.  */
error_t request_copy (struct loop *loop, void *to, const void *data,
                      size_t size);
/* From a routine that answers with the whole pages at DATA, which are ours and
   stay: the client gets a copy-on-write of them, made as the answer is sent,
   before anything else is served.  */
void loop_reply_lends (struct loop *loop, const void *data);
/* After MIG_NO_REPLY the routine owns the request: give the region back.  */
void request_release (struct loop *loop, const void *data, size_t size);

/* Drop the COUNT send rights of an array in a request.  */
void request_drop_ports (struct loop *loop, const mach_port_t *ports,
                         size_t count);

/* Counters for the dump and the benchmarks.  */
struct loop_counters
{
  uint64_t requests, replies_fast, replies_slow, parked, refused, bad_ids;
};
const struct loop_counters *loop_counters (const struct loop *loop);
/* How many receive rights LOOP has; *RET_SPARE of them wait for an object.  */
size_t loop_rights (const struct loop *loop, size_t *ret_spare);

/* Call EACH for every object of LOOP (on its thread).  */
void loop_each_object (struct loop *loop,
                       void (*each) (struct object *object, void *cookie),
                       void *cookie);
#endif
