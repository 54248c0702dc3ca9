/* look.c -- may the tasks inside name what they name?
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <hurd.h>
#include <hurd/process.h>
#include <string.h>
#include <unistd.h>

#include "tests/guest/walk/rights.h"
#include "tests/guest/walk/tasks.h"
#include "tests/guest/walk/walk.h"

#define TRIES 4 /* what is there each time is no passer-by */
#define BEGUN 8 /* so many names has a task that runs */

static mach_port_t bottom_host, bottom_devices; /* of the bottom environment */
static unsigned int task_type, thread_type;

/* May those inside of what MAKER makes name RIGHT?  */
static bool
may_name (const struct walk_task *maker, mach_port_t right,
          struct walk_result *result)
{
  const struct walk_known *known = walk_known (right);
  unsigned int type;

  result->rights++;
  if (known->right && known->whose == maker)
    {
      result->makers_rights++;
      return !known->kernels;
    }
  if (known->right)
    return maker->holds[known->whose - walk_tasks.list];
  return right != bottom_host && right != bottom_devices
         && !walk_kernel_object (right, &type) && type && type != task_type
         && type != thread_type;
}

static void
look_at (const struct walk_task *t, struct walk_result *result)
{
  struct walk_names n;

  if (!walk_names_get (t->task, &n))
    return;
  result->inside++;
  for (size_t i = 0; i < n.count; i++)
    {
      mach_port_t right = n.types[i] & MACH_PORT_TYPE_SEND
                              ? walk_send_right (t->task, n.names[i])
                              : MACH_PORT_NULL;

      if (!right)
        continue;
      if (!may_name (t->maker, right, result)
          && result->foreign_count < WALK_SUSPECTS_MAX)
        result->foreign[result->foreign_count++]
            = (struct walk_right){ t->pid, n.names[i] };
      walk_drop (right);
    }
  walk_names_free (&n);
}

/* Is T looked at, or what it holds?  */
static bool
is_wanted (const struct walk_task *t, bool only_fresh)
{
  return t->makes && (t->fresh || !only_fresh);
}

/* T's rights may be named by somebody who is looked at.  */
static bool
is_known (size_t t, bool only_fresh)
{
  if (is_wanted (&walk_tasks.list[t], only_fresh))
    return true;
  for (size_t i = 0; i < walk_tasks.count; i++)
    if (walk_tasks.list[i].holds[t]
        && is_wanted (&walk_tasks.list[i], only_fresh))
      return true;
  return false;
}

/* Those of the rights in RESULT that OLD has, too.  */
static void
keep_known (struct walk_result *result, const struct walk_result *old)
{
  size_t count = 0;

  for (size_t i = 0; i < result->foreign_count; i++)
    for (size_t j = 0; j < old->foreign_count; j++)
      if (result->foreign[i].pid == old->foreign[j].pid
          && result->foreign[i].name == old->foreign[j].name)
        {
          result->foreign[count++] = result->foreign[i];
          break;
        }
  result->foreign_count = count;
}

static void
look (bool only_fresh, struct walk_result *result)
{
  memset (result, 0, sizeof *result);
  walk_tasks_list ();
  walk_tasks_look ();
  walk_tasks_order (only_fresh);
  for (size_t i = 0; i < walk_tasks.count; i++)
    if (is_known (i, only_fresh))
      {
        walk_know_receivers (&walk_tasks.list[i]);
        walk_know_task (&walk_tasks.list[i]);
      }
  for (size_t i = 0; i < walk_tasks.count; i++)
    {
      const struct walk_task *t = &walk_tasks.list[i];

      result->makers += is_wanted (t, only_fresh);
      if (t->maker && is_wanted (t->maker, only_fresh))
        look_at (t, result);
    }
  walk_know_nothing ();
}

bool
walk_begin (void)
{
  process_t proc = getproc ();
  bool begun;

  begun = walk_tasks_begin ()
          && !proc_getprivports (proc, &bottom_host, &bottom_devices)
          && !walk_kernel_object (mach_task_self (), &task_type)
          && !walk_kernel_object (mach_thread_self (), &thread_type);
  walk_drop (proc);
  return begun;
}

/* A right that has its receiver outside is looked for again: its receiver may
   have come in between.  */
void
walk_make (bool only_fresh, struct walk_result *result)
{
  struct walk_result again;

  look (only_fresh, result);
  for (int i = 1; result->foreign_count && i < TRIES; i++)
    {
      usleep (50000);
      look (only_fresh, &again);
      keep_known (&again, result);
      *result = again;
    }
}

/* Has T begun to run, somewhere inside?  */
static bool
has_begun (struct walk_task *t, bool *ret_soon)
{
  struct walk_names n = { .count = 0 };

  t->claimed = t->claimed || walk_is_claimed (t->pid);
  if (t->claimed || !walk_names_get (t->task, &n))
    {
      t->pending = false;
      return false;
    }
  walk_names_free (&n);
  *ret_soon = *ret_soon || n.count < BEGUN;
  return n.count >= BEGUN;
}

/* The one in whose environment T is if that was not looked at yet.  */
static struct walk_task *
new_maker (size_t t)
{
  for (size_t i = 0; i < walk_tasks.count; i++)
    {
      struct walk_task *maker = &walk_tasks.list[i];

      if (!maker->serves || maker->walked)
        continue;
      walk_hold (maker);
      if (maker->holds[t])
        return maker;
    }
  walk_tasks.list[t].pending = false;
  return NULL;
}

bool
walk_has_fresh (bool *ret_soon)
{
  struct walk_task *maker = NULL;
  bool looked = false;

  for (size_t i = 0; i < walk_tasks.count; i++)
    walk_tasks.list[i].fresh = false;
  walk_tasks_list ();
  *ret_soon = false;
  for (size_t i = walk_tasks.count; i-- > 0 && !maker;)
    {
      if (!walk_tasks.list[i].pending
          || !has_begun (&walk_tasks.list[i], ret_soon))
        continue;
      if (!looked)
        walk_tasks_look ();
      looked = true;
      if (i < walk_tasks.count)
        maker = new_maker (i);
    }
  if (!maker)
    return false;
  maker->walked = maker->fresh = true;
  return true;
}

task_t
walk_youngest (void)
{
  const struct walk_task *youngest = NULL;

  for (size_t i = 0; i < walk_tasks.count; i++)
    {
      const struct walk_task *t = &walk_tasks.list[i];

      if (t->maker && !t->makes && (!youngest || t->pid > youngest->pid))
        youngest = t;
    }
  return youngest ? youngest->task : MACH_PORT_NULL;
}
