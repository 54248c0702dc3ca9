/* main.c -- what environments cost

   environments [--json] [--programs DIR] [GROUP]...: making, depth, idle,
   revoke, cycles; all if none is named.  Exits with 1 if something could not
   be measured, 2 if there is no such group.
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

#define GROUPS (sizeof groups / sizeof *groups)

/* Each of NAMES is to be a group.  */
static bool
names_fit (char *const *names)
{
  for (; *names; names++)
    {
      size_t i = 0;

      while (i < GROUPS && strcmp (groups[i].name, *names))
        i++;
      if (i < GROUPS)
        continue;
      fprintf (stderr, "environments: no group '%s'; there are:", *names);
      for (i = 0; i < GROUPS; i++)
        fprintf (stderr, "%s %s", i ? "," : "", groups[i].name);
      fputs ("\n", stderr);
      return false;
    }
  return true;
}

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
  bool json = false, whole;
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
  if (!names_fit (argv + optind))
    return 2;
  if (!scene_files ())
    {
      perror ("environments: the files could not be made");
      return 1;
    }
  report_begin (json);
  for (size_t i = 0; i < GROUPS; i++)
    if (wanted (groups[i].name, argv + optind))
      groups[i].measure ();
  whole = report_end ();
  scene_remove ();
  return whole ? 0 : 1;
}
