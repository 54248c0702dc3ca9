/* rights_from_nowhere.c -- an array of rights, out of line, with wrong numbers

   What the kernel makes of the descriptor when the message is sent; nothing
   needs to receive it.  Each attempt is a child's, and the last ones end the
   machine.
   Ends: panic
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "tests/kernel/bare.h"

struct attempt
{
  const char *what;
  unsigned int bits, number;
  bool nowhere;
};

static const struct attempt attempts[] = {
  { "8 rights of 64 bits, in memory that is there", 64, 8, false },
  { "8 rights of 64 bits, at an address without memory", 64, 8, true },
  { "8 rights of 32 bits, in memory that is there", 32, 8, false },
  { "8 rights of 32 bits, at an address without memory", 32, 8, true },
  { "16 million rights of 64 bits, at an address without memory", 64, 1 << 24,
    true },
};

static mach_port_t to;
static char page[4096] __attribute__ ((aligned (4096)));

static void
attempt_make (void *cookie)
{
  const struct attempt *attempt = cookie;
  struct
  {
    mach_msg_header_t header;
    mach_msg_type_t type;
    uint64_t address;
  } message = {
    .header = {
      .msgh_bits = MACH_MSGH_BITS (MACH_MSG_TYPE_COPY_SEND, 0)
                   | MACH_MSGH_BITS_COMPLEX,
      .msgh_size = sizeof message,
      .msgh_remote_port = to,
    },
    .type = {
      .msgt_name = MACH_MSG_TYPE_COPY_SEND,
      .msgt_size = attempt->bits,
      .msgt_number = attempt->number,
    },
    .address = attempt->nowhere ? 0 : (uintptr_t) page,
  };
  error_t err;

  say ("sending %s", attempt->what);
  err = mach_msg (&message.header, MACH_SEND_MSG | MACH_SEND_TIMEOUT,
                  sizeof message, 0, MACH_PORT_NULL, 0, MACH_PORT_NULL);
  say ("  the kernel says %x", err);
}

void
probe (void)
{
  struct child child;

  to = port_new ();
  for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++)
    {
      child_create (&child, attempt_make, (void *)&attempts[i]);
      child_give (&child, to, MACH_MSG_TYPE_MAKE_SEND);
      child_go (&child);
      pause_ms (1000);
    }
}
