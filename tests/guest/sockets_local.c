/* sockets_local.c -- AF_LOCAL sockets: pairs, names, connections, datagrams
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/guest/claim.h"

static struct sockaddr_un
name_of (const char *path)
{
  struct sockaddr_un name = { .sun_family = AF_LOCAL };

  strcpy (name.sun_path, path);
  return name;
}

static int
bound (int type, const char *path)
{
  struct sockaddr_un name = name_of (path);
  int fd = socket (AF_LOCAL, type, 0);

  unlink (path);
  if (fd >= 0 && bind (fd, (struct sockaddr *)&name, SUN_LEN (&name)))
    {
      close (fd);
      return -1;
    }
  return fd;
}

static int
connect_path (int fd, const char *path)
{
  struct sockaddr_un name = name_of (path);

  return connect (fd, (struct sockaddr *)&name, SUN_LEN (&name));
}

static bool
pair_stream_goes_both_ways (void)
{
  char data[10];
  int fds[2];

  REQUIRE (socketpair (AF_LOCAL, SOCK_STREAM, 0, fds) == 0);
  REQUIRE (write (fds[0], "one", 3) == 3 && write (fds[0], "two", 3) == 3);
  REQUIRE (send (fds[1], "back", 4, 0) == 4);
  REQUIRE (read (fds[1], data, 10) == 6 && memcmp (data, "onetwo", 6) == 0);
  REQUIRE (recv (fds[0], data, 10, 0) == 4 && memcmp (data, "back", 4) == 0);
  close (fds[0]);
  REQUIRE (read (fds[1], data, 1) == 0);
  REQUIRE (send (fds[1], "x", 1, MSG_NOSIGNAL) == -1 && errno == EPIPE);
  close (fds[1]);
  return true;
}

static bool
keeps_boundaries (int type)
{
  char data[10];
  int fds[2];

  REQUIRE (socketpair (AF_LOCAL, type, 0, fds) == 0);
  REQUIRE (write (fds[0], "one", 3) == 3);
  REQUIRE (send (fds[0], "", 0, 0) == 0);
  REQUIRE (write (fds[0], "three", 5) == 5);
  REQUIRE (recv (fds[1], data, 10, 0) == 3 && memcmp (data, "one", 3) == 0);
  REQUIRE (recv (fds[1], data, 10, 0) == 0);
  REQUIRE (recv (fds[1], data, 2, 0) == 2 && memcmp (data, "th", 2) == 0);
  REQUIRE (recv (fds[1], data, 10, MSG_DONTWAIT) == -1 && errno == EAGAIN);
  close (fds[0]), close (fds[1]);
  return true;
}

static bool
pair_datagram_keeps_boundaries (void)
{
  return keeps_boundaries (SOCK_DGRAM);
}

static bool
pair_seqpacket_keeps_boundaries (void)
{
  return keeps_boundaries (SOCK_SEQPACKET);
}

static bool
socket_says_that_it_is_one (void)
{
  struct stat stat;
  int fd = socket (AF_LOCAL, SOCK_STREAM, 0), type;
  socklen_t size = sizeof type;

  REQUIRE (fd >= 0);
  REQUIRE (fstat (fd, &stat) == 0 && S_ISSOCK (stat.st_mode));
  REQUIRE (getsockopt (fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0);
  REQUIRE (type == SOCK_STREAM && size == sizeof type);
  REQUIRE (getsockopt (fd, SOL_SOCKET, SO_ERROR, &type, &size) == 0);
  REQUIRE (type == 0);
  REQUIRE (getsockopt (fd, SOL_SOCKET, 12345, &type, &size) == -1
           && errno == ENOPROTOOPT);
  REQUIRE (write (fd, "x", 1) == -1 && errno == ENOTCONN);
  REQUIRE (listen (STDIN_FILENO, 1) == -1);
  close (fd);
  REQUIRE (socket (AF_LOCAL, 77, 0) == -1);
  REQUIRE (socket (AF_LOCAL, SOCK_STREAM, 77) == -1
           && errno == EPROTONOSUPPORT);
  return true;
}

static bool
connect_finds_a_listener_by_name (void)
{
  struct sockaddr_un peer;
  socklen_t size = sizeof peer;
  struct stat stat_buffer;
  int listener = bound (SOCK_STREAM, "/tmp/claims.socket"), status, fd;
  char data[10];

  REQUIRE (listener >= 0);
  REQUIRE (stat ("/tmp/claims.socket", &stat_buffer) == 0);
  REQUIRE (S_ISSOCK (stat_buffer.st_mode));
  REQUIRE (listen (listener, 5) == 0);
  if (fork () == 0)
    {
      fd = socket (AF_LOCAL, SOCK_STREAM, 0);
      if (connect_path (fd, "/tmp/claims.socket"))
        _exit (1);
      _exit (write (fd, "hello", 5) != 5 || read (fd, data, 5) != 3);
    }
  fd = accept (listener, (struct sockaddr *)&peer, &size);
  REQUIRE (fd >= 0 && peer.sun_family == AF_LOCAL);
  REQUIRE (read (fd, data, 10) == 5 && memcmp (data, "hello", 5) == 0);
  REQUIRE (write (fd, "bye", 3) == 3);
  REQUIRE (wait (&status) > 0 && status == 0);
  REQUIRE (read (fd, data, 1) == 0);
  size = sizeof peer;
  REQUIRE (getpeername (fd, (struct sockaddr *)&peer, &size) == 0);
  REQUIRE (peer.sun_family == AF_LOCAL);
  size = sizeof peer;
  REQUIRE (getsockname (listener, (struct sockaddr *)&peer, &size) == 0);
  REQUIRE (peer.sun_family == AF_LOCAL);
  close (fd), close (listener);
  unlink ("/tmp/claims.socket");
  return true;
}

static bool
connect_is_refused_where_nobody_listens (void)
{
  int listener = bound (SOCK_STREAM, "/tmp/claims.socket");
  int fd = socket (AF_LOCAL, SOCK_STREAM, 0);

  REQUIRE (listener >= 0 && fd >= 0);
  REQUIRE (connect_path (fd, "/tmp/claims.socket") == -1
           && errno == ECONNREFUSED);
  REQUIRE (listen (listener, 1) == 0);
  REQUIRE (connect_path (fd, "/tmp/claims.socket") == 0);
  REQUIRE (connect_path (fd, "/tmp/claims.socket") == -1 && errno == EISCONN);
  close (listener);
  close (fd);
  fd = socket (AF_LOCAL, SOCK_STREAM, 0);
  REQUIRE (connect_path (fd, "/tmp/claims.socket") == -1
           && errno == ECONNREFUSED);
  REQUIRE (connect_path (fd, "/etc/passwd") == -1);
  unlink ("/tmp/claims.socket");
  REQUIRE (connect_path (fd, "/tmp/claims.socket") == -1 && errno == ENOENT);
  close (fd);
  return true;
}

static bool
bind_takes_a_name_once (void)
{
  struct sockaddr_un name = name_of ("/tmp/claims.socket");
  int a = bound (SOCK_STREAM, "/tmp/claims.socket");
  int b = socket (AF_LOCAL, SOCK_STREAM, 0);

  REQUIRE (a >= 0 && b >= 0);
  REQUIRE (bind (b, (struct sockaddr *)&name, SUN_LEN (&name)) == -1
           && errno == EADDRINUSE);
  name = name_of ("/tmp/claims.other");
  unlink (name.sun_path);
  REQUIRE (bind (a, (struct sockaddr *)&name, SUN_LEN (&name)) == -1
           && errno == EINVAL);
  unlink ("/tmp/claims.socket");
  unlink ("/tmp/claims.other");
  close (a), close (b);
  return true;
}

static bool
connect_waits_for_a_place_in_the_queue (void)
{
  int listener = bound (SOCK_STREAM, "/tmp/claims.socket"), status;
  int first = socket (AF_LOCAL, SOCK_STREAM, 0);
  int second = socket (AF_LOCAL, SOCK_STREAM, 0), a, b;

  REQUIRE (listener >= 0 && listen (listener, 1) == 0);
  REQUIRE (connect_path (first, "/tmp/claims.socket") == 0);
  fcntl (second, F_SETFL, O_NONBLOCK);
  REQUIRE (connect_path (second, "/tmp/claims.socket") == -1
           && errno == EAGAIN);
  fcntl (second, F_SETFL, 0);
  if (fork () == 0)
    _exit (connect_path (second, "/tmp/claims.socket") != 0);
  usleep (100000);
  REQUIRE ((a = accept (listener, NULL, NULL)) >= 0);
  REQUIRE ((b = accept (listener, NULL, NULL)) >= 0);
  REQUIRE (wait (&status) > 0 && status == 0);
  fcntl (listener, F_SETFL, O_NONBLOCK);
  REQUIRE (accept (listener, NULL, NULL) == -1 && errno == EAGAIN);
  close (a), close (b), close (first), close (second), close (listener);
  unlink ("/tmp/claims.socket");
  return true;
}

static void
ignore_signal (int signo)
{
  (void)signo;
}

static bool
accept_is_interrupted_by_a_signal (void)
{
  struct sigaction action = { .sa_handler = ignore_signal };
  int listener = bound (SOCK_STREAM, "/tmp/claims.socket");

  REQUIRE (listener >= 0 && listen (listener, 1) == 0);
  sigaction (SIGALRM, &action, NULL);
  alarm (1);
  REQUIRE (accept (listener, NULL, NULL) == -1 && errno == EINTR);
  close (listener);
  unlink ("/tmp/claims.socket");
  return true;
}

static bool
datagrams_go_to_names_and_say_from_where (void)
{
  struct sockaddr_un to = name_of ("/tmp/claims.to"), from;
  int a = bound (SOCK_DGRAM, "/tmp/claims.to");
  int b = bound (SOCK_DGRAM, "/tmp/claims.from");
  int c = socket (AF_LOCAL, SOCK_DGRAM, 0);
  socklen_t size = sizeof from;
  char data[10];

  REQUIRE (a >= 0 && b >= 0 && c >= 0);
  REQUIRE (sendto (b, "one", 3, 0, (struct sockaddr *)&to, SUN_LEN (&to))
           == 3);
  REQUIRE (connect_path (c, "/tmp/claims.to") == 0);
  REQUIRE (write (c, "two", 3) == 3);
  REQUIRE (recvfrom (a, data, 10, 0, (struct sockaddr *)&from, &size) == 3);
  REQUIRE (size > 0 && from.sun_family == AF_LOCAL);
  REQUIRE (memcmp (data, "one", 3) == 0);
  size = sizeof from;
  REQUIRE (recvfrom (a, data, 10, 0, (struct sockaddr *)&from, &size) == 3);
  REQUIRE (memcmp (data, "two", 3) == 0 && size == 0);
  close (a);
  REQUIRE (send (c, "x", 1, 0) == -1 && errno == ECONNREFUSED);
  close (b), close (c);
  unlink ("/tmp/claims.to"), unlink ("/tmp/claims.from");
  return true;
}

static bool
datagrams_have_a_largest_size (void)
{
  static char data[70000];
  int fds[2];

  REQUIRE (socketpair (AF_LOCAL, SOCK_DGRAM, 0, fds) == 0);
  REQUIRE (send (fds[0], data, 70000, 0) == -1 && errno == EMSGSIZE);
  REQUIRE (send (fds[0], data, 60000, 0) == 60000);
  REQUIRE (send (fds[0], data, 10000, MSG_DONTWAIT) == -1 && errno == EAGAIN);
  REQUIRE (recv (fds[1], data, 70000, 0) == 60000);
  close (fds[0]), close (fds[1]);
  return true;
}

static bool
shutdown_ends_one_direction (void)
{
  char data[10];
  int fds[2];

  REQUIRE (socketpair (AF_LOCAL, SOCK_STREAM, 0, fds) == 0);
  REQUIRE (write (fds[0], "x", 1) == 1);
  REQUIRE (shutdown (fds[0], SHUT_WR) == 0);
  REQUIRE (send (fds[0], "y", 1, MSG_NOSIGNAL) == -1 && errno == EPIPE);
  REQUIRE (read (fds[1], data, 10) == 1 && read (fds[1], data, 10) == 0);
  REQUIRE (write (fds[1], "back", 4) == 4 && read (fds[0], data, 10) == 4);
  REQUIRE (shutdown (fds[0], SHUT_RD) == 0);
  REQUIRE (read (fds[0], data, 10) == 0);
  REQUIRE (send (fds[1], "y", 1, MSG_NOSIGNAL) == -1 && errno == EPIPE);
  close (fds[0]), close (fds[1]);
  return true;
}

static bool
recv_can_look_and_can_wait_for_all (void)
{
  char data[10];
  int fds[2];

  REQUIRE (socketpair (AF_LOCAL, SOCK_STREAM, 0, fds) == 0);
  REQUIRE (recv (fds[1], data, 10, MSG_DONTWAIT) == -1 && errno == EAGAIN);
  REQUIRE (write (fds[0], "abc", 3) == 3);
  REQUIRE (recv (fds[1], data, 10, MSG_PEEK) == 3);
  REQUIRE (recv (fds[1], data, 2, MSG_PEEK) == 2);
  if (fork () == 0)
    {
      usleep (100000);
      if (write (fds[0], "de", 2) != 2)
        _exit (1);
      usleep (100000);
      _exit (write (fds[0], "fghi", 4) != 4);
    }
  REQUIRE (recv (fds[1], data, 8, MSG_WAITALL) == 8);
  REQUIRE (memcmp (data, "abcdefgh", 8) == 0);
  REQUIRE (recv (fds[1], data, 8, 0) == 1 && data[0] == 'i');
  REQUIRE (wait (NULL) > 0);
  close (fds[0]), close (fds[1]);
  return true;
}

static bool
recvmsg_says_what_was_cut_off (void)
{
  char data[4];
  struct iovec piece = { data, sizeof data };
  struct msghdr header = { .msg_iov = &piece, .msg_iovlen = 1 };
  int fds[2];

  REQUIRE (socketpair (AF_LOCAL, SOCK_DGRAM, 0, fds) == 0);
  REQUIRE (write (fds[0], "abcdefgh", 8) == 8);
  REQUIRE (recvmsg (fds[1], &header, 0) == 4);
  REQUIRE (header.msg_flags & MSG_TRUNC);
  close (fds[0]), close (fds[1]);
  return true;
}

static const struct claim claims[] = {
  CLAIM (pair_stream_goes_both_ways),
  CLAIM (pair_datagram_keeps_boundaries),
  CLAIM (pair_seqpacket_keeps_boundaries),
  CLAIM (socket_says_that_it_is_one),
  CLAIM (shutdown_ends_one_direction),
  CLAIM (recv_can_look_and_can_wait_for_all),
  CLAIM (recvmsg_says_what_was_cut_off),
  CLAIM (datagrams_have_a_largest_size),
  CLAIM (bind_takes_a_name_once),
  CLAIM (connect_is_refused_where_nobody_listens),
  CLAIM (connect_finds_a_listener_by_name),
  CLAIM (connect_waits_for_a_place_in_the_queue),
  CLAIM (accept_is_interrupted_by_a_signal),
  CLAIM (datagrams_go_to_names_and_say_from_where),
};

CLAIMS_MAIN (claims)
