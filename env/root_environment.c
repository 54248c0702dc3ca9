/* root_environment.c -- from a ramdisk and a manifest to a first program

   The order matters: the ledger is fed before the first task is made, the
   root has its files before the manifest can be read out of them, and the
   roles are there before the first program asks.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "env/root_environment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "env/bare.h"
#include "env/control.h"
#include "env/identity.h"
#include "env/judge.h"
#include "env/start.h"
#include "lib/env/ledger.h"
#include "lib/env/spawn.h"
#include "servers/root/root.h"
#include "servers/terminal/console.h"
#include "servers/terminal/terminal.h"

/* ---- steps ---- */

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
        err = root_import_archive (start->env, (void *)archive.address,
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
  if (!*ret_err && !(text = calloc (1, (size_t)stat.st_size + 1)))
    *ret_err = ENOMEM;
  if (!*ret_err)
    *ret_err = env->root->read (node, 0, text, stat.st_size, &got);
  if (!*ret_err)
    manifest_text (text, got);
  if (node)
    env->root->node_drop (node);
  ids_finish (&root);
  return text;
}

static char *
judge_read_text (void *cookie, const char *path, error_t *ret_err)
{
  return root_read_text (cookie, path, ret_err);
}

static error_t
start_manifest (struct start *start)
{
  struct environment *env = start->env;
  const struct judge judge = { .read = judge_read_text, .cookie = env };
  error_t err = 0;

  env->manifest = judge_manifest (&judge, start->options->manifest,
                                  &start->problem, &err);
  if (err)
    return err;
  env->name = env->manifest->name;
  start_limits (env);
  if (env->manifest->roles[ROLE_PROC].source == SOURCE_PROXY)
    {
      text_printf (&start->problem, "role \"proc\": there are no processes "
                                    "outside; say source = own");
      return EINVAL;
    }
  if (env->manifest->roles[ROLE_ROOT].source != SOURCE_OWN)
    {
      text_add (&start->problem,
                "role root: on GNU Mach there is nowhere "
                "else that programs could come from; say own");
      return EINVAL;
    }
  if (env->manifest->identity == IDENTITY_ROOT_INSIDE)
    return identity_map (env, 0, 0, &start->problem);
  text_printf (&start->problem,
               "identity: there are no users outside; say root-inside");
  return EINVAL;
}

/* ---- mounts ---- */

/* The archives of the command line are in the root already, as they are.  */
static error_t
mount_archives (struct start *start, const struct manifest_mount *mount)
{
  if (!mount->path[1] && !mount->nosuid && !mount->noexec
      && !mount->hide.count)
    return 0;
  text_printf (&start->problem,
               "mount \"%s\": on GNU Mach archives go to \"/\", without "
               "nosuid, noexec and hide",
               mount->path);
  return EINVAL;
}

static error_t
mount_memory (struct start *start, const struct manifest_mount *mount)
{
  const struct mount_options options
      = { .nosuid = mount->nosuid, .noexec = mount->noexec };
  struct volume *volume;
  error_t err;

  if (!mount->path[1])
    {
      text_printf (&start->problem, "mount \"/\": the root environment's "
                                    "files come from archive:rd0");
      return EINVAL;
    }
  err = root_mount_memory (start->env, mount->path, &options, &volume);
  if (err)
    text_printf (&start->problem, "mount \"%s\"", mount->path);
  return err;
}

static error_t
mount_parent (struct start *start, const struct manifest_mount *mount)
{
  text_printf (&start->problem,
               "mount \"%s\": GNU Mach has no files to give; say memory or "
               "archive:rd0",
               mount->path);
  return EINVAL;
}

static error_t (*const mounters[MOUNT_KINDS]) (struct start *start,
                                               const struct manifest_mount *)
    = { [MOUNT_MEMORY] = mount_memory,
        [MOUNT_ARCHIVE] = mount_archives,
        [MOUNT_TEMPLATE] = mount_parent,
        [MOUNT_PARENT] = mount_parent };

static error_t
start_mounts (struct start *start)
{
  const struct manifest *manifest = start->env->manifest;
  error_t err = 0;

  for (size_t i = 0; !err && i < manifest->mount_count; i++)
    err = mounters[manifest->mounts[i].kind](start, &manifest->mounts[i]);
  return err;
}

static error_t
start_control (struct start *start)
{
  const struct manifest_role *role
      = &start->env->manifest->roles[ROLE_CONTROL];

  return role->source == SOURCE_OWN ? control_create_inside (start->env) : 0;
}

/* ---- the first program ---- */

static void
ended_flushed (void *cookie)
{
  struct environment *env = cookie;

  bare_reboot (env->host_priv);
}

static void
root_end (struct environment *env, int status)
{
  char line[64];
  int size;

  if (WIFSIGNALED (status))
    size = snprintf (line, sizeof line, "@hurdle end signal %d\n",
                     WTERMSIG (status));
  else
    size = snprintf (line, sizeof line, "@hurdle end %d\n",
                     WEXITSTATUS (status));
  console_print (env, line, (size_t)size);
  console_flush (env, ended_flushed, env);
}

static void
first_ended (void *cookie, int status, error_t err)
{
  struct environment *env = cookie;
  struct text line = TEXT_INIT;

  if (err)
    {
      start_describe_program ("the first program", err, &line);
      console_print (env, text_string (&line), line.length);
      text_finish (&line);
    }
  root_end (env, status);
}

static error_t
start_first (struct start *start)
{
  struct environment *env = start->env;
  const struct manifest *manifest = env->manifest;
  const char *script[] = { "/bin/sh", start->options->bare_command, NULL };
  const char *const *argv = start->options->bare_command
                                ? script
                                : (const char *const *)manifest->command.words;
  char **envp = start_variables (manifest);
  struct ids ids;
  struct object *console = NULL;
  struct spawn_request request = { .argv = argv,
                                   .envp = (const char *const *)envp,
                                   .ids = &ids,
                                   .directory = manifest->directory,
                                   .umask = 022 };
  error_t err;

  if (!argv)
    {
      text_add (&start->problem,
                "the manifest has none; say command = \"/bin/sh\"");
      return ENOENT;
    }
  ids_init (&ids);
  if (!envp || ids_set_root (&ids))
    return ENOMEM;
  request.path = argv[0];
  err = terminal_open_console (env, O_READ | O_WRITE, &ids, &console);
  for (size_t i = 0; i < SPAWN_DESCRIPTORS; i++)
    request.descriptors[i] = console;
  if (!env->console_exact)
    request.cttyid = terminal_console_id (env);
  if (!err)
    {
      console_print (env, "@hurdle begin\n", strlen ("@hurdle begin\n"));
      err = spawn_first (env, &request, first_ended, env);
    }
  if (err)
    text_printf (&start->problem, "%s", request.path);
  object_drop (console);
  ids_finish (&ids);
  return err;
}

/* ---- all of it ---- */

static const struct step steps[] = {
  { "making the loops", start_loops },
  { "feeding the ledger", start_ledger },
  { "filling the root", start_root },
  { "reading the manifest", start_manifest },
  { "mounting", start_mounts },
  { "making the roles", start_roles },
  { "making the control", start_control },
  { "starting the first program", start_first },
};

static void
start_failed (struct start *start, const struct step *step, error_t err)
{
  struct text line = TEXT_INIT;

  start_describe (start, step, err, &line);
  text_add (&line, "@hurdle end 125\n");
  bare_say (start->env->device_master, text_string (&line));
  bare_reboot (start->env->host_priv);
}

int
root_environment_run (const struct options *options)
{
  struct environment *env = calloc (1, sizeof *env);
  struct start start = { .env = env, .options = options };
  const struct step *failed;
  error_t err;

  if (!env)
    return 1;
  env->name = "root";
  env->host_priv = options->host_priv;
  env->device_master = options->device_master;
  env->kernel_task = options->kernel_task;
  env->console_exact = options->bare_command != NULL;
  env->on_end = root_end;
  err = start_steps (&start, steps, sizeof steps / sizeof *steps, &failed);
  if (err)
    start_failed (&start, failed, err);
  start_serve (env);
  return 0;
}
