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

/* Where NAME is inside, given; NULL: no memory.  What is not found stays as
   it is, and will not be found again.  */
static char *
program_find (struct start *start, const char *name)
{
  const char *path = variable_find (start->env->manifest, "PATH");
  const char *directory = nested_of (start)->directory;
  char *found = NULL;

  if (*name == '/')
    return strdup (name);
  if (strchr (name, '/'))
    return asprintf (&found, "%s/%s", directory, name) < 0 ? NULL : found;
  for (path = path ? path : "/bin"; *path; path += strspn (path, ":"))
    {
      int length = (int)strcspn (path, ":");

      if (asprintf (&found, "%.*s/%s", length, path, name) < 0)
        return NULL;
      if (program_exists (start, found))
        return found;
      free (found);
      path += length;
    }
  return asprintf (&found, "/%s", name) < 0 ? NULL : found;
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

/* It was found, so what is not there is what its first line or its header
   names.  */
static void
command_ended (void *cookie, int status, error_t err)
{
  const struct nested *nested = cookie;
  struct text line = TEXT_INIT;

  if (err)
    {
      text_printf (&line, "hurdle-env: starting the command: %s: %s (0x%x)\n",
                   nested->command,
                   err == ENOENT ? "the interpreter that it names is not "
                                   "there inside; mount it, too"
                                 : strerror (err),
                   (unsigned int)err);
      nested_end_say (&line);
    }
  environment_end (cookie, status);
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
    err = spawn_first (&nested->env, request, command_ended, &nested->env);
  for (int i = 0; i < SPAWN_DESCRIPTORS; i++)
    object_drop (request->descriptors[i]);
  if (request->program)
    nested->env.root->node_drop (request->program);
  return err;
}

error_t
start_command (struct start *start)
{
  struct environment *env = start->env;
  const struct manifest *manifest = env->manifest;
  const char *const *argv = start->options->command
                                ? start->options->command
                                : (const char *const *)manifest->command.words;
  struct spawn_request request = { .argv = argv,
                                   .ids = &nested_of (start)->ids,
                                   .directory = nested_of (start)->directory,
                                   .umask = 022 };

  if (!argv)
    {
      text_add (&start->problem, "the manifest has no command");
      return EINVAL;
    }
  if (!env->root || !env->exec)
    {
      text_add (&start->problem, "a command needs the roles root and exec");
      return EINVAL;
    }
  request.envp = (const char *const *)start_variables (manifest);
  nested_of (start)->command = program_find (start, argv[0]);
  request.path = nested_of (start)->command;
  if (!request.envp || !request.path)
    return ENOMEM;
  say (start,
       "command %s: gets a right each to %s%sits root and working "
       "directory and the descriptors, all of them ours",
       request.path, env->auth ? "auth, " : "", env->proc ? "proc, " : "");
  text_add (&start->problem, request.path);
  return command_spawn (start, &request);
}
