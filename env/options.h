/* options.h -- what hurdle-env was told on its command line
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_ENV_OPTIONS_H
#define HURDLE_ENV_OPTIONS_H

#include <mach.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define ARCHIVES_MAX 8

/* Statuses of hurdle-env's own; where it runs a command, every other is the
   command's.  */
#define STATUS_NO_CONTROL 3 /* for --dump */
#define STATUS_NOT_MADE 125 /* the environment, or wrong usage */
#define STATUS_NOT_RUNNABLE 126
#define STATUS_NOT_FOUND 127
#define STATUS_SIGNAL 128 /* plus its number */

struct options
{
  bool bare;    /* first task on GNU Mach */
  bool dump;    /* ask a running environment */
  bool check;   /* judge only */
  bool verbose; /* say each step */
  mach_port_t host_priv, device_master,
      kernel_task;                    /* names from the kernel */
  const char *archives[ARCHIVES_MAX]; /* ramdisks, later ones over earlier */
  size_t archives_count;
  const char *manifest; /* path: in the root when bare, else the parent's */
  const char *bare_command;   /* a script to run instead of the manifest's */
  const char *const *command; /* instead of the manifest's, or NULL */
  const char *control;        /* path of a control node, or NULL */
  const char **settings;      /* KEY=VALUE */
  size_t settings_count;
  const char *maker; /* path of the node to make environments at, or NULL */
  /* Told by a maker, not on the command line.  */
  pid_t made_by;   /* whose end is ours; 0: we were started */
  bool background; /* the starter may not read from his terminal now */
};

/* Ends the program on a mistake, or for --help.  */
void options_parse (int argc, char **argv, struct options *ret_options);

#endif
