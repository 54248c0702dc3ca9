/* walk.h -- law 2: whose are the rights that the tasks inside name?

   Root outside can have the task of every process, of those inside, too.  Who
   serves many ports and holds the task ports of others makes an environment,
   and those are what is inside.  A right that is named by a task inside must
   be the kernel's, or have its receiver in the task that makes the
   environment, or inside; a task or a thread must be one inside.  Send-once
   rights cannot be looked at without taking them away, and are not.

   Where all roles are the parent's there is no ledger and nothing inside.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_TESTS_WALK_H
#define HURDLE_TESTS_WALK_H

#include <hurd.h>
#include <hurd/process.h>
#include <mach.h>
#include <mach/mig_support.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define WALK_TASKS_MAX 512
#define WALK_SLOTS 65536 /* a power of two, and more than there are rights */
#define WALK_SUSPECTS_MAX 64
#define WALK_TRIES 4          /* what is there each time is no passer-by */
#define WALK_SERVER_RIGHTS 20 /* who makes has more receive rights */
#define WALK_BEGUN 8          /* so many names has a task that runs */
#define WALK_LOOKS 50         /* one that is older changes less often */
#define WALK_LOOKS_OLD 20
#define WALK_KERNEL_OBJECT 3018 /* mach_port_kernel_object */

struct walk_task
{
  pid_t pid;
  task_t task;  /* send right */
  bool pending; /* what it belongs to was not looked for yet */
  bool claimed; /* a process of ours, and so not inside */
  bool serves;  /* many ports, in a set */
  bool walked;  /* what it makes was looked at before */
  bool fresh;   /* it is looked at for the first time now */
  bool holds[WALK_TASKS_MAX];
  size_t depth;            /* how many hold it */
  struct walk_task *maker; /* the innermost of them */
  bool makes;              /* is the innermost of some */
};

struct walk_right
{
  pid_t pid;
  mach_port_name_t name;
};

/* What a walk has seen.  */
struct walk_result
{
  size_t makers, inside;
  size_t rights, makers_rights;
  struct walk_right foreign[WALK_SUSPECTS_MAX];
  size_t foreign_count;
};

/* A right, in our space, and whose it is: its receiver, or the task itself of
   which it is a port of the kernel's.  */
struct walk_known
{
  mach_port_t right;
  const struct walk_task *whose;
  bool kernels;
};

static struct
{
  pid_t before[WALK_TASKS_MAX]; /* who was there when we began */
  size_t before_count;
  struct walk_task tasks[WALK_TASKS_MAX];
  size_t count;
  struct walk_known known[WALK_SLOTS]; /* by hash */
  mach_port_t host, devices;           /* of the bottom environment */
  unsigned int task_type, thread_type;
} walker;

/* ---- rights ---- */

static inline void
walk_drop (mach_port_t right)
{
  mach_port_deallocate (mach_task_self (), right);
}

/* What kind of kernel object RIGHT is, 0 for a plain port; by hand, as no
   library has <mach_debug/mach_debug.defs>.  */
static inline kern_return_t
walk_kernel_object (mach_port_t right, unsigned int *ret_type)
{
  struct
  {
    mach_msg_header_t header;
    mach_msg_type_t name_type;
    mach_port_name_t name;
    char pad[4 + 64]; /* for the answer */
  } message = {
    .header = { .msgh_bits = MACH_MSGH_BITS (MACH_MSG_TYPE_COPY_SEND,
                                             MACH_MSG_TYPE_MAKE_SEND_ONCE),
                .msgh_size = 48,
                .msgh_remote_port = mach_task_self (),
                .msgh_local_port = mig_get_reply_port (),
                .msgh_id = WALK_KERNEL_OBJECT },
    .name_type = { .msgt_name = MACH_MSG_TYPE_PORT_NAME,
                   .msgt_size = 32,
                   .msgt_number = 1,
                   .msgt_inline = TRUE },
    .name = right,
  };
  const int *words = (const int *)(&message.header + 1);
  kern_return_t err = mach_msg (
      &message.header, MACH_SEND_MSG | MACH_RCV_MSG, 48, sizeof message,
      message.header.msgh_local_port, 0, MACH_PORT_NULL);

  if (err)
    return err;
  if (words[2])
    return words[2];
  *ret_type = (unsigned int)words[6];
  return 0;
}

static inline struct walk_known *
walk_find (mach_port_t right)
{
  size_t i = (right * 2654435761u) % WALK_SLOTS;

  while (walker.known[i].right && walker.known[i].right != right)
    i = (i + 1) % WALK_SLOTS;
  return &walker.known[i];
}

/* RIGHT is consumed.  */
static inline void
walk_know (mach_port_t right, const struct walk_task *whose, bool kernels)
{
  struct walk_known *known = walk_find (right);

  if (known->right)
    walk_drop (right);
  else
    *known = (struct walk_known){ right, whose, kernels };
}

static inline void
walk_know_nothing (void)
{
  for (size_t i = 0; i < WALK_SLOTS; i++)
    if (walker.known[i].right)
      walk_drop (walker.known[i].right);
  memset (walker.known, 0, sizeof walker.known);
}

/* ---- names ---- */

struct walk_names
{
  mach_port_name_t *names;
  mach_port_type_t *types;
  mach_msg_type_number_t count;
};

static inline bool
walk_names_get (task_t task, struct walk_names *n)
{
  mach_msg_type_number_t types;

  return !mach_port_names (task, &n->names, &n->count, &n->types, &types);
}

static inline void
walk_names_free (const struct walk_names *n)
{
  vm_deallocate (mach_task_self (), (vm_address_t)n->names,
                 n->count * sizeof *n->names);
  vm_deallocate (mach_task_self (), (vm_address_t)n->types,
                 n->count * sizeof *n->types);
}

/* The send right that TASK calls NAME, given; null: none that lives.  */
static inline mach_port_t
walk_send_right (task_t task, mach_port_name_t name)
{
  mach_port_t right;
  mach_msg_type_name_t type;

  if (mach_port_extract_right (task, name, MACH_MSG_TYPE_COPY_SEND, &right,
                               &type)
      || !MACH_PORT_VALID (right))
    return MACH_PORT_NULL;
  return right;
}

/* Whatever T receives on and somebody can send to.  A port without a sender is
   left alone: its first and last would be we.  */
static inline void
walk_know_receivers (const struct walk_task *t)
{
  struct walk_names n;

  if (!walk_names_get (t->task, &n))
    return;
  for (size_t i = 0; i < n.count; i++)
    {
      mach_port_status_t status;
      mach_port_t right;
      mach_msg_type_name_t type;

      if (n.types[i] & MACH_PORT_TYPE_RECEIVE
          && !mach_port_get_receive_status (t->task, n.names[i], &status)
          && status.mps_srights
          && !mach_port_extract_right (t->task, n.names[i],
                                       MACH_MSG_TYPE_MAKE_SEND, &right, &type))
        walk_know (right, t, false);
    }
  walk_names_free (&n);
}

static inline void
walk_know_task (const struct walk_task *t)
{
  thread_t *threads;
  mach_msg_type_number_t count;

  mach_port_mod_refs (mach_task_self (), t->task, MACH_PORT_RIGHT_SEND, 1);
  walk_know (t->task, t, true);
  if (task_threads (t->task, &threads, &count))
    return;
  for (size_t i = 0; i < count; i++)
    walk_know (threads[i], t, true);
  vm_deallocate (mach_task_self (), (vm_address_t)threads,
                 count * sizeof *threads);
}

/* ---- who is there ---- */

static inline size_t
walk_pids (pid_t *pids)
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

static inline bool
walk_has_pid (const pid_t *pids, size_t count, pid_t pid)
{
  for (size_t i = 0; i < count; i++)
    if (pids[i] == pid)
      return true;
  return false;
}

static inline void
walk_forget (size_t i)
{
  walk_drop (walker.tasks[i].task);
  walker.tasks[i] = walker.tasks[--walker.count];
}

static inline void
walk_add (pid_t pid)
{
  struct walk_task *new = &walker.tasks[walker.count];
  process_t proc = getproc ();

  for (size_t i = 0; i < walker.count; i++)
    if (walker.tasks[i].pid == pid)
      pid = 0;
  memset (new, 0, sizeof *new);
  new->pid = pid;
  new->pending = true;
  if (pid && !proc_pid2task (proc, pid, &new->task)
      && MACH_PORT_VALID (new->task))
    walker.count++;
  walk_drop (proc);
}

/* Tasks inside are no process's child out here.  */
static inline bool
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
static inline bool
walk_look_at (struct walk_task *t)
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
  t->serves = receivers > WALK_SERVER_RIGHTS && sets > 0;
  t->claimed = t->claimed || walk_is_claimed (t->pid);
  return true;
}

/* With another task it is another process by now.  */
static inline void
walk_look_at_all (void)
{
  for (size_t i = walker.count; i-- > 0;)
    if (!walk_look_at (&walker.tasks[i]))
      walk_forget (i);
}

/* Those who came since walk_begin.  */
static inline void
walk_list (void)
{
  static pid_t pids[WALK_TASKS_MAX];
  size_t count = walk_pids (pids);

  for (size_t i = walker.count; i-- > 0;)
    if (!walk_has_pid (pids, count, walker.tasks[i].pid))
      walk_forget (i);
  for (size_t i = 0; i < count && walker.count < WALK_TASKS_MAX; i++)
    if (!walk_has_pid (walker.before, walker.before_count, pids[i]))
      walk_add (pids[i]);
}

/* Which of the tasks does MAKER hold?  What it makes is younger.  */
static inline bool
walk_may_make (const struct walk_task *maker, const struct walk_task *t)
{
  return !t->claimed && t->pid > maker->pid;
}

static inline void
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

      for (size_t j = 0; right && j < walker.count; j++)
        if (walker.tasks[j].task == right
            && walk_may_make (maker, &walker.tasks[j]))
          maker->holds[j] = true;
      if (right)
        walk_drop (right);
    }
  walk_names_free (&n);
}

/* MAKER holds what T holds, too.  Did it not?  */
static inline bool
walk_hold_inner (struct walk_task *maker, const struct walk_task *t)
{
  bool more = false;

  for (size_t i = 0; i < walker.count; i++)
    {
      more = more || (t->holds[i] && !maker->holds[i]);
      maker->holds[i] = maker->holds[i] || t->holds[i];
    }
  return more;
}

/* What each maker holds; ONLY_FRESH: only of those, and of makers further in.
   A ledger knows all that is further in, but may not have heard yet of the
   latest.  */
static inline void
walk_hold_all (bool only_fresh)
{
  struct walk_task *tasks = walker.tasks;
  bool more = true;

  for (size_t i = 0; i < walker.count; i++)
    memset (tasks[i].holds, 0, sizeof tasks[i].holds);
  for (size_t i = 0; i < walker.count; i++)
    if (tasks[i].serves && (tasks[i].fresh || !only_fresh))
      walk_hold (&tasks[i]);
  while (more)
    {
      more = false;
      for (size_t i = 0; i < walker.count; i++)
        for (size_t j = 0; tasks[i].serves && j < walker.count; j++)
          {
            if (!tasks[i].holds[j] || !tasks[j].serves)
              continue;
            if (only_fresh)
              walk_hold (&tasks[j]);
            more = walk_hold_inner (&tasks[i], &tasks[j]) || more;
          }
    }
}

/* Who is inside of what: the innermost maker that holds a task is the one that
   most others hold.  */
static inline void
walk_order (void)
{
  struct walk_task *tasks = walker.tasks;

  for (size_t i = 0; i < walker.count; i++)
    tasks[i].maker = NULL, tasks[i].depth = 0, tasks[i].makes = false;
  for (size_t i = 0; i < walker.count; i++)
    for (size_t j = 0; tasks[i].serves && j < walker.count; j++)
      tasks[j].depth += tasks[i].holds[j];
  for (size_t i = 0; i < walker.count; i++)
    for (size_t j = 0; tasks[i].serves && j < walker.count; j++)
      if (tasks[i].holds[j]
          && (!tasks[j].maker || tasks[j].maker->depth < tasks[i].depth))
        tasks[j].maker = &tasks[i];
  for (size_t i = 0; i < walker.count; i++)
    if (tasks[i].maker)
      tasks[i].maker->makes = true;
}

/* ---- looking ---- */

/* May those inside of what MAKER makes name RIGHT?  */
static inline bool
walk_may_name (const struct walk_task *maker, mach_port_t right,
               struct walk_result *result)
{
  const struct walk_known *known = walk_find (right);
  unsigned int type;

  result->rights++;
  if (known->right && known->whose == maker)
    {
      result->makers_rights++;
      return !known->kernels;
    }
  if (known->right)
    return maker->holds[known->whose - walker.tasks];
  return right != walker.host && right != walker.devices
         && !walk_kernel_object (right, &type) && type
         && type != walker.task_type && type != walker.thread_type;
}

static inline void
walk_task_inside (const struct walk_task *t, struct walk_result *result)
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
      if (!walk_may_name (t->maker, right, result)
          && result->foreign_count < WALK_SUSPECTS_MAX)
        result->foreign[result->foreign_count++]
            = (struct walk_right){ t->pid, n.names[i] };
      walk_drop (right);
    }
  walk_names_free (&n);
}

/* Is T looked at, or what it holds?  */
static inline bool
walk_is_wanted (const struct walk_task *t, bool only_fresh)
{
  return t->makes && (t->fresh || !only_fresh);
}

/* T's rights may be named by somebody who is looked at.  */
static inline bool
walk_is_known (size_t t, bool only_fresh)
{
  if (walk_is_wanted (&walker.tasks[t], only_fresh))
    return true;
  for (size_t i = 0; i < walker.count; i++)
    if (walker.tasks[i].holds[t]
        && walk_is_wanted (&walker.tasks[i], only_fresh))
      return true;
  return false;
}

/* Those of the rights in RESULT that OLD has, too.  */
static inline void
walk_keep_known (struct walk_result *result, const struct walk_result *old)
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

static inline void
walk_once (bool only_fresh, struct walk_result *result)
{
  memset (result, 0, sizeof *result);
  walk_list ();
  walk_look_at_all ();
  walk_hold_all (only_fresh);
  walk_order ();
  for (size_t i = 0; i < walker.count; i++)
    if (walk_is_known (i, only_fresh))
      {
        walk_know_receivers (&walker.tasks[i]);
        walk_know_task (&walker.tasks[i]);
      }
  for (size_t i = 0; i < walker.count; i++)
    {
      const struct walk_task *t = &walker.tasks[i];

      result->makers += walk_is_wanted (t, only_fresh);
      if (t->maker && walk_is_wanted (t->maker, only_fresh))
        walk_task_inside (t, result);
    }
  walk_know_nothing ();
}

/* ---- for programs ---- */

/* Whoever is there now is not looked at.  */
static inline bool
walk_begin (void)
{
  process_t proc = getproc ();
  bool begun;

  walker.before_count = walk_pids (walker.before);
  begun = walker.before_count
          && !proc_getprivports (proc, &walker.host, &walker.devices)
          && !walk_kernel_object (mach_task_self (), &walker.task_type)
          && !walk_kernel_object (mach_thread_self (), &walker.thread_type);
  walk_drop (proc);
  return begun;
}

/* Look at all names of all tasks inside (ONLY_FRESH: of those that
   walk_has_fresh has found).  A right that has its receiver outside is looked
   for again: its receiver may have come in between.  */
static inline void
walk_make (bool only_fresh, struct walk_result *result)
{
  struct walk_result again;

  walk_once (only_fresh, result);
  for (int i = 1; result->foreign_count && i < WALK_TRIES; i++)
    {
      usleep (50000);
      walk_once (only_fresh, &again);
      walk_keep_known (&again, result);
      *result = again;
    }
}

/* Has T begun to run, somewhere inside?  */
static inline bool
walk_has_begun (struct walk_task *t, bool *ret_soon)
{
  struct walk_names n = { .count = 0 };

  t->claimed = t->claimed || walk_is_claimed (t->pid);
  if (t->claimed || !walk_names_get (t->task, &n))
    {
      t->pending = false;
      return false;
    }
  walk_names_free (&n);
  *ret_soon = *ret_soon || n.count < WALK_BEGUN;
  return n.count >= WALK_BEGUN;
}

/* The one in whose environment T is if that was not looked at yet.  */
static inline struct walk_task *
walk_new_maker (size_t t)
{
  for (size_t i = 0; i < walker.count; i++)
    {
      struct walk_task *maker = &walker.tasks[i];

      if (!maker->serves || maker->walked)
        continue;
      walk_hold (maker);
      if (maker->holds[t])
        return maker;
    }
  walker.tasks[t].pending = false;
  return NULL;
}

/* Is there an environment in which something runs, and that was not looked at
   yet?  *RET_SOON: there may be.  */
static inline bool
walk_has_fresh (bool *ret_soon)
{
  struct walk_task *maker = NULL;
  bool looked = false;

  for (size_t i = 0; i < walker.count; i++)
    walker.tasks[i].fresh = false;
  walk_list ();
  *ret_soon = false;
  for (size_t i = walker.count; i-- > 0 && !maker;)
    {
      if (!walker.tasks[i].pending
          || !walk_has_begun (&walker.tasks[i], ret_soon))
        continue;
      if (!looked)
        walk_look_at_all ();
      looked = true;
      if (i < walker.count)
        maker = walk_new_maker (i);
    }
  if (!maker)
    return false;
  maker->walked = maker->fresh = true;
  return true;
}

#endif
