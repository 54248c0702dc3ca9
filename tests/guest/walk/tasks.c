/* tasks.c -- which tasks there are, and which are inside of what
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <hurd.h>
#include <hurd/process.h>
#include <mach.h>
#include <string.h>

#include "tests/guest/walk/rights.h"
#include "tests/guest/walk/tasks.h"

#define SERVER_RIGHTS 20 /* who makes has more receive rights */

struct walk_tasks walk_tasks;

static pid_t before[WALK_TASKS_MAX]; /* who was there when we began */
static size_t before_count;

static size_t
list_pids (pid_t *pids)
{
  pid_t *list = pids;
  mach_msg_type_number_t count = WALK_TASKS_MAX;
  process_t proc = getproc ();

  if (proc_getallpids (proc, &list, &count))
    count = 0;
  walk_drop (proc);
  if (list == pids)
    return count;
  memcpy (pids, list,
          (count < WALK_TASKS_MAX ? count : WALK_TASKS_MAX) * sizeof *pids);
  vm_deallocate (mach_task_self (), (vm_address_t)list, count * sizeof *pids);
  return count < WALK_TASKS_MAX ? count : WALK_TASKS_MAX;
}

static bool
has_pid (const pid_t *pids, size_t count, pid_t pid)
{
  for (size_t i = 0; i < count; i++)
    if (pids[i] == pid)
      return true;
  return false;
}

static void
forget (size_t i)
{
  walk_drop (walk_tasks.list[i].task);
  walk_tasks.list[i] = walk_tasks.list[--walk_tasks.count];
}

static void
add (pid_t pid)
{
  struct walk_task *new = &walk_tasks.list[walk_tasks.count];
  process_t proc = getproc ();

  for (size_t i = 0; i < walk_tasks.count; i++)
    if (walk_tasks.list[i].pid == pid)
      pid = 0;
  memset (new, 0, sizeof *new);
  new->pid = pid;
  new->pending = true;
  if (pid && !proc_pid2task (proc, pid, &new->task)
      && MACH_PORT_VALID (new->task))
    walk_tasks.count++;
  walk_drop (proc);
}

bool
walk_is_claimed (pid_t pid)
{
  struct procinfo room, *info = &room;
  mach_msg_type_number_t count = sizeof room / sizeof (int), waits_size = 0;
  char *waits = NULL;
  int flags = 0;
  process_t proc = getproc ();
  bool claimed = !proc_getprocinfo (proc, pid, &flags, (procinfo_t *)&info,
                                    &count, &waits, &waits_size)
                 && !(info->state & PI_NOPARENT);

  walk_drop (proc);
  return claimed;
}

/* Who makes an environment has many receive rights, in sets.  */
static bool
look_at (struct walk_task *t)
{
  struct walk_names n;
  size_t receivers = 0, sets = 0;

  if (t->serves)
    return true;
  if (!walk_names_get (t->task, &n))
    return false;
  for (size_t i = 0; i < n.count; i++)
    {
      receivers += !!(n.types[i] & MACH_PORT_TYPE_RECEIVE);
      sets += !!(n.types[i] & MACH_PORT_TYPE_PORT_SET);
    }
  walk_names_free (&n);
  t->serves = receivers > SERVER_RIGHTS && sets > 0;
  t->claimed = t->claimed || walk_is_claimed (t->pid);
  return true;
}

void
walk_tasks_look (void)
{
  for (size_t i = walk_tasks.count; i-- > 0;)
    if (!look_at (&walk_tasks.list[i]))
      forget (i);
}

size_t
walk_tasks_begin (void)
{
  before_count = list_pids (before);
  return before_count;
}

void
walk_tasks_list (void)
{
  static pid_t pids[WALK_TASKS_MAX];
  size_t count = list_pids (pids);

  for (size_t i = walk_tasks.count; i-- > 0;)
    if (!has_pid (pids, count, walk_tasks.list[i].pid))
      forget (i);
  for (size_t i = 0; i < count && walk_tasks.count < WALK_TASKS_MAX; i++)
    if (!has_pid (before, before_count, pids[i]))
      add (pids[i]);
}

static bool
may_make (const struct walk_task *maker, const struct walk_task *t)
{
  return !t->claimed && t->pid > maker->pid;
}

void
walk_hold (struct walk_task *maker)
{
  struct walk_names n;

  memset (maker->holds, 0, sizeof maker->holds);
  if (!walk_names_get (maker->task, &n))
    return;
  for (size_t i = 0; i < n.count; i++)
    {
      mach_port_t right = n.types[i] & MACH_PORT_TYPE_SEND
                              ? walk_send_right (maker->task, n.names[i])
                              : MACH_PORT_NULL;

      for (size_t j = 0; right && j < walk_tasks.count; j++)
        if (walk_tasks.list[j].task == right
            && may_make (maker, &walk_tasks.list[j]))
          maker->holds[j] = true;
      if (right)
        walk_drop (right);
    }
  walk_names_free (&n);
}

/* MAKER holds what T holds, too.  Did it not?  */
static bool
hold_inner (struct walk_task *maker, const struct walk_task *t)
{
  bool more = false;

  for (size_t i = 0; i < walk_tasks.count; i++)
    {
      more = more || (t->holds[i] && !maker->holds[i]);
      maker->holds[i] = maker->holds[i] || t->holds[i];
    }
  return more;
}

/* A ledger knows all that is further in, but may not have heard yet of the
   latest.  */
static void
hold_all (bool only_fresh)
{
  struct walk_task *tasks = walk_tasks.list;
  bool more = true;

  for (size_t i = 0; i < walk_tasks.count; i++)
    memset (tasks[i].holds, 0, sizeof tasks[i].holds);
  for (size_t i = 0; i < walk_tasks.count; i++)
    if (tasks[i].serves && (tasks[i].fresh || !only_fresh))
      walk_hold (&tasks[i]);
  while (more)
    {
      more = false;
      for (size_t i = 0; i < walk_tasks.count; i++)
        for (size_t j = 0; tasks[i].serves && j < walk_tasks.count; j++)
          {
            if (!tasks[i].holds[j] || !tasks[j].serves)
              continue;
            if (only_fresh)
              walk_hold (&tasks[j]);
            more = hold_inner (&tasks[i], &tasks[j]) || more;
          }
    }
}

/* The innermost maker that holds a task is the one that most others hold.  */
static void
order (void)
{
  struct walk_task *tasks = walk_tasks.list;

  for (size_t i = 0; i < walk_tasks.count; i++)
    tasks[i].maker = NULL, tasks[i].depth = 0, tasks[i].makes = false;
  for (size_t i = 0; i < walk_tasks.count; i++)
    for (size_t j = 0; tasks[i].serves && j < walk_tasks.count; j++)
      tasks[j].depth += tasks[i].holds[j];
  for (size_t i = 0; i < walk_tasks.count; i++)
    for (size_t j = 0; tasks[i].serves && j < walk_tasks.count; j++)
      if (tasks[i].holds[j]
          && (!tasks[j].maker || tasks[j].maker->depth < tasks[i].depth))
        tasks[j].maker = &tasks[i];
  for (size_t i = 0; i < walk_tasks.count; i++)
    if (tasks[i].maker)
      tasks[i].maker->makes = true;
}

void
walk_tasks_order (bool only_fresh)
{
  hold_all (only_fresh);
  order ();
}
