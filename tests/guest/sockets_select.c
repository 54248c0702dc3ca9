/* sockets_select.c -- select and poll on pipes and sockets
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <poll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/guest/claim.h"

#define MANY 100

static long
now_ms (void)
{
  struct timeval now;

  gettimeofday (&now, NULL);
  return now.tv_sec * 1000 + now.tv_usec / 1000;
}

static bool
make_pipes (int fds[MANY][2])
{
  for (int i = 0; i < MANY; i++)
    REQUIRE (pipe (fds[i]) == 0);
  return true;
}

static void
close_pipes (int fds[MANY][2])
{
  for (int i = 0; i < MANY; i++)
    {
      close (fds[i][0]);
      close (fds[i][1]);
    }
}

static int
fill_set (int fds[MANY][2], fd_set *set)
{
  int max = 0;

  FD_ZERO (set);
  for (int i = 0; i < MANY; i++)
    {
      FD_SET (fds[i][0], set);
      if (fds[i][0] > max)
        max = fds[i][0];
    }
  return max;
}

static bool
select_on_many_waits_for_its_timeout (void)
{
  struct timeval timeout = { 0, 200000 };
  int fds[MANY][2], max;
  long start = now_ms (), took;
  fd_set set;

  if (!make_pipes (fds))
    return false;
  max = fill_set (fds, &set);
  start = now_ms ();
  REQUIRE (select (max + 1, &set, NULL, NULL, &timeout) == 0);
  took = now_ms () - start;
  REQUIRE (took >= 190 && took < 2000);
  close_pipes (fds);
  return true;
}

static bool
select_on_many_finds_the_ready_one (void)
{
  struct timeval timeout = { 5, 0 };
  int fds[MANY][2], max;
  fd_set set;

  if (!make_pipes (fds))
    return false;
  max = fill_set (fds, &set);
  REQUIRE (write (fds[42][1], "x", 1) == 1);
  REQUIRE (select (max + 1, &set, NULL, NULL, &timeout) == 1);
  REQUIRE (FD_ISSET (fds[42][0], &set));
  close_pipes (fds);
  return true;
}

static bool
select_on_many_wakes_up_for_one (void)
{
  struct timeval timeout = { 10, 0 };
  int fds[MANY][2], max, status;
  fd_set set;
  pid_t child;

  if (!make_pipes (fds))
    return false;
  max = fill_set (fds, &set);
  child = fork ();
  if (child == 0)
    {
      usleep (200000);
      _exit (write (fds[77][1], "x", 1) != 1);
    }
  REQUIRE (select (max + 1, &set, NULL, NULL, &timeout) == 1);
  REQUIRE (FD_ISSET (fds[77][0], &set));
  REQUIRE (waitpid (child, &status, 0) == child && status == 0);
  close_pipes (fds);
  return true;
}

static bool
select_sees_the_end_as_readable (void)
{
  struct timeval timeout = { 5, 0 };
  int fds[2];
  fd_set set;

  REQUIRE (pipe (fds) == 0);
  close (fds[1]);
  FD_ZERO (&set);
  FD_SET (fds[0], &set);
  REQUIRE (select (fds[0] + 1, &set, NULL, NULL, &timeout) == 1);
  close (fds[0]);
  return true;
}

static bool
select_sees_when_there_is_room (void)
{
  static char data[65536];
  struct timeval none = { 0, 0 }, timeout = { 5, 0 };
  int fds[2];
  fd_set set;

  REQUIRE (pipe (fds) == 0);
  FD_ZERO (&set);
  FD_SET (fds[1], &set);
  REQUIRE (select (fds[1] + 1, NULL, &set, NULL, &none) == 1);
  REQUIRE (write (fds[1], data, sizeof data) == sizeof data);
  FD_SET (fds[1], &set);
  REQUIRE (select (fds[1] + 1, NULL, &set, NULL, &none) == 0);
  if (fork () == 0)
    {
      usleep (100000);
      _exit (read (fds[0], data, 5000) != 5000);
    }
  FD_SET (fds[1], &set);
  REQUIRE (select (fds[1] + 1, NULL, &set, NULL, &timeout) == 1);
  REQUIRE (wait (NULL) > 0);
  close (fds[0]);
  close (fds[1]);
  return true;
}

static bool
poll_says_what_is_ready (void)
{
  struct pollfd polled[3];
  int a[2], b[2];

  REQUIRE (pipe (a) == 0 && socketpair (AF_LOCAL, SOCK_STREAM, 0, b) == 0);
  polled[0] = (struct pollfd){ .fd = a[0], .events = POLLIN };
  polled[1] = (struct pollfd){ .fd = b[0], .events = POLLIN | POLLOUT };
  polled[2] = (struct pollfd){ .fd = b[1], .events = POLLIN };
  REQUIRE (poll (polled, 3, 0) == 1);
  REQUIRE (polled[1].revents == POLLOUT);
  REQUIRE (write (a[1], "x", 1) == 1 && write (b[0], "y", 1) == 1);
  REQUIRE (poll (polled, 3, 1000) == 3);
  REQUIRE (polled[0].revents == POLLIN && polled[1].revents == POLLOUT
           && polled[2].revents == POLLIN);
  close (a[0]), close (a[1]), close (b[0]), close (b[1]);
  return true;
}

static bool
poll_waits_for_its_timeout (void)
{
  struct pollfd polled;
  long start, took;
  int fds[2];

  REQUIRE (pipe (fds) == 0);
  polled = (struct pollfd){ .fd = fds[0], .events = POLLIN };
  start = now_ms ();
  REQUIRE (poll (&polled, 1, 150) == 0);
  took = now_ms () - start;
  REQUIRE (took >= 140 && took < 2000);
  close (fds[0]), close (fds[1]);
  return true;
}

static const struct claim claims[] = {
  CLAIM (select_sees_the_end_as_readable),
  CLAIM (select_sees_when_there_is_room),
  CLAIM (select_on_many_finds_the_ready_one),
  CLAIM (select_on_many_waits_for_its_timeout),
  CLAIM (select_on_many_wakes_up_for_one),
  CLAIM (poll_says_what_is_ready),
  CLAIM (poll_waits_for_its_timeout),
};

CLAIMS_MAIN (claims)
