/* tasks.h -- which tasks there are, and which are inside of what
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_TESTS_WALK_TASKS_H
#define HURDLE_TESTS_WALK_TASKS_H

#include <mach.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define WALK_TASKS_MAX 512

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

struct walk_tasks
{
  struct walk_task list[WALK_TASKS_MAX];
  size_t count;
};

extern struct walk_tasks walk_tasks;

/* Whoever is there now is never listed.  How many are there?  */
size_t walk_tasks_begin (void);

/* List those that came since, and forget those that went.  */
void walk_tasks_list (void);

/* Which of them serve?  One with another task is another process by now.  */
void walk_tasks_look (void);

/* Is it the child of a process here?  Tasks inside are none's.  */
bool walk_is_claimed (pid_t pid);

/* Which of the tasks does MAKER hold?  What it makes is younger.  */
void walk_hold (struct walk_task *maker);

/* What each maker holds (ONLY_FRESH: only of those, and of makers further in),
   and from it who is inside of what.  */
void walk_tasks_order (bool only_fresh);

#endif
