/* small_roles_hostile.c -- every id with every kind of cargo, to every port
   that terminals, devices, startup, crash and time give away

   The names that the environment holds are counted before and after: what a
   refused request carries must not stay.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <hurd.h>
#include <hurd/term.h>
#include <mach.h>
#include <unistd.h>

#include "tests/guest/claim.h"

enum cargo
{
  CARGO_NONE,
  CARGO_RECEIVE,
  CARGO_SEND,
  CARGO_SEND_ONCE,
  CARGO_DEAD,
  CARGO_MEMORY,
  CARGO_LIE, /* a simple message that claims memory out of line */
  CARGOS
};

static const struct range
{
  mach_msg_id_t base;
  int count;
} ranges[] = { { 28000, 12 }, { 156000, 225 }, { 29000, 6 }, { 32000, 2 },
               { 21000, 33 }, { 20000, 38 },   { 33000, 1 }, { 2200, 12 },
               { 64, 10 },    { 29600, 1 },    { 2900, 6 } };

#define IO_REAUTHENTICATE 21014 /* waits for somebody who never comes */
#define STARTUP_REBOOT 29002    /* not with a proof, but why try our luck */

struct message
{
  mach_msg_header_t header;
  struct
  {
    mach_msg_type_t type;
    union
    {
      mach_port_t port;
      uint64_t word;
      void *memory;
    };
  } items[6];
};

static mach_port_t
right_for (enum cargo cargo, mach_msg_type_name_t *name)
{
  mach_port_t port = mach_reply_port ();

  switch (cargo)
    {
    case CARGO_RECEIVE:
      *name = MACH_MSG_TYPE_MOVE_RECEIVE;
      break;
    case CARGO_SEND:
      *name = MACH_MSG_TYPE_MAKE_SEND;
      break;
    case CARGO_DEAD:
      mach_port_insert_right (mach_task_self (), port, port,
                              MACH_MSG_TYPE_MAKE_SEND);
      mach_port_mod_refs (mach_task_self (), port, MACH_PORT_RIGHT_RECEIVE,
                          -1);
      *name = MACH_MSG_TYPE_COPY_SEND;
      break;
    default:
      *name = MACH_MSG_TYPE_MAKE_SEND_ONCE;
    }
  return port;
}

static void
fill (struct message *message, enum cargo cargo, mach_port_t *ports)
{
  static char page[8192];

  for (int i = 0; i < 6; i++)
    {
      mach_msg_type_name_t name = MACH_MSG_TYPE_INTEGER_32;

      message->items[i].word = 0x4141414141414141;
      ports[i] = MACH_PORT_NULL;
      if (cargo >= CARGO_RECEIVE && cargo <= CARGO_DEAD)
        {
          ports[i] = message->items[i].word = right_for (cargo, &name);
          message->items[i].type = (mach_msg_type_t){ .msgt_name = name,
                                                      .msgt_size = 64,
                                                      .msgt_number = 1,
                                                      .msgt_inline = 1 };
        }
      else if (cargo == CARGO_NONE)
        message->items[i].type = (mach_msg_type_t){ .msgt_name = name,
                                                    .msgt_size = 64,
                                                    .msgt_number = 1,
                                                    .msgt_inline = 1 };
      else
        {
          message->items[i].memory = page;
          message->items[i].type
              = (mach_msg_type_t){ .msgt_name = MACH_MSG_TYPE_CHAR,
                                   .msgt_size = 8,
                                   .msgt_number = sizeof page,
                                   .msgt_longform = 1 };
        }
    }
}

static void
send_cargo (mach_port_t to, mach_msg_id_t id, enum cargo cargo, int items)
{
  mach_port_t ports[6], reply = mach_reply_port ();
  struct message message;
  bool complex = cargo != CARGO_NONE && cargo != CARGO_LIE;

  memset (&message, 0, sizeof message);
  fill (&message, cargo, ports);
  message.header = (mach_msg_header_t){
    .msgh_bits
    = MACH_MSGH_BITS (MACH_MSG_TYPE_COPY_SEND, MACH_MSG_TYPE_MAKE_SEND_ONCE)
      | (complex ? MACH_MSGH_BITS_COMPLEX : 0),
    .msgh_size = sizeof message.header + items * sizeof message.items[0],
    .msgh_remote_port = to,
    .msgh_local_port = reply,
    .msgh_id = id,
  };
  (void)mach_msg (&message.header, MACH_SEND_MSG | MACH_SEND_TIMEOUT,
                  message.header.msgh_size, 0, MACH_PORT_NULL, 500,
                  MACH_PORT_NULL);
  mach_port_mod_refs (mach_task_self (), reply, MACH_PORT_RIGHT_RECEIVE, -1);
  for (int i = 0; i < 6; i++)
    if (MACH_PORT_VALID (ports[i]) && (i >= items || cargo != CARGO_RECEIVE))
      mach_port_destroy (mach_task_self (), ports[i]);
}

static void
attack (mach_port_t port)
{
  for (size_t r = 0; r < sizeof ranges / sizeof *ranges; r++)
    for (int i = 0; i < ranges[r].count; i++)
      {
        mach_msg_id_t id = ranges[r].base + i;

        if (id == IO_REAUTHENTICATE || id == STARTUP_REBOOT)
          continue;
        for (enum cargo cargo = 0; cargo < CARGOS; cargo++)
          for (int items = 0; items <= 6; items += cargo ? 2 : 3)
            send_cargo (port, id, cargo, items);
      }
}

/* The environment's count of names, from its own mouth.  */
static long
names_of_environment (void)
{
  FILE *dump;
  char line[256];
  long names = -1;

  usleep (300000);
  dump = popen ("hurdle-env --dump", "r");
  while (dump && fgets (line, sizeof line, dump))
    sscanf (line, "port names: %ld", &names);
  if (dump)
    pclose (dump);
  return names;
}

static bool
attacked_port_leaks_nothing (const char *path, int flags)
{
  mach_port_t port = file_name_lookup (path, flags, 0);
  long before, after;

  REQUIRE (MACH_PORT_VALID (port));
  attack (port); /* what is kept for the next time is kept now */
  before = names_of_environment ();
  attack (port);
  after = names_of_environment ();
  mach_port_deallocate (mach_task_self (), port);
  REQUIRE (before > 0 && after > 0);
  if (after - before > 3)
    errno = after - before;
  REQUIRE (after - before <= 3);
  return true;
}

#define ATTACK(name, path, flags)                                             \
  static bool name##_keeps_nothing (void)                                     \
  {                                                                           \
    return attacked_port_leaks_nothing (path, flags);                         \
  }

ATTACK (null, "/dev/null", O_RDWR)
ATTACK (random, "/dev/urandom", O_RDWR)
ATTACK (time, "/dev/time", O_RDONLY)
ATTACK (startup, "/servers/startup", 0)
ATTACK (crash, "/servers/crash", 0)
ATTACK (pty_master, "/dev/ptypu", O_RDWR)

static bool
terminal_keeps_nothing (void)
{
  int master = open ("/dev/ptypv", O_RDWR | O_NOCTTY);
  bool holds = attacked_port_leaks_nothing ("/dev/ttypv", O_RDWR);

  close (master);
  return holds;
}

static const struct claim claims[]
    = { CLAIM (null_keeps_nothing),    CLAIM (random_keeps_nothing),
        CLAIM (time_keeps_nothing),    CLAIM (startup_keeps_nothing),
        CLAIM (crash_keeps_nothing),   CLAIM (pty_master_keeps_nothing),
        CLAIM (terminal_keeps_nothing) };

int
main (void)
{
  return claims_check (claims, sizeof claims / sizeof *claims);
}
