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

#include <fcntl.h>
#include <hurd.h>
#include <hurd/fd.h>
#include <hurd/process.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "env/control.h"
#include "env/copy_in.h"
#include "env/identity.h"
#include "env/judge.h"
#include "env/nested_end.h"
#include "env/start.h"
#include "env/view.h"
#include "env/working_directory.h"
#include "lib/env/find.h"
#include "lib/env/ledger.h"
#include "lib/env/spawn.h"
#include "lib/port/right.h"
#include "servers/descriptor/descriptor.h"
#include "servers/root/overlay.h"
#include "servers/terminal/outer.h"
#include "servers/terminal/terminal.h"

#define GROUPS_MAX 256

struct nested
{
  struct environment env; /* first */
  struct ids ids;         /* of the command, inside */
  struct descriptor *descriptors[SPAWN_DESCRIPTORS]; /* NULL: closed … */
  int terminals[SPAWN_DESCRIPTORS]; /* … or, if it has modes, the terminal */
  char *directory;                  /* where the command starts, inside */
  struct death_watch maker; /* the resident maker's task, if one made us */
};

static struct nested *
nested_of (const struct start *start)
{
  return (struct nested *)start->env;
}

/* For --verbose.  */
static void __attribute__ ((format (printf, 2, 3)))
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

  (void)cookie;
  return parent_read_file (path, &size, ret_err);
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

/* ---- the starter's terminal ---- */

/* While we are still a program like any other: the guardian is a child of
   ours, in the parent's environment.  */
static error_t
start_terminal (struct start *start)
{
  struct environment *env = start->env;
  error_t err;

  if (env->manifest->roles[ROLE_TERMINAL].source != SOURCE_PROXY
      || start->options->background)
    return 0;
  err = outer_find (env, &env->outer);
  if (!err && env->outer)
    err = outer_guard (env->outer);
  say (start, "terminal: %s",
       env->outer ? "the starter's, with a guardian outside that sets it back"
                  : "none, for no descriptor is one");
  return err;
}

static error_t
start_taking (struct start *start)
{
  if (start->env->outer)
    outer_take (start->env->outer);
  return 0;
}

/* ---- ledger ---- */

/* Its uname says so.  */
static bool
is_hurdle (mach_port_t proc)
{
  struct utsname name;

  return !proc_uname (proc, &name) && strstr (name.version, "Hurdle");
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

/* ---- who ---- */

static error_t
groups_add (struct idset *set)
{
  gid_t groups[GROUPS_MAX];
  int count = getgroups (GROUPS_MAX, groups);
  error_t err = 0;

  for (int i = 0; !err && i < count; i++)
    err = idset_add (set, groups[i]);
  return err;
}

static error_t
ids_set_starter (struct ids *ids)
{
  error_t err = idset_add (&ids->euids, geteuid ());

  if (!err)
    err = idset_add (&ids->auids, getuid ());
  if (!err)
    err = idset_add (&ids->auids, geteuid ());
  if (!err)
    err = idset_add (&ids->egids, getegid ());
  if (!err)
    err = groups_add (&ids->egids);
  if (!err)
    err = idset_add (&ids->agids, getgid ());
  if (!err)
    err = idset_add (&ids->agids, getegid ());
  return err;
}

static error_t
start_identity (struct start *start)
{
  struct environment *env = start->env;
  struct ids *ids = &nested_of (start)->ids, starter = IDS_INIT;
  error_t err = ids_set_starter (&starter);

  ids_init (ids);
  if (!err)
    err = identity_map (env, geteuid (), getegid (), &start->problem);
  if (!err)
    err = identity_inside (env, &starter, ids);
  ids_finish (&starter);
  if (!err)
    say (start, "identity: uid %u and gid %u outside are %u and %u inside",
         geteuid (), getegid (), idmap_in (&env->uid_map, geteuid ()),
         idmap_in (&env->gid_map, getegid ()));
  return err;
}

/* ---- files ---- */

/* What is mounted belongs to the starter until something else is copied over
   it.  */
static error_t
mount_begin (struct copy *copy, const struct manifest_mount *mount)
{
  const struct mount_options options
      = { .nosuid = mount->nosuid, .noexec = mount->noexec };
  struct volume *volume = &environment_root (copy->env)->volume;
  error_t err = 0;

  if (mount->path[1])
    err = root_mount_memory (copy->env, mount->path, &options, &volume);
  if (err)
    return err;
  volume->nosuid = options.nosuid;
  volume->noexec = options.noexec;
  volume->top->uid = idmap_in (&copy->env->uid_map, geteuid ());
  volume->top->author = volume->top->uid;
  volume->top->gid = idmap_in (&copy->env->gid_map, getegid ());
  return 0;
}

static error_t
mount_nothing (struct copy *copy, const struct manifest_mount *mount)
{
  (void)copy, (void)mount;
  return 0;
}

/* A directory of the parent, through a caretaker or under a layer.  */
static error_t
mount_parent (struct start *start, const struct manifest_mount *mount)
{
  const struct proxy_options options = {
    .modes = mount->mode == MODE_READ_WRITE ? O_READ | O_WRITE : O_READ,
    .noexec = mount->noexec,
    .hide = (const char *const *)mount->hide.words,
    .hide_count = mount->hide.count,
  };
  const struct mount_options layer
      = { .nosuid = mount->nosuid, .noexec = mount->noexec };
  cleanup_send mach_port_t port = file_name_lookup (mount->argument, 0, 0);
  struct grant *grant;
  io_statbuf_t stat;
  error_t err = MACH_PORT_VALID (port) ? io_stat (port, &stat) : errno;

  if (!err && mount->mode == MODE_OVERLAY)
    err = root_mount_overlay (start->env, mount->path, mount->argument, port,
                              &stat, &options, &layer);
  else if (!err)
    err = root_mount_parent (start->env, mount->path, mount->argument, port,
                             &stat, &options, &grant);
  if (!err)
    (void)send_steal (&port);
  else
    text_printf (&start->problem, "mount %s: the parent's %s", mount->path,
                 mount->argument);
  return err;
}

static bool
mount_is_given (const struct manifest_mount *mount)
{
  return mount->kind == MOUNT_PARENT && mount->mode != MODE_COPY;
}

static error_t (*const mounters[MOUNT_KINDS]) (struct copy *copy,
                                               const struct manifest_mount *)
    = { [MOUNT_MEMORY] = mount_nothing,
        [MOUNT_ARCHIVE] = copy_in_archive,
        [MOUNT_PARENT] = copy_in_directory };

static void
copy_describe (struct start *start, const struct copy *copy)
{
  say (start,
       "root: %zu files, %zu directories, %zu links, %llu bytes copied; %zu "
       "names left out",
       copy->files, copy->directories, copy->links,
       (unsigned long long)copy->bytes, copy->left_out);
}

static void
explain_too_big (struct start *start)
{
  text_printf (&start->problem,
               " (at most %llu bytes, %d names and %d directories deep)",
               (unsigned long long)COPY_BYTES_MAX, COPY_NODES_MAX,
               COPY_DEPTH_MAX);
}

static error_t
start_root (struct start *start)
{
  struct environment *env = start->env;
  const struct manifest *manifest = env->manifest;
  struct copy copy
      = { .env = env, .manifest = manifest, .problem = &start->problem };
  error_t err;

  if (manifest->roles[ROLE_ROOT].source == SOURCE_FAKE)
    return root_fake_create (env);
  if (manifest->roles[ROLE_ROOT].source == SOURCE_ABSENT)
    return 0;
  /* A proxy is our own with the parent's root directory mounted.  */
  err = root_own_create (env);
  for (size_t i = 0; !err && i < manifest->mount_count; i++)
    {
      const struct manifest_mount *mount = &manifest->mounts[i];

      say (start, "mount %s: from %s%s%s, mode %s", mount->path,
           mount_kind_names[mount->kind], mount->argument ? " " : "",
           mount->argument ? mount->argument : "", mode_names[mount->mode]);
      if (mount_is_given (mount))
        {
          err = mount_parent (start, mount);
          continue;
        }
      err = mounters[mount->kind] ? mount_begin (&copy, mount) : EOPNOTSUPP;
      if (!err)
        err = mounters[mount->kind](&copy, mount);
    }
  if (err == E2BIG)
    explain_too_big (start);
  if (err == ENOSPC && env->memory.most)
    text_printf (&start->problem, " (limits: memory = %llu has %llu left)",
                 (unsigned long long)env->memory.most,
                 (unsigned long long)budget_left (&env->memory));
  copy_describe (start, &copy);
  return err;
}

/* ---- the implicit grants ---- */

static const char *const descriptor_names[SPAWN_DESCRIPTORS]
    = { "descriptor 0", "descriptor 1", "descriptor 2" };

static const char *
modes_describe (int modes)
{
  static const char *const words[]
      = { "nothing", "read", "write", "read and write" };

  return words[(modes & O_READ ? 1 : 0) | (modes & O_WRITE ? 2 : 0)];
}

static error_t
start_descriptors (struct start *start)
{
  struct nested *nested = nested_of (start);

  for (int i = 0; i < SPAWN_DESCRIPTORS; i++)
    {
      int modes = fcntl (i, F_GETFL);
      cleanup_send mach_port_t port = getdport (i);
      error_t err;

      if (modes < 0 || !MACH_PORT_VALID (port))
        continue;
      modes &= O_READ | O_WRITE;
      if (nested->env.outer && outer_is_descriptor (nested->env.outer, i))
        {
          nested->terminals[i] = modes;
          say (start, "%s: the terminal inside (%s)", descriptor_names[i],
               modes_describe (modes));
          continue;
        }
      err = descriptor_proxy_create (&nested->env, descriptor_names[i], port,
                                     modes, &nested->descriptors[i]);
      if (err)
        return err;
      (void)send_steal (&port);
      say (start, "%s: the starter's, through a caretaker (%s)",
           descriptor_names[i], modes_describe (modes));
    }
  return 0;
}

static error_t
start_directory (struct start *start)
{
  struct nested *nested = nested_of (start);
  const char *said = start->env->manifest->directory;
  bool given = false;
  error_t err;

  if (said)
    {
      nested->directory = strdup (said);
      return nested->directory ? 0 : ENOMEM;
    }
  err = working_directory_give (start->env, &nested->ids, &nested->directory,
                                &given);
  if (!err)
    say (start, "directory: %s%s", nested->directory,
         given ? ", the starter's, through a caretaker (read)" : "");
  return err;
}

/* ---- roles and control ---- */

static bool
root_is_fake (const struct start *start)
{
  return start->env->manifest->roles[ROLE_ROOT].source == SOURCE_FAKE;
}

/* All roles have their names in it now, and nobody was served yet.  */
static error_t
start_root_closed (struct start *start)
{
  if (root_is_fake (start))
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

/* ---- the command ---- */

static const char *
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

  if (root_is_fake (start))
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

  if (!root_is_fake (start))
    return 0;
  if (access (request->path, X_OK))
    return errno;
  data = parent_read_file (request->path, &size, &err);
  if (!err)
    err = root_fake_program (start->env, data, size, &request->program);
  free (data);
  return err;
}

static void
command_ended (void *cookie, int status)
{
  environment_end (cookie, status);
}

static error_t
command_spawn (struct start *start, struct spawn_request *request)
{
  struct nested *nested = nested_of (start);
  error_t err = program_bring (start, request);

  for (int i = 0; !err && i < SPAWN_DESCRIPTORS; i++)
    if (nested->descriptors[i])
      err = descriptor_open (nested->descriptors[i], &nested->ids,
                             &request->descriptors[i]);
    else if (nested->terminals[i])
      err = terminal_open_console (&nested->env, nested->terminals[i],
                                   &nested->ids, &request->descriptors[i]);
  if (nested->env.outer)
    request->cttyid = terminal_console_id (&nested->env);
  if (!err)
    err = spawn_first (&nested->env, request, command_ended, &nested->env);
  for (int i = 0; i < SPAWN_DESCRIPTORS; i++)
    object_drop (request->descriptors[i]);
  if (request->program)
    nested->env.root->node_drop (request->program);
  return err;
}

static error_t
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
  request.path = program_find (start, argv[0]);
  if (!request.envp || !request.path)
    return ENOMEM;
  say (start,
       "command %s: gets a right each to %s%sits root and working "
       "directory and the descriptors, all of them ours",
       request.path, env->auth ? "auth, " : "", env->proc ? "proc, " : "");
  text_add (&start->problem, request.path);
  return command_spawn (start, &request);
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

  if (!argv || !envp)
    {
      fputs ("hurdle-env: starting the command: the manifest has no command\n",
             stderr);
      return STATUS_NOT_MADE;
    }
  if (options->verbose)
    fprintf (stderr, "hurdle-env: command %s: gets all the starter has\n",
             argv[0]);
  /* The search is by the manifest's PATH.  */
  if (!setenv ("PATH", path ? path : "/bin", 1)
      && (!manifest->directory || !chdir (manifest->directory)))
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
  return manifest->roles[ROLE_ROOT].source == SOURCE_PARENT
             ? nested_run_in_parent (options, manifest)
             : nested_make (options, manifest);
}
