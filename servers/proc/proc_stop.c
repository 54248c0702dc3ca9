/* proc_stop.c -- proc_dostop: stop all threads but one

   A library calls it on itself before fork and when a signal stops it.
   thread_suspend waits until the thread is out of the kernel, which a hostile
   one may never be: a worker does it.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <stdlib.h>

#include "lib/port/right.h"
#include "process_reply_U.h"
#include "servers/proc/proc.h"

#include "process_S.h"

struct stop
{
  struct errand errand;
  mach_port_t runs_on; /* send right: the thread that is left alone */
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

static void
stop_run (struct job *job)
{
  struct stop *stop = list_entry (job, struct stop, errand.job);
  thread_array_t threads;
  mach_msg_type_number_t count;
  error_t err;

  /* Nobody may start a thread between the list and the last suspension.  */
  err = task_suspend (stop->errand.task);
  if (!err)
    {
      err = task_threads (stop->errand.task, &threads, &count);
      if (!err)
        {
          threads_suspend (threads, count, stop->runs_on);
          (void)vm_deallocate (mach_task_self (), (vm_address_t)threads,
                               count * sizeof threads[0]);
        }
      (void)task_resume (stop->errand.task);
    }
  stop->errand.err = err;
}

static void
stop_answer (struct errand *errand)
{
  mach_msg_type_name_t type = errand->parked.reply_type;

  (void)proc_dostop_reply (parked_take_reply (&errand->parked), type, 0);
}

static void
stop_finish (struct errand *errand)
{
  struct stop *stop = list_entry (errand, struct stop, errand);

  send_drop (&stop->runs_on);
}

kern_return_t
S_proc_dostop (struct object *object, mach_port_t reply,
               mach_msg_type_name_t reply_type, mach_port_t thread)
{
  struct process *process = process_of_object (object);
  struct stop *stop;

  if (!process)
    return EOPNOTSUPP;
  stop = calloc (1, sizeof *stop);
  if (!stop)
    return ENOMEM;
  stop->runs_on = thread;
  stop->errand.answer = stop_answer;
  stop->errand.finish = stop_finish;
  return errand_start (&stop->errand, object, process_task (process), reply,
                       reply_type, stop_run);
}
