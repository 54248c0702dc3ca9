/* lazy_memory.c -- out-of-line data whose pager never answers, or refuses

   The first touch blocks, and a guarded copy (lib/port/guard.c) gets out of
   it.

   Links: tests/kernel/pager.c lib/port lib/base
   Links: -Wl,--wrap=memcpy,--wrap=memmove,--wrap=memset,--wrap=memcmp
   Links: -Wl,--wrap=strlen,--wrap=strcmp
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "tests/kernel/pager.h"

#include <string.h>

#include "lib/port/guard.h"

struct carrier
{
  mach_msg_header_t header;
  mach_msg_type_t type;
  uint64_t data;
};

static mach_port_t to_us;
static vm_address_t page;

/* The client: sends a page that it cannot read itself.  */
static void
send_page (void *cookie)
{
  struct carrier carrier = {
    .header = {
      .msgh_bits = MACH_MSGH_BITS (MACH_MSG_TYPE_COPY_SEND, 0)
                   | MACH_MSGH_BITS_COMPLEX,
      .msgh_size = sizeof carrier,
      .msgh_remote_port = to_us,
    },
    .type = {
      .msgt_name = MACH_MSG_TYPE_CHAR,
      .msgt_size = 8,
      .msgt_number = vm_page_size,
    },
    .data = page,
  };

  (void)cookie;
  (void)mach_msg (&carrier.header, MACH_SEND_MSG, sizeof carrier, 0, 0, 0,
                  MACH_PORT_NULL);
  pause_ms (1000000);
}

/* Returns where the client's page has come.  */
static uint64_t
page_from_client (enum pager_kind kind)
{
  struct carrier carrier;
  char room[1024];
  struct child child;

  child_create (&child, send_page, NULL);
  page = pager_map (child.task, pager_new (kind), 1);
  child_set (&child, &page, sizeof page);
  child_give (&child, to_us, MACH_MSG_TYPE_MAKE_SEND);
  child_go (&child);
  need (port_receive (to_us, room, 3000), "the client's message");
  memcpy (&carrier, room, sizeof carrier);
  return carrier.data;
}

static void
copy (enum pager_kind kind, error_t expected, const char *what)
{
  static char to[4096];
  uint64_t from = page_from_client (kind);
  uint64_t start = ticks ();
  error_t err = guard_copy (to, (void *)from, sizeof to);
  double ms = (ticks () - start) / ticks_per_us () / 1000;

  claim (err == expected, "%s: %d after %.0f ms", what, err, ms);
  if (kind == PAGER_SUPPLIES)
    claim (!strcmp (to, "supplied"), "and it is what was sent");
  start = ticks ();
  err = vm_deallocate (mach_task_self (), from, sizeof to);
  ms = (ticks () - start) / ticks_per_us () / 1000;
  claim (!err && ms < 100, "giving it back takes no time (%.0f ms)", ms);
}

static void
guarded_copy (void *cookie)
{
  static char from[4096], to[4096];

  (void)guard_copy (to, from, *(size_t *)cookie);
}

void
probe (void)
{
  size_t small = 64;

  to_us = port_new ();
  need (guard_thread_init (), "the guard");
  copy (PAGER_SUPPLIES, 0, "a copy from a pager that supplies");
  copy (PAGER_REFUSES, EFAULT, "a copy from a pager that refuses");
  copy (PAGER_SILENT, ETIMEDOUT, "a copy from a pager that is silent");
  copy (PAGER_SUPPLIES, 0, "and one that supplies, after that");
  say ("a guarded copy of 64 bytes: %.2f us",
       best_us (guarded_copy, &small, 5000));
}
