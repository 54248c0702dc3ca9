/* files_locks.c -- flock and record locks between processes
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/guest/claim.h"

static char name[] = "/tmp/files_locks.XXXXXX";

static int
file_make (void)
{
  strcpy (name, "/tmp/files_locks.XXXXXX");
  return mkstemp (name);
}

/* Run BODY with FD-independent access to the file in a child; its status.  */
static int
in_child (int (*body) (void))
{
  pid_t child = fork ();
  int status = -1;

  if (child == 0)
    _exit (body ());
  if (child < 0 || waitpid (child, &status, 0) != child || !WIFEXITED (status))
    return -1;
  return WEXITSTATUS (status);
}

static int
record (int fd, int command, short type, off_t start, off_t length)
{
  struct flock lock = {
    .l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = length
  };

  return fcntl (fd, command, &lock);
}

static int
child_flock_fails (void)
{
  int fd = open (name, O_RDWR);

  return flock (fd, LOCK_EX | LOCK_NB) == -1 && errno == EWOULDBLOCK ? 0 : 1;
}

static int
child_flock_works (void)
{
  int fd = open (name, O_RDWR);

  return flock (fd, LOCK_EX | LOCK_NB) ? 1 : 0;
}

static bool
flock_excludes_others (void)
{
  int fd = file_make ();

  REQUIRE (fd >= 0 && flock (fd, LOCK_EX) == 0);
  REQUIRE (in_child (child_flock_fails) == 0);
  REQUIRE (flock (fd, LOCK_UN) == 0);
  REQUIRE (in_child (child_flock_works) == 0);
  close (fd);
  unlink (name);
  return true;
}

static bool
flock_ends_with_its_last_descriptor (void)
{
  int fd = file_make (), copy;

  REQUIRE (fd >= 0 && flock (fd, LOCK_EX) == 0);
  copy = dup (fd);
  close (fd);
  REQUIRE (in_child (child_flock_fails) == 0);
  close (copy);
  /* The server learns of it by a message from the kernel.  */
  for (int i = 0; i < 100 && in_child (child_flock_works); i++)
    usleep (10000);
  REQUIRE (in_child (child_flock_works) == 0);
  unlink (name);
  return true;
}

static int
child_record_fails (void)
{
  int fd = open (name, O_RDWR);

  return record (fd, F_SETLK, F_WRLCK, 5, 10) == -1
                 && (errno == EAGAIN || errno == EACCES)
             ? 0
             : 1;
}

static int
child_other_range_works (void)
{
  int fd = open (name, O_RDWR);

  return record (fd, F_SETLK, F_WRLCK, 10, 10) ? 1 : 0;
}

static int
child_sees_the_holder (void)
{
  int fd = open (name, O_RDWR);
  struct flock lock
      = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 0 };

  if (fcntl (fd, F_GETLK, &lock))
    return 1;
  return lock.l_type == F_WRLCK && lock.l_start == 0 && lock.l_len == 10 ? 0
                                                                         : 2;
}

static bool
record_locks_exclude_a_range (void)
{
  int fd = file_make ();

  REQUIRE (fd >= 0 && record (fd, F_SETLK, F_WRLCK, 0, 10) == 0);
  REQUIRE (in_child (child_record_fails) == 0);
  REQUIRE (in_child (child_other_range_works) == 0);
  REQUIRE (in_child (child_sees_the_holder) == 0);
  REQUIRE (record (fd, F_SETLK, F_UNLCK, 5, 5) == 0);
  close (fd);
  unlink (name);
  return true;
}

/* Wait for the parent's lock to go, then say so.  */
static int
child_waits (void)
{
  int fd = open (name, O_RDWR);

  return record (fd, F_SETLKW, F_WRLCK, 0, 0) ? 1 : 0;
}

static bool
a_waiter_gets_the_lock (void)
{
  int fd = file_make (), status;
  pid_t child;

  REQUIRE (fd >= 0 && record (fd, F_SETLK, F_WRLCK, 0, 0) == 0);
  child = fork ();
  if (child == 0)
    _exit (child_waits ());
  usleep (200000);
  REQUIRE (waitpid (child, &status, WNOHANG) == 0);
  REQUIRE (record (fd, F_SETLK, F_UNLCK, 0, 0) == 0);
  REQUIRE (waitpid (child, &status, 0) == child && status == 0);
  close (fd);
  unlink (name);
  return true;
}

static void
on_alarm (int signo)
{
  (void)signo;
}

static int
child_is_interrupted (void)
{
  struct sigaction action = { .sa_handler = on_alarm };
  int fd = open (name, O_RDWR);

  sigaction (SIGALRM, &action, NULL);
  alarm (1);
  return record (fd, F_SETLKW, F_WRLCK, 0, 0) == -1 && errno == EINTR ? 0 : 1;
}

static bool
a_signal_ends_the_wait_for_a_lock (void)
{
  int fd = file_make ();

  REQUIRE (fd >= 0 && record (fd, F_SETLK, F_WRLCK, 0, 0) == 0);
  REQUIRE (in_child (child_is_interrupted) == 0);
  close (fd);
  unlink (name);
  return true;
}

/* Hold byte OWN, say so, and wait for the one before; then give both up.  */
static void
child_links (int own, int ready)
{
  int fd = open (name, O_RDWR);
  bool good = record (fd, F_SETLK, F_WRLCK, own, 1) == 0
              && write (ready, "", 1) == 1
              && record (fd, F_SETLKW, F_WRLCK, own - 1, 1) == 0;

  _exit (good ? 0 : 1);
}

/* COUNT processes, each waiting for the one before, the first for us.  */
static bool
chain_start (int count, pid_t *children)
{
  int ready[2];
  char c;

  if (pipe (ready))
    return false;
  for (int i = 0; i < count; i++)
    {
      children[i] = fork ();
      if (children[i] == 0)
        child_links (i + 1, ready[1]);
      if (children[i] < 0 || read (ready[0], &c, 1) != 1)
        return false;
    }
  close (ready[0]);
  close (ready[1]);
  usleep (300000); /* until the last one waits */
  return true;
}

static bool
chain_ends (int count, const pid_t *children)
{
  for (int i = 0, status; i < count; i++)
    if (waitpid (children[i], &status, 0) != children[i] || status)
      return false;
  return true;
}

static bool
waiting_in_a_circle_is_edeadlk (int count)
{
  pid_t children[4];
  int fd = file_make ();

  REQUIRE (fd >= 0 && record (fd, F_SETLK, F_WRLCK, 0, 1) == 0);
  REQUIRE (chain_start (count, children));
  REQUIRE (record (fd, F_SETLKW, F_WRLCK, count, 1) == -1);
  REQUIRE (errno == EDEADLK);
  /* Nothing was lost by asking, and who can wait does.  */
  REQUIRE (record (fd, F_SETLKW, F_WRLCK, count + 1, 1) == 0);
  REQUIRE (record (fd, F_SETLK, F_UNLCK, 0, 1) == 0);
  REQUIRE (chain_ends (count, children));
  REQUIRE (record (fd, F_SETLKW, F_WRLCK, 0, 0) == 0);
  close (fd);
  unlink (name);
  return true;
}

static bool
two_who_wait_for_each_other_hear_edeadlk (void)
{
  return waiting_in_a_circle_is_edeadlk (1);
}

static bool
four_who_wait_in_a_circle_hear_edeadlk (void)
{
  return waiting_in_a_circle_is_edeadlk (3);
}

static bool
a_line_of_waiters_is_no_circle (void)
{
  int fd = file_make (), other = open (name, O_RDWR);
  pid_t children[2];

  REQUIRE (fd >= 0 && other >= 0 && record (fd, F_SETLK, F_WRLCK, 0, 1) == 0);
  REQUIRE (chain_start (2, children));
  REQUIRE (record (other, F_SETLK, F_RDLCK, 2, 1) == -1 && errno == EAGAIN);
  REQUIRE (record (fd, F_SETLK, F_UNLCK, 0, 1) == 0);
  REQUIRE (record (other, F_SETLKW, F_WRLCK, 2, 1) == 0);
  REQUIRE (chain_ends (2, children));
  close (other);
  close (fd);
  unlink (name);
  return true;
}

static const struct claim claims[] = {
  CLAIM (flock_excludes_others),
  CLAIM (flock_ends_with_its_last_descriptor),
  CLAIM (record_locks_exclude_a_range),
  CLAIM (a_waiter_gets_the_lock),
  CLAIM (a_signal_ends_the_wait_for_a_lock),
  CLAIM (two_who_wait_for_each_other_hear_edeadlk),
  CLAIM (four_who_wait_in_a_circle_hear_edeadlk),
  CLAIM (a_line_of_waiters_is_no_circle),
};

CLAIMS_MAIN (claims)
