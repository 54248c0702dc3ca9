/* proc_signals.c -- kill, with each signal and every kind of target, as claims
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/guest/claim.h"

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
one_signal_ends (int signo)
{
  pid_t pid = child_that_sleeps ();
  int status = -1;

  REQUIRE (pid > 0);
  REQUIRE (kill (pid, signo) == 0);
  REQUIRE (waitpid (pid, &status, 0) == pid);
  REQUIRE (WIFSIGNALED (status) && WTERMSIG (status) == signo);
  return true;
}

static bool
each_deadly_signal_kills (void)
{
  static const int signals[]
      = { SIGHUP,  SIGINT,  SIGQUIT, SIGILL,  SIGTRAP,   SIGABRT, SIGFPE,
          SIGKILL, SIGBUS,  SIGSEGV, SIGSYS,  SIGPIPE,   SIGALRM, SIGTERM,
          SIGXCPU, SIGXFSZ, SIGPROF, SIGUSR1, SIGVTALRM, SIGUSR2 };

  for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
    if (!one_signal_ends (signals[i]))
      {
        size_t length = strlen (claim_reason);

        snprintf (claim_reason + length, sizeof claim_reason - length,
                  " signal %d", signals[i]);
        return false;
      }
  return true;
}

static bool
harmless_signals_do_nothing (void)
{
  static const int signals[] = { SIGURG, SIGCHLD, SIGWINCH, SIGCONT, SIGIO };
  pid_t pid = child_that_sleeps ();
  int status;

  for (size_t i = 0; i < 4; i++)
    REQUIRE (kill (pid, signals[i]) == 0);
  usleep (50000);
  REQUIRE (waitpid (pid, &status, WNOHANG) == 0);
  REQUIRE (kill (pid, SIGKILL) == 0);
  REQUIRE (waitpid (pid, &status, 0) == pid);
  return true;
}

static bool
kill_to_nobody (void)
{
  REQUIRE (kill (29997, SIGTERM) == -1 && errno == ESRCH);
  REQUIRE (kill (-29997, SIGTERM) == -1 && errno == ESRCH);
  REQUIRE (kill (getpid (), 12345) == -1 && errno == EINVAL);
  REQUIRE (kill (getpid (), 0) == 0);
  return true;
}

static bool
kill_of_ones_group (void)
{
  int status;
  pid_t pid = fork ();

  if (pid == 0)
    {
      setpgid (0, 0);
      for (int i = 0; i < 5; i++)
        (void)child_that_sleeps ();
      signal (SIGTERM, SIG_IGN);
      kill (0, SIGTERM);
      for (int i = 0; i < 5; i++)
        if (wait (&status) < 0 || !WIFSIGNALED (status))
          _exit (1);
      _exit (0);
    }
  REQUIRE (waitpid (pid, &status, 0) == pid);
  REQUIRE (WIFEXITED (status) && WEXITSTATUS (status) == 0);
  return true;
}

static volatile sig_atomic_t caught;

static void
catch_signal (int signo)
{
  caught = signo;
}

static bool
handlers_run (void)
{
  struct sigaction action = { .sa_handler = catch_signal };

  REQUIRE (sigaction (SIGUSR1, &action, NULL) == 0);
  caught = 0;
  REQUIRE (kill (getpid (), SIGUSR1) == 0);
  REQUIRE (caught == SIGUSR1);
  caught = 0;
  REQUIRE (raise (SIGUSR1) == 0);
  REQUIRE (caught == SIGUSR1);
  return true;
}

static bool
child_signals_parent (void)
{
  struct sigaction action = { .sa_handler = catch_signal };
  sigset_t block, before;
  pid_t pid;

  sigemptyset (&block);
  sigaddset (&block, SIGUSR2);
  sigprocmask (SIG_BLOCK, &block, &before);
  REQUIRE (sigaction (SIGUSR2, &action, NULL) == 0);
  caught = 0;
  pid = fork ();
  if (pid == 0)
    _exit (kill (getppid (), SIGUSR2) ? 1 : 0);
  while (!caught)
    sigsuspend (&before);
  sigprocmask (SIG_SETMASK, &before, NULL);
  REQUIRE (caught == SIGUSR2);
  REQUIRE (waitpid (pid, NULL, 0) == pid);
  return true;
}

static bool
fault_kills (void)
{
  int status;
  pid_t pid = fork ();

  if (pid == 0)
    {
      volatile int *volatile nowhere = (volatile int *)8;

      *nowhere = 1;
      _exit (0);
    }
  REQUIRE (waitpid (pid, &status, 0) == pid);
  REQUIRE (WIFSIGNALED (status) && WTERMSIG (status) == SIGSEGV);
  return true;
}

static void *page;

static void
mend_page (int signo)
{
  (void)signo;
  caught = signo;
  mprotect (page, getpagesize (), PROT_READ | PROT_WRITE);
}

static bool
fault_can_be_handled (void)
{
  struct sigaction action = { .sa_handler = mend_page }, old;

  page = mmap (NULL, getpagesize (), PROT_NONE, MAP_PRIVATE | MAP_ANON, -1, 0);
  REQUIRE (page != MAP_FAILED);
  REQUIRE (sigaction (SIGSEGV, &action, &old) == 0);
  caught = 0;
  *(volatile int *)page = 5;
  REQUIRE (caught == SIGSEGV && *(volatile int *)page == 5);
  sigaction (SIGSEGV, &old, NULL);
  munmap (page, getpagesize ());
  return true;
}

/* The library's own thread faults when it writes the handler's frame: only
   proc can report that.  */
static bool
bad_signal_stack_kills (void)
{
  int status;
  pid_t pid = fork ();

  if (pid == 0)
    {
      struct sigaction action
          = { .sa_handler = catch_signal, .sa_flags = SA_ONSTACK };
      stack_t stack = { .ss_size = 65536 };

      stack.ss_sp
          = mmap (NULL, 65536, PROT_NONE, MAP_PRIVATE | MAP_ANON, -1, 0);
      sigaltstack (&stack, NULL);
      sigaction (SIGUSR1, &action, NULL);
      raise (SIGUSR1);
      _exit (0);
    }
  REQUIRE (waitpid (pid, &status, 0) == pid);
  errno = status;
  REQUIRE (WIFSIGNALED (status));
  return true;
}

static bool
others_may_not_kill (void)
{
  int status, err;
  pid_t victim = child_that_sleeps (), pid = fork ();

  if (pid == 0)
    {
      if (setuid (12345))
        _exit (100);
      err = kill (victim, SIGTERM) ? errno : 0;
      if (err != EPERM)
        _exit (1);
      err = kill (victim, SIGKILL) ? errno : 0;
      _exit (err == EPERM ? 0 : 2);
    }
  REQUIRE (waitpid (pid, &status, 0) == pid);
  REQUIRE (WIFEXITED (status) && WEXITSTATUS (status) == 0);
  REQUIRE (waitpid (victim, &status, WNOHANG) == 0);
  REQUIRE (kill (victim, SIGKILL) == 0);
  REQUIRE (waitpid (victim, &status, 0) == victim);
  return true;
}

static bool
root_may_kill_others (void)
{
  int fds[2], status;
  char c;
  pid_t pid;

  REQUIRE (pipe (fds) == 0);
  pid = fork ();
  if (pid == 0)
    {
      if (setuid (12345))
        _exit (100);
      (void)!write (fds[1], "x", 1);
      for (;;)
        pause ();
    }
  REQUIRE (read (fds[0], &c, 1) == 1);
  REQUIRE (kill (pid, SIGTERM) == 0);
  REQUIRE (waitpid (pid, &status, 0) == pid);
  REQUIRE (WIFSIGNALED (status) && WTERMSIG (status) == SIGTERM);
  close (fds[0]);
  close (fds[1]);
  return true;
}

/* Kill PID until it is dead: a signal that comes while the library gathers
   what the next program inherits may be lost, on any Hurd.  */
static bool
kill_until_dead (pid_t pid, int *status)
{
  for (int i = 0; i < 50; i++)
    {
      if (kill (pid, SIGTERM))
        return false;
      for (int j = 0; j < 20; j++)
        {
          if (waitpid (pid, status, WNOHANG) == pid)
            return true;
          usleep (10000);
        }
    }
  return false;
}

static bool
signals_reach_an_exec (void)
{
  int status;

  /* Wherever in its exec the child is.  */
  for (int i = 0; i < 20; i++)
    {
      pid_t pid = fork ();

      if (pid == 0)
        {
          execl ("/bin/sh", "sh", "-c", "sleep 100", (char *)NULL);
          _exit (127);
        }
      usleep (i * 2000);
      REQUIRE (kill_until_dead (pid, &status));
      REQUIRE (WIFSIGNALED (status) && WTERMSIG (status) == SIGTERM);
    }
  return true;
}

static bool
many_signals_to_one (void)
{
  pid_t pid = child_that_sleeps ();
  int status;

  for (int i = 0; i < 200; i++)
    REQUIRE (kill (pid, SIGWINCH) == 0);
  REQUIRE (kill (pid, SIGTERM) == 0);
  REQUIRE (waitpid (pid, &status, 0) == pid);
  REQUIRE (WIFSIGNALED (status) && WTERMSIG (status) == SIGTERM);
  return true;
}

int
main (void)
{
  static const struct claim claims[] = {
    CLAIM (each_deadly_signal_kills),
    CLAIM (harmless_signals_do_nothing),
    CLAIM (kill_to_nobody),
    CLAIM (kill_of_ones_group),
    CLAIM (handlers_run),
    CLAIM (child_signals_parent),
    CLAIM (fault_kills),
    CLAIM (fault_can_be_handled),
    CLAIM (bad_signal_stack_kills),
    CLAIM (others_may_not_kill),
    CLAIM (root_may_kill_others),
    CLAIM (signals_reach_an_exec),
    CLAIM (many_signals_to_one),
  };

  return claims_check (claims, sizeof claims / sizeof claims[0]);
}
