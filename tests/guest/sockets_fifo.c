/* sockets_fifo.c -- named pipes
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/guest/claim.h"

#define PATH "/tmp/claims.fifo"

static bool
make_fifo (void)
{
  unlink (PATH);
  return mkfifo (PATH, 0600) == 0;
}

static bool
fifo_passes_data_between_strangers (void)
{
  int fd, status;
  char data[10];

  REQUIRE (make_fifo ());
  if (fork () == 0)
    {
      fd = open (PATH, O_WRONLY);
      _exit (fd < 0 || write (fd, "hello", 5) != 5);
    }
  fd = open (PATH, O_RDONLY);
  REQUIRE (fd >= 0);
  REQUIRE (read (fd, data, 10) == 5 && memcmp (data, "hello", 5) == 0);
  REQUIRE (read (fd, data, 10) == 0);
  REQUIRE (wait (&status) > 0 && status == 0);
  close (fd);
  return true;
}

static bool
fifo_writer_waits_for_a_reader (void)
{
  int fd, status;
  char data[10];

  REQUIRE (make_fifo ());
  if (fork () == 0)
    {
      usleep (200000);
      fd = open (PATH, O_RDONLY);
      _exit (fd < 0 || read (fd, data, 10) != 2);
    }
  fd = open (PATH, O_WRONLY);
  REQUIRE (fd >= 0 && write (fd, "ab", 2) == 2);
  close (fd);
  REQUIRE (wait (&status) > 0 && status == 0);
  return true;
}

static bool
fifo_nonblocking_open_does_not_wait (void)
{
  int reader, writer;
  char c;

  REQUIRE (make_fifo ());
  REQUIRE (open (PATH, O_WRONLY | O_NONBLOCK) == -1 && errno == ENXIO);
  reader = open (PATH, O_RDONLY | O_NONBLOCK);
  REQUIRE (reader >= 0);
  REQUIRE (read (reader, &c, 1) == 0);
  writer = open (PATH, O_WRONLY | O_NONBLOCK);
  REQUIRE (writer >= 0);
  REQUIRE (read (reader, &c, 1) == -1 && errno == EAGAIN);
  REQUIRE (write (writer, "x", 1) == 1 && read (reader, &c, 1) == 1);
  REQUIRE (write (reader, "x", 1) == -1 && errno == EBADF);
  close (reader), close (writer);
  return true;
}

static void
ignore_signal (int signo)
{
  (void)signo;
}

static bool
fifo_open_is_interrupted_by_a_signal (void)
{
  struct sigaction action = { .sa_handler = ignore_signal };

  REQUIRE (make_fifo ());
  sigaction (SIGALRM, &action, NULL);
  alarm (1);
  REQUIRE (open (PATH, O_RDONLY) == -1 && errno == EINTR);
  REQUIRE (open (PATH, O_WRONLY | O_NONBLOCK) == -1 && errno == ENXIO);
  return true;
}

static bool
fifo_says_that_it_is_one (void)
{
  struct stat by_name, by_fd;
  int fd;

  REQUIRE (make_fifo ());
  REQUIRE (stat (PATH, &by_name) == 0 && S_ISFIFO (by_name.st_mode));
  fd = open (PATH, O_RDWR);
  REQUIRE (fd >= 0 && fstat (fd, &by_fd) == 0);
  REQUIRE (by_fd.st_mode == by_name.st_mode);
  REQUIRE (by_fd.st_ino == by_name.st_ino);
  unlink (PATH);
  REQUIRE (write (fd, "x", 1) == 1);
  close (fd);
  return true;
}

static const struct claim claims[] = {
  CLAIM (fifo_says_that_it_is_one),
  CLAIM (fifo_nonblocking_open_does_not_wait),
  CLAIM (fifo_passes_data_between_strangers),
  CLAIM (fifo_writer_waits_for_a_reader),
  CLAIM (fifo_open_is_interrupted_by_a_signal),
};

CLAIMS_MAIN (claims)
