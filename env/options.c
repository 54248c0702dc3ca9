/* options.c -- the command line of hurdle-env
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "env/options.h"

#include <argp.h>
#include <stdlib.h>
#include <string.h>

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
};

static const struct argp_option known[] = {
  { NULL, 0, NULL, 0, "As the first task on GNU Mach:", 1 },
  { "bare", KEY_BARE, NULL, 0, "The kernel is the parent", 1 },
  { "host-priv", KEY_HOST_PRIV, "NAME", 0, "Port name of the host's control",
    1 },
  { "device-master", KEY_DEVICE_MASTER, "NAME", 0,
    "Port name of the device master", 1 },
  { "kernel-task", KEY_KERNEL_TASK, "NAME", 0,
    "Port name of the kernel's task", 1 },
  { "archive", KEY_ARCHIVE, "DEVICE", 0,
    "A ramdisk with a tar archive of files; later ones go over earlier ones",
    1 },
  { "manifest", KEY_MANIFEST, "PATH", 0,
    "The manifest, a file of the archives (/etc/hurdle/root.hurdle)", 1 },
  { "command", KEY_COMMAND, "PATH", 0,
    "Run this shell script, its output unchanged, instead of the manifest's "
    "command",
    1 },
  { NULL, 0, NULL, 0, "Inside an environment:", 2 },
  { "dump", KEY_DUMP, NULL, 0,
    "Print the objects, parked requests and threads of the environment", 2 },
  { "control", KEY_CONTROL, "NODE", 0,
    "The environment's control (/servers/hurdle)", 2 },
  { 0 }
};

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
    case KEY_HOST_PRIV:
    case KEY_DEVICE_MASTER:
    case KEY_KERNEL_TASK:
      option_number (state, key, argument);
      return 0;
    case KEY_ARCHIVE:
      if (options->archives_count == ARCHIVES_MAX)
        argp_error (state, "more than %d archives", ARCHIVES_MAX);
      options->archives[options->archives_count++] = argument;
      return 0;
    case KEY_MANIFEST:
      options->manifest = argument;
      return 0;
    case KEY_COMMAND:
      options->command = argument;
      return 0;
    case KEY_CONTROL:
      options->control = argument;
      return 0;
    case ARGP_KEY_END:
      if (options->bare == options->dump)
        argp_error (state, "say --bare (on GNU Mach) or --dump");
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
    .doc = "Make a Hurd environment from a manifest and serve it.\v"
           "Examples:\n"
           "  hurdle-env --dump\n"
           "      what the environment around this shell is doing\n"
           "  hurdle-env --bare --host-priv=${host-port} "
           "--device-master=${device-port} --archive=rd0\n"
           "      as GNU Mach's boot script starts it; `hurdle-vm' writes "
           "such a line\n",
  };

  *ret_options = (struct options){ .manifest = "/etc/hurdle/root.hurdle",
                                   .control = "/servers/hurdle" };
  argp_parse (&argp, argc, argv, 0, NULL, ret_options);
}
