/* root_environment.c -- from a ramdisk and a manifest to a first program

   The order matters: the ledger is fed before the first task is made, the
   root has its files before the manifest can be read out of them, and the
   roles are there before the first program asks.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "env/root_environment.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "env/bare.h"
#include "env/control.h"
#include "env/roles.h"
#include "lib/env/ledger.h"
#include "lib/env/spawn.h"
#include "lib/port/guard.h"
#include "servers/root/root.h"
#include "servers/terminal/console.h"
#include "servers/terminal/terminal.h"

#define WORKERS_MAX 16

/* One thing that has to be done before the environment is there.  STEP is
   for the message when it fails.  */
struct start
{
  struct environment *env;
  const struct options *options;
  struct text problem; /* what to say, if a step has more than a code */
};

/* ---- steps ---- */

static error_t
start_loops (struct start *start)
{
  struct environment *env = start->env;

  env->loop = loop_create ("server");
  env->control = loop_create ("control");
  env->workers = workers_create (WORKERS_MAX);
  if (!env->loop || !env->control || !env->workers)
    return ENOMEM;
  return guard_thread_init ();
}

static error_t
start_ledger (struct start *start)
{
  error_t err = ledger_create (start->env);

  return err ? err
             : ledger_feed_from_kernel (start->env->ledger,
                                        start->env->host_priv);
}

static error_t
start_root (struct start *start)
{
  error_t err = root_own_create (start->env);

  for (size_t i = 0; !err && i < start->options->archives_count; i++)
    {
      struct vm_piece archive;

      err = bare_read_archive (start->env->device_master,
                               start->options->archives[i], &archive);
      if (!err)
        err = root_import_archive (start->env, (void *) archive.address,
                                   archive.size);
      if (err)
        text_printf (&start->problem, "archive %s",
                     start->options->archives[i]);
    }
  return err;
}

/* The text of the file PATH of the root, given; NULL and a code.  */
static char *
root_read_text (struct environment *env, const char *path, error_t *ret_err)
{
  struct ids root;
  struct node *node = NULL;
  io_statbuf_t stat;
  char *text = NULL;
  size_t got = 0;

  ids_init (&root);
  *ret_err = ids_set_root (&root);
  if (!*ret_err)
    *ret_err = env->root->lookup (env, MACH_PORT_NULL, MACH_PORT_NULL, path,
                                  &root, &node);
  if (!*ret_err)
    *ret_err = env->root->stat (node, &stat);
  if (!*ret_err && !(text = calloc (1, (size_t) stat.st_size + 1)))
    *ret_err = ENOMEM;
  if (!*ret_err)
    *ret_err = env->root->read (node, 0, text, stat.st_size, &got);
  if (node)
    env->root->node_drop (node);
  ids_finish (&root);
  return text;
}

static error_t
reader_read (void *cookie, const char *name, const char *from, char **ret_text,
             char **ret_name)
{
  const char *slash = strrchr (from, '/');
  char *path = NULL;
  error_t err = 0;

  /* A relative name is beside the manifest that includes it.  */
  if (*name == '/' || !slash)
    path = strdup (name);
  else if (asprintf (&path, "%.*s/%s", (int) (slash - from), from, name) < 0)
    path = NULL;
  if (!path)
    return ENOMEM;
  *ret_text = root_read_text (cookie, path, &err);
  if (err)
    free (path);
  else
    *ret_name = path;
  return err;
}

static error_t
start_manifest (struct start *start)
{
  struct environment *env = start->env;
  const char *path = start->options->manifest;
  struct manifest_reader reader = { env, reader_read };
  struct mistakes mistakes = MISTAKES_INIT;
  struct manifest *manifest;
  error_t err = 0;
  char *text = root_read_text (env, path, &err);

  if (err)
    {
      text_printf (&start->problem, "manifest %s", path);
      return err;
    }
  manifest = manifest_parse (path, text, &reader, &mistakes);
  if (manifest)
    manifest_check_support (manifest, &support_now, &mistakes);
  if (mistakes_forbid (&mistakes))
    {
      mistakes_print (&mistakes, &start->problem);
      err = EINVAL;
    }
  env->manifest = manifest;
  if (manifest)
    env->name = manifest->name;
  mistakes_finish (&mistakes);
  free (text);
  return err;
}

static error_t
start_roles (struct start *start)
{
  enum role role;
  error_t err = roles_create (start->env, &role);

  if (err)
    text_printf (&start->problem, "role %s", role_names[role]);
  return err;
}

static error_t
start_control (struct start *start)
{
  return control_create (start->env);
}

/* ---- the first program ---- */

static void
ended_flushed (void *cookie)
{
  struct environment *env = cookie;

  bare_reboot (env->host_priv);
}

void
environment_end (struct environment *env, int status)
{
  char line[64];
  int size;

  if (WIFSIGNALED (status))
    size = snprintf (line, sizeof line, "@hurdle end signal %d\n",
                     WTERMSIG (status));
  else
    size = snprintf (line, sizeof line, "@hurdle end %d\n",
                     WEXITSTATUS (status));
  console_print (env, line, (size_t) size);
  console_flush (env, ended_flushed, env);
}

static void
first_ended (void *cookie, int status)
{
  environment_end (cookie, status);
}

static char **
variables_of (const struct manifest *manifest)
{
  char **list = calloc (manifest->variable_count + 1, sizeof *list);

  for (size_t i = 0; list && i < manifest->variable_count; i++)
    if (asprintf (&list[i], "%s=%s", manifest->variables[i].name,
                  manifest->variables[i].value)
        < 0)
      return NULL;
  return list;
}

static error_t
start_first (struct start *start)
{
  struct environment *env = start->env;
  const struct manifest *manifest = env->manifest;
  const char *script[] = { "/bin/sh", start->options->command, NULL };
  const char *const *argv = start->options->command
                                ? script
                                : (const char *const *) manifest->command.words;
  char **envp = variables_of (manifest);
  struct ids ids;
  struct spawn_request request = { .argv = argv,
                                   .envp = (const char *const *) envp,
                                   .ids = &ids,
                                   .directory = manifest->directory,
                                   .umask = 022 };
  error_t err;

  ids_init (&ids);
  if (!envp || ids_set_root (&ids))
    return ENOMEM;
  request.path = argv[0];
  err = terminal_open_console (env, O_READ | O_WRITE, &ids, &request.console);
  if (!env->console_exact)
    request.cttyid = terminal_console_id (env);
  if (!err)
    {
      console_print (env, "@hurdle begin\n", strlen ("@hurdle begin\n"));
      err = spawn_first (env, &request, first_ended, env);
    }
  if (err)
    text_printf (&start->problem, "%s", request.path);
  object_drop (request.console);
  ids_finish (&ids);
  return err;
}

/* ---- all of it ---- */

static const struct step
{
  const char *what;
  error_t (*run) (struct start *start);
} steps[] = {
  { "making the loops", start_loops },
  { "feeding the ledger", start_ledger },
  { "filling the root", start_root },
  { "reading the manifest", start_manifest },
  { "making the roles", start_roles },
  { "making the control", start_control },
  { "starting the first program", start_first },
};

static void
start_failed (struct start *start, const struct step *step, error_t err)
{
  struct text text = TEXT_INIT;

  text_printf (&text, "hurdle-env: %s: %s%s%s (0x%x)\n", step->what,
               text_string (&start->problem), start->problem.length ? ": " : "",
               strerror (err), (unsigned int) err);
  text_add (&text, "@hurdle end 125\n");
  bare_say (start->env->device_master, text_string (&text));
}

static void *
control_thread (void *cookie)
{
  struct environment *env = cookie;

  bare_wire_thread (env->host_priv);
  loop_run (env->control);
  return NULL;
}

int
root_environment_run (const struct options *options)
{
  struct environment *env = calloc (1, sizeof *env);
  struct start start = { .env = env, .options = options };
  pthread_t thread;

  if (!env)
    return 1;
  env->name = "root";
  env->host_priv = options->host_priv;
  env->device_master = options->device_master;
  env->kernel_task = options->kernel_task;
  env->console_exact = options->command != NULL;
  for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
    {
      error_t err = steps[i].run (&start);

      if (err)
        {
          start_failed (&start, &steps[i], err);
          bare_reboot (env->host_priv);
        }
    }
  if (!pthread_create (&thread, NULL, control_thread, env))
    pthread_detach (thread);
  bare_wire_thread (env->host_priv);
  loop_run (env->loop);
  return 0;
}
