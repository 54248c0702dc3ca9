/* exec_own.c -- programs, loaded by ourselves
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <stdlib.h>

#include "lib/env/ledger.h"
#include "servers/exec/exec.h"

/* ---- the end of an operation ---- */

static void
operation_free (struct exec_operation *operation)
{
  struct environment *env = operation->env;

  if (operation->hold)
    env->proc->release (operation->hold);
  send_drop (&operation->startup_right);
  send_drop (&operation->thread);
  if (operation->fresh)
    send_drop (&operation->task);
  if (operation->startup)
    object_drop (&operation->startup->object);
  exec_file_finish (env, &operation->program);
  exec_file_finish (env, &operation->interpreter);
  exec_wait_finish (operation);
  exec_request_free (env, operation->request);
  ids_finish (&operation->ids);
  free (operation);
}

static void
operation_end (struct exec_operation *operation, error_t err)
{
  exec_done_t *done = operation->done;
  void *cookie = operation->cookie;

  operation_free (operation);
  done (cookie, err);
}

/* ---- after the worker ---- */

static void
terminate_task (struct job *job)
{
  (void)task_terminate (((struct exec_operation *)job)->task);
}

static void
terminated (struct job *job)
{
  struct exec_operation *operation = (struct exec_operation *)job;

  operation_end (operation, operation->err);
}

/* The program is there, but may not be let loose.  */
static void
operation_abandon (struct exec_operation *operation, error_t err)
{
  operation->err = err;
  operation->job.run = terminate_task;
  operation->job.done = terminated;
  workers_submit (operation->env->workers, operation->env->loop,
                  &operation->job);
}

/* The program's own proc port, in the place of the one that died with the
   task before.  */
static void
replace_proc_port (struct exec_operation *operation, struct process *process)
{
  mach_port_t *port = &operation->startup->ports[INIT_PORT_PROC];
  struct object *object = operation->env->proc->object (process);

  send_drop (port);
  if (object)
    *port = object_send_right (object);
}

static bool
wants_proc_port (const struct exec_operation *operation)
{
  return operation->fresh
         || (operation->request->flags & EXEC_DEFAULTS
             && operation->startup->ports[INIT_PORT_PROC] == MACH_PORT_NULL);
}

/* The process goes on in its new task, or a new one begins there.  */
static error_t
move_process (struct exec_operation *operation, struct process **ret_process)
{
  const struct proc_service *proc = operation->env->proc;
  const struct exec_request *request = operation->request;
  struct process *process = NULL;
  error_t err = 0;

  if (MACH_PORT_VALID (request->task))
    process = proc->of_task (operation->env, request->task);
  if (process)
    err = proc->reassign (process, send_copy (operation->task),
                          request->new_ids);
  else
    process = proc->of_task (operation->env, operation->task);
  *ret_process = process;
  return err;
}

static error_t
tell_proc (struct exec_operation *operation)
{
  const struct proc_service *proc = operation->env->proc;
  const struct load_image *image = &operation->program.image;
  const struct program_facts facts = {
    .start_code = image->code_start,
    .end_code = image->code_end,
    .entry = image->entry,
    .path = operation->request->abspath,
    .pending = operation->pending,
  };
  struct process *process = NULL;
  error_t err = 0;

  if (!proc)
    return 0;
  if (operation->fresh)
    err = move_process (operation, &process);
  else
    process = proc->of_task (operation->env, operation->task);
  if (!err && process && wants_proc_port (operation))
    replace_proc_port (operation, process);
  if (!err && process)
    proc->executed (process, &facts);
  return err;
}

static void
operation_loaded (struct job *job)
{
  struct exec_operation *operation = (struct exec_operation *)job;
  error_t err = operation->err;

  if (err)
    {
      operation_end (operation, err);
      return;
    }
  err = tell_proc (operation);
  /* Only now, so that proc knows of the program before it hears from it.  */
  if (!err)
    err = thread_resume (operation->thread);
  if (err)
    operation_abandon (operation, err);
  else
    operation_end (operation, 0);
}

/* ---- before the worker ---- */

static error_t
prepare_startup (struct exec_operation *operation)
{
  const struct load_image *image = &operation->program.image;
  struct startup *startup;
  error_t err = startup_create (operation->exec, &operation->startup);

  if (err)
    return err;
  startup = operation->startup;
  operation->stack_base = load_stack_base (
      image,
      operation->interpreter.node ? &operation->interpreter.image : NULL);
  err = startup_take (startup, operation->request);
  if (err)
    return err;
  startup->dynamic = operation->interpreter.node != NULL;
  startup->entry = image->entry;
  startup->headers = image->headers;
  startup->headers_size = image->headers_size;
  startup->stack_base = operation->stack_base;
  startup->stack_size = LOAD_STACK_SIZE;
  operation->startup_right = object_send_right (&startup->object);
  return MACH_PORT_VALID (operation->startup_right) ? 0 : ENOMEM;
}

/* The kernel calls go to this port, and whoever is behind it could keep the
   worker for ever: it must be a task.  */
static error_t
check_task (struct exec_operation *operation)
{
  const struct exec_request *request = operation->request;
  struct environment *env = operation->env;

  struct member *member;

  if (request->task == MACH_PORT_NULL)
    return 0;
  if (request->task == MACH_PORT_DEAD || request->task == mach_task_self ())
    return ESRCH;
  /* A process of the parent's could not be moved to another task.  */
  if (env->processes_outside && request->flags & (EXEC_NEWTASK | EXEC_SECURE))
    return EOPNOTSUPP;
  if (!env->proc)
    return ledger_adopt (env->ledger, request->task, &member);
  return env->proc->of_task (env, request->task) ? 0 : ESRCH;
}

/* Strings end, and there is a first one: programs rely on both, and those
   with other ids than their caller's must be able to.  */
static error_t
end_strings (char **data, size_t *size, bool wanted)
{
  char *longer;

  if (*size ? (*data)[*size - 1] == '\0' : !wanted)
    return 0;
  longer = realloc (*data, *size + 1);
  if (!longer)
    return ENOMEM;
  longer[*size] = '\0';
  *data = longer;
  ++*size;
  return 0;
}

static error_t
prepare_strings (struct exec_request *request)
{
  error_t err = end_strings (&request->argv, &request->argv_size, true);

  return err ? err : end_strings (&request->envp, &request->envp_size, false);
}

static error_t
operation_prepare (struct exec_operation *operation)
{
  struct exec_request *request = operation->request;
  error_t err = check_task (operation);

  if (request->new_ids)
    request->flags |= EXEC_SECURE;
  if (!err)
    err = prepare_strings (request);
  if (!err)
    err = exec_prepare_ids (operation);
  if (!err)
    err = exec_prepare_files (operation);
  if (!err)
    err = exec_prepare_ports (operation);
  if (!err)
    err = prepare_startup (operation);
  return err;
}

/* From here on there is no way back.  Of the signals that the old program has
   not taken, what the new one blocks is told to its library, the rest comes to
   it as signals do.  */
static void
operation_commit (void *cookie, error_t err, uint32_t pending)
{
  struct exec_operation *operation = cookie;
  int *ints = operation->startup->ints;

  if (operation->cancelled)
    err = EINTR;
  if (err)
    {
      operation_end (operation, err);
      return;
    }
  operation->committed = true;
  pending |= (uint32_t)ints[INIT_SIGPENDING];
  operation->pending = pending & ~(uint32_t)ints[INIT_SIGMASK];
  ints[INIT_SIGPENDING] = (int)(pending & (uint32_t)ints[INIT_SIGMASK]);
  operation->job.run = exec_replace;
  operation->job.done = operation_loaded;
  workers_submit (operation->env->workers, operation->env->loop,
                  &operation->job);
}

static void
operation_hold (struct exec_operation *operation)
{
  struct environment *env = operation->env;
  mach_port_t task = operation->request->task;
  struct process *process = env->proc && MACH_PORT_VALID (task)
                                ? env->proc->of_task (env, task)
                                : NULL;
  error_t err;

  if (!process)
    {
      operation_commit (operation, 0, 0);
      return;
    }
  err = env->proc->hold (process, operation_commit, operation,
                         &operation->hold);
  if (err)
    operation_end (operation, err);
}

/* Once more after each answer of the parent.  */
static void
operation_go (struct exec_operation *operation)
{
  error_t err = operation_prepare (operation);

  if (err == EINPROGRESS)
    {
      exec_wait (operation, operation_go, operation_end);
      return;
    }
  if (err)
    {
      operation_end (operation, err);
      return;
    }
  if (!operation->fresh)
    operation->task = operation->request->task;
  operation_hold (operation);
}

void
exec_run (struct environment *env, struct exec_request *request,
          exec_done_t *done, void *cookie,
          struct exec_operation **ret_operation)
{
  struct exec_operation *operation = calloc (1, sizeof *operation);

  if (!operation)
    {
      exec_request_free (env, request);
      done (cookie, ENOMEM);
      return;
    }
  operation->exec = env->exec_state;
  operation->env = env;
  operation->request = request;
  operation->done = done;
  operation->cookie = cookie;
  ids_init (&operation->ids);
  list_init (&operation->found);
  if (ret_operation)
    *ret_operation = operation;
  operation_go (operation);
}

bool
exec_cancel (struct exec_operation *operation)
{
  if (!operation->committed)
    operation->cancelled = true;
  return operation->cancelled;
}

error_t
exec_start (struct environment *env, const struct exec_service *service,
            bool named)
{
  struct exec *exec = calloc (1, sizeof *exec);
  error_t err;

  if (!exec)
    return ENOMEM;
  exec->environment = env;
  generation_init (&exec->generation, "exec", env);
  exec->generation.bytes_max = EXEC_BUDGET;
  env->exec_state = exec;
  err = named ? exec_attach (exec) : 0;
  if (err)
    {
      env->exec_state = NULL;
      free (exec);
      return err;
    }
  env->exec = service;
  return 0;
}

static const struct exec_service exec_own_service
    = { .run = exec_run, .cancel = exec_cancel };

error_t
exec_own_create (struct environment *env)
{
  return exec_start (env, &exec_own_service, true);
}
