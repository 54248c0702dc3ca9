/* sockets_hostile.c -- what no libc would send
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <hurd.h>
#include <hurd/fd.h>
#include <hurd/io.h>
#include <hurd/io_request.h>
#include <hurd/socket.h>
#include <mach/memory_object.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/guest/claim.h"

/* A send right to the socket FD; the caller's until the end.  */
static mach_port_t
port_of (int fd)
{
  return getdport (fd);
}

/* One number that the environment says of itself.  */
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

static bool
strange_ports_are_refused (void)
{
  mach_port_t mine = mach_reply_port ();
  int fd = socket (AF_LOCAL, SOCK_STREAM, 0), dgram;
  mach_port_t sock = port_of (fd), strange[4];
  vm_size_t amount;

  mach_port_insert_right (mach_task_self (), mine, mine,
                          MACH_MSG_TYPE_MAKE_SEND);
  dgram = socket (AF_LOCAL, SOCK_DGRAM, 0);
  strange[0] = mine;
  strange[1] = mach_task_self ();
  strange[2] = sock;
  strange[3] = port_of (dgram);
  for (int i = 0; i < 4; i++)
    {
      REQUIRE (socket_connect (sock, strange[i]) == ECONNREFUSED);
      REQUIRE (socket_bind (sock, strange[i]) == EADDRNOTAVAIL);
      REQUIRE (socket_send (port_of (dgram), strange[i], 0, "x", 1, NULL,
                            MACH_MSG_TYPE_COPY_SEND, 0, NULL, 0, &amount)
               == ECONNREFUSED);
      REQUIRE (socket_connect2 (sock, strange[i]) != 0);
    }
  REQUIRE (socket_connect (sock, MACH_PORT_NULL) == ECONNREFUSED);
  REQUIRE (socket_connect2 (sock, MACH_PORT_NULL) == EOPNOTSUPP);
  mach_port_mod_refs (mach_task_self (), mine, MACH_PORT_RIGHT_RECEIVE, -1);
  close (fd), close (dgram);
  return true;
}

static bool
wrong_objects_are_refused (void)
{
  mach_port_t service = file_name_lookup ("/servers/socket/1", 0, 0), address;
  int fd = open ("/etc/passwd", O_RDONLY);
  mach_port_t made;
  vm_size_t amount;

  REQUIRE (MACH_PORT_VALID (service) && fd >= 0);
  REQUIRE (socket_listen (service, 1) == EOPNOTSUPP);
  REQUIRE (socket_send (service, MACH_PORT_NULL, 0, "x", 1, NULL,
                        MACH_MSG_TYPE_COPY_SEND, 0, NULL, 0, &amount)
           == EOPNOTSUPP);
  REQUIRE (socket_create (port_of (fd), SOCK_STREAM, 0, &made) != 0);
  REQUIRE (socket_fabricate_address (service, AF_INET, &address)
           == EAFNOSUPPORT);
  REQUIRE (socket_fabricate_address (service, AF_LOCAL, &address) == 0);
  REQUIRE (socket_create (address, SOCK_STREAM, 0, &made) == EOPNOTSUPP);
  REQUIRE (socket_listen (address, 1) == EOPNOTSUPP);
  REQUIRE (io_write (address, "x", 1, -1, &amount) != 0);
  mach_port_deallocate (mach_task_self (), address);
  mach_port_deallocate (mach_task_self (), service);
  close (fd);
  return true;
}

static bool
strange_numbers_are_harmless (void)
{
  static const int numbers[] = { -1, 0, 1, 4097, 0x7fffffff, -0x7fffffff };
  int fds[2], option = 0;
  char buffer[8], *data = buffer;
  mach_msg_type_number_t size = sizeof buffer;

  REQUIRE (socketpair (AF_LOCAL, SOCK_STREAM, 0, fds) == 0);
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
    {
      (void)setsockopt (fds[0], SOL_SOCKET, SO_SNDBUF, &numbers[i], 4);
      (void)setsockopt (fds[0], SOL_SOCKET, SO_RCVBUF, &numbers[i], 4);
      (void)setsockopt (fds[0], numbers[i], numbers[i], &option, 4);
      (void)socket_listen (port_of (fds[0]), numbers[i]);
      (void)socket_shutdown (port_of (fds[0]), numbers[i] | 8);
    }
  REQUIRE (setsockopt (fds[0], SOL_SOCKET, SO_SNDBUF, &option, 1) == -1);
  REQUIRE (write (fds[0], "abc", 3) == 3);
  REQUIRE (io_read (port_of (fds[1]), &data, &size, -1, ~0UL) == 0);
  REQUIRE (size == 3);
  size = sizeof buffer;
  REQUIRE (io_read (port_of (fds[1]), &data, &size, 5, 1) == ESPIPE);
  close (fds[0]), close (fds[1]);
  return true;
}

/* Requests without end, and nobody who waits for the answers.  */
static bool
requests_of_the_dead_are_dropped (void)
{
  int fds[2], status;
  long before;
  pid_t child;

  REQUIRE (pipe (fds) == 0);
  before = dump_number ("parked requests: ");
  child = fork ();
  if (child == 0)
    {
      for (int i = 0; i < 1000; i++)
        io_read_request (port_of (fds[0]), mach_reply_port (), -1, 1);
      usleep (200000);
      _exit (0);
    }
  REQUIRE (waitpid (child, &status, 0) == child && status == 0);
  REQUIRE (write (fds[1], "x", 1) == 1);
  REQUIRE (fcntl (fds[0], F_SETFL, O_NONBLOCK) == 0);
  char c;
  REQUIRE (read (fds[0], &c, 1) == 1 && c == 'x');
  REQUIRE (dump_number ("parked requests: ") <= before + 1);
  close (fds[0]), close (fds[1]);
  return true;
}

/* Say for PAGER that it is ready, and copied lazily.  */
static bool
pager_become_ready (mach_port_t pager)
{
  struct
  {
    mach_msg_header_t header;
    mach_msg_type_t control_type;
    mach_port_name_inlined_t control;
    char rest[256];
  } init;

  return mach_msg (&init.header, MACH_RCV_MSG | MACH_RCV_TIMEOUT, 0,
                   sizeof init, pager, 5000, MACH_PORT_NULL)
             == 0
         && memory_object_ready (init.control.name, 0,
                                 MEMORY_OBJECT_COPY_DELAY)
                == 0;
}

/* Memory of a pager that never gives a page is written to a pipe; others go
   on.  */
static bool
data_that_never_comes_holds_up_nobody (void)
{
  mach_port_t pager = mach_reply_port ();
  vm_address_t address = 0;
  int fds[2];
  char c;

  REQUIRE (pipe (fds) == 0);
  mach_port_insert_right (mach_task_self (), pager, pager,
                          MACH_MSG_TYPE_MAKE_SEND);
  REQUIRE (vm_map (mach_task_self (), &address, 65536, 0, 1, pager, 0, 0,
                   VM_PROT_ALL, VM_PROT_ALL, VM_INHERIT_NONE)
           == 0);
  REQUIRE (pager_become_ready (pager));
  REQUIRE (io_write_request (port_of (fds[1]), mach_reply_port (),
                             (char *)address, 65536, -1)
           == 0);
  alarm (20);
  REQUIRE (write (fds[1], "y", 1) == 1);
  REQUIRE (read (fds[0], &c, 1) == 1 && c == 'y');
  alarm (0);
  close (fds[0]), close (fds[1]);
  return true;
}

static void
make_and_drop (int count)
{
  int fds[2], dgram[2];

  for (int i = 0; i < count; i++)
    {
      if (socketpair (AF_LOCAL, SOCK_STREAM, 0, fds)
          || socketpair (AF_LOCAL, SOCK_DGRAM, 0, dgram))
        exit (1);
      if (write (fds[0], "some data", 9) != 9 || write (dgram[0], "x", 1) != 1)
        exit (1);
      close (fds[0]), close (fds[1]), close (dgram[0]), close (dgram[1]);
    }
}

static bool
sockets_leave_nothing_behind (void)
{
  long objects, names;

  make_and_drop (300); /* what is kept for the next ones */
  usleep (300000);
  objects = dump_number ("objects: ");
  names = dump_number ("port names: ");
  REQUIRE (objects > 0 && names > 0);
  make_and_drop (2500);
  usleep (300000);
  REQUIRE (dump_number ("objects: ") <= objects);
  REQUIRE (dump_number ("port names: ") <= names + 2);
  return true;
}

/* Ask SOCK when it can be read from, and have the answer sent to itself.  */
static void
select_for_itself (mach_port_t sock)
{
  struct
  {
    mach_msg_header_t header;
    mach_msg_type_t type;
    int types __attribute__ ((aligned (8)));
  } request = {
    .header = { .msgh_bits = MACH_MSGH_BITS (MACH_MSG_TYPE_COPY_SEND,
                                             MACH_MSG_TYPE_COPY_SEND),
                .msgh_size = sizeof request,
                .msgh_remote_port = sock,
                .msgh_local_port = sock,
                .msgh_id = 21012 },
    .type = { .msgt_name = MACH_MSG_TYPE_INTEGER_32,
              .msgt_size = 32,
              .msgt_number = 1,
              .msgt_inline = TRUE },
    .types = SELECT_READ,
  };

  (void)mach_msg (&request.header, MACH_SEND_MSG, sizeof request, 0,
                  MACH_PORT_NULL, 0, MACH_PORT_NULL);
}

/* One that nobody ever connects to.  */
static int
listener_make (void)
{
  struct sockaddr_un name
      = { .sun_family = AF_LOCAL, .sun_path = "/tmp/sockets_hostile" };
  int fd = socket (AF_LOCAL, SOCK_STREAM, 0);

  if (bind (fd, (struct sockaddr *)&name, sizeof name) || listen (fd, 1))
    return -1;
  return unlink (name.sun_path) ? -1 : fd;
}

static bool
who_is_to_be_answered_by_himself_does_not_stay (void)
{
  long objects = dump_number ("objects: ");
  pid_t child = fork ();
  int status;

  if (child == 0)
    {
      int fd = -1;

      for (int i = 0; i < 20 && (fd = listener_make ()) >= 0; i++)
        select_for_itself (port_of (fd));
      _exit (fd < 0);
    }
  REQUIRE (objects > 0 && waitpid (child, &status, 0) == child && !status);
  usleep (300000);
  REQUIRE (dump_number ("objects: ") <= objects);
  return true;
}

/* Memory ends with an error for whoever asks too much, and comes back.  */
static bool
buffers_are_bounded (void)
{
  static char data[65536];
  int *fds = calloc (2 * 8192, sizeof *fds), count = 0, status;
  pid_t child = fork ();

  if (child == 0)
    {
      error_t err = 0;
      mach_port_t service = file_name_lookup ("/servers/socket/1", 0, 0);
      mach_port_t a, b;
      vm_size_t amount;

      while (count < 8192 && !err)
        {
          err = socket_create (service, SOCK_STREAM, 0, &a);
          if (!err)
            err = socket_create (service, SOCK_STREAM, 0, &b);
          if (!err)
            err = socket_connect2 (a, b);
          if (!err)
            err = io_write (a, data, sizeof data, -1, &amount);
          count++;
        }
      _exit (err == ENOMEM || err == ENOBUFS ? 0 : 1);
    }
  REQUIRE (waitpid (child, &status, 0) == child);
  REQUIRE (status == 0);
  REQUIRE (pipe (fds) == 0);
  REQUIRE (write (fds[1], data, sizeof data) == sizeof data);
  close (fds[0]), close (fds[1]);
  free (fds);
  return true;
}

static const struct claim claims[] = {
  CLAIM (strange_ports_are_refused),
  CLAIM (wrong_objects_are_refused),
  CLAIM (strange_numbers_are_harmless),
  CLAIM (requests_of_the_dead_are_dropped),
  CLAIM (data_that_never_comes_holds_up_nobody),
  CLAIM (sockets_leave_nothing_behind),
  CLAIM (who_is_to_be_answered_by_himself_does_not_stay),
  CLAIM (buffers_are_bounded),
};

CLAIMS_MAIN (claims)
