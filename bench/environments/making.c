/* making.c -- make an environment, run a static `true' in it, end it
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/clock.h"
#include "bench/environments/environments.h"

#define RUNS 15
#define AT_ONCE 100

static char program[300];
static const char *const outside[] = { program, NULL };
static const char *const in_tree[] = { "/static", NULL };
static double f;

static const double goals[MANIFESTS] = {
  [MANIFEST_PARENT] = 2.0,
  [MANIFEST_PROXIED] = 2.5,
  [MANIFEST_OWN] = 3.0,
};

static const char *const *
command (enum manifest manifest)
{
  return manifest == MANIFEST_OWN ? in_tree : outside;
}

/* F: fork, exec and wait.  */
static bool
run_plainly (void)
{
  int status;
  pid_t pid = fork ();

  if (!pid)
    {
      execv (program, (char **)outside);
      _exit (127);
    }
  return pid > 0 && waitpid (pid, &status, 0) == pid && !status;
}

/* The best; negative: it failed.  */
static double
best_of (bool (*run) (enum manifest), enum manifest manifest)
{
  double best = -1;

  for (int i = 0; i < RUNS; i++)
    {
      uint64_t start = ticks ();
      double us;

      if (!run (manifest))
        return -1;
      us = us_since (start);
      if (best < 0 || us < best)
        best = us;
    }
  return best;
}

static bool
run_f (enum manifest manifest)
{
  (void)manifest;
  return run_plainly ();
}

static bool
run_made (enum manifest manifest)
{
  return scene_run (manifest, 1, command (manifest));
}

static bool
run_many (enum manifest manifest)
{
  pid_t pids[AT_ONCE];
  bool all = true;

  for (int i = 0; i < AT_ONCE; i++)
    pids[i] = scene_start (manifest, 1, NULL, command (manifest), -1, -1);
  for (int i = 0; i < AT_ONCE; i++)
    all = scene_wait (pids[i]) == 0 && all;
  return all;
}

static void
measure_at_once (enum manifest manifest, double one)
{
  char name[80];
  uint64_t start = ticks ();

  snprintf (name, sizeof name, "%d at once, %s, / %d x one", AT_ONCE,
            manifest_names[manifest], AT_ONCE);
  progress (name);
  if (one > 0 && run_many (manifest))
    report (name, us_since (start) / (AT_ONCE * one), "", 0);
  else
    report_failure (name, "not all ended well");
}

void
measure_making (void)
{
  double made[MANIFESTS];
  char name[80];

  snprintf (program, sizeof program, "%sstatic", programs);
  progress ("make + run true + end");
  f = best_of (run_f, MANIFEST_PARENT);
  report ("F: fork + exec + wait, static", f, "us", 0);
  for (int i = 0; i < MANIFESTS; i++)
    {
      snprintf (name, sizeof name, "make + run true + end, all %s",
                manifest_names[i]);
      made[i] = best_of (run_made, (enum manifest)i);
      if (made[i] > 0)
        report (name, made[i] / f, "F", goals[i]);
      else
        report_failure (name, "it did not end well");
    }
  measure_at_once (MANIFEST_PROXIED, made[MANIFEST_PROXIED]);
  measure_at_once (MANIFEST_OWN, made[MANIFEST_OWN]);
}
