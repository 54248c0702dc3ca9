/* terminal_claims.c -- what programs may rely on in terminals, tried on ptys
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <hurd.h>
#include <mach.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "tests/guest/claim.h"

struct pair
{
  int master, slave;
  char name[64];
};

static bool
pair_open (struct pair *pair)
{
  const char *name;

  pair->master = posix_openpt (O_RDWR | O_NOCTTY);
  REQUIRE (pair->master >= 0);
  REQUIRE (grantpt (pair->master) == 0 && unlockpt (pair->master) == 0);
  name = ptsname (pair->master);
  REQUIRE (name);
  snprintf (pair->name, sizeof pair->name, "%s", name);
  pair->slave = open (pair->name, O_RDWR | O_NOCTTY);
  REQUIRE (pair->slave >= 0);
  return true;
}

static bool
pair_close (struct pair *pair)
{
  REQUIRE (close (pair->slave) == 0);
  REQUIRE (close (pair->master) == 0);
  return true;
}

static bool
says (int fd, const char *wanted)
{
  char got[512] = "";
  size_t size = 0, want = strlen (wanted);

  alarm (10);
  while (size < want)
    {
      ssize_t some = read (fd, got + size, sizeof got - 1 - size);

      if (some <= 0)
        break;
      size += some;
    }
  alarm (0);
  if (size == want && memcmp (got, wanted, want) == 0)
    return true;
  errno = 0;
  return false;
}

static bool
type (int fd, const char *text)
{
  return write (fd, text, strlen (text)) == (ssize_t)strlen (text);
}

/* Run BODY in a process that PAIR's terminal controls, in the foreground.  */
static pid_t
session_start (struct pair *pair, int (*body) (int fd))
{
  pid_t pid = fork ();
  int fd;

  if (pid)
    return pid;
  alarm (60);
  close (pair->master);
  close (pair->slave);
  if (setsid () < 0)
    _exit (101);
  fd = open (pair->name, O_RDWR);
  if (fd < 0 || ioctl (fd, TIOCSCTTY, 0) < 0)
    _exit (102);
  _exit (body (fd));
}

static int
session_end (pid_t pid)
{
  int status = -1;

  return waitpid (pid, &status, 0) == pid ? status : -1;
}

/* ---- plain ---- */

static bool
a_pty_is_a_terminal_and_has_a_name (void)
{
  struct pair pair;

  if (!pair_open (&pair))
    return false;
  REQUIRE (isatty (pair.slave) && isatty (pair.master));
  REQUIRE (ttyname (pair.slave) && !strcmp (ttyname (pair.slave), pair.name));
  return pair_close (&pair);
}

static bool
null_is_no_terminal (void)
{
  int fd = open ("/dev/null", O_RDWR);
  struct termios modes;

  REQUIRE (!isatty (fd));
  errno = 0;
  REQUIRE (tcgetattr (fd, &modes) == -1 && errno == ENOTTY);
  close (fd);
  return true;
}

static bool
a_typed_line_is_echoed_and_read (void)
{
  struct pair pair;

  if (!pair_open (&pair))
    return false;
  REQUIRE (type (pair.master, "hello\r"));
  REQUIRE (says (pair.slave, "hello\n"));
  REQUIRE (says (pair.master, "hello\r\n"));
  return pair_close (&pair);
}

static bool
output_gets_its_returns (void)
{
  struct pair pair;

  if (!pair_open (&pair))
    return false;
  REQUIRE (type (pair.slave, "one\ntwo\n"));
  REQUIRE (says (pair.master, "one\r\ntwo\r\n"));
  return pair_close (&pair);
}

static bool
a_raw_terminal_gives_every_character_at_once (void)
{
  struct pair pair;
  struct termios modes;

  if (!pair_open (&pair))
    return false;
  REQUIRE (tcgetattr (pair.slave, &modes) == 0);
  REQUIRE (modes.c_lflag & ICANON && modes.c_cc[VINTR] == 3);
  cfmakeraw (&modes);
  REQUIRE (tcsetattr (pair.slave, TCSANOW, &modes) == 0);
  REQUIRE (type (pair.master, "\003\r\004"));
  REQUIRE (says (pair.slave, "\003\r\004"));
  REQUIRE (type (pair.slave, "a\n"));
  REQUIRE (says (pair.master, "a\n"));
  return pair_close (&pair);
}

static bool
end_of_file_can_be_typed (void)
{
  struct pair pair;
  char byte;

  if (!pair_open (&pair))
    return false;
  REQUIRE (type (pair.master, "\004"));
  REQUIRE (read (pair.slave, &byte, 1) == 0);
  return pair_close (&pair);
}

static bool
a_nonblocking_read_does_not_wait (void)
{
  struct pair pair;
  char byte;

  if (!pair_open (&pair))
    return false;
  REQUIRE (fcntl (pair.slave, F_SETFL, O_NONBLOCK) == 0);
  errno = 0;
  REQUIRE (read (pair.slave, &byte, 1) == -1 && errno == EWOULDBLOCK);
  REQUIRE (type (pair.master, "x"));
  errno = 0;
  REQUIRE (read (pair.slave, &byte, 1) == -1 && errno == EWOULDBLOCK);
  return pair_close (&pair);
}

static bool
ready_to_read (int fd, int milliseconds)
{
  struct timeval time = { 0, milliseconds * 1000 };
  fd_set set;

  FD_ZERO (&set);
  FD_SET (fd, &set);
  return select (fd + 1, &set, NULL, NULL, &time) == 1;
}

static bool
select_tells_when_a_line_is_there (void)
{
  struct pair pair;

  if (!pair_open (&pair))
    return false;
  REQUIRE (!ready_to_read (pair.slave, 50));
  REQUIRE (!ready_to_read (pair.master, 50));
  REQUIRE (type (pair.master, "x"));
  REQUIRE (!ready_to_read (pair.slave, 50));
  REQUIRE (ready_to_read (pair.master, 500));
  REQUIRE (type (pair.master, "\n"));
  REQUIRE (ready_to_read (pair.slave, 500));
  return pair_close (&pair);
}

static bool
fionread_counts (void)
{
  struct pair pair;
  int size = -1;

  if (!pair_open (&pair))
    return false;
  REQUIRE (type (pair.master, "four\n"));
  REQUIRE (ioctl (pair.slave, FIONREAD, &size) == 0 && size == 5);
  return pair_close (&pair);
}

static bool
a_timed_read_ends_without_input (void)
{
  struct pair pair;
  struct termios modes;
  struct timespec before, after;
  char byte;

  if (!pair_open (&pair))
    return false;
  REQUIRE (tcgetattr (pair.slave, &modes) == 0);
  modes.c_lflag &= ~ICANON;
  modes.c_cc[VMIN] = 0;
  modes.c_cc[VTIME] = 2;
  REQUIRE (tcsetattr (pair.slave, TCSAFLUSH, &modes) == 0);
  clock_gettime (CLOCK_MONOTONIC, &before);
  REQUIRE (read (pair.slave, &byte, 1) == 0);
  clock_gettime (CLOCK_MONOTONIC, &after);
  REQUIRE ((after.tv_sec - before.tv_sec) * 1000
               + (after.tv_nsec - before.tv_nsec) / 1000000
           >= 150);
  return pair_close (&pair);
}

static bool
the_window_size_is_kept (void)
{
  struct pair pair;
  struct winsize size = { .ws_row = 24, .ws_col = 80 }, got = { 0 };

  if (!pair_open (&pair))
    return false;
  REQUIRE (ioctl (pair.master, TIOCSWINSZ, &size) == 0);
  REQUIRE (ioctl (pair.slave, TIOCGWINSZ, &got) == 0);
  REQUIRE (got.ws_row == 24 && got.ws_col == 80);
  return pair_close (&pair);
}

static bool
queues_can_be_flushed (void)
{
  struct pair pair;

  if (!pair_open (&pair))
    return false;
  REQUIRE (type (pair.master, "gone\n"));
  REQUIRE (tcflush (pair.slave, TCIOFLUSH) == 0);
  REQUIRE (!ready_to_read (pair.slave, 50));
  REQUIRE (!ready_to_read (pair.master, 50));
  return pair_close (&pair);
}

static bool
drain_waits_for_the_reader (void)
{
  struct pair pair;
  pid_t pid;

  if (!pair_open (&pair))
    return false;
  REQUIRE (type (pair.slave, "out"));
  pid = fork ();
  if (!pid)
    {
      close (pair.master);
      alarm (20);
      _exit (tcdrain (pair.slave) ? 1 : 0);
    }
  usleep (100000);
  REQUIRE (waitpid (pid, NULL, WNOHANG) == 0);
  REQUIRE (says (pair.master, "out"));
  REQUIRE (session_end (pid) == 0);
  return pair_close (&pair);
}

static bool
much_output_comes_out_in_order (void)
{
  struct pair pair;
  struct termios modes;
  enum
  {
    SIZE = 200000
  };
  static unsigned char bytes[SIZE], got[SIZE];
  size_t size = 0;
  pid_t pid;

  if (!pair_open (&pair))
    return false;
  REQUIRE (tcgetattr (pair.slave, &modes) == 0);
  cfmakeraw (&modes);
  REQUIRE (tcsetattr (pair.slave, TCSANOW, &modes) == 0);
  for (size_t i = 0; i < SIZE; i++)
    bytes[i] = i % 251;
  pid = fork ();
  if (!pid)
    {
      alarm (60);
      while (size < SIZE)
        {
          ssize_t some = write (pair.slave, bytes + size, SIZE - size);

          if (some <= 0)
            _exit (1);
          size += some;
        }
      _exit (0);
    }
  while (size < SIZE)
    {
      ssize_t some = read (pair.master, got + size, SIZE - size);

      if (some <= 0)
        break;
      size += some;
    }
  REQUIRE (size == SIZE && memcmp (got, bytes, SIZE) == 0);
  REQUIRE (session_end (pid) == 0);
  return pair_close (&pair);
}

/* ---- ends ---- */

static bool
a_closed_terminal_ends_its_master (void)
{
  struct pair pair;
  char byte;

  if (!pair_open (&pair))
    return false;
  REQUIRE (type (pair.slave, "last"));
  REQUIRE (close (pair.slave) == 0);
  REQUIRE (says (pair.master, "last"));
  errno = 0;
  REQUIRE (read (pair.master, &byte, 1) == -1 && errno == EIO);
  REQUIRE (close (pair.master) == 0);
  return true;
}

static bool
a_closed_master_ends_the_terminal (void)
{
  struct pair pair;
  char byte;

  if (!pair_open (&pair))
    return false;
  REQUIRE (close (pair.master) == 0);
  usleep (50000);
  REQUIRE (read (pair.slave, &byte, 1) == 0);
  errno = 0;
  REQUIRE (write (pair.slave, "x", 1) == -1 && errno == EIO);
  REQUIRE (close (pair.slave) == 0);
  return true;
}

static bool
a_pair_can_be_used_again (void)
{
  for (int i = 0; i < 100; i++)
    {
      struct pair pair;

      if (!pair_open (&pair))
        return false;
      REQUIRE (type (pair.slave, "x"));
      REQUIRE (says (pair.master, "x"));
      REQUIRE (pair_close (&pair));
      usleep (1000);
    }
  return true;
}

static bool
a_killed_reader_takes_no_line_along (void)
{
  struct pair pair;
  char byte;
  pid_t pid;

  if (!pair_open (&pair))
    return false;
  pid = fork ();
  if (!pid)
    _exit (read (pair.slave, &byte, 1) > 0);
  usleep (100000);
  REQUIRE (kill (pid, SIGKILL) == 0);
  REQUIRE (session_end (pid) == SIGKILL);
  REQUIRE (type (pair.master, "mine\n"));
  REQUIRE (says (pair.slave, "mine\n"));
  return pair_close (&pair);
}

static void
nothing (int signo)
{
  (void)signo;
}

static bool
a_signal_interrupts_a_read (void)
{
  struct pair pair;
  struct sigaction action = { .sa_handler = nothing };
  char byte;

  if (!pair_open (&pair))
    return false;
  REQUIRE (sigaction (SIGALRM, &action, NULL) == 0);
  alarm (1);
  errno = 0;
  REQUIRE (read (pair.slave, &byte, 1) == -1 && errno == EINTR);
  signal (SIGALRM, SIG_DFL);
  return pair_close (&pair);
}

/* ---- sessions ---- */

static int
wait_for_signal (int fd)
{
  (void)write (fd, "ready", 5);
  while (pause ())
    continue;
  return 0;
}

static bool
typed_interrupts_reach_the_foreground (void)
{
  static const struct
  {
    const char *typed;
    int signo;
  } keys[] = { { "\003", SIGINT }, { "\034", SIGQUIT } };

  for (size_t i = 0; i < 2; i++)
    {
      struct pair pair;
      pid_t pid;
      int status;

      if (!pair_open (&pair))
        return false;
      pid = session_start (&pair, wait_for_signal);
      REQUIRE (pid > 0 && says (pair.master, "ready"));
      REQUIRE (type (pair.master, keys[i].typed));
      status = session_end (pid);
      REQUIRE (WIFSIGNALED (status) && WTERMSIG (status) == keys[i].signo);
      REQUIRE (pair_close (&pair));
    }
  return true;
}

static bool
a_typed_stop_stops_and_cont_goes_on (void)
{
  struct pair pair;
  int status = 0;
  pid_t pid;

  if (!pair_open (&pair))
    return false;
  pid = session_start (&pair, wait_for_signal);
  REQUIRE (pid > 0 && says (pair.master, "ready"));
  /* An orphaned group is not stopped by a key, so send what cannot be
     ignored.  */
  REQUIRE (kill (pid, SIGSTOP) == 0);
  REQUIRE (waitpid (pid, &status, WUNTRACED) == pid && WIFSTOPPED (status));
  REQUIRE (kill (pid, SIGCONT) == 0);
  REQUIRE (type (pair.master, "\003"));
  status = session_end (pid);
  REQUIRE (WIFSIGNALED (status) && WTERMSIG (status) == SIGINT);
  return pair_close (&pair);
}

static bool
closing_the_master_hangs_up (void)
{
  struct pair pair;
  int status;
  pid_t pid;

  if (!pair_open (&pair))
    return false;
  pid = session_start (&pair, wait_for_signal);
  REQUIRE (pid > 0 && says (pair.master, "ready"));
  REQUIRE (pair_close (&pair));
  status = session_end (pid);
  REQUIRE (WIFSIGNALED (status) && WTERMSIG (status) == SIGHUP);
  return true;
}

static volatile sig_atomic_t seen;

static void
see (int signo)
{
  seen = signo;
}

static int
wait_for_window (int fd)
{
  struct winsize size = { 0 };

  signal (SIGWINCH, see);
  (void)write (fd, "ready", 5);
  while (seen != SIGWINCH)
    usleep (10000);
  return ioctl (fd, TIOCGWINSZ, &size) || size.ws_row != 50;
}

static bool
a_new_window_size_is_signalled (void)
{
  struct pair pair;
  struct winsize size = { .ws_row = 50, .ws_col = 132 };
  pid_t pid;

  if (!pair_open (&pair))
    return false;
  pid = session_start (&pair, wait_for_window);
  REQUIRE (pid > 0 && says (pair.master, "ready"));
  REQUIRE (ioctl (pair.master, TIOCSWINSZ, &size) == 0);
  REQUIRE (session_end (pid) == 0);
  return pair_close (&pair);
}

/* A child in a group of its own reads: it must be stopped by SIGTTIN, and can
   read once it has the foreground.  */
static int
have_background_reader (int fd)
{
  int status = 0;
  pid_t pid = fork ();
  char bytes[16];

  if (!pid)
    {
      setpgid (0, 0);
      _exit (read (fd, bytes, sizeof bytes) == 5 ? 7 : 1);
    }
  setpgid (pid, pid);
  if (tcgetpgrp (fd) != getpgrp ())
    return 10;
  if (waitpid (pid, &status, WUNTRACED) != pid || !WIFSTOPPED (status)
      || WSTOPSIG (status) != SIGTTIN)
    return 11;
  signal (SIGTTOU, SIG_IGN);
  if (tcsetpgrp (fd, pid) || tcgetpgrp (fd) != pid)
    return 12;
  if (kill (-pid, SIGCONT))
    return 13;
  (void)write (fd, "ready", 5);
  if (waitpid (pid, &status, 0) != pid)
    return 14;
  return WIFEXITED (status) && WEXITSTATUS (status) == 7 ? 0 : 15;
}

/* A session that is BODY says that it is ready, is typed a line, and ends
 * well.
 */
static bool
session_takes_a_line (int (*body) (int fd))
{
  struct pair pair;
  int status;
  pid_t pid;

  if (!pair_open (&pair))
    return false;
  pid = session_start (&pair, body);
  REQUIRE (pid > 0);
  REQUIRE (says (pair.master, "ready"));
  REQUIRE (type (pair.master, "line\n"));
  status = session_end (pid);
  errno = WEXITSTATUS (status);
  REQUIRE (status == 0);
  return pair_close (&pair);
}

static bool
the_background_is_stopped_when_it_reads (void)
{
  return session_takes_a_line (have_background_reader);
}

/* A child in the foreground waits for a line.  Its group loses the foreground
   and gets it again before it has looked at what it was told of that.  */
static int
have_reader_that_looks_late (int fd)
{
  int status = 0;
  pid_t pid = fork ();
  task_t task;
  char bytes[16];

  if (!pid)
    {
      setpgid (0, 0);
      kill (getpid (), SIGSTOP); /* until it has the foreground */
      _exit (read (fd, bytes, sizeof bytes) == 5 ? 7 : 1);
    }
  signal (SIGTTOU, SIG_IGN);
  if (waitpid (pid, &status, WUNTRACED) != pid || !WIFSTOPPED (status)
      || tcsetpgrp (fd, pid) || kill (pid, SIGCONT))
    return 16;
  usleep (300000);
  task = pid2task (pid);
  if (task_suspend (task) || tcsetpgrp (fd, getpgrp ()) || tcsetpgrp (fd, pid)
      || task_resume (task))
    return 17;
  usleep (300000);
  (void)write (fd, "ready", 5);
  if (waitpid (pid, &status, WUNTRACED) != pid)
    return 18;
  if (WIFSTOPPED (status))
    kill (pid, SIGKILL);
  return WIFEXITED (status) && WEXITSTATUS (status) == 7 ? 0 : 19;
}

static bool
a_reader_with_the_foreground_again_is_not_stopped (void)
{
  return session_takes_a_line (have_reader_that_looks_late);
}

/* A child reads at once, and only its parent gives it a group of its own, and
   the foreground.  */
static int
have_reader_that_is_moved (int fd)
{
  char bytes[16];
  int status;

  signal (SIGTTOU, SIG_IGN);
  for (int i = 0; i < 20; i++)
    {
      pid_t pid = fork ();

      if (!pid)
        _exit (read (fd, bytes, sizeof bytes) == 5 ? 7 : 1);
      if (setpgid (pid, pid) || tcsetpgrp (fd, pid))
        return 40;
      usleep (20000);
      (void)write (fd, "ready", 5);
      if (waitpid (pid, &status, WUNTRACED) != pid)
        return 41;
      if (WIFSTOPPED (status))
        kill (pid, SIGKILL);
      if (!WIFEXITED (status) || WEXITSTATUS (status) != 7)
        return 42;
      if (tcsetpgrp (fd, getpgrp ()))
        return 43;
    }
  return 0;
}

static bool
a_reader_is_in_the_group_it_was_put_into (void)
{
  struct pair pair;
  struct termios modes;
  int status;
  pid_t pid;

  if (!pair_open (&pair))
    return false;
  REQUIRE (tcgetattr (pair.slave, &modes) == 0);
  modes.c_lflag &= ~ECHO;
  REQUIRE (tcsetattr (pair.slave, TCSANOW, &modes) == 0);
  pid = session_start (&pair, have_reader_that_is_moved);
  REQUIRE (pid > 0);
  for (int i = 0; i < 20 && says (pair.master, "ready"); i++)
    REQUIRE (type (pair.master, "line\n"));
  status = session_end (pid);
  errno = WEXITSTATUS (status);
  REQUIRE (status == 0);
  return pair_close (&pair);
}

/* A write from the background is stopped only with TOSTOP.  */
static int
have_background_writer (int fd)
{
  struct termios modes;
  int status = 0;
  pid_t pid;

  for (int tostop = 0; tostop < 2; tostop++)
    {
      if (tcgetattr (fd, &modes))
        return 20;
      modes.c_lflag
          = tostop ? modes.c_lflag | TOSTOP : modes.c_lflag & ~TOSTOP;
      if (tcsetattr (fd, TCSANOW, &modes))
        return 21;
      pid = fork ();
      if (!pid)
        {
          setpgid (0, 0);
          usleep (50000);
          _exit (write (fd, "x", 1) != 1);
        }
      setpgid (pid, pid);
      if (waitpid (pid, &status, WUNTRACED) != pid)
        return 22;
      if (tostop ? !(WIFSTOPPED (status) && WSTOPSIG (status) == SIGTTOU)
                 : status != 0)
        return 23 + tostop;
    }
  kill (pid, SIGKILL);
  return 0;
}

static bool
the_background_may_write_unless_tostop (void)
{
  struct pair pair;
  int status;
  pid_t pid;

  if (!pair_open (&pair))
    return false;
  pid = session_start (&pair, have_background_writer);
  REQUIRE (pid > 0);
  status = session_end (pid);
  errno = WEXITSTATUS (status);
  REQUIRE (status == 0);
  return pair_close (&pair);
}

static int
use_dev_tty (int fd)
{
  int tty = open ("/dev/tty", O_RDWR);

  (void)fd;
  if (tty < 0)
    return 30;
  if (!isatty (tty) || write (tty, "by name", 7) != 7)
    return 31;
  if (ioctl (tty, TIOCNOTTY, 0))
    return 32;
  return open ("/dev/tty", O_RDWR) == -1 && errno == ENXIO ? 0 : 33;
}

static bool
dev_tty_is_the_controlling_terminal (void)
{
  struct pair pair;
  int status;
  pid_t pid;

  if (!pair_open (&pair))
    return false;
  pid = session_start (&pair, use_dev_tty);
  REQUIRE (pid > 0 && says (pair.master, "by name"));
  status = session_end (pid);
  errno = WEXITSTATUS (status);
  REQUIRE (status == 0);
  return pair_close (&pair);
}

static const struct claim claims[] = {
  CLAIM (a_pty_is_a_terminal_and_has_a_name),
  CLAIM (null_is_no_terminal),
  CLAIM (a_typed_line_is_echoed_and_read),
  CLAIM (output_gets_its_returns),
  CLAIM (a_raw_terminal_gives_every_character_at_once),
  CLAIM (end_of_file_can_be_typed),
  CLAIM (a_nonblocking_read_does_not_wait),
  CLAIM (select_tells_when_a_line_is_there),
  CLAIM (fionread_counts),
  CLAIM (a_timed_read_ends_without_input),
  CLAIM (the_window_size_is_kept),
  CLAIM (queues_can_be_flushed),
  CLAIM (drain_waits_for_the_reader),
  CLAIM (much_output_comes_out_in_order),
  CLAIM (a_closed_terminal_ends_its_master),
  CLAIM (a_closed_master_ends_the_terminal),
  CLAIM (a_pair_can_be_used_again),
  CLAIM (a_killed_reader_takes_no_line_along),
  CLAIM (a_signal_interrupts_a_read),
  CLAIM (typed_interrupts_reach_the_foreground),
  CLAIM (a_typed_stop_stops_and_cont_goes_on),
  CLAIM (closing_the_master_hangs_up),
  CLAIM (a_new_window_size_is_signalled),
  CLAIM (the_background_is_stopped_when_it_reads),
  CLAIM (a_reader_with_the_foreground_again_is_not_stopped),
  CLAIM (a_reader_is_in_the_group_it_was_put_into),
  CLAIM (the_background_may_write_unless_tostop),
  CLAIM (dev_tty_is_the_controlling_terminal),
};

int
main (void)
{
  return claims_check (claims, sizeof claims / sizeof *claims);
}
