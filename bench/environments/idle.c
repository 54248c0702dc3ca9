/* idle.c -- what environments take that do nothing, and leave when they end
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <hurd.h>
#include <mach/mach_traps.h>
#include <mach/task_info.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/environments/environments.h"
#include "lib/client/client.h"

#include "hurdle_U.h"

#define IDLE 20
#define LOOK_S 5
#define CYCLES 1000

static double
free_kib (void)
{
  vm_statistics_data_t statistics;

  if (vm_statistics (mach_task_self (), &statistics))
    return 0;
  return (double)statistics.free_count * (double)statistics.pagesize / 1024;
}

/* What is there comes back a moment later.  */
static void
settle (void)
{
  sleep (1);
}

/* ---- idle ---- */

struct sleeper
{
  pid_t pid;
  int to, from;
};

/* One that waits for its input.  */
static bool
sleeper_start (struct sleeper *sleeper, const char *node)
{
  const char *argv[] = { program_name, "--hold", "handles", "0", NULL };
  int commands[2], answers[2];
  char line[8] = "";

  if (pipe2 (commands, O_CLOEXEC) || pipe2 (answers, O_CLOEXEC))
    return false;
  sleeper->pid
      = scene_start (MANIFEST_PROXIED, 1, node, argv, commands[0], answers[1]);
  close (commands[0]);
  close (answers[1]);
  sleeper->to = commands[1];
  sleeper->from = answers[0];
  return sleeper->pid > 0 && read (sleeper->from, line, 5) == 5;
}

static void
sleeper_end (struct sleeper *sleeper)
{
  close (sleeper->to);
  (void)scene_wait (sleeper->pid);
  close (sleeper->from);
}

/* How many messages PID's task has received and sent: an idle one does not,
   and a timer that is due posts one to its loop.  */
static double
messages_of (pid_t pid)
{
  struct task_events_info info;
  mach_msg_type_number_t count = TASK_EVENTS_INFO_COUNT;
  task_t task = pid2task (pid);

  if (!MACH_PORT_VALID (task)
      || task_info (task, TASK_EVENTS_INFO, (task_info_t)&info, &count))
    return -1;
  (void)mach_port_deallocate (mach_task_self (), task);
  return (double)info.messages_received + (double)info.messages_sent;
}

/* Of SLEEPER's hurdle-env in the next seconds; negative: nobody counts them.
 */
static double
messages_soon (const struct sleeper *sleeper)
{
  double before = messages_of (sleeper->pid), after;

  sleep (LOOK_S);
  after = messages_of (sleeper->pid);
  return before < 0 || after < 0 ? -1 : after - before;
}

static void
measure_wakeups (const struct sleeper *sleeper)
{
  double messages = messages_soon (sleeper);

  if (messages < 0)
    report_failure ("messages of an idle environment", "nobody counts them");
  else
    report ("messages of an idle environment", messages / LOOK_S, "/s", 0);
}

/* That one would show: what is given for a time is taken back by a timer.  */
static void
measure_timer (void)
{
  struct sleeper sleeper;
  mach_port_t control = MACH_PORT_NULL;
  double messages = -1;

  if (sleeper_start (&sleeper, "node"))
    {
      if (!client_await ("node", O_RDWR, 30, &control)
          && !system ("hurdle-control node grant /leased given for 3 >gave"))
        messages = messages_soon (&sleeper);
      if (control)
        (void)mach_port_deallocate (mach_task_self (), control);
      sleeper_end (&sleeper);
    }
  if (messages > 0)
    report ("messages where one timer is due", messages, "", 0);
  else
    report_failure ("messages where one timer is due", "it does not show");
}

void
measure_idle (void)
{
  struct sleeper sleepers[IDLE];
  double before, after;
  int made = 0;

  progress ("idle environments");
  before = free_kib ();
  while (made < IDLE && sleeper_start (&sleepers[made], NULL))
    made++;
  settle ();
  after = free_kib ();
  if (made == IDLE)
    {
      report ("memory of an idle environment", (before - after) / IDLE / 1024,
              "MiB", 1);
      measure_wakeups (&sleepers[0]);
      measure_timer ();
    }
  else
    report_failure ("memory of an idle environment", "not all could be made");
  for (int i = 0; i < made; i++)
    sleeper_end (&sleepers[i]);
}

/* ---- making and ending ---- */

struct rest
{
  unsigned int names, objects, tasks;
  double kib;
};

static bool
rest_look (mach_port_t control, struct rest *rest)
{
  unsigned int parked;

  settle ();
  rest->kib = free_kib ();
  return !hurdle_count (control, &rest->names, &rest->objects, &parked,
                        &rest->tasks);
}

static bool
cycles_run (int count)
{
  const char *argv[] = { "/static", NULL };

  for (int i = 0; i < count; i++)
    if (!scene_run (MANIFEST_OWN, 1, argv))
      return false;
  return true;
}

void
measure_cycles (void)
{
  mach_port_t control;
  struct rest before, after;

  progress ("1000 environments, one after the other");
  if (client_open ("/servers/hurdle", O_READ, &control)
      || !cycles_run (CYCLES / 10) || !rest_look (control, &before)
      || !cycles_run (CYCLES) || !rest_look (control, &after))
    {
      report_failure ("1000 cycles", "not all ended well");
      return;
    }
  report ("1000 cycles: port names", (double)after.names - before.names, "",
          0);
  report ("1000 cycles: objects", (double)after.objects - before.objects, "",
          0);
  report ("1000 cycles: tasks", (double)after.tasks - before.tasks, "", 0);
  report ("1000 cycles: memory", before.kib - after.kib, "KiB", 64);
}
