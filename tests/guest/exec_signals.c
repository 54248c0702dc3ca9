/* exec_signals.c -- what is sent to a program that becomes another

   A program that runs itself again and again has a signal sent to it at a
   moment of nobody's choice.  Whichever program is there ends of it.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <hurd.h>
#include <hurd/fs.h>
#include <hurd/process.h>
#include <mach.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/guest/claim.h"

#define ROUNDS 150
#define PATIENCE_MS 20000
#define REPLACED 7
#define LEFT_ALONE 8
#define LONGEST_NS 60000000 /* a moment: some generations of the program */

static const char *self;

static void
pause_ns (long ns)
{
  struct timespec time = { .tv_sec = 0, .tv_nsec = ns };

  nanosleep (&time, NULL);
}

/* ---- who is sent to ---- */

static void
run_self (const char *mode)
{
  execl (self, self, mode, NULL);
  _exit (99);
}

/* In a child: the terminal NAME is its own, and so it goes on.  Who keeps it
   open, or it forgets whose it was.  */
static _Noreturn void
begin (const char *name)
{
  int fd;

  setsid ();
  fd = open (name, O_RDWR);
  if (fd < 0 || ioctl (fd, TIOCSCTTY, 0) < 0)
    _exit (98);
  run_self ("again");
  _exit (99);
}

static void
again (void)
{
  run_self ("again");
}

/* What it was before had a signal come that it blocked.  */
static void
unblock (void)
{
  sigset_t set;

  if (sigpending (&set) || !sigismember (&set, SIGUSR1))
    _exit (97);
  sigemptyset (&set);
  sigprocmask (SIG_SETMASK, &set, NULL);
  _exit (96);
}

static void
say_replaced (void)
{
  _exit (REPLACED);
}

static const struct
{
  const char *name;
  void (*run) (void);
} modes[]
    = { { "again", again }, { "unblock", unblock }, { "say", say_replaced } };

/* ---- who sends ---- */

static bool
ended_by (pid_t pid, int signo)
{
  int status;

  for (int waited = 0; waited < PATIENCE_MS; waited += 10)
    {
      if (waitpid (pid, &status, WNOHANG) == pid)
        return WIFSIGNALED (status) && WTERMSIG (status) == signo;
      pause_ns (10000000);
    }
  return false;
}

/* Rounds of ROUNDS in which the signal got lost, or -1.  KILLED: by kill, and
   not typed.  */
static int
count_lost (bool killed)
{
  int master = posix_openpt (O_RDWR | O_NOCTTY), lost = 0;

  if (master < 0 || grantpt (master) || unlockpt (master))
    return -1;
  srand48 (killed);
  for (int round = 0; round < ROUNDS; round++)
    {
      pid_t pid = fork ();

      if (pid == 0)
        begin (ptsname (master));
      if (pid < 0)
        return -1;
      pause_ns (20000000 + (long)(drand48 () * LONGEST_NS));
      if (killed)
        kill (pid, SIGINT);
      else if (write (master, "\3", 1) != 1)
        return -1;
      if (ended_by (pid, SIGINT))
        continue;
      lost++;
      kill (pid, SIGKILL);
      waitpid (pid, NULL, 0);
    }
  close (master);
  return lost;
}

/* ---- claims ---- */

static bool
a_typed_signal_is_not_lost_in_an_exec (void)
{
  int lost = count_lost (false);

  REQUIRE (lost == 0);
  return true;
}

static bool
a_signal_by_kill_is_not_lost_in_an_exec (void)
{
  int lost = count_lost (true);

  REQUIRE (lost == 0);
  return true;
}

static bool
what_is_blocked_is_pending_in_the_next_program (void)
{
  pid_t pid = fork ();
  sigset_t set;

  if (pid == 0)
    {
      sigemptyset (&set);
      sigaddset (&set, SIGUSR1);
      sigprocmask (SIG_SETMASK, &set, NULL);
      raise (SIGUSR1);
      run_self ("unblock");
    }
  REQUIRE (pid > 0 && ended_by (pid, SIGUSR1));
  return true;
}

/* ---- a program that answers nothing ---- */

/* A child whose message port nobody reads, and who has been sent a signal as
   far as anybody knows.  It ends after SECONDS.  */
static pid_t
deaf_start (unsigned int seconds)
{
  pid_t pid = fork ();
  mach_port_t port, old;

  if (pid == 0)
    {
      port = mach_reply_port ();
      mach_port_insert_right (mach_task_self (), port, port,
                              MACH_MSG_TYPE_MAKE_SEND);
      proc_setmsgport (getproc (), port, &old);
      pause_ns (999999999);
      for (unsigned int i = 0; i < seconds; i++)
        pause_ns (999999999);
      _exit (LEFT_ALONE);
    }
  pause_ns (500000000);
  if (pid < 0 || proc_getmsgport (getproc (), pid, &port))
    return -1;
  mach_port_deallocate (mach_task_self (), port);
  return pid;
}

/* Put a program that says REPLACED in the place of PID's.  */
static error_t
replace (pid_t pid)
{
  mach_port_t ports[INIT_PORT_MAX] = { MACH_PORT_NULL };
  int ints[INIT_INT_MAX] = { 0 };
  file_t file = file_name_lookup (self, O_EXEC, 0);
  static const char argv[] = "x\0say";
  task_t task;
  error_t err = proc_pid2task (getproc (), pid, &task);

  if (err)
    return err;
  ports[INIT_PORT_CRDIR] = getcrdir ();
  ports[INIT_PORT_CWDIR] = getcwdir ();
  ports[INIT_PORT_AUTH] = getauth ();
  err = file_exec_paths (file, task, EXEC_DEFAULTS, self, self, argv,
                         sizeof argv, NULL, 0, NULL, MACH_MSG_TYPE_COPY_SEND,
                         0, ports, MACH_MSG_TYPE_COPY_SEND, INIT_PORT_MAX,
                         ints, INIT_INT_MAX, NULL, 0, NULL, 0);
  mach_port_deallocate (mach_task_self (), task);
  mach_port_deallocate (mach_task_self (), file);
  return err;
}

static int
exit_of (pid_t pid)
{
  int status;

  return waitpid (pid, &status, 0) == pid && WIFEXITED (status)
             ? WEXITSTATUS (status)
             : -1;
}

static bool
a_program_that_answers_nothing_is_replaced_all_the_same (void)
{
  pid_t pid = deaf_start (30);

  REQUIRE (pid > 0);
  REQUIRE (replace (pid) == 0);
  REQUIRE (exit_of (pid) == REPLACED);
  return true;
}

static void
nothing (int signo)
{
  (void)signo;
}

/* It waits for the deaf one when the signal comes.  */
static bool
an_interrupted_exec_never_happens (void)
{
  struct sigaction action = { .sa_handler = nothing }; /* no SA_RESTART */
  pid_t pid = deaf_start (9);
  error_t err;

  REQUIRE (pid > 0);
  sigaction (SIGALRM, &action, NULL);
  alarm (1);
  err = replace (pid);
  alarm (0); /* this libc's comes again and again */
  REQUIRE (err == EINTR);
  REQUIRE (exit_of (pid) == LEFT_ALONE);
  return true;
}

static const struct claim claims[] = {
  CLAIM (a_typed_signal_is_not_lost_in_an_exec),
  CLAIM (a_signal_by_kill_is_not_lost_in_an_exec),
  CLAIM (what_is_blocked_is_pending_in_the_next_program),
  CLAIM (a_program_that_answers_nothing_is_replaced_all_the_same),
  CLAIM (an_interrupted_exec_never_happens),
};

int
main (int argc, char **argv)
{
  self
      = argc > 0 && argv[0][0] == '/' ? argv[0] : "/hurdle/tests/exec_signals";
  for (size_t i = 0; argc > 1 && i < sizeof modes / sizeof modes[0]; i++)
    if (!strcmp (argv[1], modes[i].name))
      modes[i].run ();
  return claims_check (claims, sizeof claims / sizeof claims[0]);
}
