/* bench.c -- what the environment's servers charge, in units of the kernel's

   bench [--json] [--instructions] [--programs DIR] [--run-ms N]
   [OPERATION]...: measure the operations whose names have an OPERATION in
   them, or all.  Times are of this machine and this run; the ratios to M carry
   over.
   --instructions says that the machine's clock counts those.

   A host that others use too is twice as fast in one second as in the next, so
   M is measured anew before each run of an operation, and what counts is the
   middle one of the runs' ratios.

   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/bench.h"
#include "bench/clock.h"
#include "bench/json.h"

#define RUNS 5

struct result
{
  error_t err;
  double us;       /* the best run's */
  double ratio;    /* to M */
  double messages; /* between program and servers, counted; negative: not */
};

static unsigned int floor_count;  /* so many M take a run's time */
static unsigned int run_ms = 100; /* at least; the timer ticks every 10 ms */
static enum yardstick yardstick = YARDSTICK_TIME;
static bool json;

/* ---- one operation ---- */

/* Enough repetitions for one run to take run_ms.  */
static error_t
run_size (const struct operation *operation, unsigned int *ret_count)
{
  for (unsigned int count = 1;; count *= 2)
    {
      uint64_t start = ticks ();
      error_t err = operation->run (count);

      if (err)
        return err;
      if (ticks () - start >= run_ms * 1000 * ticks_per_us ())
        {
          *ret_count = count;
          return 0;
        }
    }
}

/* Messages that one of COUNT runs of OPERATION takes.  Asking is itself not
   free of them, and always costs the same.  */
static error_t
count_messages (const struct operation *operation, unsigned int count,
                double *ret_messages)
{
  uint64_t first = messages_seen (), second = messages_seen (), third;
  error_t err = operation->run (count);

  third = messages_seen ();
  if (!err && first)
    *ret_messages
        = (double)(third - second - (second - first)) / (double)count;
  return err;
}

/* One run of COUNT operations: its microseconds for each.  */
static error_t
run (const struct operation *operation, unsigned int count, double *ret_us)
{
  uint64_t start = ticks ();
  error_t err = operation->run (count);

  *ret_us = (ticks () - start) / ticks_per_us () / count;
  return err;
}

/* M now.  Its second task does not stay: it would share our pages.  */
static error_t
floor_now (double *ret_us)
{
  error_t err = floor_message.setup ();

  if (!err && !floor_count)
    err = run_size (&floor_message, &floor_count);
  if (!err)
    err = run (&floor_message, floor_count, ret_us);
  floor_message.teardown ();
  return err;
}

static int
compare (const void *left, const void *right)
{
  double a = *(const double *)left, b = *(const double *)right;

  return (a > b) - (a < b);
}

static error_t
measure_runs (const struct operation *operation, unsigned int count,
              struct result *result)
{
  double ratios[RUNS], us, m;
  error_t err = 0;

  for (int i = 0; i < RUNS && !err; i++)
    {
      err = floor_now (&m);
      if (!err)
        err = run (operation, count, &us);
      if (err)
        break;
      ratios[i] = us / m;
      if (i == 0 || us < result->us)
        result->us = us;
    }
  if (!err)
    {
      qsort (ratios, RUNS, sizeof *ratios, compare);
      result->ratio = ratios[RUNS / 2];
    }
  return err;
}

static struct result
measure (const struct operation *operation)
{
  struct result result = { .messages = -1 };
  unsigned int count = 0;

  if (operation->setup)
    result.err = operation->setup ();
  if (!result.err)
    result.err = run_size (operation, &count);
  if (!result.err)
    result.err = measure_runs (operation, count, &result);
  if (!result.err)
    result.err = count_messages (operation, count, &result.messages);
  if (operation->teardown)
    operation->teardown ();
  return result;
}

/* The unit is not measured in itself.  */
static struct result
measure_floor (void)
{
  struct result result = { .ratio = 1, .messages = -1 };
  double us;

  for (int i = 0; i < RUNS && !result.err; i++)
    {
      result.err = floor_now (&us);
      if (i == 0 || us < result.us)
        result.us = us;
    }
  return result;
}

/* ---- output ---- */

static double
goal_of (const struct operation *o)
{
  return o->goal > 0 ? o->goal : o->upstream[yardstick] / 2;
}

/* "12.3", or "-" for what nobody knows.  */
static void
print_ratio (double ratio)
{
  if (ratio > 0)
    printf (" %8.*f", ratio < 100, ratio);
  else
    printf (" %8s", "-");
}

static void
print_json (const struct operation *o, struct result result)
{
  json_row_begin ();
  json_text ("name", o->name);
  json_number ("us", result.us, !result.err);
  json_number ("M", result.ratio, !result.err);
  json_number ("floor", o->floor, o->floor > 0);
  json_number ("goal", goal_of (o), goal_of (o) > 0);
  json_number ("upstream", o->upstream[yardstick], o->upstream[yardstick] > 0);
  json_number ("messages", result.messages,
               !result.err && result.messages >= 0);
  json_text ("error", result.err ? strerror (result.err) : NULL);
  json_row_end ();
}

static void
print_row (const struct operation *o, struct result result)
{
  printf ("%-30s", o->name);
  if (result.err)
    {
      printf (" failed: %s\n", strerror (result.err));
      return;
    }
  printf (" %10.2f", result.us);
  print_ratio (result.ratio);
  print_ratio (o->floor);
  print_ratio (goal_of (o));
  print_ratio (o->upstream[yardstick]);
  if (result.messages >= 0)
    printf (" %8.1f", result.messages);
  else
    printf (" %8s", "-");
  puts (goal_of (o) > 0 && result.ratio > goal_of (o) ? "  over the goal"
                                                      : "");
}

static void
print_head (void)
{
  if (json)
    return;
  printf ("%-30s %10s %8s %8s %8s %8s %8s\n", "", "us", "M", "floor", "goal",
          "upstream", "messages");
}

static error_t
report (const struct operation *operation, struct result result)
{
  if (json)
    print_json (operation, result);
  else
    print_row (operation, result);
  fflush (stdout);
  return result.err;
}

/* ---- the program ---- */

static bool
wanted (const char *name, char *const *patterns)
{
  if (!*patterns)
    return true;
  for (; *patterns; patterns++)
    if (strstr (name, *patterns))
      return true;
  return false;
}

/* Every PATTERN is to be in the name of an operation.  */
static bool
patterns_fit (char *const *patterns)
{
  for (; *patterns; patterns++)
    {
      char *const one[] = { *patterns, NULL };
      const struct operation *o = operations;

      while (o->name && !wanted (o->name, one))
        o++;
      if (o->name)
        continue;
      fprintf (stderr, "bench: no operation has '%s' in its name; there are:",
               *patterns);
      for (o = operations; o->name; o++)
        fprintf (stderr, "%s '%s'", o == operations ? "" : ",", o->name);
      fputs ("\n", stderr);
      return false;
    }
  return true;
}

static void
options_read (int argc, char **argv)
{
  static const struct option options[] = {
    { "json", no_argument, NULL, 'j' },
    { "instructions", no_argument, NULL, 'i' },
    { "run-ms", required_argument, NULL, 'r' },
    { "programs", required_argument, NULL, 'p' },
    { NULL, 0, NULL, 0 },
  };
  int option;

  while ((option = getopt_long (argc, argv, "", options, NULL)) != -1)
    if (option == 'j')
      json = true;
    else if (option == 'i')
      {
        /* Every run is like the others.  */
        yardstick = YARDSTICK_INSTRUCTIONS;
        run_ms = 5;
      }
    else if (option == 'r')
      run_ms = strtoul (optarg, NULL, 10);
    else if (option == 'p')
      snprintf (bench_programs, 256, "%s/", optarg);
    else
      exit (2);
}

int
main (int argc, char **argv)
{
  int failed = 0;

  options_read (argc, argv);
  if (!patterns_fit (argv + optind))
    return 2;
  print_head ();
  failed += report (&floor_message, measure_floor ()) != 0;
  failed += report (&floor_kernel, measure (&floor_kernel)) != 0;
  for (const struct operation *o = operations; o->name; o++)
    if (wanted (o->name, argv + optind))
      failed += report (o, measure (o)) != 0;
  if (json)
    json_end ();
  return failed ? 1 : 0;
}
