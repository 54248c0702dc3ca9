/* revoke.c -- take back what has many handles, or many mapped pages
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <hurd.h>
#include <hurd/io.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/clock.h"
#include "bench/environments/environments.h"
#include "lib/client/client.h"

#include "hurdle_U.h"

#define MANY 10000
#define RUNS 3

/* A null RPC to a file.  */
static double
null_rpc_us (void)
{
  mach_port_t port = file_name_lookup ("given/file", O_READ, 0);
  uint64_t start = ticks ();
  int modes;

  for (int i = 0; i < 1000; i++)
    if (io_get_openmodes (port, &modes))
      return -1;
  (void)mach_port_deallocate (mach_task_self (), port);
  return us_since (start) / 1000;
}

/* Of one environment that holds COUNT of WHAT.  Negative: it failed.  */
static double
revoke_us (const char *what, unsigned int count)
{
  char number[16];
  const char *argv[] = { program_name, "--hold", what, number, NULL };
  int commands[2], answers[2];
  unsigned int left;
  mach_port_t control = MACH_PORT_NULL;
  char line[8] = "";
  double us = -1;
  pid_t pid;

  snprintf (number, sizeof number, "%u", count);
  if (pipe2 (commands, O_CLOEXEC) || pipe2 (answers, O_CLOEXEC))
    return -1;
  pid = scene_start (MANIFEST_PROXIED, 1, "node", argv, commands[0],
                     answers[1]);
  close (commands[0]);
  close (answers[1]);
  if (!client_await ("node", O_RDWR, 30, &control)
      && read (answers[0], line, 5) == 5 && !strcmp (line, "held\n"))
    {
      unsigned int grant = client_grant (control, "/given");
      uint64_t start = ticks ();

      if (grant && !hurdle_narrow (control, grant, 0, &left))
        us = us_since (start);
    }
  if (MACH_PORT_VALID (control))
    (void)mach_port_deallocate (mach_task_self (), control);
  close (commands[1]);
  (void)scene_wait (pid);
  close (answers[0]);
  return us;
}

static double
best_revoke_us (const char *what, unsigned int count)
{
  double best = -1;

  for (int i = 0; i < RUNS; i++)
    {
      double us = revoke_us (what, count);

      if (us < 0)
        return -1;
      if (best < 0 || us < best)
        best = us;
    }
  return best;
}

void
measure_revoke (void)
{
  static const struct
  {
    const char *name, *what;
    unsigned int count;
    double goal;
  } cases[] = {
    { "revoke, 1 handle", "handles", 1, 3 },
    { "revoke, 10,000 handles", "handles", MANY, 3 },
    { "revoke, 1 mapped page", "pages", 1, 0 },
    { "revoke, 10,000 mapped pages", "pages", MANY, 0 },
  };
  double r = null_rpc_us ();

  report ("R: null RPC to a file", r, "us", 0);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    {
      double us;

      progress (cases[i].name);
      us = best_revoke_us (cases[i].what, cases[i].count);
      if (us > 0)
        report (cases[i].name, us / r, "R", cases[i].goal);
      else
        report_failure (cases[i].name, "it could not be revoked");
    }
}
