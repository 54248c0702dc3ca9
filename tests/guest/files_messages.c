/* files_messages.c -- what files and directories survive

   Messages of every routine that a file serves, with bodies that are not what
   they should be, and calls that are well formed and make no sense.  After
   each attack files work as before, and the server has no more port names
   than before.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <hurd.h>
#include <hurd/fd.h>
#include <hurd/fs.h>
#include <hurd/fsys.h>
#include <hurd/ifsock.h>
#include <hurd/io.h>
#include <limits.h>
#include <mach.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/guest/claim.h"

#define DIRECTORY "/tmp/files_messages"
#define HANDLES 6

static file_t handles[HANDLES];
static uint64_t seed = 88172645463325252;

static uint64_t
any (void)
{
  seed ^= seed << 13;
  seed ^= seed >> 7;
  seed ^= seed << 17;
  return seed;
}

/* ---- before and after ---- */

static bool
begin (void)
{
  static bool begun;

  if (begun)
    return true;
  REQUIRE (!mkdir (DIRECTORY, 0755));
  REQUIRE (!mkdir (DIRECTORY "/sub", 0755));
  close (open (DIRECTORY "/file", O_CREAT | O_WRONLY, 0644));
  REQUIRE (!symlink ("file", DIRECTORY "/link"));
  REQUIRE (!mkfifo (DIRECTORY "/fifo", 0644));
  handles[0] = file_name_lookup (DIRECTORY, O_READ, 0);
  handles[1] = file_name_lookup (DIRECTORY "/sub", O_READ, 0);
  handles[2] = file_name_lookup (DIRECTORY "/file", O_READ | O_WRITE, 0);
  handles[3] = file_name_lookup (DIRECTORY "/link", O_READ | O_NOLINK, 0);
  handles[4] = file_name_lookup (DIRECTORY "/fifo", O_NOTRANS, 0);
  handles[5] = file_name_lookup (DIRECTORY "/file", O_EXEC, 0);
  for (int i = 0; i < 5; i++)
    REQUIRE (handles[i]);
  begun = true;
  return true;
}

static bool
files_work (void)
{
  char text[8] = "";
  int fd = open (DIRECTORY "/works", O_RDWR | O_CREAT | O_TRUNC, 0600);

  REQUIRE (fd >= 0 && write (fd, "works", 5) == 5);
  REQUIRE (pread (fd, text, 5, 0) == 5 && !strcmp (text, "works"));
  close (fd);
  REQUIRE (!rename (DIRECTORY "/works", DIRECTORY "/worked"));
  REQUIRE (!unlink (DIRECTORY "/worked"));
  return true;
}

/* How many port names the server has, as it says itself.  */
static int
server_names (void)
{
  char line[256];
  int names = -1;
  FILE *dump;

  usleep (200000); /* what is being given up shall be gone */
  dump = popen ("hurdle-env --dump", "r");
  while (dump && fgets (line, sizeof line, dump))
    sscanf (line, "port names: %d", &names);
  if (dump)
    pclose (dump);
  return names;
}

/* ---- messages ---- */

union message
{
  struct
  {
    mach_msg_header_t header;
    uint64_t body[1100];
  };
  char room[9000];
};

static uint64_t
descriptor (unsigned int name, unsigned int bits, bool in_line,
            unsigned int number)
{
  union
  {
    mach_msg_type_t type;
    uint64_t word;
  } d = { .type = { .msgt_name = name,
                    .msgt_size = bits,
                    .msgt_number = number,
                    .msgt_inline = in_line,
                    .msgt_longform = any () % 2 } };

  return d.word;
}

/* Fill the body with items that look like something; how many words.  */
static size_t
body_fill (union message *m, bool *complex)
{
  static const struct
  {
    unsigned int name, bits;
  } types[] = { { 2, 32 }, { 11, 64 }, { 8, 8 }, { 15, 32 }, { 9, 8 } };
  size_t words = 0;

  for (int items = any () % 8; items >= 0 && words < 900; items--)
    {
      unsigned int t = any () % 5, number = any () % 4 ? 1 : any () % 300;

      if (any () % 5 == 0)
        {
          m->body[words++] = descriptor (MACH_MSG_TYPE_COPY_SEND, 64, true, 1);
          m->body[words++]
              = any () % 3 ? mach_task_self () : handles[any () % HANDLES];
          *complex = true;
          continue;
        }
      m->body[words++]
          = descriptor (types[t].name, types[t].bits, true, number);
      for (unsigned int bytes = 0; bytes < number * types[t].bits / 8;
           bytes += 8)
        m->body[words++] = any () % 2 ? any () : any () % 64;
    }
  return words;
}

static void
message_send (file_t to, mach_msg_id_t id, bool noise)
{
  static union message m;
  bool complex = false;
  size_t words = any () % 200;

  if (noise)
    for (size_t i = 0; i < words; i++)
      m.body[i] = any ();
  else
    words = body_fill (&m, &complex);
  m.header = (mach_msg_header_t){
    .msgh_bits
    = MACH_MSGH_BITS (MACH_MSG_TYPE_COPY_SEND, MACH_MSG_TYPE_MAKE_SEND_ONCE)
      | (complex ? MACH_MSGH_BITS_COMPLEX : 0),
    .msgh_size = sizeof m.header + words * sizeof m.body[0],
    .msgh_remote_port = to,
    .msgh_local_port = mach_reply_port (),
    .msgh_id = id,
  };
  (void)mach_msg (&m.header, MACH_SEND_MSG | MACH_SEND_TIMEOUT,
                  m.header.msgh_size, 0, MACH_PORT_NULL, 100, MACH_PORT_NULL);
  (void)mach_port_mod_refs (mach_task_self (), m.header.msgh_local_port,
                            MACH_PORT_RIGHT_RECEIVE, -1);
}

static bool
every_routine (bool noise, int rounds)
{
  static const struct
  {
    mach_msg_id_t first, count;
  } ranges[] = { { 20000, 38 }, { 21000, 33 }, { 22000, 13 }, { 34000, 2 },
                 { 33000, 1 },  { 64, 10 },    { 2200, 11 } };
  int before, after;

  REQUIRE (begin ());
  before = server_names ();
  for (int round = 0; round < rounds; round++)
    for (size_t r = 0; r < sizeof ranges / sizeof *ranges; r++)
      for (int i = 0; i < ranges[r].count; i++)
        message_send (handles[any () % HANDLES], ranges[r].first + i, noise);
  REQUIRE (files_work ());
  after = server_names ();
  REQUIRE (before > 0 && after <= before + 4);
  return true;
}

static bool
noise_is_refused (void)
{
  return every_routine (true, 40);
}

static bool
well_formed_nonsense_is_refused (void)
{
  return every_routine (false, 100);
}

/* ---- calls ---- */

static bool
foreign_and_dead_ports_are_no_directories (void)
{
  mach_port_t mine, dead;

  REQUIRE (begin ());
  mach_port_allocate (mach_task_self (), MACH_PORT_RIGHT_RECEIVE, &mine);
  mach_port_insert_right (mach_task_self (), mine, mine,
                          MACH_MSG_TYPE_MAKE_SEND);
  mach_port_allocate (mach_task_self (), MACH_PORT_RIGHT_DEAD_NAME, &dead);
  REQUIRE (dir_link (handles[0], mine, "x", 1) == EXDEV);
  REQUIRE (dir_link (handles[0], mach_task_self (), "x", 1) == EXDEV);
  REQUIRE (dir_link (handles[0], MACH_PORT_NULL, "x", 1) == EXDEV);
  REQUIRE (dir_rename (handles[0], "file", mine, "x", 0) == EXDEV);
  REQUIRE (dir_link (handles[2], handles[2], "x", 1) == ENOTDIR);
  REQUIRE (dir_link (handles[0], handles[1], "x", 1) == EPERM);
  REQUIRE (dir_rename (handles[0], "sub", handles[1], "x", 0) == EINVAL);
  (void)dir_link (handles[0], dead, "x", 1);
  return files_work ();
}

static bool
numbers_without_sense_are_refused (void)
{
  char buffer[16], *data = buffer;
  mach_msg_type_number_t size = sizeof buffer;
  vm_size_t amount;
  loff_t at;
  int count;

  REQUIRE (begin ());
  REQUIRE (io_seek (handles[2], INT64_MAX, SEEK_CUR, &at) == 0);
  REQUIRE (io_seek (handles[2], INT64_MAX, SEEK_CUR, &at) == EOVERFLOW);
  REQUIRE (io_seek (handles[2], -1, SEEK_SET, &at) == EINVAL);
  REQUIRE (io_seek (handles[2], 0, 99, &at) == EINVAL);
  REQUIRE (io_write (handles[2], "x", 1, INT64_MAX, &amount) == EFBIG);
  REQUIRE (io_write (handles[2], "x", 1, -7, &amount) == EINVAL);
  REQUIRE (io_read (handles[2], &data, &size, INT64_MAX, ~0ul) == 0);
  REQUIRE (size == 0);
  REQUIRE (file_set_size (handles[2], -1));
  REQUIRE (file_set_size (handles[2], INT64_MAX));
  REQUIRE (!file_set_size (handles[2], INT64_MAX / 2));
  REQUIRE (!file_set_size (handles[2], 0));
  data = buffer, size = sizeof buffer;
  REQUIRE (dir_readdir (handles[0], &data, &size, -5, -1, 0, &count));
  data = buffer, size = sizeof buffer;
  REQUIRE (!dir_readdir (handles[0], &data, &size, INT_MAX, -1, 0, &count));
  REQUIRE (count == 0);
  return files_work ();
}

static bool
names_without_end_are_refused (void)
{
  char name[1024];
  retry_type retry;
  string_t rest;
  mach_port_t port;

  REQUIRE (begin ());
  memset (name, 'n', sizeof name);
  name[1023] = '\0';
  REQUIRE (dir_lookup (handles[0], name, O_CREAT, 0644, &retry, rest, &port)
           == ENAMETOOLONG);
  REQUIRE (dir_mkdir (handles[0], name, 0755) == ENAMETOOLONG);
  for (int i = 0; i < 1022; i += 2)
    memcpy (name + i, "./", 2);
  name[1022] = '\0';
  REQUIRE (!dir_lookup (handles[0], name, 0, 0, &retry, rest, &port));
  mach_port_deallocate (mach_task_self (), port);
  REQUIRE (dir_mkdir (handles[0], "a/b", 0755) == EINVAL);
  REQUIRE (dir_mkdir (handles[0], "", 0755) == ENOENT);
  REQUIRE (dir_mkdir (handles[0], "..", 0755) == EEXIST);
  REQUIRE (dir_rmdir (handles[0], ".") == EINVAL);
  REQUIRE (dir_unlink (handles[0], "sub") == EISDIR);
  return files_work ();
}

/* Memory that its owner's pager never supplies.  */
static bool
memory_that_never_comes_holds_up_nobody (void)
{
  mach_port_t pager;
  vm_address_t address = 0;
  vm_size_t amount;
  error_t err;

  REQUIRE (begin ());
  mach_port_allocate (mach_task_self (), MACH_PORT_RIGHT_RECEIVE, &pager);
  mach_port_insert_right (mach_task_self (), pager, pager,
                          MACH_MSG_TYPE_MAKE_SEND);
  REQUIRE (!vm_map (mach_task_self (), &address, 16384, 0, TRUE, pager, 0,
                    FALSE, VM_PROT_READ, VM_PROT_READ, VM_INHERIT_NONE));
  /* The kernel waits for the pager before it sends, unless it is gone.  */
  mach_port_mod_refs (mach_task_self (), pager, MACH_PORT_RIGHT_RECEIVE, -1);
  err = io_write (handles[2], (char *)address, 16384, 0, &amount);
  REQUIRE (err || amount < 16384);
  return files_work ();
}

static const struct claim claims[] = {
  CLAIM (noise_is_refused),
  CLAIM (well_formed_nonsense_is_refused),
  CLAIM (foreign_and_dead_ports_are_no_directories),
  CLAIM (numbers_without_sense_are_refused),
  CLAIM (names_without_end_are_refused),
  CLAIM (memory_that_never_comes_holds_up_nobody),
};

CLAIMS_MAIN (claims)
