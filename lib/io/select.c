/* select.c -- io_select: wait until a thing is ready, or a deadline

   The first answer ends the client's wait on all its descriptors, so nothing
   is answered before something is ready or the time has come.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <stdlib.h>

#include "lib/io/handle.h"
#include "lib/port/right.h"

#include "io_S.h"
#include "io_reply_U.h"

#define IO_SELECT_TIMEOUT 21031
#define SELECT_ALL (SELECT_READ | SELECT_WRITE | SELECT_URG)

struct waiter
{
  struct parked parked;
  struct list link; /* in the queue */
  struct timer timer;
  int types;
};

void
select_queue_init (struct select_queue *queue)
{
  list_init (&queue->waiters);
}

static int
handle_ready (struct handle *handle, int types)
{
  if (!handle->io->select)
    return types & (SELECT_READ | SELECT_WRITE);
  return handle->io->select (handle, types);
}

static void
waiter_end (struct waiter *waiter)
{
  timer_stop (&waiter->timer);
  list_remove (&waiter->link);
}

static void
waiter_answer (struct waiter *waiter, int ready)
{
  mach_msg_id_t id = waiter->parked.id;
  mach_msg_type_name_t type = waiter->parked.reply_type;
  mach_port_t reply;

  waiter_end (waiter);
  reply = parked_take_reply (&waiter->parked);
  if (id == IO_SELECT_TIMEOUT)
    (void)io_select_timeout_reply (reply, type, 0, ready);
  else
    (void)io_select_reply (reply, type, 0, ready);
  free (waiter);
}

static void
waiter_cancel (struct parked *parked, error_t why)
{
  struct waiter *waiter = list_entry (parked, struct waiter, parked);

  waiter_end (waiter);
  parked_fail (parked, why);
  free (waiter);
}

static void
waiter_timeout (struct timer *timer)
{
  waiter_answer (list_entry (timer, struct waiter, timer), 0);
}

void
select_queue_update (struct select_queue *queue)
{
  list_for_each (node, following, &queue->waiters)
  {
    struct waiter *waiter = list_entry (node, struct waiter, link);
    struct handle *handle = (struct handle *)waiter->parked.object;
    int ready = handle_ready (handle, waiter->types);

    if (ready)
      waiter_answer (waiter, ready);
  }
}

void
select_queue_finish (struct select_queue *queue)
{
  struct list *first;

  while ((first = list_first (&queue->waiters)))
    {
      struct waiter *waiter = list_entry (first, struct waiter, link);
      waiter_answer (waiter, waiter->types);
    }
}

/* DEADLINE: absolute, on the real-time clock; NULL: none.  */
static error_t
handle_select (struct handle *handle, mach_port_t reply,
               mach_msg_type_name_t reply_type, const timespec_t *deadline,
               int *types)
{
  struct loop *loop = handle->object.loop;
  struct select_queue *queue;
  struct waiter *waiter;
  uint64_t due = 0;
  int wanted = *types & SELECT_ALL;
  int ready = handle_ready (handle, wanted);

  if (ready || !handle->io->select_queue)
    {
      *types = ready;
      return 0;
    }
  if (deadline)
    {
      due = clock_realtime_to_uptime (deadline->tv_sec, deadline->tv_nsec);
      *types = 0;
      if (!due) /* it has passed */
        return 0;
    }
  queue = handle->io->select_queue (handle);
  waiter = calloc (1, sizeof *waiter);
  if (!waiter)
    return ENOMEM;
  waiter->types = wanted;
  parked_start (&waiter->parked, &handle->object, reply, reply_type,
                waiter_cancel);
  list_insert_tail (&queue->waiters, &waiter->link);
  waiter->timer.run = waiter_timeout;
  if (deadline)
    timer_start (loop, &waiter->timer, due);
  return MIG_NO_REPLY;
}

kern_return_t
S_io_select (object_t object, mach_port_t reply,
             mach_msg_type_name_t reply_type, int *types)
{
  return handle_select ((struct handle *)object, reply, reply_type, NULL,
                        types);
}

kern_return_t
S_io_select_timeout (object_t object, mach_port_t reply,
                     mach_msg_type_name_t reply_type, timespec_t timeout,
                     int *types)
{
  return handle_select ((struct handle *)object, reply, reply_type, &timeout,
                        types);
}
