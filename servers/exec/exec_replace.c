/* exec_replace.c -- put the program into its task

   Everything here is done by a worker, on a task that may be hostile.  It
   touches the operation and nothing of the environment.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <errno.h>
#include <mach.h>

#include "servers/exec/exec.h"

/* Names that the old program asked to be rid of, should its successor come to
   life.  What it named wrongly is its own affair.  */
static void
drop_names (const struct exec_operation *operation)
{
  const struct exec_request *request = operation->request;

  for (size_t i = 0; i < request->dealloc_count; i++)
    (void)mach_port_deallocate (operation->task, request->dealloc_names[i]);
  for (size_t i = 0; i < request->destroy_count; i++)
    (void)mach_port_destroy (operation->task, request->destroy_names[i]);
}

/* A child of the old task, so that the ledgers of all environments around it
   know where the new one belongs.  */
static error_t
create_task (struct exec_operation *operation)
{
  task_t maker = operation->request->task;

  return task_create (MACH_PORT_VALID (maker) ? maker : mach_task_self (),
                      FALSE, &operation->task);
}

/* A task inherits ports from whoever made it: one that is told of a crash,
   to whom this program's is nothing, and some that the program could ask
   for, which may even be from outside the environment.  */
static error_t
forget_heritage (task_t task)
{
  mach_port_t none = MACH_PORT_NULL; /* an empty array is refused */
  error_t err
      = task_set_special_port (task, TASK_EXCEPTION_PORT, MACH_PORT_NULL);

  return err ? err : mach_ports_register (task, &none, 1);
}

static error_t
load_image (struct exec_operation *operation, const struct exec_file *file)
{
  if (!file->node)
    return 0;
  return load_image_map (operation->task, &file->image, &file->source);
}

static vm_address_t
start_address (const struct exec_operation *operation)
{
  return operation->interpreter.node ? operation->interpreter.image.entry
                                     : operation->program.image.entry;
}

static bool
stack_executable (const struct exec_operation *operation)
{
  return operation->program.image.stack_executable
         || (operation->interpreter.node
             && operation->interpreter.image.stack_executable);
}

/* The task is empty: fill it.  */
static error_t
fill_task (struct exec_operation *operation)
{
  task_t task = operation->task;
  error_t err = load_guard_page_zero (task);

  if (!err)
    err = load_image (operation, &operation->program);
  if (!err)
    err = load_image (operation, &operation->interpreter);
  if (!err)
    err = load_stack_map (task, operation->stack_base,
                          stack_executable (operation));
  if (!err)
    err = task_set_special_port (task, TASK_BOOTSTRAP_PORT,
                                 operation->startup_right);
  if (!err)
    err = load_thread_create (task, start_address (operation),
                              operation->stack_base, &operation->thread);
  return err;
}

static error_t
make_task (struct exec_operation *operation)
{
  error_t err = create_task (operation);

  if (err)
    return err;
  err = forget_heritage (operation->task);
  if (!err)
    err = fill_task (operation);
  if (err)
    (void)task_terminate (operation->task);
  return err;
}

/* From load_clear_task on there is no way back.  */
static error_t
reuse_task (struct exec_operation *operation)
{
  task_t task = operation->task;
  bool had_threads = false;
  error_t err = task_suspend (task);

  if (err)
    return err;
  err = load_clear_task (task, &had_threads);
  drop_names (operation);
  if (!err && !had_threads)
    err = forget_heritage (task);
  if (!err)
    err = fill_task (operation);
  if (err)
    (void)task_terminate (task);
  else
    err = task_resume (task);
  return err;
}

/* The kernel's reasons, as an asker of a file server knows them: there was no
   room, or the task is none any more.  */
static error_t
error_of_kernel (kern_return_t code)
{
  if (code == 0)
    return 0;
  if (code == KERN_RESOURCE_SHORTAGE || code == KERN_NO_SPACE)
    return ENOMEM;
  return code == KERN_MEMORY_ERROR || code == KERN_MEMORY_FAILURE ? EIO
                                                                  : ESRCH;
}

void
exec_replace (struct job *job)
{
  struct exec_operation *operation = (struct exec_operation *)job;

  operation->err = error_of_kernel (operation->fresh ? make_task (operation)
                                                     : reuse_task (operation));
}
