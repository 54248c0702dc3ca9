/* files_hostile.c -- whoever has a right to a file's memory object says what
   the kernel would say

   After each attack the file, and files in general, must still work.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <hurd.h>
#include <hurd/fd.h>
#include <hurd/io.h>
#include <mach.h>
#include <mach/notify.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/guest/claim.h"

#define FILE_NAME "/tmp/files_hostile"

struct item
{
  mach_msg_type_t type;
  uint64_t value;
};

struct message
{
  mach_msg_header_t header;
  struct item items[6];
};

static mach_port_t object; /* send right: the bare memory object */
static mach_port_t mine;   /* receive right */
static char *mapping;
static int fd;

static bool
begin (void)
{
  static bool begun;
  mach_port_t reading;
  char page[8192];

  if (begun)
    return true;
  memset (page, 'a', sizeof page);
  fd = open (FILE_NAME, O_RDWR | O_CREAT | O_TRUNC, 0600);
  REQUIRE (fd >= 0 && write (fd, page, sizeof page) == sizeof page);
  REQUIRE (!io_map (getdport (fd), &reading, &object) && object);
  mapping
      = mmap (NULL, sizeof page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  REQUIRE (mapping != MAP_FAILED);
  REQUIRE (
      !mach_port_allocate (mach_task_self (), MACH_PORT_RIGHT_RECEIVE, &mine));
  begun = true;
  return true;
}

static bool
the_file_works (void)
{
  static char next = 'b';
  char got = 0;

  mapping[100] = ++next;
  REQUIRE (pread (fd, &got, 1, 100) == 1 && got == next);
  got = ++next;
  REQUIRE (pwrite (fd, &got, 1, 5000) == 1 && mapping[5000] == next);
  return true;
}

static struct item
port (unsigned int name, mach_port_t value)
{
  return (struct item){ .type = { .msgt_name = name,
                                  .msgt_size = 64,
                                  .msgt_number = 1,
                                  .msgt_inline = TRUE },
                        .value = value };
}

static struct item
number (uint64_t value)
{
  return (struct item){ .type = { .msgt_name = MACH_MSG_TYPE_INTEGER_64,
                                  .msgt_size = 64,
                                  .msgt_number = 1,
                                  .msgt_inline = TRUE },
                        .value = value };
}

static bool
tell (mach_msg_id_t id, struct message *m, unsigned int items, bool complex)
{
  mach_msg_size_t size = sizeof m->header + items * sizeof m->items[0];

  m->header = (mach_msg_header_t){
    .msgh_bits = MACH_MSGH_BITS (MACH_MSG_TYPE_COPY_SEND, 0)
                 | (complex ? MACH_MSGH_BITS_COMPLEX : 0),
    .msgh_size = size,
    .msgh_remote_port = object,
    .msgh_id = id,
  };
  REQUIRE (!mach_msg (&m->header, MACH_SEND_MSG | MACH_SEND_TIMEOUT, size, 0,
                      MACH_PORT_NULL, 1000, MACH_PORT_NULL));
  return true;
}

static bool
a_forged_init_changes_nothing (void)
{
  struct message m
      = { .items = { port (MACH_MSG_TYPE_MAKE_SEND, mine),
                     port (MACH_MSG_TYPE_MAKE_SEND, mine), number (4096) } };

  REQUIRE (begin ());
  for (int i = 0; i < 50; i++)
    REQUIRE (tell (2200, &m, 3, true));
  return the_file_works ();
}

static bool
a_forged_request_fills_no_queue (void)
{
  struct message m = { .items = { port (MACH_MSG_TYPE_MAKE_SEND, mine),
                                  number (0), number (4096), number (1) } };

  REQUIRE (begin ());
  for (int i = 0; i < 100; i++)
    REQUIRE (tell (2203, &m, 4, true));
  return the_file_works ();
}

static bool
a_forged_end_ends_nothing (void)
{
  struct message m;
  mach_port_t a, b;

  REQUIRE (begin ());
  for (int i = 0; i < 10; i++)
    {
      mach_port_allocate (mach_task_self (), MACH_PORT_RIGHT_RECEIVE, &a);
      mach_port_allocate (mach_task_self (), MACH_PORT_RIGHT_RECEIVE, &b);
      m.items[0] = port (MACH_MSG_TYPE_MOVE_RECEIVE, a);
      m.items[1] = port (MACH_MSG_TYPE_MOVE_RECEIVE, b);
      REQUIRE (tell (2201, &m, 2, true));
    }
  return the_file_works ();
}

static bool
numbers_are_not_taken_for_ports (void)
{
  struct message m = { .items = { port (MACH_MSG_TYPE_PORT_SEND, 17),
                                  port (MACH_MSG_TYPE_PORT_SEND, 18),
                                  number (4096), number (1) } };

  REQUIRE (begin ());
  REQUIRE (tell (2200, &m, 3, false));
  m.items[1] = number (0);
  REQUIRE (tell (2203, &m, 4, false));
  m.items[0] = port (MACH_MSG_TYPE_PORT_RECEIVE, 17);
  m.items[1] = port (MACH_MSG_TYPE_PORT_RECEIVE, 18);
  REQUIRE (tell (2201, &m, 2, false));
  return the_file_works ();
}

static bool
memory_that_is_none_is_not_touched (void)
{
  struct message m
      = { .items = { port (MACH_MSG_TYPE_MAKE_SEND, mine), number (0),
                     number (0x123456789000), number (1), number (0) } };

  REQUIRE (begin ());
  m.items[2].type.msgt_name = MACH_MSG_TYPE_BYTE;
  m.items[2].type.msgt_size = 8;
  m.items[2].type.msgt_number = 1 << 20;
  m.items[2].type.msgt_inline = FALSE;
  m.items[2].type.msgt_longform = TRUE;
  REQUIRE (tell (2208, &m, 5, false));
  return the_file_works ();
}

static bool
any_other_message_is_swallowed (void)
{
  static const mach_msg_id_t ids[] = { MACH_NOTIFY_NO_SENDERS,
                                       MACH_NOTIFY_DEAD_NAME,
                                       71,
                                       2204,
                                       2206,
                                       2207,
                                       2209,
                                       21001,
                                       0,
                                       -1,
                                       0x7fffffff };
  struct message m = { .items = { number (1) } };

  REQUIRE (begin ());
  for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
    for (unsigned int items = 0; items <= 6; items++)
      REQUIRE (tell (ids[i], &m, items, false));
  return the_file_works ();
}

static bool
offsets_without_end_are_refused (void)
{
  static const uint64_t offsets[]
      = { 1ull << 40, 1ull << 62, 1ull << 63, ~0ull, ~0ull << 12, 4097 };

  REQUIRE (begin ());
  for (size_t i = 0; i < sizeof offsets / sizeof *offsets; i++)
    {
      struct message m
          = { .items = { port (MACH_MSG_TYPE_MAKE_SEND, mine),
                         number (offsets[i]), number (~0ull), number (3) } };
      REQUIRE (tell (2203, &m, 4, true));
    }
  return the_file_works ();
}

static bool
a_file_handle_swallows_what_a_kernel_says (void)
{
  mach_port_t file;
  vm_address_t address = 0;

  REQUIRE (begin ());
  file = getdport (fd);
  /* Any port can be mapped; nothing will ever supply this one.  */
  vm_map (mach_task_self (), &address, 4096, 0, TRUE, file, 0, FALSE,
          VM_PROT_READ, VM_PROT_READ, VM_INHERIT_NONE);
  if (address)
    vm_deallocate (mach_task_self (), address, 4096);
  return the_file_works ();
}

static bool
a_read_only_view_cannot_be_written (void)
{
  mach_port_t reading = 0, writing = 0;
  vm_address_t address = 0;
  int other = open (FILE_NAME, O_RDONLY);

  REQUIRE (begin ());
  REQUIRE (other >= 0 && !io_map (getdport (other), &reading, &writing));
  REQUIRE (reading && !writing && reading != object);
  /* The kernel maps it with less than was asked for, and keeps it so.  */
  REQUIRE (!vm_map (mach_task_self (), &address, 4096, 0, TRUE, reading, 0,
                    FALSE, VM_PROT_READ | VM_PROT_WRITE,
                    VM_PROT_READ | VM_PROT_WRITE, VM_INHERIT_NONE));
  REQUIRE (vm_protect (mach_task_self (), address, 4096, FALSE,
                       VM_PROT_READ | VM_PROT_WRITE));
  close (other);
  return the_file_works ();
}

static bool
the_object_outlives_the_file (void)
{
  REQUIRE (begin ());
  unlink (FILE_NAME);
  close (fd);
  mapping[0] = 'z';
  munmap (mapping, 8192);
  mach_port_deallocate (mach_task_self (), object);
  usleep (100000);
  fd = open (FILE_NAME, O_RDWR | O_CREAT | O_EXCL, 0600);
  REQUIRE (fd >= 0 && write (fd, "x", 1) == 1);
  unlink (FILE_NAME);
  return true;
}

static const struct claim claims[] = {
  CLAIM (a_forged_init_changes_nothing),
  CLAIM (a_forged_request_fills_no_queue),
  CLAIM (a_forged_end_ends_nothing),
  CLAIM (numbers_are_not_taken_for_ports),
  CLAIM (memory_that_is_none_is_not_touched),
  CLAIM (any_other_message_is_swallowed),
  CLAIM (offsets_without_end_are_refused),
  CLAIM (a_file_handle_swallows_what_a_kernel_says),
  CLAIM (a_read_only_view_cannot_be_written),
  CLAIM (the_object_outlives_the_file),
};

CLAIMS_MAIN (claims)
