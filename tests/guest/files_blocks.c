/* files_blocks.c -- long reads, whose answers carry the file's own pages, and
   long writes, which go to them directly
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <hurd.h>
#include <hurd/fd.h>
#include <hurd/io.h>
#include <mach.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/guest/claim.h"

#define FILE_NAME "/tmp/files_blocks"
#define OTHER_NAME "/tmp/files_blocks_other"
#define SIZE ((size_t)64 * 1024)
#define PAGE 4096
#define ROUNDS 50

static char block[SIZE], got[SIZE];

/* A file that holds BLOCK.  */
static int
file_make (void)
{
  int fd = open (FILE_NAME, O_RDWR | O_CREAT | O_TRUNC, 0600);

  for (size_t i = 0; i < SIZE; i++)
    block[i] = (char)(i / 7 + i / PAGE + 1);
  return fd >= 0 && write (fd, block, SIZE) == (ssize_t)SIZE ? fd : -1;
}

static bool
file_is_whole (int fd)
{
  memset (got, 0, SIZE);
  return pread (fd, got, SIZE, 0) == (ssize_t)SIZE
         && !memcmp (got, block, SIZE);
}

struct read_request
{
  mach_msg_header_t header;
  mach_msg_type_t offset_type;
  uint64_t offset;
  mach_msg_type_t amount_type;
  uint64_t amount;
};

/* Ask for all of FILE; the answer goes to REPLY, which is made a right of
   TYPE.  */
static bool
ask (mach_port_t file, mach_port_t reply, mach_msg_type_name_t type)
{
  static const mach_msg_type_t number = {
    .msgt_name = MACH_MSG_TYPE_INTEGER_64,
    .msgt_size = 64,
    .msgt_number = 1,
    .msgt_inline = TRUE,
  };
  struct read_request request = {
    .header = { .msgh_bits = MACH_MSGH_BITS (MACH_MSG_TYPE_COPY_SEND, type),
                .msgh_size = sizeof request,
                .msgh_remote_port = file,
                .msgh_local_port = reply,
                .msgh_id = 21001 },
    .offset_type = number,
    .offset = 0,
    .amount_type = number,
    .amount = SIZE,
  };

  return !mach_msg (&request.header, MACH_SEND_MSG, sizeof request, 0,
                    MACH_PORT_NULL, 0, MACH_PORT_NULL);
}

static bool
an_answer_that_nobody_can_take_leaves_the_file_its_pages (void)
{
  int fd = file_make ();

  REQUIRE (fd >= 0);
  for (int i = 0; i < ROUNDS; i++)
    {
      mach_port_t dead = mach_reply_port ();

      REQUIRE (ask (getdport (fd), MACH_PORT_NULL, 0));
      REQUIRE (!mach_port_insert_right (mach_task_self (), dead, dead,
                                        MACH_MSG_TYPE_MAKE_SEND));
      REQUIRE (!mach_port_mod_refs (mach_task_self (), dead,
                                    MACH_PORT_RIGHT_RECEIVE, -1));
      REQUIRE (ask (getdport (fd), dead, MACH_MSG_TYPE_COPY_SEND));
      REQUIRE (!mach_port_mod_refs (mach_task_self (), dead,
                                    MACH_PORT_RIGHT_DEAD_NAME, -1));
      REQUIRE (file_is_whole (fd));
    }
  close (fd);
  return true;
}

/* The kernel has taken the copy when it finds the queue full, and hands it
   back to the server.  */
static bool
answers_that_fill_a_queue_leave_the_file_its_pages (void)
{
  int fd = file_make ();
  mach_port_t queue = mach_reply_port ();

  REQUIRE (fd >= 0);
  for (int i = 0; i < ROUNDS; i++)
    REQUIRE (ask (getdport (fd), queue, MACH_MSG_TYPE_MAKE_SEND));
  REQUIRE (file_is_whole (fd));
  REQUIRE (!mach_port_mod_refs (mach_task_self (), queue,
                                MACH_PORT_RIGHT_RECEIVE, -1));
  REQUIRE (file_is_whole (fd));
  close (fd);
  return true;
}

static bool
what_was_read_and_the_file_are_apart_from_then_on (void)
{
  int fd = file_make ();
  data_t data = got;
  mach_msg_type_number_t size = 0;

  REQUIRE (fd >= 0);
  REQUIRE (!io_read (getdport (fd), &data, &size, 0, SIZE));
  REQUIRE (size == SIZE && !memcmp (data, block, SIZE));
  REQUIRE (pwrite (fd, "changed", 7, PAGE) == 7);
  REQUIRE (!memcmp (data, block, SIZE));
  memset (data, 'x', SIZE);
  memcpy (block + PAGE, "changed", 7);
  REQUIRE (file_is_whole (fd));
  REQUIRE (!ftruncate (fd, 0) && data[SIZE - 1] == 'x');
  REQUIRE (!vm_deallocate (mach_task_self (), (vm_address_t)data, SIZE));
  close (fd);
  return true;
}

/* Memory of SIZE bytes of which all but the first page fail.  */
static char *
failing_memory (void)
{
  int fd = open (OTHER_NAME, O_RDWR | O_CREAT | O_TRUNC, 0600);
  char *memory;

  if (fd < 0 || ftruncate (fd, SIZE))
    return NULL;
  memory = mmap (NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (memory == MAP_FAILED || ftruncate (fd, PAGE))
    return NULL;
  memset (memory, 'x', PAGE);
  close (fd);
  unlink (OTHER_NAME);
  return memory;
}

static bool
a_write_that_fails_in_the_middle_adds_nothing (void)
{
  char *memory = failing_memory ();
  int fd = open (FILE_NAME, O_RDWR | O_CREAT | O_TRUNC, 0600);
  struct stat st;

  REQUIRE (memory && fd >= 0 && write (fd, "0123456789", 10) == 10);
  REQUIRE (pwrite (fd, memory, SIZE, 100) < 0 && errno == EFAULT);
  REQUIRE (!fstat (fd, &st) && st.st_size == 10);
  REQUIRE (!ftruncate (fd, SIZE) && pread (fd, got, SIZE, 0) == (ssize_t)SIZE);
  REQUIRE (!memcmp (got, "0123456789", 10));
  for (size_t i = 10; i < SIZE; i++)
    REQUIRE (!got[i]);
  munmap (memory, SIZE);
  close (fd);
  unlink (FILE_NAME);
  return true;
}

static const struct claim claims[] = {
  CLAIM (an_answer_that_nobody_can_take_leaves_the_file_its_pages),
  CLAIM (answers_that_fill_a_queue_leave_the_file_its_pages),
  CLAIM (what_was_read_and_the_file_are_apart_from_then_on),
  CLAIM (a_write_that_fails_in_the_middle_adds_nothing),
};

CLAIMS_MAIN (claims)
