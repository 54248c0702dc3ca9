/* proc_names.c -- how many port names a task has

   The kernel makes a list as long as the task pleases, so a worker takes it.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <mach.h>
#include <stdlib.h>

#include "process_reply_U.h"
#include "servers/proc/proc.h"

#include "process_S.h"

struct counting
{
  struct errand errand;
  mach_msg_type_number_t count;
};

static void
counting_run (struct job *job)
{
  struct counting *counting = list_entry (job, struct counting, errand.job);
  mach_port_name_array_t names;
  mach_port_type_array_t types;
  mach_msg_type_number_t names_count, types_count;
  error_t err = mach_port_names (counting->errand.task, &names, &names_count,
                                 &types, &types_count);

  counting->errand.err = err ? ESRCH : 0;
  if (err)
    return;
  counting->count = names_count;
  (void)vm_deallocate (mach_task_self (), (vm_address_t)names,
                       names_count * sizeof names[0]);
  (void)vm_deallocate (mach_task_self (), (vm_address_t)types,
                       types_count * sizeof types[0]);
}

static void
counting_answer (struct errand *errand)
{
  struct counting *counting = list_entry (errand, struct counting, errand);
  mach_msg_type_name_t type = errand->parked.reply_type;

  (void)proc_getnports_reply (parked_take_reply (&errand->parked), type, 0,
                              counting->count);
}

kern_return_t
S_proc_getnports (struct object *object, mach_port_t reply,
                  mach_msg_type_name_t reply_type, pid_t pid,
                  mach_msg_type_number_t *count)
{
  struct process *caller = process_of_object (object);
  struct process *process;
  struct counting *counting;

  (void)count;
  if (!caller)
    return EOPNOTSUPP;
  process = process_of_pid (caller->proc, pid);
  if (!process || process->dead)
    return ESRCH;
  counting = calloc (1, sizeof *counting);
  if (!counting)
    return ENOMEM;
  counting->errand.answer = counting_answer;
  return errand_start (&counting->errand, object, process_task (process),
                       reply, reply_type, counting_run);
}
