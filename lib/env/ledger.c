/* ledger.c -- members come by notification or at first sight, and go by death
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <hurd/hurd_types.h>
#include <mach.h>
#include <mach/gnumach.h>
#include <stdlib.h>

#include "lib/base/table.h"
#include "lib/role/environment.h"
#include "lib/env/freezer.h"
#include "lib/env/ledger_private.h"
#include "lib/port/right.h"

#define SURPLUS_NS UINT64_C (3000000000)
#define NEW_TASK 4400 /* mach_notify_new_task */

/* The trap behind mach_port_deallocate, which answers for tasks only and
   sends nothing.  */
extern kern_return_t syscall_mach_port_deallocate (mach_port_t task,
                                                   mach_port_t name);

bool
port_is_task (mach_port_t task)
{
  /* With a real task it fails to find the null name in that task's space;
     with any other port it says that the trap cannot do it.  */
  return MACH_PORT_VALID (task)
         && syscall_mach_port_deallocate (task, MACH_PORT_NULL)
                != MACH_SEND_INTERRUPTED;
}

/* ---- members ---- */

struct member *
ledger_find (struct ledger *ledger, mach_port_t task)
{
  return MACH_PORT_VALID (task) ? table_find (&ledger->tasks, task) : NULL;
}

static void
member_died (struct death_watch *watch)
{
  struct member *member = list_entry (watch, struct member, watch);
  struct ledger *ledger = member->ledger;

  if (ledger->events.died)
    ledger->events.died (ledger->cookie, member);
  table_remove (&ledger->tasks, member->task);
  list_remove (&member->link);
  if (member->makes)
    branch_end (member->makes);
  branch_leave (member);
  send_drop (&member->task);
  free (member);
  ledger_ending_continue (ledger);
}

/* TASK is consumed on success.  */
static error_t
member_create (struct ledger *ledger, mach_port_t task,
               struct member **ret_member)
{
  struct member *member = calloc (1, sizeof *member);
  error_t err;

  if (!member)
    return ENOMEM;
  member->ledger = ledger;
  member->task = task;
  member->watch.run = member_died;
  err = table_insert (&ledger->tasks, task, member);
  if (!err)
    {
      err = death_watch_start (ledger->loop, &member->watch, task);
      if (err)
        table_remove (&ledger->tasks, task);
    }
  if (err)
    {
      free (member);
      return err;
    }
  list_insert_tail (&ledger->members, &member->link);
  list_for_each (node, following, &ledger->freezers)
      freezer_take (list_entry (node, struct freezer, link), member);
  *ret_member = member;
  return 0;
}

static bool
member_is_doomed (const struct member *member)
{
  return member->ledger->ending
         || (member->branch && branch_is_ending (member->branch));
}

/* ---- too many ---- */

static bool
ledger_is_over (const struct ledger *ledger)
{
  return ledger_count (ledger) > ledger->members_max;
}

/* The kernel cannot refuse to make a task, and libc's fork takes no error from
   anybody else: it would hang.  So a task too many is made, has its moment,
   and is ended.  */
static void
surplus_look (struct timer *timer)
{
  struct ledger *ledger = list_entry (timer, struct ledger, surplus_timer);
  bool again = false;

  list_for_each (node, following, &ledger->members)
  {
    struct member *member = list_entry (node, struct member, link);

    if (member->surplus == SURPLUS_SEEN)
      member_complete (member);
    else if (member->surplus == SURPLUS_NEW)
      {
        member->surplus = SURPLUS_SEEN;
        again = true;
      }
  }
  if (again)
    timer_start (ledger->loop, timer, clock_now_ns () + SURPLUS_NS);
}

void
member_complete (struct member *member)
{
  if (member->surplus == SURPLUS_NOT)
    return;
  if (ledger_is_over (member->ledger))
    member_end (member);
  member->surplus = SURPLUS_NOT;
}

/* What we make ourselves replaces something.  */
static void
surplus_add (struct member *member)
{
  struct timer *timer = &member->ledger->surplus_timer;

  if (member->made_by_us || !ledger_is_over (member->ledger))
    return;
  member->surplus = SURPLUS_NEW;
  if (!timer->running)
    timer_start (member->ledger->loop, timer, clock_now_ns () + SURPLUS_NS);
}

static void
member_announce (struct member *member)
{
  struct ledger *ledger = member->ledger;

  if (member_is_doomed (member))
    {
      member_end (member);
      return;
    }
  surplus_add (member);
  if (ledger->events.born)
    ledger->events.born (ledger->cookie, member);
}

error_t
ledger_adopt (struct ledger *ledger, mach_port_t task,
              struct member **ret_member)
{
  struct member *member = ledger_find (ledger, task);
  cleanup_send mach_port_t right = MACH_PORT_NULL;
  error_t err;

  if (member)
    {
      *ret_member = member;
      return 0;
    }
  if (task == mach_task_self () || task == ledger->env->kernel_task
      || !port_is_task (task))
    return ESRCH;
  right = send_copy (task);
  if (!MACH_PORT_VALID (right))
    return ESRCH;
  err = member_create (ledger, right, &member);
  if (err)
    return err;
  (void)send_steal (&right);
  if (ledger->ending)
    member_end (member);
  else
    surplus_add (member);
  *ret_member = member;
  return 0;
}

void
ledger_set_limit (struct ledger *ledger, size_t max)
{
  ledger->members_max = max;
}

void
ledger_add_freezer (struct ledger *ledger, struct list *link)
{
  list_insert_tail (&ledger->freezers, link);
}

size_t
ledger_count (const struct ledger *ledger)
{
  return ledger->tasks.count;
}

void
ledger_each (struct ledger *ledger,
             void (*each) (struct member *member, void *cookie), void *cookie)
{
  list_for_each (node, following, &ledger->members)
      each (list_entry (node, struct member, link), cookie);
}

/* ---- the feed ---- */

struct new_task
{
  mach_msg_header_t header;
  mach_msg_type_t task_type;
  mach_port_name_inlined_t task;
  mach_msg_type_t parent_type;
  mach_port_name_inlined_t parent;
};

static bool
type_is_send (mach_msg_type_t type)
{
  return type.msgt_name == MACH_MSG_TYPE_PORT_SEND && type.msgt_number == 1
         && type.msgt_inline;
}

/* The task of a dead parent whose branch we cannot know any more: if there
   are branches it may be an escape from one of them, so it must not live.  */
static bool
orphan_is_suspect (struct ledger *ledger, mach_port_t parent)
{
  return parent == MACH_PORT_DEAD && !list_empty (&ledger->branches);
}

/* TASK (consumed) was made by PARENT (borrowed).  */
static void
ledger_born (struct ledger *ledger, mach_port_t task, mach_port_t parent)
{
  struct member *maker = ledger_find (ledger, parent);
  struct member *member = ledger_find (ledger, task);
  bool known = member != NULL;

  if (known)
    send_drop (&task);
  else if (orphan_is_suspect (ledger, parent)
           || member_create (ledger, task, &member))
    {
      /* By a worker: told by a parent, it may not be so fresh any more.  */
      ledger_end_task (ledger, task);
      return;
    }

  member->made_by_us = parent == mach_task_self ();
  if (maker)
    branch_join (member, maker->makes ? maker->makes : maker->branch);
  if (!known)
    member_announce (member);
  else if (member_is_doomed (member))
    member_end (member);
  else if (member->made_by_us)
    member->surplus = SURPLUS_NOT; /* we had not been told whose it is */
  branch_relay (member, parent);
}

static bool
feed_take (struct object *object, mach_msg_header_t *in)
{
  struct feed *feed = (struct feed *)object;
  const struct new_task *message = (const struct new_task *)in;
  mach_port_t task, parent;

  if (in->msgh_id != NEW_TASK || in->msgh_size != sizeof *message
      || !(in->msgh_bits & MACH_MSGH_BITS_COMPLEX)
      || !type_is_send (message->task_type)
      || !type_is_send (message->parent_type))
    return false;

  task = message->task.name;
  parent = message->parent.name;
  if (MACH_PORT_VALID (task))
    ledger_born (feed->ledger, task, parent);
  send_drop (&parent);
  return true;
}

static void
feed_free (struct object *object)
{
  /* It ends with the ledger, which never does.  */
  (void)object;
}

static const struct interface *const feed_interfaces[] = { NULL };

static const struct object_class feed_class = {
  .name = "ledger feed",
  .interfaces = feed_interfaces,
  .raw = feed_take,
  .free = feed_free,
};

mach_port_t
ledger_feed_right (struct ledger *ledger)
{
  return object_send_right (&ledger->feed.object);
}

error_t
ledger_feed_from_kernel (struct ledger *ledger, mach_port_t host_priv)
{
  return register_new_task_notification (
      host_priv, object_right (&ledger->feed.object), MACH_MSG_TYPE_MAKE_SEND);
}

/* ---- making ---- */

void
ledger_set_events (struct ledger *ledger, const struct ledger_events *events,
                   void *cookie)
{
  ledger->events = *events;
  ledger->cookie = cookie;
}

error_t
ledger_create (struct environment *env)
{
  struct ledger *ledger = calloc (1, sizeof *ledger);
  error_t err;

  if (!ledger)
    return ENOMEM;
  ledger->env = env;
  ledger->loop = env->loop;
  generation_init (&ledger->generation, "ledger", env);
  list_init (&ledger->members);
  list_init (&ledger->branches);
  list_init (&ledger->freezers);
  ledger->members_max = LEDGER_TASKS_MAX;
  ledger->surplus_timer.run = surplus_look;
  ledger->feed.ledger = ledger;
  err = object_init (&ledger->feed.object, &feed_class, &ledger->generation,
                     env->loop);
  if (err)
    {
      free (ledger);
      return err;
    }
  /* A parent that relays does not wait for room.  */
  (void)mach_port_set_qlimit (mach_task_self (),
                              object_name (&ledger->feed.object),
                              MACH_PORT_QLIMIT_MAX);
  env->ledger = ledger;
  return 0;
}
