/* depth.c -- what a caretaker costs, one in another
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "bench/environments/environments.h"

#define DEPTH_MAX 4
#define FIGURES_MAX 8

/* Microseconds of each thing at DEPTH.  False: they could not be had.  */
static bool
measure_at (int depth, double *figures)
{
  const char *argv[]
      = { program_name, "--inside", depth ? "/given" : "given", NULL };
  int answers[2];
  bool had = pipe (answers) == 0;
  pid_t pid;
  FILE *said;

  if (!had)
    return false;
  pid = scene_start (MANIFEST_PROXIED, depth, NULL, argv, -1, answers[1]);
  close (answers[1]);
  said = fdopen (answers[0], "r");
  for (size_t i = 0; i < insides_count; i++)
    had = had && said && fscanf (said, "%lf", &figures[i]) == 1
          && figures[i] > 0;
  if (said)
    fclose (said);
  return scene_wait (pid) == 0 && had;
}

void
measure_depth (void)
{
  double direct[FIGURES_MAX], figures[FIGURES_MAX];
  char name[96];

  for (int depth = 0; depth <= DEPTH_MAX; depth++)
    {
      snprintf (name, sizeof name, "proxied / direct, depth %d", depth);
      progress (name);
      if (!measure_at (depth, depth ? figures : direct))
        {
          report_failure (name, "it did not end well");
          return;
        }
      for (size_t i = 0; depth && i < insides_count; i++)
        {
          snprintf (name, sizeof name, "%s, proxied / direct, depth %d",
                    insides[i].name, depth);
          report (name, figures[i] / direct[i], "",
                  insides[i].goals[depth - 1]);
        }
    }
}
