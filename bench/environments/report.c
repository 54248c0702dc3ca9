/* report.c -- figures as lines, for people or as JSON
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <stdio.h>

#include "bench/environments/environments.h"

static bool json, first = true;

void
report_begin (bool as_json)
{
  json = as_json;
  if (!json)
    printf ("%-52s %10s %-8s %8s\n", "environments", "", "", "goal");
}

void
report (const char *name, double value, const char *unit, double goal)
{
  if (json)
    printf ("%s\n  {\"name\": \"%s\", \"value\": %.3f, \"unit\": \"%s\", "
            "\"goal\": %g}",
            first ? "[" : ",", name, value, unit, goal);
  else if (goal > 0)
    printf ("%-52s %10.2f %-8s %8.2f%s\n", name, value, unit, goal,
            value > goal ? "  over the goal" : "");
  else
    printf ("%-52s %10.2f %-8s %8s\n", name, value, unit, "-");
  first = false;
  fflush (stdout);
}

void
report_failure (const char *name, const char *why)
{
  if (json)
    printf ("%s\n  {\"name\": \"%s\", \"failed\": \"%s\"}", first ? "[" : ",",
            name, why);
  else
    printf ("%-52s failed: %s\n", name, why);
  first = false;
  fflush (stdout);
}

void
report_end (void)
{
  if (json)
    puts (first ? "[]" : "\n]");
}

void
progress (const char *what)
{
  fprintf (stderr, "bench: %s ...\n", what);
}
