/* unit.c -- tests on the host, one process each
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/unit.h"

/* A test that hangs is a failed test.  */
#define SECONDS_LONGEST 60

static bool some_failed, some_run;
static struct unit_group *groups;

_Noreturn void
unit_fail (const char *file, int line, const char *condition)
{
  printf ("# %s:%d: %s does not hold\n", file, line, condition);
  fflush (stdout);
  /* Not exit: what the test still holds is no leak of the code.  */
  _exit (1);
}

void
unit_check_text (const char *file, int line, const char *got,
                 const char *wanted)
{
  if (got && strcmp (got, wanted) == 0)
    return;
  printf ("# got:\n%s\n# wanted:\n%s\n", got ? got : "(null)", wanted);
  unit_fail (file, line, "text as wanted");
}

void
unit_run (const char *name, void (*run) (const void *), const void *what)
{
  int status = -1;
  pid_t child;

  fflush (stdout);
  child = fork ();
  if (child == 0)
    {
      alarm (SECONDS_LONGEST);
      run (what);
      exit (0);
    }
  if (child < 0 || waitpid (child, &status, 0) != child || status != 0)
    some_failed = true;
  printf ("%s %s\n", status == 0 ? "ok" : "not ok", name);
}

static void
test_call (const void *what)
{
  const struct unit_test *test = what;

  test->run ();
}

void
unit_run_table (const struct unit_test *tests, size_t count)
{
  for (size_t i = 0; i < count; i++)
    unit_run (tests[i].name, test_call, &tests[i]);
}

void
unit_announce (struct unit_group *group)
{
  struct unit_group **at = &groups;

  while (*at && strcmp ((*at)->name, group->name) < 0)
    at = &(*at)->next;
  group->next = *at;
  *at = group;
}

void
unit_run_groups (const char *name)
{
  for (struct unit_group *group = groups; group; group = group->next)
    if (!name || strcmp (group->name, name) == 0)
      {
        group->run ();
        some_run = true;
      }
}

int
unit_status (void)
{
  return some_failed || !some_run ? EXIT_FAILURE : EXIT_SUCCESS;
}
