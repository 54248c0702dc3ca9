/* start.c -- the steps that all environments have in common
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "env/start.h"

#include <mach/error.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "env/bare.h"
#include "env/roles.h"
#include "lib/env/ledger.h"
#include "lib/port/guard.h"

#define WORKERS_MAX 16

error_t
start_steps (struct start *start, const struct step *steps, size_t count,
             const struct step **ret_failed)
{
  for (size_t i = 0; i < count; i++)
    {
      error_t err = steps[i].run (start);

      if (!err)
        continue;
      *ret_failed = &steps[i];
      return err;
    }
  return 0;
}

void
start_describe (const struct start *start, const struct step *failed,
                error_t err, struct text *line)
{
  text_printf (line, "hurdle-env: %s: %s%s%s", failed->what,
               text_string (&start->problem),
               start->problem.length ? ": " : "", strerror (err));
  /* The kernel's codes are looked for by their number.  */
  if (err_get_system (err) != err_get_system (EINVAL))
    text_printf (line, " (0x%x)", (unsigned int)err);
  text_add_char (line, '\n');
}

static const struct
{
  error_t err;
  const char *why;
} refusals[] = {
  { ENOEXEC,
    "it is neither a program for this machine nor a script that begins with "
    "#!" },
  { ENOENT,
    "the interpreter that it names is not there inside: what stands behind #! "
    "of a script, or the loader of a dynamic program (mount /lib, too)" },
  { EACCES,
    "it may not be run: it is no executable file for whoever would run it, or "
    "its mount is noexec" },
  { EISDIR, "it is a directory" },
};

const char *
start_explain_program (error_t err)
{
  for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
    if (refusals[i].err == err)
      return refusals[i].why;
  return NULL;
}

void
start_describe_program (const char *what, error_t err, struct text *line)
{
  const char *why = start_explain_program (err);

  text_printf (line, "hurdle-env: starting %s: %s%s%s\n", what, why ? why : "",
               why ? ": " : "", strerror (err));
}

void
start_limits (struct environment *env)
{
  env->handles.most = env->manifest->limits[LIMIT_HANDLES];
  env->memory.most = env->manifest->limits[LIMIT_MEMORY];
}

error_t
start_loops (struct start *start)
{
  struct environment *env = start->env;

  list_init (&env->grants);
  events_init (&env->events);
  env->loop = loop_create ("server");
  env->control = loop_create ("control");
  env->workers = workers_create (WORKERS_MAX);
  if (!env->loop || !env->control || !env->workers)
    return ENOMEM;
  return guard_thread_init ();
}

error_t
start_roles (struct start *start)
{
  uint64_t tasks = start->env->manifest->limits[LIMIT_TASKS];

  if (tasks)
    ledger_set_limit (start->env->ledger, tasks);
  return roles_create (start->env, &start->problem);
}

char **
start_variables (const struct manifest *manifest)
{
  char **list = calloc (manifest->variable_count + 1, sizeof *list);

  for (size_t i = 0; list && i < manifest->variable_count; i++)
    if (asprintf (&list[i], "%s=%s", manifest->variables[i].name,
                  manifest->variables[i].value)
        < 0)
      return NULL;
  return list;
}

static void *
control_thread (void *cookie)
{
  struct environment *env = cookie;

  bare_wire_thread (env->host_priv);
  loop_run (env->control);
  return NULL;
}

void
start_serve (struct environment *env)
{
  pthread_t thread;

  if (!pthread_create (&thread, NULL, control_thread, env))
    pthread_detach (thread);
  bare_wire_thread (env->host_priv);
  loop_run (env->loop);
}

void
environment_end (struct environment *env, int status)
{
  env->on_end (env, status);
}
