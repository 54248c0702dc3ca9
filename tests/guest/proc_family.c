/* proc_family.c -- fork, exit and wait, as claims
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/guest/claim.h"

static pid_t
child_that_exits (int code)
{
  pid_t pid = fork ();

  if (pid == 0)
    _exit (code);
  return pid;
}

static bool
status_of_each_code (void)
{
  static const int codes[] = { 0, 1, 7, 127, 255 };

  for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
    {
      int status = -1;
      pid_t pid = child_that_exits (codes[i]);

      REQUIRE (pid > 0);
      REQUIRE (waitpid (pid, &status, 0) == pid);
      REQUIRE (WIFEXITED (status) && WEXITSTATUS (status) == codes[i]);
    }
  return true;
}

static bool
child_knows_its_parent (void)
{
  pid_t me = getpid (), pid = fork ();
  int status;

  if (pid == 0)
    _exit (getppid () == me && getpid () != me ? 0 : 1);
  REQUIRE (waitpid (pid, &status, 0) == pid);
  REQUIRE (status == 0);
  return true;
}

static bool
no_child_is_echild (void)
{
  REQUIRE (waitpid (-1, NULL, 0) == -1 && errno == ECHILD);
  REQUIRE (waitpid (1, NULL, 0) == -1 && errno == ECHILD);
  REQUIRE (waitpid (29999, NULL, WNOHANG) == -1 && errno == ECHILD);
  return true;
}

static bool
nohang_does_not_wait (void)
{
  int fds[2], status;
  char c;
  pid_t pid;

  REQUIRE (pipe (fds) == 0);
  pid = fork ();
  if (pid == 0)
    {
      close (fds[1]);
      (void)!read (fds[0], &c, 1);
      _exit (3);
    }
  close (fds[0]);
  REQUIRE (waitpid (pid, &status, WNOHANG) == 0);
  close (fds[1]);
  REQUIRE (waitpid (pid, &status, 0) == pid);
  REQUIRE (WEXITSTATUS (status) == 3);
  return true;
}

static bool
wait_finds_any_child (void)
{
  pid_t pids[5], got;
  int status, seen = 0;

  for (int i = 0; i < 5; i++)
    REQUIRE ((pids[i] = child_that_exits (i)) > 0);
  for (int i = 0; i < 5; i++)
    {
      got = wait (&status);
      REQUIRE (got > 0);
      for (int j = 0; j < 5; j++)
        if (pids[j] == got && WEXITSTATUS (status) == j)
          seen |= 1 << j;
    }
  REQUIRE (seen == 31);
  return true;
}

static bool
waitid_can_leave_the_zombie (void)
{
  pid_t pid = child_that_exits (9);
  siginfo_t info;

  memset (&info, 0, sizeof info);
  REQUIRE (waitid (P_PID, pid, &info, WEXITED | WNOWAIT) == 0);
  REQUIRE (info.si_pid == pid);
  memset (&info, 0, sizeof info);
  REQUIRE (waitid (P_PID, pid, &info, WEXITED) == 0);
  REQUIRE (info.si_pid == pid && info.si_status == 9);
  REQUIRE (waitid (P_PID, pid, &info, WEXITED) == -1 && errno == ECHILD);
  return true;
}

static bool
zombie_can_be_signalled (void)
{
  pid_t pid = child_that_exits (0);
  siginfo_t info;

  REQUIRE (waitid (P_PID, pid, &info, WEXITED | WNOWAIT) == 0);
  REQUIRE (kill (pid, 0) == 0);
  REQUIRE (waitpid (pid, NULL, 0) == pid);
  REQUIRE (kill (pid, 0) == -1 && errno == ESRCH);
  return true;
}

static bool
wait_gives_the_childs_figures (void)
{
  struct rusage rusage;
  int status;
  pid_t pid = fork ();

  if (pid == 0)
    {
      clock_t end = clock () + CLOCKS_PER_SEC / 5;

      while (clock () < end)
        continue;
      _exit (0);
    }
  REQUIRE (wait4 (pid, &status, 0, &rusage) == pid);
  REQUIRE (rusage.ru_utime.tv_sec * 1000000 + rusage.ru_utime.tv_usec
               + rusage.ru_stime.tv_sec * 1000000 + rusage.ru_stime.tv_usec
           >= 50000);
  REQUIRE (getrusage (RUSAGE_CHILDREN, &rusage) == 0);
  REQUIRE (rusage.ru_utime.tv_sec * 1000000 + rusage.ru_utime.tv_usec
               + rusage.ru_stime.tv_sec * 1000000 + rusage.ru_stime.tv_usec
           >= 50000);
  return true;
}

static bool
thousand_one_after_another (void)
{
  for (int i = 0; i < 1000; i++)
    {
      int status = -1;
      pid_t pid = child_that_exits (i & 127);

      REQUIRE (pid > 0);
      REQUIRE (waitpid (pid, &status, 0) == pid);
      REQUIRE (WIFEXITED (status) && WEXITSTATUS (status) == (i & 127));
    }
  return true;
}

static bool
hundred_at_once (void)
{
  enum
  {
    MANY = 100
  };
  int fds[2], status;
  pid_t pids[MANY];
  char c;

  REQUIRE (pipe (fds) == 0);
  for (int i = 0; i < MANY; i++)
    {
      pids[i] = fork ();
      if (pids[i] == 0)
        {
          close (fds[1]);
          (void)!read (fds[0], &c, 1);
          _exit (i);
        }
      REQUIRE (pids[i] > 0);
    }
  close (fds[0]);
  close (fds[1]);
  for (int i = MANY - 1; i >= 0; i--)
    {
      REQUIRE (waitpid (pids[i], &status, 0) == pids[i]);
      REQUIRE (WIFEXITED (status) && WEXITSTATUS (status) == i);
    }
  return true;
}

/* The number of processes below and including this one.  */
static int
tree_grow (int depth)
{
  int count = 1, status;
  pid_t pids[2];

  if (depth == 0)
    return 1;
  for (int i = 0; i < 2; i++)
    {
      pids[i] = fork ();
      if (pids[i] == 0)
        _exit (tree_grow (depth - 1));
    }
  for (int i = 0; i < 2; i++)
    {
      if (pids[i] < 0 || waitpid (pids[i], &status, 0) != pids[i]
          || !WIFEXITED (status))
        return 0;
      count += WEXITSTATUS (status);
    }
  return count;
}

static bool
fork_tree (void)
{
  int count = tree_grow (5);

  REQUIRE (count == 63);
  return true;
}

static bool
orphan_gets_pid_1 (void)
{
  int fds[2], status;
  pid_t pid, parent = 0;

  REQUIRE (pipe (fds) == 0);
  pid = fork ();
  if (pid == 0)
    {
      pid_t middle = getpid ();

      if (fork () == 0)
        {
          for (int i = 0; i < 200 && getppid () == middle; i++)
            usleep (10000);
          parent = getppid ();
          (void)!write (fds[1], &parent, sizeof parent);
          _exit (0);
        }
      _exit (0);
    }
  REQUIRE (waitpid (pid, &status, 0) == pid);
  close (fds[1]);
  REQUIRE (read (fds[0], &parent, sizeof parent) == sizeof parent);
  close (fds[0]);
  REQUIRE (parent == 1);
  return true;
}

static bool
vfork_and_exec (void)
{
  int status;
  pid_t pid = vfork ();

  if (pid == 0)
    {
      execl ("/bin/sh", "sh", "-c", "exit 5", (char *)NULL);
      _exit (127);
    }
  REQUIRE (waitpid (pid, &status, 0) == pid);
  REQUIRE (WIFEXITED (status) && WEXITSTATUS (status) == 5);
  return true;
}

static volatile sig_atomic_t children_seen;

static void
child_seen (int signo)
{
  (void)signo;
  children_seen++;
}

static bool
sigchld_comes (void)
{
  struct sigaction action = { .sa_handler = child_seen }, old;
  sigset_t block, before;
  pid_t pid;

  sigemptyset (&block);
  sigaddset (&block, SIGCHLD);
  REQUIRE (sigprocmask (SIG_BLOCK, &block, &before) == 0);
  REQUIRE (sigaction (SIGCHLD, &action, &old) == 0);
  children_seen = 0;
  pid = child_that_exits (0);
  REQUIRE (pid > 0);
  while (!children_seen)
    sigsuspend (&before);
  REQUIRE (waitpid (pid, NULL, 0) == pid);
  sigaction (SIGCHLD, &old, NULL);
  sigprocmask (SIG_SETMASK, &before, NULL);
  return true;
}

static bool
signal_interrupts_wait (void)
{
  struct sigaction action = { .sa_handler = child_seen }, old;
  int fds[2];
  char c;
  pid_t pid;

  REQUIRE (pipe (fds) == 0);
  REQUIRE (sigaction (SIGALRM, &action, &old) == 0);
  pid = fork ();
  if (pid == 0)
    {
      close (fds[1]);
      (void)!read (fds[0], &c, 1);
      _exit (0);
    }
  alarm (1);
  REQUIRE (waitpid (pid, NULL, 0) == -1 && errno == EINTR);
  /* glibc 2.41 on x86_64 takes every alarm for a repeating one (its range of
     signal codes does not survive the message), so end it by hand.  */
  alarm (0);
  close (fds[0]);
  close (fds[1]);
  REQUIRE (waitpid (pid, NULL, 0) == pid);
  sigaction (SIGALRM, &old, NULL);
  return true;
}

int
main (void)
{
  static const struct claim claims[] = {
    CLAIM (status_of_each_code),
    CLAIM (child_knows_its_parent),
    CLAIM (no_child_is_echild),
    CLAIM (nohang_does_not_wait),
    CLAIM (wait_finds_any_child),
    CLAIM (waitid_can_leave_the_zombie),
    CLAIM (zombie_can_be_signalled),
    CLAIM (wait_gives_the_childs_figures),
    CLAIM (fork_tree),
    CLAIM (orphan_gets_pid_1),
    CLAIM (vfork_and_exec),
    CLAIM (sigchld_comes),
    CLAIM (signal_interrupts_wait),
    CLAIM (hundred_at_once),
    CLAIM (thousand_one_after_another),
  };

  return claims_check (claims, sizeof claims / sizeof claims[0]);
}
