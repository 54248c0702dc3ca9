/* options.h -- what hurdle-env was told on its command line
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_ENV_OPTIONS_H
#define HURDLE_ENV_OPTIONS_H

#include <mach.h>
#include <stdbool.h>
#include <stddef.h>

#define ARCHIVES_MAX 8

struct options
{
  bool bare; /* first task on GNU Mach */
  bool dump; /* ask a running environment */
  mach_port_t host_priv, device_master, kernel_task; /* names from the kernel */
  const char *archives[ARCHIVES_MAX]; /* ramdisks, later ones over earlier */
  size_t archives_count;
  const char *manifest; /* path in the root */
  const char *command;  /* a script to run instead of the manifest's */
  const char *control;  /* path of a control node */
};

/* Ends the program on a mistake, or for --help.  */
void options_parse (int argc, char **argv, struct options *ret_options);

#endif
