/* proc_stop.c -- proc_dostop: stop all threads but one

   A library calls it on itself before each fork and when a signal stops it.
   thread_suspend waits until the thread is out of the kernel, which a hostile
   one may never be: a worker does it, and answers by itself, because the loop
   has nothing to add.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <mach/mig_errors.h>
#include <stdlib.h>

#include "lib/port/right.h"
#include "process_reply_U.h"
#include "servers/proc/proc.h"

#include "process_S.h"

struct stop
{
  struct job job;
  mach_port_t task;    /* send right */
  mach_port_t runs_on; /* send right: the thread that is left alone */
  mach_port_t reply;   /* owned */
  mach_msg_type_name_t reply_type;
};

static void
threads_suspend (const thread_t *threads, size_t count, mach_port_t but)
{
  for (size_t i = 0; i < count; i++)
    {
      thread_t thread = threads[i];

      if (thread != but)
        (void)thread_suspend (thread);
      send_drop (&thread);
    }
}

static error_t
task_stop (mach_port_t task, mach_port_t but)
{
  thread_array_t threads;
  mach_msg_type_number_t count;
  error_t err;

  /* Nobody may start a thread between the list and the last suspension.  */
  err = task_suspend (task);
  if (err)
    return err;
  err = task_threads (task, &threads, &count);
  if (!err)
    {
      threads_suspend (threads, count, but);
      (void)vm_deallocate (mach_task_self (), (vm_address_t)threads,
                           count * sizeof threads[0]);
    }
  (void)task_resume (task);
  return err;
}

static void
stop_run (struct job *job)
{
  struct stop *stop = list_entry (job, struct stop, job);
  error_t err = task_stop (stop->task, stop->runs_on);

  (void)proc_dostop_reply (send_steal (&stop->reply), stop->reply_type, err);
  send_drop (&stop->runs_on);
  send_drop (&stop->task);
  free (stop);
}

kern_return_t
S_proc_dostop (struct object *object, mach_port_t reply,
               mach_msg_type_name_t reply_type, mach_port_t thread)
{
  struct process *process = process_of_object (object);
  struct environment *env = object_environment (object);
  struct stop *stop;

  if (!process)
    return EOPNOTSUPP;
  stop = calloc (1, sizeof *stop);
  if (!stop)
    return ENOMEM;
  stop->task = send_copy (process_task (process));
  stop->runs_on = thread;
  stop->reply = reply;
  stop->reply_type = reply_type;
  stop->job.run = stop_run;
  workers_submit (env->workers, env->loop, &stop->job);
  return MIG_NO_REPLY;
}
