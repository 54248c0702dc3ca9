/* main.c -- what environments cost

   environments [--json] [--programs DIR] [GROUP]...: making, depth, idle,
   revoke, cycles; all if none is named.
   environments --inside DIRECTORY, --hold WHAT COUNT: the part that runs in
   them.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/environments/environments.h"

char *program_name;

static const struct group
{
  const char *name;
  void (*measure) (void);
} groups[] = {
  { "making", measure_making }, { "depth", measure_depth },
  { "idle", measure_idle },     { "revoke", measure_revoke },
  { "cycles", measure_cycles },
};

static bool
wanted (const char *name, char *const *names)
{
  bool any = false;

  for (; *names; names++, any = true)
    if (!strcmp (name, *names))
      return true;
  return !any;
}

int
main (int argc, char **argv)
{
  static const struct option options[] = {
    { "json", no_argument, NULL, 'j' },
    { "programs", required_argument, NULL, 'p' },
    { "inside", required_argument, NULL, 'i' },
    { "hold", required_argument, NULL, 'h' },
    { NULL, 0, NULL, 0 },
  };
  bool json = false;
  int option;

  program_name = argv[0];
  while ((option = getopt_long (argc, argv, "", options, NULL)) != -1)
    switch (option)
      {
      case 'j':
        json = true;
        break;
      case 'p':
        snprintf (programs, sizeof programs, "%s/", optarg);
        break;
      case 'i':
        return inside_measure (optarg);
      case 'h':
        return inside_hold (
            optarg, optind < argc ? strtoul (argv[optind], NULL, 10) : 0);
      default:
        return 2;
      }
  if (!scene_files ())
    {
      perror ("environments: the files could not be made");
      return 1;
    }
  report_begin (json);
  for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
    if (wanted (groups[i].name, argv + optind))
      groups[i].measure ();
  report_end ();
  scene_remove ();
  return 0;
}
