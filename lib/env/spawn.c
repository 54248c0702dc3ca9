/* spawn.c -- start the first program of an environment
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "lib/env/spawn.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/env/exec_request.h"
#include "lib/env/find.h"
#include "lib/env/ledger.h"
#include "lib/membrane/call.h"
#include "lib/port/right.h"

#include "process_request_U.h"

#define PROC_WAIT 24020
#define EXIT_STATUS(code) ((code) << 8) /* as wait has it */

/* The first program, while it lives, and while exec knows of it: one that is
   ended meanwhile is over first.  */
struct first
{
  struct environment *env;
  task_t task;              /* send right */
  struct death_watch watch; /* without a role proc */
  struct call wait;         /* or of the parent's proc */
  struct generation generation;
  bool loaded; /* exec is done */
  bool over;
  error_t err; /* why it did not start */
  spawn_ended_t *ended;
  void *cookie;
};

/* ---- its end ---- */

static void
first_release (struct first *first)
{
  if (!first->loaded || !first->over)
    return;
  send_drop (&first->task);
  free (first);
}

static void
first_ended (void *cookie, int status)
{
  struct first *first = cookie;

  if (first->err)
    status = EXIT_STATUS (first->err == ENOENT ? 127 : 126);
  first->over = true;
  first->ended (first->cookie, status, first->err);
  first_release (first);
}

static void
first_died (struct death_watch *watch)
{
  first_ended (list_entry (watch, struct first, watch), 0);
}

static void
first_waited (struct call *call, mach_msg_header_t *message)
{
  struct answer answer;
  int status;
  error_t err = answer_begin (&answer, message, PROC_WAIT);

  if (!err)
    err = answer_int (&answer, &status);
  first_ended (list_entry (call, struct first, wait), err ? SIGKILL : status);
}

/* Nothing has run in the task, so ending it cannot wait for anybody.  Who
   watches it hears of its end.  */
static void
first_started (void *cookie, error_t err)
{
  struct first *first = cookie;

  first->loaded = true;
  if (err && !first->over)
    {
      first->err = err;
      (void)task_terminate (first->task);
    }
  first_release (first);
}

/* ---- its task ---- */

static error_t
first_watch (struct first *first, struct process *process)
{
  struct environment *env = first->env;

  if (process)
    {
      env->proc->on_exit (process, first_ended, first);
      return 0;
    }
  first->watch.run = first_died;
  return death_watch_start (env->loop, &first->watch, first->task);
}

/* It is one of the parent's processes, and ends with us.  */
static error_t
first_adopt (struct first *first, const struct spawn_request *from,
             mach_port_t *proc_port)
{
  struct environment *env = first->env;
  struct spawn_process process;
  struct member *member;
  mach_port_t reply;
  error_t err = ledger_adopt (env->ledger, first->task, &member);

  if (!err)
    err = from->adopt (first->task, &process);
  if (err)
    return err;
  *proc_port = process.proc;
  generation_init (&first->generation, "first process", env);
  err = call_begin (&first->wait, NULL, &first->generation, env->loop,
                    first_waited, &reply);
  if (!err)
    err = call_sent (&first->wait, proc_wait_request (process.waiter, reply,
                                                      process.pid, 0));
  send_drop (&process.waiter);
  return err;
}

/* A task of its own and, where there is a role proc, a process in it, whose
   proc port goes to *PROC_PORT.  */
static error_t
first_create (struct first *first, const struct spawn_request *from,
              mach_port_t *proc_port)
{
  struct environment *env = first->env;
  struct process *process = NULL;
  error_t err = task_create (mach_task_self (), FALSE, &first->task);

  if (err)
    return err;
  if (from->adopt)
    {
      err = first_adopt (first, from, proc_port);
      if (err)
        (void)task_terminate (first->task);
      return err;
    }
  if (env->proc)
    err = env->proc->adopt (env, send_copy (first->task), NULL, &process);
  if (!err && process)
    *proc_port = object_send_right (env->proc->object (process));
  if (!err)
    err = first_watch (first, process);
  if (err)
    (void)task_terminate (first->task);
  return err;
}

/* ---- what it is given ---- */

static error_t
join_strings (const char *const *strings, char **ret_data, size_t *ret_size)
{
  struct text text = TEXT_INIT;

  for (; strings && *strings; strings++)
    text_add_bytes (&text, *strings, strlen (*strings) + 1);
  *ret_size = text.length;
  *ret_data = text_steal (&text);
  return *ret_data ? 0 : ENOMEM;
}

/* *PORT becomes a right to OBJECT, whose reference is consumed.  */
static void
give_object (mach_port_t *port, struct object *object)
{
  *port = object_send_right (object);
  object_drop (object);
}

static error_t
give_directories (struct environment *env, const struct spawn_request *from,
                  struct exec_request *request)
{
  struct object *handle;
  struct node *node;
  error_t err = env->root->open_root (env, from->ids, &handle);

  if (err)
    return err;
  give_object (&request->ports[INIT_PORT_CRDIR], handle);
  err = find_now (env, from->directory ? from->directory : "/", from->ids,
                  &node);
  if (err)
    return err;
  err = env->root->open (node, from->ids, 0, &handle);
  env->root->node_drop (node);
  if (!err)
    give_object (&request->ports[INIT_PORT_CWDIR], handle);
  return err;
}

static error_t
give_auth (struct environment *env, const struct spawn_request *from,
           struct exec_request *request)
{
  return env->auth ? env->auth->make (env, from->ids,
                                      &request->ports[INIT_PORT_AUTH])
                   : 0;
}

static error_t
give_descriptors (const struct spawn_request *from,
                  struct exec_request *request)
{
  request->ports[INIT_PORT_CTTYID] = from->cttyid
                                         ? object_send_right (from->cttyid)
                                         : send_copy (from->cttyid_right);
  request->fds = calloc (SPAWN_DESCRIPTORS, sizeof *request->fds);
  if (!request->fds)
    return ENOMEM;
  request->fds_count = SPAWN_DESCRIPTORS;
  for (size_t i = 0; i < SPAWN_DESCRIPTORS; i++)
    request->fds[i] = from->descriptors[i]
                          ? object_send_right (from->descriptors[i])
                          : send_copy (from->descriptor_rights[i]);
  return 0;
}

static error_t
give_strings (const struct spawn_request *from, struct exec_request *request)
{
  error_t err = join_strings (from->argv, &request->argv, &request->argv_size);

  if (!err)
    err = join_strings (from->envp, &request->envp, &request->envp_size);
  request->path = strdup (from->path);
  request->abspath = strdup (from->path);
  if (!err && (!request->path || !request->abspath))
    err = ENOMEM;
  return err;
}

static error_t
give_all (struct environment *env, const struct spawn_request *from,
          struct exec_request *request)
{
  error_t err = give_strings (from, request);

  if (!err)
    err = give_auth (env, from, request);
  if (!err)
    err = give_directories (env, from, request);
  if (!err)
    err = give_descriptors (from, request);
  request->ints[INIT_UMASK] = from->umask;
  return err;
}

/* ---- together ---- */

static error_t
find_program (struct environment *env, const struct spawn_request *from,
              struct exec_request **ret_request)
{
  struct node *node;
  error_t err = 0;

  if (from->program)
    node = env->root->node_ref (from->program);
  else
    err = find_now (env, from->path, from->ids, &node);
  if (err)
    return err;
  err = env->root->access (node, from->ids, O_EXEC);
  if (!err)
    {
      *ret_request = exec_request_new (env, node);
      err = *ret_request ? 0 : ENOMEM;
    }
  env->root->node_drop (node);
  return err;
}

error_t
spawn_first (struct environment *env, const struct spawn_request *from,
             spawn_ended_t *ended, void *cookie)
{
  struct exec_request *request = NULL;
  struct first *first = calloc (1, sizeof *first);
  error_t err;

  if (!first)
    return ENOMEM;
  *first = (struct first){ .env = env, .ended = ended, .cookie = cookie };

  err = find_program (env, from, &request);
  if (!err)
    err = give_all (env, from, request);
  if (!err)
    err = first_create (first, from, &request->ports[INIT_PORT_PROC]);
  if (err)
    {
      exec_request_free (env, request);
      send_drop (&first->task);
      free (first);
      return err;
    }
  request->task = send_copy (first->task);
  env->exec->run (env, request, first_started, first, NULL);
  return 0;
}
