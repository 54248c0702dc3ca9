/* nest_names.c -- law 2: no right of the parent is named by a task inside

   The walk that is made beside every test of environments (walk/), in idle
   ones whose files are a copy, and below a layer; and that it sees what it is
   to see.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <hurd.h>
#include <hurd/process.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/guest/claim.h"
#include "tests/guest/walk/walk.h"

#define TREE "/tmp/nest_names"
#define PROGRAMS 4 /* in the innermost */

/* Its manifests mount everything with MODE.  */
static bool
make_tree (const char *mode)
{
  return !setenv ("MODE", mode, 1)
         && !system (
             "mkdir -p " TREE "/bin " TREE "/etc && cd /bin && "
             "cp hurdle-env sh cat sleep " TREE "/bin/ && cp -a /lib " TREE "/"
             " && for from in / " TREE "; do "
             "echo 'environment \"names\" { identity = root-inside'; "
             "for role in auth proc exec local devices terminal time crash; do"
             "  echo \"role \\\"$role\\\" { source = own }\"; done; "
             "echo \"mount \\\"/\\\" { from = \\\"$from\\\" mode = $MODE } "
             "}\";"
             "echo; done > " TREE "/both; "
             "head -n 10 " TREE "/both > " TREE "/etc/inner.hurdle; "
             "tail -n +12 " TREE "/both > " TREE "/outer.hurdle");
}

/* An environment with another in it, DEPTH of them, and a few programs in the
   innermost.  */
static pid_t
start_chain (int depth)
{
  char *argv[64] = { "hurdle-env", TREE "/outer.hurdle", "--" };
  int argc = 3;
  pid_t pid;

  for (int i = 1; i < depth; i++)
    {
      argv[argc++] = "/bin/hurdle-env";
      argv[argc++] = "/etc/inner.hurdle";
      argv[argc++] = "--";
    }
  argv[argc++] = "/bin/sh";
  argv[argc++] = "-c";
  argv[argc++] = "exec 5</etc/inner.hurdle 6<>/dev/null; cd /etc; "
                 "sleep 1000 | cat & (sleep 1000 | cat) & sleep 1000";
  argv[argc] = NULL;
  pid = fork ();
  if (pid == 0)
    {
      execv ("/bin/hurdle-env", argv);
      _exit (127);
    }
  return pid;
}

static void
end_chain (pid_t pid)
{
  int status;

  kill (pid, SIGKILL);
  (void)!waitpid (pid, &status, 0);
  usleep (500000); /* what was inside has gone, too */
}

/* Walk when all is there, and does what it is to do.  */
static bool
walk_chain (int depth, struct walk_result *result)
{
  size_t wanted = (size_t)depth - 1 + PROGRAMS;

  result->inside = 0;
  for (int i = 0; i < 60 && result->inside < wanted; i++)
    {
      sleep (1);
      walk_make (false, result);
    }
  sleep (2);
  walk_make (false, result);
  return result->makers == (size_t)depth && result->inside >= wanted;
}

static bool
names_are_inside (const char *mode, int depth)
{
  struct walk_result result;
  pid_t pid;
  bool there;

  REQUIRE (walk_begin ());
  REQUIRE (make_tree (mode));
  pid = start_chain (depth);
  there = walk_chain (depth, &result);
  end_chain (pid);
  REQUIRE (there);
  REQUIRE (result.foreign_count == 0);
  REQUIRE (result.rights > 10 * result.inside);
  REQUIRE (result.makers_rights > 3 * result.inside);
  return true;
}

static bool
names_at_depth_1_are_inside (void)
{
  return names_are_inside ("copy", 1);
}

static bool
names_at_depth_3_are_inside (void)
{
  return names_are_inside ("copy", 3);
}

static bool
names_below_a_layer_are_inside (void)
{
  return names_are_inside ("overlay", 3);
}

/* Give the youngest task inside a right to RIGHT.  */
static bool
plant (mach_port_t right)
{
  task_t victim = walk_youngest ();

  return victim
         && !mach_port_insert_right (victim, 4711, right,
                                     MACH_MSG_TYPE_COPY_SEND);
}

/* A port of ours, or the task of who makes the outermost environment.  */
static bool
planted_is_seen (int depth, bool task)
{
  struct walk_result result = { 0 };
  mach_port_t right = MACH_PORT_NULL;
  bool planted = false;
  pid_t pid;

  REQUIRE (walk_begin ());
  pid = start_chain (depth);
  if (walk_chain (depth, &result))
    {
      if (task)
        proc_pid2task (getproc (), pid, &right);
      else if (!mach_port_allocate (mach_task_self (), MACH_PORT_RIGHT_RECEIVE,
                                    &right))
        mach_port_insert_right (mach_task_self (), right, right,
                                MACH_MSG_TYPE_MAKE_SEND);
      planted = result.foreign_count == 0 && plant (right);
      walk_make (false, &result);
    }
  end_chain (pid);
  REQUIRE (planted);
  REQUIRE (result.foreign_count == 1 && result.foreign[0].name == 4711);
  return true;
}

static bool
a_port_of_the_parent_would_be_seen (void)
{
  return planted_is_seen (1, false) && planted_is_seen (3, false);
}

static bool
the_makers_task_would_be_seen (void)
{
  return planted_is_seen (1, true);
}

static const struct claim claims[] = {
  CLAIM (names_at_depth_1_are_inside),
  CLAIM (names_at_depth_3_are_inside),
  CLAIM (names_below_a_layer_are_inside),
  CLAIM (a_port_of_the_parent_would_be_seen),
  CLAIM (the_makers_task_would_be_seen),
};

CLAIMS_MAIN (claims)
