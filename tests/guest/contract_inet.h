/* contract_inet.h -- what a program does with the network, and hears
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef CONTRACT_INET_H
#define CONTRACT_INET_H

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include "tests/guest/contract.h"

static int
inet_with (int family, int type, int (*act) (int fd))
{
  int fd = socket (family, type, 0), err = outcome (fd);

  if (!err)
    err = act (fd);
  close (fd);
  return err;
}

static const struct sockaddr_in somewhere = { .sin_len = sizeof somewhere,
                                              .sin_family = AF_INET,
                                              .sin_port = 0x5000,
                                              .sin_addr = { 0x010200c0 } };
static const struct sockaddr_in6 somewhere6 = { .sin6_len = sizeof somewhere6,
                                                .sin6_family = AF_INET6,
                                                .sin6_port = 0x5000 };

static int
do_connect (int fd)
{
  return outcome (
      connect (fd, (const struct sockaddr *)&somewhere, sizeof somewhere));
}

static int
do_connect6 (int fd)
{
  return outcome (
      connect (fd, (const struct sockaddr *)&somewhere6, sizeof somewhere6));
}

static int
do_bind (int fd)
{
  const struct sockaddr_in any
      = { .sin_len = sizeof any, .sin_family = AF_INET };

  return outcome (bind (fd, (const struct sockaddr *)&any, sizeof any));
}

static int
do_send (int fd)
{
  return outcome (sendto (fd, "lost", 4, 0,
                          (const struct sockaddr *)&somewhere,
                          sizeof somewhere));
}

static int
do_receive (int fd)
{
  char byte;

  return outcome (recv (fd, &byte, 1, 0));
}

static int
do_poll (int fd)
{
  struct pollfd wanted = { .fd = fd, .events = POLLIN };

  return poll (&wanted, 1, -1) == 1 ? 0 : EIEIO;
}

static int
do_name (int fd)
{
  struct sockaddr_in name = { .sin_port = 1 };
  socklen_t size = sizeof name;
  int err = outcome (getsockname (fd, (struct sockaddr *)&name, &size));

  return err || (name.sin_family == AF_INET && !name.sin_port) ? err : EIEIO;
}

static int
do_type (int fd)
{
  int type = 0;
  socklen_t size = sizeof type;
  int err = outcome (getsockopt (fd, SOL_SOCKET, SO_TYPE, &type, &size));

  return err || type == SOCK_DGRAM ? err : EIEIO;
}

static int
inet_connect (void)
{
  return inet_with (AF_INET, SOCK_STREAM, do_connect);
}

static int
inet_connect6 (void)
{
  return inet_with (AF_INET6, SOCK_STREAM, do_connect6);
}

static int
inet_bind (void)
{
  return inet_with (AF_INET, SOCK_STREAM, do_bind);
}

static int
inet_send (void)
{
  return inet_with (AF_INET, SOCK_DGRAM, do_send);
}

static int
inet_receive (void)
{
  return inet_with (AF_INET, SOCK_DGRAM, do_receive);
}

static int
inet_read (void)
{
  return inet_with (AF_INET, SOCK_STREAM, do_receive);
}

static int
inet_poll (void)
{
  return inet_with (AF_INET, SOCK_DGRAM, do_poll);
}

static int
inet_name (void)
{
  return inet_with (AF_INET, SOCK_STREAM, do_name);
}

static int
inet_type (void)
{
  return inet_with (AF_INET, SOCK_DGRAM, do_type);
}

static int
inet_raw (void)
{
  int fd = socket (AF_INET, SOCK_RAW, 1), err = outcome (fd);

  close (fd);
  return err;
}

static int
inet_reauthenticates (void)
{
  return reauthenticate ("/servers/socket/2", 0);
}

/* A socket itself, not what makes it.  */
static int
do_reauthenticate (int fd)
{
  return reauthenticate_port (getdport (fd));
}

static int
inet_socket_reauthenticates (void)
{
  return inet_with (AF_INET6, SOCK_DGRAM, do_reauthenticate);
}

#endif
