/* terminal_hostile.c -- what a terminal survives

   Each claim ends with a terminal that still does what terminals do.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <hurd.h>
#include <hurd/fd.h>
#include <hurd/io.h>
#include <hurd/term.h>
#include <mach.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "tests/guest/claim.h"

#define TERM 28000
#define TIOCTL 156000
#define IO_READ 21001
#define IO_SELECT 21012

static int master = -1, slave = -1;

static bool
terminal_works (void)
{
  char bytes[64] = "";
  int flags;

  tcflush (slave, TCIOFLUSH);
  flags = fcntl (master, F_GETFL);
  fcntl (master, F_SETFL, flags | O_NONBLOCK);
  while (read (master, bytes, sizeof bytes) > 0)
    continue;
  fcntl (master, F_SETFL, flags);
  alarm (20);
  REQUIRE (write (master, "works\r", 6) == 6);
  REQUIRE (read (slave, bytes, sizeof bytes) == 6);
  REQUIRE (memcmp (bytes, "works\n", 6) == 0);
  REQUIRE (read (master, bytes, sizeof bytes) == 7);
  alarm (0);
  return true;
}

static bool
pair_is_there (void)
{
  if (slave >= 0)
    return true;
  master = posix_openpt (O_RDWR | O_NOCTTY);
  REQUIRE (master >= 0);
  REQUIRE (grantpt (master) == 0 && unlockpt (master) == 0);
  slave = open (ptsname (master), O_RDWR | O_NOCTTY);
  REQUIRE (slave >= 0);
  return true;
}

static mach_port_t
port_of (int fd)
{
  return getdport (fd);
}

/* ---- messages ---- */

/* An id with a body that has nothing to do with it.  */
static void
send_junk (mach_port_t port, mach_msg_id_t id, size_t size, unsigned int fill)
{
  struct
  {
    mach_msg_header_t header;
    unsigned char body[2048];
  } message;

  memset (&message, fill, sizeof message);
  message.header = (mach_msg_header_t){
    .msgh_bits
    = MACH_MSGH_BITS (MACH_MSG_TYPE_COPY_SEND, MACH_MSG_TYPE_MAKE_SEND_ONCE),
    .msgh_size = sizeof message.header + size,
    .msgh_remote_port = port,
    .msgh_local_port = mach_reply_port (),
    .msgh_id = id,
  };
  (void)mach_msg (&message.header, MACH_SEND_MSG | MACH_SEND_TIMEOUT,
                  message.header.msgh_size, 0, MACH_PORT_NULL, 100,
                  MACH_PORT_NULL);
  (void)mach_port_mod_refs (mach_task_self (), message.header.msgh_local_port,
                            MACH_PORT_RIGHT_RECEIVE, -1);
}

static bool
junk_is_refused (void)
{
  mach_port_t ports[2], id;

  if (!pair_is_there ())
    return false;
  ports[0] = port_of (slave);
  ports[1] = port_of (master);
  REQUIRE (!term_getctty (ports[0], &id));
  for (int i = 0; i < 224; i++)
    for (unsigned int fill = 0; fill < 512; fill += 255)
      for (int which = 0; which < 2; which++)
        {
          send_junk (ports[which], TERM + i, i * 7 % 2000 & ~7, fill);
          send_junk (ports[which], TIOCTL + i, i * 13 % 2000 & ~7, fill);
          send_junk (id, TERM + i, i * 8, fill);
          send_junk (id, TIOCTL + i, i * 8, fill);
        }
  return terminal_works ();
}

static bool
the_id_is_no_terminal (void)
{
  mach_port_t id, other;
  char name[1024];

  if (!pair_is_there ())
    return false;
  REQUIRE (!term_getctty (port_of (slave), &id));
  REQUIRE (term_getctty (id, &other) == EOPNOTSUPP);
  REQUIRE (term_open_ctty (id, 1, 1, &other) == EOPNOTSUPP);
  REQUIRE (term_get_nodename (id, name) == EOPNOTSUPP);
  REQUIRE (termctty_open_terminal (port_of (slave), O_RDWR, &other)
           == EOPNOTSUPP);
  return terminal_works ();
}

static bool
impossible_processes_are_refused (void)
{
  mach_port_t port;

  if (!pair_is_there ())
    return false;
  REQUIRE (term_open_ctty (port_of (slave), -1, 1, &port) == EINVAL);
  REQUIRE (term_open_ctty (port_of (slave), 1, 0, &port) == EINVAL);
  REQUIRE (term_open_ctty (port_of (master), 1, 1, &port) == EOPNOTSUPP);
  return true;
}

static bool
names_cannot_be_forged (void)
{
  char name[1024] = "/etc/passwd";

  if (!pair_is_there ())
    return false;
  REQUIRE (term_set_nodename (port_of (slave), name) == EPERM);
  REQUIRE (!term_get_nodename (port_of (slave), name));
  REQUIRE (!strncmp (name, "/dev/tty", 8));
  return true;
}

/* ---- waiting ---- */

/* Reads whose answers nobody will ever take.  */
static bool
abandoned_reads_take_nothing_along (void)
{
  struct
  {
    mach_msg_header_t header;
    mach_msg_type_t offset_type;
    int64_t offset;
    mach_msg_type_t amount_type;
    uint64_t amount;
  } read_message = {
    .offset_type = { .msgt_name = MACH_MSG_TYPE_INTEGER_64,
                     .msgt_size = 64,
                     .msgt_number = 1,
                     .msgt_inline = 1 },
    .offset = -1,
    .amount_type = { .msgt_name = MACH_MSG_TYPE_INTEGER_64,
                     .msgt_size = 64,
                     .msgt_number = 1,
                     .msgt_inline = 1 },
    .amount = 100,
  };

  if (!pair_is_there ())
    return false;
  for (int i = 0; i < 3000; i++)
    {
      mach_port_t reply = mach_reply_port ();

      read_message.header = (mach_msg_header_t){
        .msgh_bits = MACH_MSGH_BITS (MACH_MSG_TYPE_COPY_SEND,
                                     MACH_MSG_TYPE_MAKE_SEND_ONCE),
        .msgh_size = sizeof read_message,
        .msgh_remote_port = port_of (slave),
        .msgh_local_port = reply,
        .msgh_id = IO_READ,
      };
      REQUIRE (!mach_msg (
          &read_message.header, MACH_SEND_MSG | MACH_SEND_TIMEOUT,
          sizeof read_message, 0, MACH_PORT_NULL, 5000, MACH_PORT_NULL));
      REQUIRE (!mach_port_mod_refs (mach_task_self (), reply,
                                    MACH_PORT_RIGHT_RECEIVE, -1));
    }
  return terminal_works ();
}

static bool
killed_writers_leave_room (void)
{
  static char page[8192];

  if (!pair_is_there ())
    return false;
  memset (page, 'x', sizeof page);
  for (int i = 0; i < 20; i++)
    {
      pid_t pid = fork ();

      if (!pid)
        for (;;)
          (void)write (slave, page, sizeof page);
      usleep (20000);
      REQUIRE (kill (pid, SIGKILL) == 0);
      REQUIRE (waitpid (pid, NULL, 0) == pid);
    }
  return terminal_works ();
}

static bool
many_handles_come_and_go (void)
{
  if (!pair_is_there ())
    return false;
  for (int round = 0; round < 5; round++)
    {
      mach_port_t ports[500];

      for (int i = 0; i < 500; i++)
        REQUIRE (
            !term_open_ctty (port_of (slave), 1000 + i, 1000 + i, &ports[i]));
      for (int i = 0; i < 500; i++)
        mach_port_deallocate (mach_task_self (), ports[i]);
    }
  REQUIRE (tcsetpgrp (slave, getpgrp ()) == 0);
  return terminal_works ();
}

/* Waits in select whose handles nobody has any more: the answer to one ends
   the last handle that counts, while another still waits.  */
static mach_port_t
select_and_leave (const char *name, int flags)
{
  struct
  {
    mach_msg_header_t header;
    mach_msg_type_t type;
    int what, pad;
  } message = { .type = { .msgt_name = MACH_MSG_TYPE_INTEGER_32,
                          .msgt_size = 32,
                          .msgt_number = 1,
                          .msgt_inline = 1 },
                .what = 1 };
  mach_port_t port = file_name_lookup (name, flags, 0);
  mach_port_t reply = mach_reply_port ();

  message.header = (mach_msg_header_t){
    .msgh_bits
    = MACH_MSGH_BITS (MACH_MSG_TYPE_MOVE_SEND, MACH_MSG_TYPE_MAKE_SEND_ONCE),
    .msgh_size = sizeof message,
    .msgh_remote_port = port,
    .msgh_local_port = reply,
    .msgh_id = IO_SELECT,
  };
  (void)mach_msg (&message.header, MACH_SEND_MSG | MACH_SEND_TIMEOUT,
                  sizeof message, 0, MACH_PORT_NULL, 5000, MACH_PORT_NULL);
  return reply;
}

static bool
the_last_handle_may_end_in_an_answer (void)
{
  char name[64];

  if (!pair_is_there ())
    return false;
  snprintf (name, sizeof name, "%s", ptsname (master));
  for (int i = 0; i < 50; i++)
    {
      mach_port_t replies[6];

      for (int j = 0; j < 6; j++)
        replies[j] = select_and_leave (name, j % 2 ? 0 : O_RDWR);
      close (slave);
      usleep (2000);
      (void)write (master, "line\n", 5);
      usleep (2000);
      for (int j = 0; j < 6; j++)
        mach_port_mod_refs (mach_task_self (), replies[j],
                            MACH_PORT_RIGHT_RECEIVE, -1);
      slave = open (name, O_RDWR | O_NOCTTY);
      REQUIRE (slave >= 0);
    }
  return terminal_works ();
}

/* ---- modes ---- */

static bool
no_modes_break_it (void)
{
  struct termios before, modes;
  unsigned int seed = 7;
  char bytes[512];

  if (!pair_is_there ())
    return false;
  REQUIRE (tcgetattr (slave, &before) == 0);
  REQUIRE (fcntl (slave, F_SETFL, O_NONBLOCK) == 0);
  REQUIRE (fcntl (master, F_SETFL, O_NONBLOCK) == 0);
  for (int i = 0; i < 500; i++)
    {
      modes = before;
      modes.c_iflag = rand_r (&seed) * 2u;
      modes.c_oflag = rand_r (&seed) * 2u;
      modes.c_lflag = rand_r (&seed) * 2u & ~TOSTOP & ~ISIG;
      modes.c_cflag |= rand_r (&seed);
      for (int c = 0; c < NCCS; c++)
        modes.c_cc[c] = rand_r (&seed);
      for (size_t c = 0; c < sizeof bytes; c++)
        bytes[c] = rand_r (&seed);
      REQUIRE (tcsetattr (slave, TCSANOW, &modes) == 0);
      (void)write (master, bytes, sizeof bytes);
      (void)write (slave, bytes, sizeof bytes);
      (void)read (slave, bytes, sizeof bytes);
      (void)read (master, bytes, sizeof bytes);
    }
  REQUIRE (tcsetattr (slave, TCSANOW, &before) == 0);
  REQUIRE (ioctl (slave, TIOCSTART, 0) == 0);
  REQUIRE (fcntl (slave, F_SETFL, 0) == 0 && fcntl (master, F_SETFL, 0) == 0);
  return terminal_works ();
}

static bool
a_huge_write_is_a_write (void)
{
  const size_t size = 4 * 1024 * 1024;
  char *much = mmap (NULL, size, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANON, -1, 0);

  if (!pair_is_there ())
    return false;
  REQUIRE (much != MAP_FAILED);
  REQUIRE (fcntl (slave, F_SETFL, O_NONBLOCK) == 0);
  REQUIRE (write (slave, much, size) > 0);
  errno = 0;
  REQUIRE (write (slave, much, size) == -1 && errno == EWOULDBLOCK);
  REQUIRE (fcntl (slave, F_SETFL, 0) == 0);
  munmap (much, size);
  return terminal_works ();
}

/* Signals are for the foreground of one's own terminal: a group that never
   asked for one gets none.  */
static bool
somebody_else_is_not_signalled (void)
{
  int status;
  pid_t pid;

  if (!pair_is_there ())
    return false;
  pid = fork ();
  if (!pid)
    {
      setsid ();
      sleep (2);
      _exit (3);
    }
  usleep (200000);
  REQUIRE (tcsetpgrp (slave, pid) == 0);
  REQUIRE (write (master, "\003", 1) == 1);
  REQUIRE (waitpid (pid, &status, 0) == pid);
  REQUIRE (WIFEXITED (status) && WEXITSTATUS (status) == 3);
  REQUIRE (tcsetpgrp (slave, getpgrp ()) == 0);
  return terminal_works ();
}

static const struct claim claims[] = {
  CLAIM (junk_is_refused),
  CLAIM (the_id_is_no_terminal),
  CLAIM (impossible_processes_are_refused),
  CLAIM (names_cannot_be_forged),
  CLAIM (abandoned_reads_take_nothing_along),
  CLAIM (killed_writers_leave_room),
  CLAIM (many_handles_come_and_go),
  CLAIM (the_last_handle_may_end_in_an_answer),
  CLAIM (no_modes_break_it),
  CLAIM (a_huge_write_is_a_write),
  CLAIM (somebody_else_is_not_signalled),
};

int
main (void)
{
  signal (SIGTTOU, SIG_IGN);
  return claims_check (claims, sizeof claims / sizeof *claims);
}
