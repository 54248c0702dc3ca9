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

/* By hurdle-env, and by a resident maker.  */
static const double goals[MANIFESTS][2] = {
  [MANIFEST_PARENT] = { 2.0, 1.1 },
  [MANIFEST_PROXIED] = { 2.5, 1.7 },
  [MANIFEST_OWN] = { 3.0, 2.3 },
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
run_resident (enum manifest manifest)
{
  return resident_run (manifest, command (manifest));
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

/* What RUN takes for one of MANIFEST, in microseconds; negative: it failed. */
static double
measure_one (bool (*run) (enum manifest), enum manifest manifest,
             const char *how, double goal)
{
  double one = best_of (run, manifest);
  char name[80];

  snprintf (name, sizeof name, "make + run true + end, all %s%s",
            manifest_names[manifest], how);
  if (one > 0)
    report (name, one / f, "F", goal);
  else
    report_failure (name, "it did not end well");
  return one;
}

static void
measure_resident (void)
{
  static const char how[] = ", resident maker";

  progress ("make + run true + end, by a resident maker");
  if (resident_start ())
    for (int i = 0; i < MANIFESTS; i++)
      (void)measure_one (run_resident, (enum manifest)i, how, goals[i][1]);
  else
    report_failure (how + 2, "it does not answer");
  resident_end ();
}

void
measure_making (void)
{
  double made[MANIFESTS];

  snprintf (program, sizeof program, "%sstatic", programs);
  progress ("make + run true + end");
  f = best_of (run_f, MANIFEST_PARENT);
  report ("F: fork + exec + wait, static", f, "us", 0);
  for (int i = 0; i < MANIFESTS; i++)
    made[i] = measure_one (run_made, (enum manifest)i, "", goals[i][0]);
  measure_resident ();
  measure_at_once (MANIFEST_PROXIED, made[MANIFEST_PROXIED]);
  measure_at_once (MANIFEST_OWN, made[MANIFEST_OWN]);
}
