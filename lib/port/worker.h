/* worker.h -- expendable threads for kernel calls that may never return

   task_terminate, vm_read of a client, vm_write, vm_map of a foreign memory
   object, memory_object_lock_request: each can block for ever on a hostile
   task, so none is made on a loop.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_PORT_WORKER_H
#define HURDLE_PORT_WORKER_H

#include "lib/port/loop.h"

struct workers;

/* RUN is called on a worker, then DONE on the loop.  RUN may touch only the
   job itself.  Without DONE the job is RUN's from then on: it frees it.  A job
   whose RUN never returns costs its worker: the pool counts it as lost and
   makes another, up to a bound.  */
struct job
{
  struct post post; /* private */
  void (*run) (struct job *job);
  void (*done) (struct job *job);
  struct loop *loop; /* private: where DONE runs */
};

struct workers *workers_create (unsigned int max); /* NULL: no memory */
void workers_submit (struct workers *workers, struct loop *loop,
                     struct job *job);
unsigned int workers_lost (const struct workers *workers);

#endif
