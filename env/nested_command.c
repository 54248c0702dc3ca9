/* nested_command.c -- find and start the command
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "env/nested_private.h"

#include <hurd.h>
#include <hurd/process.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "env/copy_in.h"
#include "env/nested_end.h"
#include "lib/env/find.h"
#include "lib/env/spawn.h"
#include "lib/port/right.h"
#include "lib/role/environment.h"
#include "servers/root/root.h"
#include "servers/terminal/terminal.h"

const char *
variable_find (const struct manifest *manifest, const char *name)
{
  for (size_t i = 0; i < manifest->variable_count; i++)
    if (!strcmp (manifest->variables[i].name, name))
      return manifest->variables[i].value;
  return NULL;
}

static bool
program_exists (struct start *start, const char *path)
{
  struct environment *env = start->env;
  struct node *node;

  if (nested_root_is_fake (start))
    return !access (path, X_OK);
  if (find_now (env, path, &nested_of (start)->ids, &node))
    return false;
  env->root->node_drop (node);
  return true;
}

/* Where NAME is in the manifest's PATH (given).  */
static error_t
program_search (struct start *start, const char *name, char **ret_path)
{
  const char *path = variable_find (start->env->manifest, "PATH");
  const char *at = path = path ? path : "/bin";
  char *found;

  for (; *name && *at; at += strspn (at, ":"))
    {
      int length = (int)strcspn (at, ":");

      if (asprintf (&found, "%.*s/%s", length, at, name) < 0)
        return ENOMEM;
      if (program_exists (start, found))
        {
          *ret_path = found;
          return 0;
        }
      free (found);
      at += length;
    }
  text_printf (&start->problem,
               "'%s' is in no directory of the manifest's PATH, %s", name,
               path);
  return ENOENT;
}

/* Where NAME is inside (given), if it has to be looked for at all.  */
static error_t
program_find (struct start *start, const char *name, char **ret_path)
{
  const char *directory = nested_of (start)->directory;

  if (!strchr (name, '/'))
    return program_search (start, name, ret_path);
  if (*name == '/')
    *ret_path = strdup (name);
  else if (asprintf (ret_path, "%s/%s", directory, name) < 0)
    *ret_path = NULL;
  return *ret_path ? 0 : ENOMEM;
}

/* With a fake root the program is a file of the starter's, which is all that
   comes in.  */
static error_t
program_bring (struct start *start, struct spawn_request *request)
{
  size_t size;
  error_t err = 0;
  char *data;

  if (!nested_root_is_fake (start))
    return 0;
  if (access (request->path, X_OK))
    return errno;
  data = parent_read_file (request->path, &size, &err);
  if (!err)
    err = root_fake_program (start->env, data, size, &request->program);
  free (data);
  return err;
}

/* A child of ours, outside.  */
static error_t
command_adopt (mach_port_t task, struct spawn_process *ret_process)
{
  cleanup_send mach_port_t proc = getproc ();
  error_t err = proc_child (proc, task);

  if (!err)
    err = proc_task2pid (proc, task, &ret_process->pid);
  if (!err)
    err = proc_task2proc (proc, task, &ret_process->proc);
  if (!err)
    ret_process->waiter = send_steal (&proc);
  return err;
}

static void
command_ended (void *cookie, int status, error_t err)
{
  struct nested *nested = cookie;
  struct text what = TEXT_INIT, line = TEXT_INIT;

  if (err)
    {
      text_printf (&what, "the command: %s", nested->command);
      start_describe_program (text_string (&what), err, &line);
      nested_end_say (&line);
      text_finish (&what);
    }
  environment_end (&nested->env, status);
}

static error_t
command_spawn (struct start *start, struct spawn_request *request)
{
  struct nested *nested = nested_of (start);
  error_t err = program_bring (start, request);

  for (int i = 0; !err && i < SPAWN_DESCRIPTORS; i++)
    if (MACH_PORT_VALID (nested->descriptor_rights[i]))
      request->descriptor_rights[i] = nested->descriptor_rights[i];
    else if (nested->descriptors[i])
      err = descriptor_open (nested->descriptors[i], &nested->ids,
                             &request->descriptors[i]);
    else if (nested->terminals[i])
      err = terminal_open_console (&nested->env, nested->terminals[i],
                                   &nested->ids, &request->descriptors[i]);
  if (nested->env.outer)
    request->cttyid = terminal_console_id (&nested->env);
  request->cttyid_right = nested->cttyid;
  if (nested->env.processes_outside)
    request->adopt = command_adopt;
  if (!err)
    err = spawn_first (&nested->env, request, command_ended, nested);
  for (int i = 0; i < SPAWN_DESCRIPTORS; i++)
    object_drop (request->descriptors[i]);
  if (request->program)
    nested->env.root->node_drop (request->program);
  return err;
}

/* Nothing has run.  */
static void
program_explain (struct start *start, error_t err)
{
  const char *why = err == ENOENT ? "not among the files inside"
                                  : start_explain_program (err);

  text_printf (&start->problem, "%s%s%s", nested_of (start)->command,
               why ? ": " : "", why ? why : "");
}

error_t
start_command (struct start *start)
{
  struct nested *nested = nested_of (start);
  const struct manifest *manifest = start->env->manifest;
  const char *const *argv = start->options->command
                                ? start->options->command
                                : (const char *const *)manifest->command.words;
  struct spawn_request request = { .argv = argv,
                                   .ids = &nested->ids,
                                   .directory = nested->directory,
                                   .umask = 022 };
  error_t err = program_find (start, argv[0], &nested->command);

  if (err)
    return err;
  request.path = nested->command;
  request.envp = (const char *const *)start_variables (manifest);
  if (!request.envp)
    return ENOMEM;
  say (start,
       "command %s: gets a right each to %s%sits root and working "
       "directory and the descriptors, all of them ours",
       request.path, nested->env.auth ? "auth, " : "",
       nested->env.proc ? "proc, " : "");
  err = command_spawn (start, &request);
  if (err)
    program_explain (start, err);
  return err;
}
