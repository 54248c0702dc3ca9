/* report.c -- figures as lines, for people or as JSON
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <stdio.h>

#include "bench/environments/environments.h"
#include "bench/json.h"

static bool json, failed;

void
report_begin (bool as_json)
{
  json = as_json;
  if (!json)
    printf ("%-52s %10s %-8s %8s\n", "environments", "", "", "goal");
}

/* WHY null: it was measured.  */
static void
report_json (const char *name, double value, const char *unit, double goal,
             const char *why)
{
  json_row_begin ();
  json_text ("name", name);
  json_number ("value", value, !why);
  json_text ("unit", unit);
  json_number ("goal", goal, goal > 0);
  json_text ("error", why);
  json_row_end ();
}

void
report (const char *name, double value, const char *unit, double goal)
{
  if (json)
    report_json (name, value, unit, goal, NULL);
  else if (goal > 0)
    printf ("%-52s %10.2f %-8s %8.2f%s\n", name, value, unit, goal,
            value > goal ? "  over the goal" : "");
  else
    printf ("%-52s %10.2f %-8s %8s\n", name, value, unit, "-");
  fflush (stdout);
}

void
report_failure (const char *name, const char *why)
{
  failed = true;
  if (json)
    report_json (name, 0, NULL, 0, why);
  else
    printf ("%-52s failed: %s\n", name, why);
  fflush (stdout);
}

bool
report_end (void)
{
  if (json)
    json_end ();
  return !failed;
}

void
progress (const char *what)
{
  if (!json)
    fprintf (stderr, "bench: %s ...\n", what);
}
