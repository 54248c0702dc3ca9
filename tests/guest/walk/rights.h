/* rights.h -- what tasks name, and who receives
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_TESTS_WALK_RIGHTS_H
#define HURDLE_TESTS_WALK_RIGHTS_H

#include <mach.h>
#include <stdbool.h>

struct walk_task;

/* A right, in our space, and whose it is: its receiver, or the task itself of
   which it is a port of the kernel's.  */
struct walk_known
{
  mach_port_t right; /* null: nobody's that we know */
  const struct walk_task *whose;
  bool kernels;
};

struct walk_names
{
  mach_port_name_t *names;
  mach_port_type_t *types;
  mach_msg_type_number_t count;
};

void walk_drop (mach_port_t right);

/* What kind of kernel object RIGHT is, 0 for a plain port.  */
kern_return_t walk_kernel_object (mach_port_t right, unsigned int *ret_type);

/* All names of TASK, given.  */
bool walk_names_get (task_t task, struct walk_names *n);
void walk_names_free (const struct walk_names *n);

/* The send right that TASK calls NAME, given; null: none that lives.  */
mach_port_t walk_send_right (task_t task, mach_port_name_t name);

/* Remember whatever T receives on, and its own ports and its threads'.  */
void walk_know_receivers (const struct walk_task *t);
void walk_know_task (const struct walk_task *t);
void walk_know_nothing (void);

/* What we know of RIGHT, borrowed.  */
const struct walk_known *walk_known (mach_port_t right);

#endif
