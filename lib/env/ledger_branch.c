/* ledger_branch.c -- nested environments: what belongs to them, telling them

   The relay never waits: an inner environment that does not listen gets a
   backlog, and when that is full the inner environment is ended, because a
   ledger with holes is none.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <hurd/hurd_types.h>
#include <stdlib.h>

#include "lib/env/ledger_private.h"
#include "lib/port/right.h"

#define NEW_TASK 4400
#define BACKLOG_MAX 16384
#define RETRY_MAX_NS UINT64_C (640000000)
#define RETRY_NS UINT64_C (10000000) /* a tick of the kernel's */

struct notice
{
  struct list link;
  mach_port_t task, parent; /* send rights */
};

static void
branch_release (struct branch *branch)
{
  while (branch && !branch->maker && !branch->members && !branch->inner)
    {
      struct branch *outer = branch->outer;

      list_remove (&branch->link);
      free (branch);
      if (outer)
        outer->inner--;
      branch = outer;
    }
}

void
branch_join (struct member *member, struct branch *branch)
{
  if (!branch || member->branch)
    return;
  member->branch = branch;
  branch->members++;
}

void
branch_leave (struct member *member)
{
  struct branch *branch = member->branch;

  member->branch = NULL;
  if (!branch)
    return;
  branch->members--;
  branch_release (branch);
}

bool
branch_is_ending (const struct branch *branch)
{
  for (; branch; branch = branch->outer)
    if (!branch->maker)
      return true;
  return false;
}

/* ---- telling ---- */

static void
notice_free (struct notice *notice)
{
  send_drop (&notice->task);
  send_drop (&notice->parent);
  free (notice);
}

static void
backlog_clear (struct branch *branch)
{
  struct list *node;

  while ((node = list_pop (&branch->backlog)))
    notice_free (list_entry (node, struct notice, link));
  branch->backlog_count = 0;
  timer_stop (&branch->retry);
}

static error_t
notice_send (struct branch *branch, mach_port_t task, mach_port_t parent)
{
  const mach_msg_type_t type = {
    .msgt_name = MACH_MSG_TYPE_COPY_SEND,
    .msgt_size = sizeof (mach_port_name_inlined_t) * 8,
    .msgt_number = 1,
    .msgt_inline = TRUE,
  };
  struct
  {
    mach_msg_header_t header;
    mach_msg_type_t task_type;
    mach_port_name_inlined_t task;
    mach_msg_type_t parent_type;
    mach_port_name_inlined_t parent;
  } message = {
    .header = {
      .msgh_bits = MACH_MSGH_BITS (MACH_MSG_TYPE_COPY_SEND, 0)
                   | MACH_MSGH_BITS_COMPLEX,
      .msgh_size = sizeof message,
      .msgh_remote_port = branch->notify,
      .msgh_id = NEW_TASK,
    },
    .task_type = type,
    .parent_type = type,
  };
  error_t err;

  message.task.name = task;
  message.parent.name = parent;
  err = mach_msg (&message.header, MACH_SEND_MSG | MACH_SEND_TIMEOUT,
                  sizeof message, 0, MACH_PORT_NULL, 0, MACH_PORT_NULL);
  if (err == MACH_SEND_TIMED_OUT)
    /* It came back to us with rights of its own.  */
    mach_msg_destroy (&message.header);
  return err;
}

/* Who does not listen is asked less and less often, so that a thousand of them
   do not keep the loop busy.  */
static void
backlog_wait (struct branch *branch, bool progress)
{
  if (progress || !branch->wait_ns)
    branch->wait_ns = RETRY_NS;
  else if (branch->wait_ns < RETRY_MAX_NS)
    branch->wait_ns *= 2;
  timer_start (branch->ledger->loop, &branch->retry,
               clock_now_ns () + branch->wait_ns);
}

static void
backlog_retry (struct timer *timer)
{
  struct branch *branch = list_entry (timer, struct branch, retry);
  bool progress = false;
  struct list *node;

  while ((node = list_first (&branch->backlog)))
    {
      struct notice *notice = list_entry (node, struct notice, link);

      if (notice_send (branch, notice->task, notice->parent)
          == MACH_SEND_TIMED_OUT)
        {
          backlog_wait (branch, progress);
          return;
        }
      list_remove (node);
      branch->backlog_count--;
      notice_free (notice);
      progress = true;
    }
}

/* The order must hold, so nothing passes the backlog.  */
static error_t
backlog_add (struct branch *branch, mach_port_t task, mach_port_t parent)
{
  struct notice *notice;

  if (branch->backlog_count >= BACKLOG_MAX)
    return ENOBUFS;
  notice = malloc (sizeof *notice);
  if (!notice)
    return ENOMEM;
  notice->task = send_copy (task);
  notice->parent = send_copy (parent);
  list_insert_tail (&branch->backlog, &notice->link);
  branch->backlog_count++;
  if (!branch->retry.running)
    backlog_wait (branch, true);
  return 0;
}

static void
branch_tell (struct branch *branch, mach_port_t task, mach_port_t parent)
{
  if (list_empty (&branch->backlog)
      && notice_send (branch, task, parent) != MACH_SEND_TIMED_OUT)
    return;
  if (backlog_add (branch, task, parent) && branch->maker)
    member_end (branch->maker);
}

void
branch_relay (struct member *member, mach_port_t parent)
{
  for (struct branch *branch = member->branch; branch; branch = branch->outer)
    if (branch->maker)
      branch_tell (branch, member->task, parent);
}

/* ---- beginning and end ---- */

error_t
ledger_branch (struct member *maker, mach_port_t notify)
{
  struct branch *branch;

  if (maker->makes)
    return EBUSY;
  branch = calloc (1, sizeof *branch);
  if (!branch)
    return ENOMEM;
  branch->ledger = maker->ledger;
  branch->maker = maker;
  branch->outer = maker->branch;
  if (branch->outer)
    branch->outer->inner++;
  branch->notify = notify;
  branch->retry.run = backlog_retry;
  list_init (&branch->backlog);
  list_insert_tail (&maker->ledger->branches, &branch->link);
  maker->makes = branch;
  return 0;
}

static void
member_end_in (struct member *member, void *cookie)
{
  for (struct branch *branch = member->branch; branch; branch = branch->outer)
    if (branch == cookie)
      {
        member_end (member);
        return;
      }
}

void
branch_end (struct branch *branch)
{
  branch->maker = NULL;
  backlog_clear (branch);
  send_drop (&branch->notify);
  ledger_each (branch->ledger, member_end_in, branch);
  branch_release (branch);
}
