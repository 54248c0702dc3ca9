/* sockets_option.c -- getsockopt and setsockopt

   Every option is an int.

   Source: own.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "servers/sockets/sockets_private.h"

struct option
{
  int name;
  int (*get) (const struct socket *sock);
  error_t (*set) (struct socket *sock, int value); /* NULL: it cannot be */
};

static int
get_zero (const struct socket *sock)
{
  (void)sock;
  return 0;
}

static error_t
set_nothing (struct socket *sock, int value)
{
  (void)sock;
  (void)value;
  return 0;
}

static int
get_type (const struct socket *sock)
{
  return sock->type;
}

static int
get_listening (const struct socket *sock)
{
  return sock->listening;
}

static int
get_send_buffer (const struct socket *sock)
{
  return sock->out ? sock->out->buffer.capacity : sock->capacity;
}

static int
get_receive_buffer (const struct socket *sock)
{
  return sock->in ? sock->in->buffer.capacity : sock->capacity;
}

/* A channel may shrink below what is in it: then nothing goes in until
   enough has come out.  */
static error_t
set_buffer (struct socket *sock, struct channel *channel, int value)
{
  size_t capacity = value < SOCKETS_PIPE_BUF ? SOCKETS_PIPE_BUF : value;

  if (capacity > SOCKETS_CAPACITY_MAX)
    capacity = SOCKETS_CAPACITY_MAX;
  if (!channel)
    sock->capacity = capacity;
  else
    {
      channel->buffer.capacity = capacity;
      channel_update (channel);
    }
  return 0;
}

static error_t
set_send_buffer (struct socket *sock, int value)
{
  /* A datagram socket writes into the buffers of others.  */
  if (sock->type == SOCK_DGRAM)
    return 0;
  return set_buffer (sock, sock->out, value);
}

static error_t
set_receive_buffer (struct socket *sock, int value)
{
  return set_buffer (sock, sock->in, value);
}

static const struct option options[] = {
  { SO_TYPE, get_type, NULL },
  { SO_ERROR, get_zero, NULL }, /* nothing goes wrong behind one's back */
  { SO_ACCEPTCONN, get_listening, NULL },
  { SO_SNDBUF, get_send_buffer, set_send_buffer },
  { SO_RCVBUF, get_receive_buffer, set_receive_buffer },
  { SO_REUSEADDR, get_zero, set_nothing },
  { SO_KEEPALIVE, get_zero, set_nothing },
  { SO_BROADCAST, get_zero, set_nothing },
  { SO_DEBUG, get_zero, set_nothing },
  { SO_DONTROUTE, get_zero, set_nothing },
};

static const struct option *
option_find (int level, int name)
{
  if (level != SOL_SOCKET)
    return NULL;
  for (size_t i = 0; i < sizeof options / sizeof *options; i++)
    if (options[i].name == name)
      return &options[i];
  return NULL;
}

error_t
socket_option_get (struct socket *sock, int level, int option, int *ret_value)
{
  const struct option *found = option_find (level, option);

  if (!found)
    return ENOPROTOOPT;
  *ret_value = found->get (sock);
  return 0;
}

error_t
socket_option_set (struct socket *sock, int level, int option, int value)
{
  const struct option *found = option_find (level, option);

  if (!found || !found->set)
    return ENOPROTOOPT;
  return found->set (sock, value);
}
