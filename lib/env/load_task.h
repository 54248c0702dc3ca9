/* load_task.h -- put an image into a task, and a thread on top of it

   Kernel calls on a task that is not ours: any of them can wait for ever, so
   all of this runs on a worker.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_ENV_LOAD_TASK_H
#define HURDLE_ENV_LOAD_TASK_H

#include "lib/env/load.h"
#include "lib/port/right.h"

/* Where an image's bytes come from.  */
struct load_source
{
  mach_port_t object;      /* memory object of the file: send right, or null */
  struct vm_piece data;    /* the whole file, when OBJECT is null */
  struct vm_piece patches; /* one page for each piece that has a PATCH, in
                              order: the file's bytes, then zeros */
};

/* Drop what SOURCE owns.  */
void load_source_finish (struct load_source *source);

/* Map every piece of IMAGE into TASK, whose pages there must be free.  */
error_t load_image_map (task_t task, const struct load_image *image,
                        const struct load_source *source);

/* A stack of LOAD_STACK_SIZE bytes at BASE, and below it a page that cannot be
   touched.  */
error_t load_stack_map (task_t task, vm_address_t base, bool executable);

/* A thread that will start at ENTRY on the stack at BASE, once it is resumed.
   A send right is given.  */
error_t load_thread_create (task_t task, vm_address_t entry,
                            vm_address_t stack_base, thread_t *ret_thread);

/* Make page 0 of TASK inaccessible for good.  */
error_t load_guard_page_zero (task_t task);

/* No threads, no memory, nothing: TASK must be suspended.  *RET_HAD_THREADS
   is false if nothing has run in it yet.  */
error_t load_clear_task (task_t task, bool *ret_had_threads);

#endif
