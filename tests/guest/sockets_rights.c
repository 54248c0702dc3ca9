/* sockets_rights.c -- descriptors in messages
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <hurd.h>
#include <hurd/fd.h>
#include <hurd/socket.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/guest/claim.h"

static bool
send_descriptors (int over, const int *fds, int count)
{
  char control[CMSG_SPACE (20 * sizeof (int))] = { 0 };
  struct iovec piece = { (char[]){ 'd' }, 1 };
  struct msghdr header
      = { .msg_iov = &piece,
          .msg_iovlen = 1,
          .msg_control = control,
          .msg_controllen = CMSG_SPACE (count * sizeof *fds) };
  struct cmsghdr *cmsg = CMSG_FIRSTHDR (&header);

  cmsg->cmsg_level = SOL_SOCKET;
  cmsg->cmsg_type = SCM_RIGHTS;
  cmsg->cmsg_len = CMSG_LEN (count * sizeof *fds);
  memcpy (CMSG_DATA (cmsg), fds, count * sizeof *fds);
  return sendmsg (over, &header, 0) == 1;
}

static int
receive_descriptors (int over, int *fds, int max)
{
  char control[CMSG_SPACE (20 * sizeof (int))], data;
  struct iovec piece = { &data, 1 };
  struct msghdr header = { .msg_iov = &piece,
                           .msg_iovlen = 1,
                           .msg_control = control,
                           .msg_controllen = sizeof control };
  struct cmsghdr *cmsg;
  int count;

  if (recvmsg (over, &header, 0) != 1)
    return -1;
  cmsg = CMSG_FIRSTHDR (&header);
  if (!cmsg || cmsg->cmsg_type != SCM_RIGHTS)
    return 0;
  count = (cmsg->cmsg_len - CMSG_LEN (0)) / sizeof *fds;
  memcpy (fds, CMSG_DATA (cmsg), (count < max ? count : max) * sizeof *fds);
  return count;
}

static bool
message_carries_a_pipe_to_another_process (void)
{
  int pair[2], fds[2], got, status;

  REQUIRE (socketpair (AF_LOCAL, SOCK_STREAM, 0, pair) == 0);
  if (fork () == 0)
    {
      close (pair[0]);
      if (receive_descriptors (pair[1], &got, 1) != 1)
        _exit (1);
      _exit (write (got, "through", 7) != 7);
    }
  close (pair[1]);
  REQUIRE (pipe (fds) == 0);
  REQUIRE (send_descriptors (pair[0], &fds[1], 1));
  close (fds[1]);
  char data[10];
  REQUIRE (read (fds[0], data, 10) == 7);
  REQUIRE (wait (&status) > 0 && status == 0);
  REQUIRE (read (fds[0], data, 10) == 0);
  close (pair[0]), close (fds[0]);
  return true;
}

static bool
message_carries_a_file (void)
{
  int pair[2], fd = open ("/etc/passwd", O_RDONLY), got;
  char there[10], here[10];

  REQUIRE (fd >= 0);
  REQUIRE (socketpair (AF_LOCAL, SOCK_DGRAM, 0, pair) == 0);
  REQUIRE (send_descriptors (pair[0], &fd, 1));
  REQUIRE (receive_descriptors (pair[1], &got, 1) == 1);
  REQUIRE (pread (fd, here, 10, 0) == 10 && pread (got, there, 10, 0) == 10);
  REQUIRE (memcmp (here, there, 10) == 0);
  close (fd), close (got), close (pair[0]), close (pair[1]);
  return true;
}

static bool
message_carries_20_descriptors (void)
{
  int pair[2], fds[20], got[20];
  char data[10];

  REQUIRE (socketpair (AF_LOCAL, SOCK_STREAM, 0, pair) == 0);
  for (int i = 0; i < 20; i += 2)
    REQUIRE (pipe (&fds[i]) == 0);
  REQUIRE (send_descriptors (pair[0], fds, 20));
  REQUIRE (receive_descriptors (pair[1], got, 20) == 20);
  for (int i = 0; i < 20; i += 2)
    {
      REQUIRE (write (got[i + 1], "x", 1) == 1);
      REQUIRE (read (fds[i], data, 10) == 1);
    }
  for (int i = 0; i < 20; i++)
    close (fds[i]), close (got[i]);
  close (pair[0]), close (pair[1]);
  return true;
}

/* Does the pipe end within some seconds?  */
static bool
pipe_ends (int fd)
{
  char c;
  bool ends;

  alarm (5);
  ends = read (fd, &c, 1) == 0;
  alarm (0);
  return ends;
}

static bool
unread_descriptors_are_closed_with_the_socket (void)
{
  int pair[2], fds[2];

  REQUIRE (socketpair (AF_LOCAL, SOCK_STREAM, 0, pair) == 0);
  REQUIRE (pipe (fds) == 0);
  REQUIRE (send_descriptors (pair[0], &fds[1], 1));
  close (fds[1]);
  close (pair[1]);
  close (pair[0]);
  REQUIRE (pipe_ends (fds[0]));
  close (fds[0]);
  return true;
}

static bool
sockets_in_their_own_messages_are_closed (void)
{
  int pair[2], fds[2], cargo[2];

  REQUIRE (socketpair (AF_LOCAL, SOCK_STREAM, 0, pair) == 0);
  REQUIRE (pipe (fds) == 0);
  cargo[0] = fds[1];
  cargo[1] = pair[1];
  REQUIRE (send_descriptors (pair[0], cargo, 2));
  close (fds[1]), close (pair[0]), close (pair[1]);
  REQUIRE (pipe_ends (fds[0]));
  close (fds[0]);
  return true;
}

static bool
sockets_in_messages_of_each_other_are_closed (void)
{
  int a[2], b[2], fds[2], cargo[2];

  REQUIRE (socketpair (AF_LOCAL, SOCK_STREAM, 0, a) == 0);
  REQUIRE (socketpair (AF_LOCAL, SOCK_STREAM, 0, b) == 0);
  REQUIRE (pipe (fds) == 0);
  cargo[0] = fds[1];
  cargo[1] = b[1];
  REQUIRE (send_descriptors (a[0], cargo, 2));
  REQUIRE (send_descriptors (b[0], &a[1], 1));
  close (fds[1]);
  close (a[0]), close (a[1]), close (b[0]), close (b[1]);
  REQUIRE (pipe_ends (fds[0]));
  close (fds[0]);
  return true;
}

static bool
sockets_in_flight_survive_their_senders (void)
{
  int a[2], b[2], got;
  char data[10];

  REQUIRE (socketpair (AF_LOCAL, SOCK_STREAM, 0, a) == 0);
  REQUIRE (socketpair (AF_LOCAL, SOCK_STREAM, 0, b) == 0);
  REQUIRE (send_descriptors (a[0], &b[1], 1));
  REQUIRE (write (b[0], "wait", 4) == 4);
  close (a[0]), close (b[1]);
  usleep (100000);
  REQUIRE (receive_descriptors (a[1], &got, 1) == 1);
  REQUIRE (read (got, data, 10) == 4 && write (got, "ok", 2) == 2);
  REQUIRE (read (b[0], data, 10) == 2);
  close (a[1]), close (b[0]), close (got);
  return true;
}

/* The receiving libc counts descriptors in the control data and takes as many
   ports out of an array that is not so long.  */
static bool
control_data_that_lies_is_refused (void)
{
  char control[CMSG_SPACE (100 * sizeof (int))] = { 0 };
  struct cmsghdr *cmsg = (struct cmsghdr *)control;
  vm_size_t amount;
  error_t err;
  int pair[2];

  REQUIRE (socketpair (AF_LOCAL, SOCK_STREAM, 0, pair) == 0);
  cmsg->cmsg_level = SOL_SOCKET;
  cmsg->cmsg_type = SCM_RIGHTS;
  cmsg->cmsg_len = sizeof control;
  err = HURD_DPORT_USE (pair[0],
                        socket_send (port, MACH_PORT_NULL, 0, "x", 1, NULL,
                                     MACH_MSG_TYPE_COPY_SEND, 0, control,
                                     sizeof control, &amount));
  REQUIRE (err == EINVAL);
  cmsg->cmsg_len = 3;
  err = HURD_DPORT_USE (pair[0],
                        socket_send (port, MACH_PORT_NULL, 0, "x", 1, NULL,
                                     MACH_MSG_TYPE_COPY_SEND, 0, control,
                                     sizeof control, &amount));
  REQUIRE (err == EINVAL);
  close (pair[0]), close (pair[1]);
  return true;
}

static const struct claim claims[] = {
  CLAIM (message_carries_a_pipe_to_another_process),
  CLAIM (message_carries_a_file),
  CLAIM (message_carries_20_descriptors),
  CLAIM (unread_descriptors_are_closed_with_the_socket),
  CLAIM (sockets_in_flight_survive_their_senders),
  CLAIM (sockets_in_their_own_messages_are_closed),
  CLAIM (sockets_in_messages_of_each_other_are_closed),
  CLAIM (control_data_that_lies_is_refused),
};

CLAIMS_MAIN (claims)
