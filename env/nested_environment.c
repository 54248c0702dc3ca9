/* nested_environment.c -- an environment made by a program of another one

   Until the loop starts this is an ordinary program that asks its parent's
   servers and waits for their answers.  From then on nothing is asked of them
   that has to be waited for, and no task is made but by task_create: those of
   the environment belong to its ledger, not to the parent's proc.

   The order matters: the parent feeds the ledger before the first task is
   made, the roles' names are there before the starter's directory might cover
   them, and the roles before the command asks.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "env/nested_environment.h"

#include <hurd.h>
#include <hurd/process.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "env/control.h"
#include "env/copy_in.h"
#include "env/judge.h"
#include "env/nested_end.h"
#include "env/nested_private.h"
#include "env/view.h"
#include "lib/base/version.h"
#include "lib/env/ledger.h"
#include "lib/port/right.h"
#include "servers/root/root.h"

void
say (const struct start *start, const char *format, ...)
{
  va_list arguments;

  if (!start->options->verbose)
    return;
  fputs ("hurdle-env: ", stderr);
  va_start (arguments, format);
  vfprintf (stderr, format, arguments);
  va_end (arguments);
  fputc ('\n', stderr);
}

/* ---- the manifest ---- */

static char *
parent_read_text (void *cookie, const char *path, error_t *ret_err)
{
  size_t size;
  char *text = parent_read_file (path, &size, ret_err);

  (void)cookie;
  if (text)
    manifest_text (text, size);
  return text;
}

static struct manifest *
nested_judge (const struct options *options, struct text *said)
{
  const struct judge judge = { .read = parent_read_text,
                               .settings = options->settings,
                               .settings_count = options->settings_count };
  error_t err = 0;

  return judge_manifest (&judge, options->manifest, said, &err);
}

/* ---- ledger ---- */

/* Its uname says so.  */
static bool
is_hurdle (mach_port_t proc)
{
  struct utsname name;

  return !proc_uname (proc, &name) && strstr (name.version, HURDLE_NAME);
}

/* The parent's proc tells our ledger of each task that ours bring forth, and
   ends them when we end.  */
static error_t
start_ledger (struct start *start)
{
  struct environment *env = start->env;
  cleanup_send mach_port_t proc = getproc ();
  mach_port_t feed;
  error_t err = ledger_create (env);

  if (err)
    return err;
  if (env->processes_outside)
    {
      say (start, "ledger: of whoever runs a program here; the others are the "
                  "parent's (contained = no)");
      return 0;
    }
  feed = ledger_feed_right (env->ledger);
  err = proc_make_task_namespace (proc, feed, MACH_MSG_TYPE_COPY_SEND);
  send_drop (&feed);
  if (!err)
    {
      say (start, "ledger: fed by the parent, which gets a right to it");
      if (!is_hurdle (proc))
        nested_end_under_stranger ();
      return 0;
    }
  if (env->manifest->contained)
    {
      text_printf (&start->problem, "the parent keeps no ledger for us, so "
                                    "nothing would end what is left behind "
                                    "(the way out: contained = no)");
      return err;
    }
  say (start, "ledger: not fed; what is left behind stays (contained = no)");
  return 0;
}

/* ---- roles and control ---- */

/* All roles have their names in it now, and nobody was served yet.  */
static error_t
start_root_closed (struct start *start)
{
  if (nested_root_is_fake (start))
    root_fake_close (start->env);
  return 0;
}

static error_t
start_all_roles (struct start *start)
{
  for (size_t i = 0; i < ROLES; i++)
    {
      const struct manifest_role *role = &start->env->manifest->roles[i];

      if (role->source != SOURCE_ABSENT)
        say (start, "role %s: %s", role_names[i], source_names[role->source]);
    }
  return start_roles (start);
}

static error_t
start_view (struct start *start)
{
  const struct manifest_role *role = &start->env->manifest->roles[ROLE_PROC];

  if (role->source != SOURCE_PROXY)
    return 0;
  return view_choose (start->env, role, &start->problem);
}

static error_t
start_control (struct start *start)
{
  struct environment *env = start->env;
  const char *node = start->options->control;
  error_t err = 0;

  if (env->manifest->roles[ROLE_CONTROL].source == SOURCE_OWN)
    err = control_create_inside (env);
  if (err || !node)
    return err;
  say (start, "control: at %s outside, which gets a right to it", node);
  return control_create_outside (env, node, &start->problem);
}

static error_t
start_end (struct start *start)
{
  return nested_end_prepare (start->env);
}

static void
maker_died (struct death_watch *watch)
{
  nested_end (&list_entry (watch, struct nested, maker)->env,
              W_EXITCODE (0, SIGKILL));
}

/* Our client's only way to end us is the maker.  */
static error_t
start_watching (struct start *start)
{
  struct nested *nested = nested_of (start);
  cleanup_send mach_port_t proc = getproc (), task = MACH_PORT_NULL;
  error_t err;

  if (!start->options->made_by)
    return 0;
  err = proc_pid2task (proc, start->options->made_by, &task);
  if (!err && !MACH_PORT_VALID (task))
    err = ESRCH;
  nested->maker.run = maker_died;
  if (!err)
    err = death_watch_start (nested->env.loop, &nested->maker, task);
  if (!err)
    (void)send_steal (&task);
  return err;
}

/* ---- all of it ---- */

static const struct step steps[] = {
  { "finding the terminal", start_terminal },
  { "making the loops", start_loops },
  { "feeding the ledger", start_ledger },
  { "taking on the identity", start_identity },
  { "filling the root", start_root },
  { "making the roles", start_all_roles },
  { "giving the working directory", start_directory },
  { "choosing the processes to show", start_view },
  { "making the control", start_control },
  { "taking the descriptors", start_descriptors },
  { "preparing the end", start_end },
  { "watching the maker", start_watching },
  { "starting the command", start_command },
  { "closing the root", start_root_closed },
  { "taking the terminal", start_taking },
};

static int
status_of_failure (const struct step *failed, error_t err)
{
  if (failed->run != start_command)
    return STATUS_NOT_MADE;
  if (err == ENOENT || err == ENOTDIR)
    return STATUS_NOT_FOUND;
  return err == EACCES || err == ENOEXEC || err == EISDIR ? STATUS_NOT_RUNNABLE
                                                          : STATUS_NOT_MADE;
}

/* Where everything is the parent's there is nothing for us to serve, and we
   make way for the command.  Returns if it cannot be run.  */
static int
nested_run_in_parent (const struct options *options,
                      const struct manifest *manifest)
{
  char **argv = (char **)(options->command
                              ? options->command
                              : (const char *const *)manifest->command.words);
  char **envp = start_variables (manifest);
  const char *path = variable_find (manifest, "PATH");

  if (!envp)
    return STATUS_NOT_MADE;
  if (options->verbose)
    fprintf (stderr, "hurdle-env: command %s: gets all the starter has\n",
             argv[0]);
  /* The search is by the manifest's PATH.  */
  if (manifest->directory && chdir (manifest->directory))
    {
      fprintf (stderr, "hurdle-env: the manifest's directory %s: %s\n",
               manifest->directory, strerror (errno));
      return STATUS_NOT_MADE;
    }
  if (!setenv ("PATH", path ? path : "/bin", 1))
    (void)execvpe (argv[0], argv, envp);
  fprintf (stderr, "hurdle-env: starting the command: %s: %s\n", argv[0],
           strerror (errno));
  if (errno == ENOENT || errno == ENOTDIR)
    return STATUS_NOT_FOUND;
  return errno == EACCES || errno == ENOEXEC ? STATUS_NOT_RUNNABLE
                                             : STATUS_NOT_MADE;
}

static int
nested_make (const struct options *options, struct manifest *manifest)
{
  struct nested *nested = calloc (1, sizeof *nested);
  struct start start = { .env = &nested->env, .options = options };
  struct text line = TEXT_INIT;
  const struct step *failed;
  error_t err;

  if (!nested)
    return STATUS_NOT_MADE;
  nested_end_block ();
  nested->env.name = manifest->name;
  nested->env.manifest = manifest;
  nested->env.processes_outside
      = manifest->roles[ROLE_PROC].source == SOURCE_PARENT;
  nested->env.on_end = nested_end;
  nested->env.on_stop = nested_stop;
  start_limits (&nested->env);
  err = start_steps (&start, steps, sizeof steps / sizeof *steps, &failed);
  if (err)
    {
      start_describe (&start, failed, err, &line);
      fputs (text_string (&line), stderr);
      nested_end_leave ();
      return status_of_failure (failed, err);
    }
  fflush (stderr);
  start_serve (&nested->env);
  return STATUS_NOT_MADE;
}

/* Is there something to run, and something to run it from?  */
static bool
command_said (const struct options *options, const struct manifest *manifest)
{
  if (!options->command && !manifest->command.words)
    fprintf (
        stderr,
        "hurdle-env: %s: there is no command: say one behind it "
        "(`hurdle-env %s -- COMMAND...') or in it (command = \"/bin/sh\")\n",
        options->manifest, options->manifest);
  else if (manifest->roles[ROLE_ROOT].source == SOURCE_ABSENT)
    fprintf (stderr,
             "hurdle-env: %s: there are no files to find the command in; "
             "expected mount \"/\" { ... }\n",
             options->manifest);
  else
    return true;
  return false;
}

int
nested_environment_run (const struct options *options)
{
  struct text said = TEXT_INIT;
  struct manifest *manifest = nested_judge (options, &said);

  fputs (text_string (&said), stderr);
  text_finish (&said);
  if (!manifest)
    return STATUS_NOT_MADE;
  if (options->check)
    return 0;
  if (!command_said (options, manifest))
    return STATUS_NOT_MADE;
  return manifest->roles[ROLE_ROOT].source == SOURCE_PARENT
             ? nested_run_in_parent (options, manifest)
             : nested_make (options, manifest);
}
