/* inet_fake.c -- the role inet sockets, source fake: there is no network

   Programs get sockets, as on a machine that is connected to nothing: no
   address is theirs, nothing can be reached, and whoever would wait for data
   is told that none will come.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <netinet/in.h>

#include "servers/inet/inet.h"

static error_t
refuse (struct inet_socket *sock, error_t why)
{
  return environment_refuse (sock->inet->env, "inet", why);
}

static error_t
fake_admit (struct inet *inet, enum inet_family family, int type, int protocol)
{
  (void)inet, (void)family;
  if (type != SOCK_STREAM && type != SOCK_DGRAM)
    return EPROTOTYPE;
  if (protocol
      && protocol != (type == SOCK_STREAM ? IPPROTO_TCP : IPPROTO_UDP))
    return EPROTONOSUPPORT;
  return 0;
}

static error_t
fake_bind (struct inet_socket *sock, const struct inet_address *address)
{
  (void)address;
  return refuse (sock, EADDRNOTAVAIL);
}

/* Whoever listens has an address first.  */
static error_t
fake_listen (struct inet_socket *sock, int backlog)
{
  (void)backlog;
  return sock->type == SOCK_STREAM ? refuse (sock, EADDRNOTAVAIL) : EOPNOTSUPP;
}

static error_t
fake_accept (struct inet_socket *sock)
{
  return sock->type == SOCK_STREAM ? EINVAL : EOPNOTSUPP;
}

static error_t
fake_connect (struct inet_socket *sock, const struct inet_address *address)
{
  (void)address;
  return refuse (sock, ENETUNREACH);
}

static error_t
fake_peer (struct inet_socket *sock)
{
  (void)sock;
  return ENOTCONN;
}

static error_t
fake_shutdown (struct inet_socket *sock, int direction)
{
  (void)sock;
  return direction < SHUT_RD || direction > SHUT_RDWR ? EINVAL : ENOTCONN;
}

static error_t
fake_send (struct inet_socket *sock, const struct inet_address *address)
{
  if (sock->type == SOCK_STREAM)
    return ENOTCONN;
  return address ? refuse (sock, ENETUNREACH) : EDESTADDRREQ;
}

static error_t
fake_receive (struct inet_socket *sock, bool waits)
{
  if (sock->type == SOCK_STREAM)
    return ENOTCONN;
  return waits ? ENETUNREACH : EWOULDBLOCK;
}

static error_t
fake_get_option (struct inet_socket *sock, int level, int option,
                 int *ret_value)
{
  if (level != SOL_SOCKET)
    return ENOPROTOOPT;
  switch (option)
    {
    case SO_TYPE:
      *ret_value = sock->type;
      return 0;
    case SO_ERROR:
    case SO_ACCEPTCONN:
      *ret_value = 0;
      return 0;
    default:
      return ENOPROTOOPT;
    }
}

/* There is no traffic that it could change.  */
static error_t
fake_set_option (struct inet_socket *sock, int level, int option)
{
  (void)sock, (void)level, (void)option;
  return 0;
}

static const struct inet_ops fake_ops = {
  .admit = fake_admit,
  .bind = fake_bind,
  .listen = fake_listen,
  .accept = fake_accept,
  .connect = fake_connect,
  .peer = fake_peer,
  .shutdown = fake_shutdown,
  .send = fake_send,
  .receive = fake_receive,
  .get_option = fake_get_option,
  .set_option = fake_set_option,
};

error_t
inet_fake_create (struct environment *env)
{
  return inet_start (env, &fake_ops);
}
