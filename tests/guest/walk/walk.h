/* walk.h -- law 2: whose are the rights that the tasks inside name?

   Root outside can have the task of every process, of those inside, too.  Who
   serves many ports and holds the task ports of others makes an environment,
   and those are what is inside.  A right that is named by a task inside must
   be the kernel's, or have its receiver in the task that makes the
   environment, or inside; a task or a thread must be one inside.  Send-once
   rights cannot be looked at without taking them away, and are not.

   Where all roles are the parent's there is no ledger and nothing inside.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_TESTS_WALK_WALK_H
#define HURDLE_TESTS_WALK_WALK_H

#include <mach.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define WALK_SUSPECTS_MAX 64

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

/* Whoever is there now is not looked at.  */
bool walk_begin (void);

/* Is there an environment in which something runs, and that was not looked at
   yet?  *RET_SOON: there may be.  */
bool walk_has_fresh (bool *ret_soon);

/* Look at all names of all tasks inside (ONLY_FRESH: of those that
   walk_has_fresh has found).  */
void walk_make (bool only_fresh, struct walk_result *result);

/* The youngest task inside that the last walk saw and that makes nothing
   itself, borrowed; null: there was none.  */
task_t walk_youngest (void);

#endif
