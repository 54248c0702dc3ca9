/* sockets_random.c -- random operations on a few sockets

   Nothing is checked but that everybody survives, and that nothing is left
   when all is closed.  The same numbers each time.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <hurd.h>
#include <hurd/fd.h>
#include <hurd/io.h>
#include <hurd/io_request.h>
#include <hurd/socket.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/guest/claim.h"

#define SOCKETS 12
#define ADDRESSES 4
#define TURNS 15000

static mach_port_t service, sockets[SOCKETS], addresses[ADDRESSES];
static char data[70000];

static int
pick (int below)
{
  return (int)(random () % below);
}

static mach_port_t
any_socket (void)
{
  return sockets[pick (SOCKETS)];
}

static mach_port_t
any_address (void)
{
  return pick (5) ? addresses[pick (ADDRESSES)] : MACH_PORT_NULL;
}

static size_t
any_size (void)
{
  static const size_t sizes[]
      = { 0, 1, 7, 2047, 2048, 2049, 4096, 4097, 8192, 65536, 70000 };

  return sizes[pick (sizeof sizes / sizeof *sizes)];
}

static void
drop (mach_port_t *port)
{
  if (MACH_PORT_VALID (*port))
    mach_port_deallocate (mach_task_self (), *port);
  *port = MACH_PORT_NULL;
}

static void
renew_socket (void)
{
  static const int types[] = { SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET };
  mach_port_t *sock = &sockets[pick (SOCKETS)];

  drop (sock);
  if (!socket_create (service, types[pick (3)], pick (2) ? 0 : S_IFIFO, sock))
    io_set_some_openmodes (*sock, O_NONBLOCK);
}

static void
renew_address (void)
{
  mach_port_t *address = &addresses[pick (ADDRESSES)];

  drop (address);
  socket_fabricate_address (service, AF_LOCAL, address);
}

static void
do_send (void)
{
  mach_port_t ports[3] = { any_socket (), any_socket (), any_address () };
  vm_size_t amount;

  socket_send (any_socket (), any_address (), MSG_DONTWAIT, data, any_size (),
               ports, MACH_MSG_TYPE_COPY_SEND, pick (4), data,
               pick (3) ? 0 : any_size () % 3000, &amount);
}

static void
do_receive (void)
{
  static const int flags[] = { 0, MSG_PEEK, MSG_WAITALL };
  mach_port_t address = MACH_PORT_NULL, *ports = NULL;
  mach_msg_type_number_t count = 0, control_size = 0, size = 100;
  char buffer[100], *got = buffer, *control = NULL;
  int out;

  if (socket_recv (any_socket (), &address, MSG_DONTWAIT | flags[pick (3)],
                   &got, &size, &ports, &count, &control, &control_size, &out,
                   any_size ()))
    return;
  drop (&address);
  for (mach_msg_type_number_t i = 0; i < count; i++)
    drop (&ports[i]);
  if (got != buffer && size)
    vm_deallocate (mach_task_self (), (vm_address_t)got, size);
  if (count)
    vm_deallocate (mach_task_self (), (vm_address_t)ports,
                   count * sizeof *ports);
  if (control_size)
    vm_deallocate (mach_task_self (), (vm_address_t)control, control_size);
}

static void
do_write (void)
{
  vm_size_t amount;

  io_write (any_socket (), data, any_size (), -1, &amount);
}

static void
do_read (void)
{
  char buffer[100], *got = buffer;
  mach_msg_type_number_t size = sizeof buffer;

  if (!io_read (any_socket (), &got, &size, -1, any_size ()) && got != buffer
      && size)
    vm_deallocate (mach_task_self (), (vm_address_t)got, size);
}

/* Let requests wait; some of their clients die.  */
static void
do_wait (void)
{
  mach_port_t reply = mach_reply_port (), sock = any_socket ();

  io_clear_some_openmodes (sock, O_NONBLOCK);
  if (pick (2))
    io_read_request (sock, reply, -1, any_size ());
  else
    io_write_request (sock, reply, data, any_size (), -1);
  io_set_some_openmodes (sock, O_NONBLOCK);
  mach_port_mod_refs (mach_task_self (), reply, MACH_PORT_RIGHT_RECEIVE, -1);
}

static void
do_connect (void)
{
  if (pick (2))
    socket_connect (any_socket (), any_address ());
  else
    socket_connect2 (any_socket (), any_socket ());
}

static void
do_accept (void)
{
  mach_port_t *sock = &sockets[pick (SOCKETS)], address, accepted;

  if (socket_accept (any_socket (), &accepted, &address))
    return;
  drop (&address);
  drop (sock);
  *sock = accepted;
  io_set_some_openmodes (accepted, O_NONBLOCK);
}

static void
do_small_things (void)
{
  mach_port_t port = MACH_PORT_NULL;
  vm_size_t readable;
  int value = pick (100000);

  switch (pick (8))
    {
    case 0:
      socket_bind (any_socket (), any_address ());
      break;
    case 1:
      socket_listen (any_socket (), pick (3));
      break;
    case 2:
      socket_name (any_socket (), &port);
      break;
    case 3:
      socket_peername (any_socket (), &port);
      break;
    case 4:
      socket_shutdown (any_socket (), pick (3));
      break;
    case 5:
      socket_setopt (any_socket (), SOL_SOCKET,
                     pick (2) ? SO_SNDBUF : SO_RCVBUF, (char *)&value,
                     sizeof value);
      break;
    case 6:
      io_readable (any_socket (), &readable);
      break;
    case 7:
      io_duplicate (any_socket (), &port);
      break;
    }
  drop (&port);
}

static void (*const operations[]) (void) = {
  renew_socket, renew_address, do_send,         do_send,
  do_receive,   do_write,      do_read,         do_wait,
  do_connect,   do_accept,     do_small_things,
};

static long
dump_number (const char *what)
{
  FILE *dump = popen ("hurdle-env --dump", "r");
  char line[200];
  long number = -1;

  while (dump && fgets (line, sizeof line, dump))
    if (strncmp (line, what, strlen (what)) == 0)
      number = strtol (line + strlen (what), NULL, 10);
  if (dump)
    pclose (dump);
  return number;
}

static void
play (int turns)
{
  srandom (42);
  for (int i = 0; i < SOCKETS; i++)
    renew_socket ();
  for (int i = 0; i < turns; i++)
    operations[pick (sizeof operations / sizeof *operations)]();
  for (int i = 0; i < SOCKETS; i++)
    drop (&sockets[i]);
  for (int i = 0; i < ADDRESSES; i++)
    drop (&addresses[i]);
  usleep (300000);
}

/* What is dropped is gone when the servers have heard of it: on a busy host
   that takes its time.  */
static bool
settles_at (const char *what, long wanted)
{
  for (int i = 0; i < 100; i++)
    {
      if (dump_number (what) <= wanted)
        return true;
      usleep (100000);
    }
  return false;
}

static bool
random_operations_leave_nothing (void)
{
  long objects, names;

  service = file_name_lookup ("/servers/socket/1", 0, 0);
  REQUIRE (MACH_PORT_VALID (service));
  play (TURNS); /* fills the pool of receive rights */
  objects = dump_number ("objects: ");
  names = dump_number ("port names: ");
  REQUIRE (objects > 0 && names > 0);
  play (TURNS);
  REQUIRE (settles_at ("objects: ", objects));
  REQUIRE (settles_at ("port names: ", names + 2));
  return true;
}

static const struct claim claims[] = {
  CLAIM (random_operations_leave_nothing),
};

CLAIMS_MAIN (claims)
