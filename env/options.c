/* options.c -- the command line of hurdle-env
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "env/options.h"

#include <argp.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/version.h"

const char *argp_program_version
    = "hurdle-env (" HURDLE_NAME ") " HURDLE_VERSION;

enum
{
  KEY_BARE = 256,
  KEY_HOST_PRIV,
  KEY_DEVICE_MASTER,
  KEY_KERNEL_TASK,
  KEY_ARCHIVE,
  KEY_MANIFEST,
  KEY_COMMAND,
  KEY_DUMP,
  KEY_CONTROL,
  KEY_CHECK,
  KEY_SET,
  KEY_MAKER,
  KEY_VERBOSE = 'v',
};

static const struct argp_option known[] = {
  { NULL, 0, NULL, 0, "Making an environment inside this one:", 1 },
  { "check", KEY_CHECK, NULL, 0,
    "Only judge the manifest: print all mistakes and warnings, make nothing",
    1 },
  { "set", KEY_SET, "KEY=VALUE", 0,
    "Override a key of the manifest; KEY may also be variables.NAME, "
    "limits.NAME, or role.ROLE for its source",
    1 },
  { "control", KEY_CONTROL, "NODE", 0,
    "Have the control answer at NODE, a file, for hurdle-control; made with "
    "mode 0600 if it is not there, and removed at the end then.  With --dump: "
    "which control to ask (/servers/hurdle)",
    1 },
  { "verbose", KEY_VERBOSE, NULL, 0,
    "Say each step, and each right that it hands over", 1 },
  { "maker", KEY_MAKER, "NODE", 0,
    "Make none now, but whichever `hurdle-control NODE run' asks for; NODE is "
    "a file, made with mode 0600 if it is not there, and removed at the end "
    "then",
    1 },
  { NULL, 0, NULL, 0, "About the environment around us:", 2 },
  { "dump", KEY_DUMP, NULL, 0,
    "Print its objects, parked requests and threads", 2 },
  { NULL, 0, NULL, 0, "As the first task on GNU Mach:", 3 },
  { "bare", KEY_BARE, NULL, 0, "The kernel is the parent", 3 },
  { "host-priv", KEY_HOST_PRIV, "NAME", 0, "Port name of the host's control",
    3 },
  { "device-master", KEY_DEVICE_MASTER, "NAME", 0,
    "Port name of the device master", 3 },
  { "kernel-task", KEY_KERNEL_TASK, "NAME", 0,
    "Port name of the kernel's task", 3 },
  { "archive", KEY_ARCHIVE, "DEVICE", 0,
    "A ramdisk with a tar archive of files; later ones go over earlier ones",
    3 },
  { "manifest", KEY_MANIFEST, "PATH", 0,
    "The manifest, a file of the archives (/etc/hurdle/root.hurdle)", 3 },
  { "command", KEY_COMMAND, "PATH", 0,
    "Run this shell script, its output unchanged, instead of the manifest's "
    "command",
    3 },
  { 0 }
};

static const char documentation[]
    = "Make a Hurd environment from MANIFEST, run COMMAND (or the manifest's) "
      "in it, and end with its status.  Nothing of it is left then.\v"
      "COMMAND sees what the manifest names and nothing else; its "
      "descriptors 0, 1 and 2 are the caller's, through a caretaker.  Signals "
      "that end hurdle-env (INT, TERM, HUP) are passed on to all inside, who "
      "have 3 seconds; the second one, or KILL, ends them at once.\n"
      "\n"
      "Exit status: that of COMMAND, 128+N if signal N ended it, or\n"
      "  125  wrong usage, a mistake in the manifest, or no environment\n"
      "  126  COMMAND is there and cannot be run\n"
      "  127  COMMAND is not there, or the interpreter that it names is not\n"
      "--check ends with 0 or 125; --dump with 0, or with 3 if no control "
      "answers.\n"
      "\n"
      "Examples:\n"
      "  hurdle-env --check work.hurdle\n"
      "  hurdle-env work.hurdle -- make -j2\n"
      "  hurdle-env --set directory=/tmp --set role.local=fake work.hurdle\n"
      "  hurdle-env work.hurdle -- hurdle-env inner.hurdle -- id\n"
      "      an environment in an environment\n"
      "  hurdle-env --control /tmp/work work.hurdle -- make &\n"
      "  hurdle-control /tmp/work grants\n"
      "      what was given to it; `hurdle-control --help' has more\n"
      "  hurdle-env --maker /tmp/maker &\n"
      "  hurdle-control /tmp/maker run work.hurdle -- make\n"
      "      the same environment, faster: the maker is there already\n"
      "  hurdle-env --dump\n"
      "      what the environment around this shell is doing\n"
      "  hurdle-env --bare --host-priv=${host-port} "
      "--device-master=${device-port} --archive=rd0\n"
      "      as GNU Mach's boot script starts it; `hurdle-vm' writes such a "
      "line\n"
      "\n"
      "Man pages, in docs/man of the sources: hurdle-env(1), "
      "hurdle-manifest(5)\n";

/* Where each number given by the kernel goes.  */
static mach_port_t *
option_port (struct options *options, int key)
{
  switch (key)
    {
    case KEY_HOST_PRIV:
      return &options->host_priv;
    case KEY_DEVICE_MASTER:
      return &options->device_master;
    default:
      return &options->kernel_task;
    }
}

static void
option_number (struct argp_state *state, int key, const char *text)
{
  char *end;
  unsigned long value = strtoul (text, &end, 10);

  if (*end || !value || value > UINT32_MAX)
    argp_error (state, "'%s' is not the name of a port", text);
  *option_port (state->input, key) = value;
}

static void
option_archive (struct argp_state *state, const char *device)
{
  struct options *options = state->input;

  if (options->archives_count == ARCHIVES_MAX)
    argp_error (state, "more than %d archives", ARCHIVES_MAX);
  options->archives[options->archives_count++] = device;
}

static void
option_set (struct argp_state *state, const char *setting)
{
  struct options *options = state->input;

  if (!strchr (setting, '=') || *setting == '=')
    argp_error (state, "--set %s: expected KEY=VALUE", setting);
  options->settings[options->settings_count++] = setting;
}

/* An empty one is a variable of a shell that was not set.  */
static const char *
option_path (struct argp_state *state, const char *path, const char *what)
{
  if (!*path)
    argp_error (state, "%s: '' is no path", what);
  return path;
}

/* The first is the manifest; with the second the command begins, whose
   options are its own.  */
static void
option_argument (struct argp_state *state, const char *argument)
{
  struct options *options = state->input;

  if (options->bare || options->dump || options->maker)
    argp_error (state, "unexpected '%s': no MANIFEST belongs to %s", argument,
                options->dump    ? "--dump, which asks the control at "
                                   "--control NODE"
                : options->maker ? "--maker, which is told of one by "
                                   "`hurdle-control NODE run MANIFEST'"
                                 : "--bare but the one of --manifest");
  if (!options->manifest)
    {
      options->manifest = option_path (state, argument, "MANIFEST");
      return;
    }
  options->command = (const char *const *)&state->argv[state->next - 1];
  state->next = state->argc;
}

/* What would not be looked at is not taken.  */
static void
options_exclude (struct argp_state *state, const struct options *options)
{
  const char *const modes[] = {
    options->bare ? "--bare" : NULL,
    options->dump ? "--dump" : NULL,
    options->maker ? "--maker" : NULL,
    options->check ? "--check" : NULL,
  };
  const char *first = NULL;

  for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
    if (modes[i] && first)
      argp_error (state, "%s and %s do not go together", first, modes[i]);
    else if (modes[i])
      first = modes[i];
  if (options->maker && options->control)
    argp_error (state, "--maker and --control do not go together: the control "
                       "is of one environment");
  if (!options->bare && (options->bare_command || options->archives_count))
    argp_error (state, "--command and --archive belong to --bare; a command "
                       "stands behind the manifest: MANIFEST -- COMMAND...");
}

static void
options_finish (struct argp_state *state)
{
  struct options *options = state->input;

  options_exclude (state, options);
  if (options->bare && !(options->host_priv && options->device_master))
    argp_error (state, "--bare is for GNU Mach's boot script, which says "
                       "--host-priv and --device-master, too");
  if (options->bare && !options->manifest)
    options->manifest = "/etc/hurdle/root.hurdle";
  if (!options->dump && !options->maker && !options->manifest)
    argp_error (state, "which MANIFEST?");
}

static error_t
option_parse (int key, char *argument, struct argp_state *state)
{
  struct options *options = state->input;

  switch (key)
    {
    case KEY_BARE:
      options->bare = true;
      return 0;
    case KEY_DUMP:
      options->dump = true;
      return 0;
    case KEY_CHECK:
      options->check = true;
      return 0;
    case KEY_VERBOSE:
      options->verbose = true;
      return 0;
    case KEY_SET:
      option_set (state, argument);
      return 0;
    case KEY_HOST_PRIV:
    case KEY_DEVICE_MASTER:
    case KEY_KERNEL_TASK:
      option_number (state, key, argument);
      return 0;
    case KEY_ARCHIVE:
      option_archive (state, argument);
      return 0;
    case KEY_MANIFEST:
      options->manifest = argument;
      return 0;
    case KEY_COMMAND:
      options->bare_command = argument;
      return 0;
    case KEY_CONTROL:
      options->control = option_path (state, argument, "--control");
      return 0;
    case KEY_MAKER:
      options->maker = option_path (state, argument, "--maker");
      return 0;
    case ARGP_KEY_ARG:
      option_argument (state, argument);
      return 0;
    case ARGP_KEY_END:
      options_finish (state);
      return 0;
    default:
      return ARGP_ERR_UNKNOWN;
    }
}

void
options_parse (int argc, char **argv, struct options *ret_options)
{
  static const struct argp argp = {
    .options = known,
    .parser = option_parse,
    .args_doc = "MANIFEST [-- COMMAND...]\n--maker=NODE\n--dump\n--bare",
    .doc = documentation,
  };

  *ret_options = (struct options){ 0 };
  ret_options->settings
      = calloc ((size_t)argc + 1, sizeof *ret_options->settings);
  argp_err_exit_status = STATUS_NOT_MADE;
  if (!ret_options->settings)
    exit (STATUS_NOT_MADE);
  argp_parse (&argp, argc, argv, ARGP_IN_ORDER, NULL, ret_options);
}
