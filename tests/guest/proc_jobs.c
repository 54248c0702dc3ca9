/* proc_jobs.c -- sessions, process groups, stopping and going on, as claims
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/guest/claim.h"

/* Run BODY in a child; it returns 0, or the line that went wrong.  */
static int
in_child (int (*body) (void))
{
  int status;
  pid_t pid = fork ();

  if (pid == 0)
    _exit (body ());
  if (waitpid (pid, &status, 0) != pid || !WIFEXITED (status))
    return -1;
  return WEXITSTATUS (status);
}

#define HOLDS(condition)                                                      \
  do                                                                          \
    if (!(condition))                                                         \
      return __LINE__ & 127;                                                  \
  while (0)

static int
setsid_body (void)
{
  HOLDS (setsid () == getpid ());
  HOLDS (getpgrp () == getpid ());
  HOLDS (getsid (0) == getpid ());
  HOLDS (setsid () == -1 && errno == EPERM);
  HOLDS (setpgid (0, 0) == -1 && errno == EPERM);
  return 0;
}

static bool
setsid_makes_a_leader (void)
{
  int line = in_child (setsid_body);

  errno = line;
  REQUIRE (line == 0);
  return true;
}

static int
setpgid_body (void)
{
  pid_t old = getpgrp ();

  HOLDS (setpgid (0, 0) == 0);
  HOLDS (getpgrp () == getpid () && getpgid (0) == getpid ());
  HOLDS (setpgid (0, old) == 0);
  HOLDS (getpgrp () == old);
  HOLDS (setpgid (0, 29998) == -1 && errno == EPERM);
  HOLDS (setpgid (1, 0) == -1 && errno == ESRCH);
  HOLDS (setpgid (0, -5) == -1 && errno == EINVAL);
  return 0;
}

static bool
setpgid_moves_oneself (void)
{
  int line = in_child (setpgid_body);

  errno = line;
  REQUIRE (line == 0);
  return true;
}

static pid_t
child_that_sleeps (void)
{
  pid_t pid = fork ();

  if (pid == 0)
    for (;;)
      pause ();
  return pid;
}

static bool
parent_moves_its_child (void)
{
  pid_t pid = child_that_sleeps ();
  int status;

  REQUIRE (setpgid (pid, pid) == 0);
  REQUIRE (getpgid (pid) == pid);
  REQUIRE (getsid (pid) == getsid (0));
  REQUIRE (kill (-pid, SIGTERM) == 0);
  REQUIRE (waitpid (-pid, &status, 0) == pid);
  REQUIRE (WIFSIGNALED (status) && WTERMSIG (status) == SIGTERM);
  REQUIRE (kill (-pid, 0) == -1 && errno == ESRCH);
  return true;
}

/* Its library has its group from the parent's memory, and does not ask.  */
static bool
a_child_hears_that_its_parent_moved_it (void)
{
  for (int i = 0; i < 20; i++)
    {
      int status;
      pid_t pid = fork ();

      if (pid == 0)
        {
          usleep (50000);
          _exit (getpgrp () != getpid ());
        }
      REQUIRE (setpgid (pid, pid) == 0);
      REQUIRE (waitpid (pid, &status, 0) == pid && status == 0);
    }
  return true;
}

static bool
not_after_exec (void)
{
  int fds[2];
  char c;
  pid_t pid;

  REQUIRE (pipe (fds) == 0);
  pid = fork ();
  if (pid == 0)
    {
      dup2 (fds[1], 1);
      execl ("/bin/sh", "sh", "-c", "echo; sleep 100", (char *)NULL);
      _exit (127);
    }
  REQUIRE (read (fds[0], &c, 1) == 1);
  REQUIRE (setpgid (pid, pid) == -1 && errno == EACCES);
  kill (pid, SIGKILL);
  REQUIRE (waitpid (pid, NULL, 0) == pid);
  close (fds[0]);
  close (fds[1]);
  return true;
}

static bool
stop_and_continue_are_told (void)
{
  pid_t pid = child_that_sleeps ();
  int status;

  /* In a group that is not orphaned, else SIGTSTP ends it.  */
  REQUIRE (setpgid (pid, pid) == 0);
  usleep (50000);
  REQUIRE (kill (pid, SIGSTOP) == 0);
  REQUIRE (waitpid (pid, &status, WUNTRACED) == pid);
  REQUIRE (WIFSTOPPED (status) && WSTOPSIG (status) == SIGSTOP);
  REQUIRE (waitpid (pid, &status, WUNTRACED | WNOHANG) == 0);
  REQUIRE (kill (pid, SIGCONT) == 0);
  REQUIRE (waitpid (pid, &status, WCONTINUED) == pid);
  REQUIRE (WIFCONTINUED (status));
  REQUIRE (kill (pid, SIGTSTP) == 0);
  REQUIRE (waitpid (pid, &status, WUNTRACED) == pid);
  REQUIRE (WIFSTOPPED (status) && WSTOPSIG (status) == SIGTSTP);
  REQUIRE (kill (pid, SIGKILL) == 0);
  REQUIRE (waitpid (pid, &status, 0) == pid);
  REQUIRE (WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL);
  return true;
}

static bool
stopped_one_does_not_run (void)
{
  int fds[2], status;
  char c = 0;
  pid_t pid;

  REQUIRE (pipe (fds) == 0);
  pid = fork ();
  if (pid == 0)
    {
      raise (SIGSTOP);
      (void)!write (fds[1], "x", 1);
      _exit (4);
    }
  close (fds[1]);
  REQUIRE (waitpid (pid, &status, WUNTRACED) == pid);
  REQUIRE (WIFSTOPPED (status));
  REQUIRE (kill (pid, SIGCONT) == 0);
  REQUIRE (read (fds[0], &c, 1) == 1 && c == 'x');
  REQUIRE (waitpid (pid, &status, 0) == pid);
  REQUIRE (WIFEXITED (status) && WEXITSTATUS (status) == 4);
  close (fds[0]);
  return true;
}

static volatile sig_atomic_t hangups, continues;

static void
count_signal (int signo)
{
  if (signo == SIGHUP)
    hangups++;
  else
    continues++;
}

/* The grandchild: in a group of its own, stops itself, and tells through FD
   what it got when it goes on.  */
static void
orphan_body (int fd)
{
  struct sigaction action = { .sa_handler = count_signal };
  char told[2];

  sigaction (SIGHUP, &action, NULL);
  sigaction (SIGCONT, &action, NULL);
  setpgid (0, 0);
  (void)!write (fd, "r", 1);
  raise (SIGSTOP);
  for (int i = 0; i < 200 && !(hangups && continues); i++)
    usleep (10000);
  told[0] = hangups ? 'H' : '-';
  told[1] = continues ? 'C' : '-';
  (void)!write (fd, told, 2);
  _exit (0);
}

static bool
orphaned_group_is_woken (void)
{
  int fds[2], status;
  char told[3] = "";
  pid_t pid;

  REQUIRE (pipe (fds) == 0);
  pid = fork ();
  if (pid == 0)
    {
      /* The shell of a session of its own.  */
      pid_t inner;

      setsid ();
      inner = fork ();
      if (inner == 0)
        orphan_body (fds[1]);
      waitpid (inner, &status, WUNTRACED);
      _exit (WIFSTOPPED (status) ? 0 : 1);
    }
  close (fds[1]);
  REQUIRE (read (fds[0], told, 1) == 1 && told[0] == 'r');
  REQUIRE (waitpid (pid, &status, 0) == pid && status == 0);
  REQUIRE (read (fds[0], told, 2) == 2);
  close (fds[0]);
  REQUIRE (told[0] == 'H' && told[1] == 'C');
  return true;
}

static bool
groups_survive_their_leader (void)
{
  int status;
  pid_t leader = fork (), member;

  if (leader == 0)
    {
      setpgid (0, 0);
      pause ();
    }
  setpgid (leader, leader);
  member = fork ();
  if (member == 0)
    for (;;)
      pause ();
  REQUIRE (setpgid (member, leader) == 0);
  REQUIRE (kill (leader, SIGKILL) == 0);
  REQUIRE (waitpid (leader, &status, 0) == leader);
  REQUIRE (getpgid (member) == leader);
  REQUIRE (kill (-leader, SIGTERM) == 0);
  REQUIRE (waitpid (member, &status, 0) == member);
  REQUIRE (WIFSIGNALED (status) && WTERMSIG (status) == SIGTERM);
  return true;
}

int
main (void)
{
  static const struct claim claims[] = {
    CLAIM (setsid_makes_a_leader),
    CLAIM (setpgid_moves_oneself),
    CLAIM (parent_moves_its_child),
    CLAIM (a_child_hears_that_its_parent_moved_it),
    CLAIM (not_after_exec),
    CLAIM (stop_and_continue_are_told),
    CLAIM (stopped_one_does_not_run),
    CLAIM (orphaned_group_is_woken),
    CLAIM (groups_survive_their_leader),
  };

  return claims_check (claims, sizeof claims / sizeof claims[0]);
}
