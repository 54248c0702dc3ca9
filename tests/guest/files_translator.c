/* files_translator.c -- claims about servers that stand behind a node

   The server is a thread of this program: it answers fsys_getroot with a
   directory of the root.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <hurd.h>
#include <hurd/fs.h>
#include <mach.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/guest/claim.h"

#define GETROOT 22002
#define SCRATCH "/tmp/files_translator"

enum manner
{
  MANNER_GOOD,  /* a directory */
  MANNER_ERROR, /* EACCES */
  MANNER_JUNK,  /* something that is no answer */
  MANNER_MUTE,  /* the right to answer is destroyed */
  MANNER_LATE,  /* nothing at all */
};

static volatile enum manner manner;
static mach_port_t control; /* receive right, and a send right */
static mach_port_t target;  /* what stands behind the node */

struct answer
{
  mach_msg_header_t header;
  mach_msg_type_t code_type;
  int code, pad;
  mach_msg_type_t retry_type;
  int retry, pad2;
  mach_msg_type_t name_type;
  char name[1024];
  mach_msg_type_t file_type;
  mach_port_name_inlined_t file;
};

static mach_msg_type_t
type_of (unsigned int name, unsigned int bits, unsigned int count)
{
  return (mach_msg_type_t){ .msgt_name = name,
                            .msgt_size = bits,
                            .msgt_number = count,
                            .msgt_inline = TRUE };
}

static void
answer_send (mach_port_t reply)
{
  struct answer a = {
    .header = { .msgh_bits = MACH_MSGH_BITS (MACH_MSG_TYPE_MOVE_SEND_ONCE, 0),
                .msgh_remote_port = reply,
                .msgh_id = GETROOT + 100 },
    .code_type = type_of (MACH_MSG_TYPE_INTEGER_32, 32, 1),
    .retry_type = type_of (MACH_MSG_TYPE_INTEGER_32, 32, 1),
    .retry = FS_RETRY_NORMAL,
    .name_type = type_of (MACH_MSG_TYPE_STRING_C, 8, 1024),
    .file_type = type_of (MACH_MSG_TYPE_COPY_SEND, 64, 1),
    .file = { .name = target },
  };
  mach_msg_size_t size = sizeof a;

  if (manner == MANNER_GOOD)
    a.header.msgh_bits |= MACH_MSGH_BITS_COMPLEX;
  if (manner == MANNER_ERROR)
    a.code = EACCES, size = 48;
  if (manner == MANNER_JUNK)
    memset (a.name, 'x', sizeof a.name), size = 256;
  a.header.msgh_size = size;
  mach_msg (&a.header, MACH_SEND_MSG, size, 0, MACH_PORT_NULL, 0,
            MACH_PORT_NULL);
}

static void *
serve (void *cookie)
{
  union
  {
    mach_msg_header_t header;
    char room[8192];
  } in;

  (void)cookie;
  for (;;)
    {
      mach_port_t reply;

      if (mach_msg (&in.header, MACH_RCV_MSG, 0, sizeof in, control, 0,
                    MACH_PORT_NULL))
        return NULL;
      reply = in.header.msgh_remote_port;
      if (in.header.msgh_id != GETROOT)
        continue;
      if (manner == MANNER_MUTE)
        mach_port_deallocate (mach_task_self (), reply);
      else if (manner != MANNER_LATE)
        answer_send (reply);
    }
}

static bool
begin (void)
{
  static bool begun;
  pthread_t thread;
  mach_port_t node;
  FILE *file;

  if (begun)
    return true;
  mkdir (SCRATCH, 0755);
  mkdir (SCRATCH "/behind", 0755);
  file = fopen (SCRATCH "/behind/file", "w");
  REQUIRE (file && fputs ("behind\n", file) >= 0 && !fclose (file));
  close (open (SCRATCH "/node", O_CREAT | O_WRONLY, 0644));
  target = file_name_lookup (SCRATCH "/behind", O_READ, 0);
  REQUIRE (target);
  REQUIRE (!mach_port_allocate (mach_task_self (), MACH_PORT_RIGHT_RECEIVE,
                                &control));
  REQUIRE (!mach_port_insert_right (mach_task_self (), control, control,
                                    MACH_MSG_TYPE_MAKE_SEND));
  node = file_name_lookup (SCRATCH "/node", O_NOTRANS, 0);
  REQUIRE (node);
  REQUIRE (!file_set_translator (node, 0, FS_TRANS_SET, 0, NULL, 0, control,
                                 MACH_MSG_TYPE_COPY_SEND));
  mach_port_deallocate (mach_task_self (), node);
  REQUIRE (!pthread_create (&thread, NULL, serve, NULL));
  begun = true;
  return true;
}

static bool
a_translator_gives_its_root (void)
{
  char text[16] = "";
  int fd;

  REQUIRE (begin ());
  manner = MANNER_GOOD;
  fd = open (SCRATCH "/node/file", O_RDONLY);
  REQUIRE (fd >= 0 && read (fd, text, sizeof text) == 7);
  REQUIRE (!strcmp (text, "behind\n"));
  close (fd);
  return true;
}

static bool
the_bare_node_is_still_there (void)
{
  file_t node;
  io_statbuf_t st;

  REQUIRE (begin ());
  node = file_name_lookup (SCRATCH "/node", O_NOTRANS, 0);
  REQUIRE (node && !io_stat (node, &st) && S_ISREG (st.st_mode));
  REQUIRE (st.st_mode & S_IATRANS);
  mach_port_deallocate (mach_task_self (), node);
  return true;
}

static bool
an_error_of_the_translator_arrives (void)
{
  REQUIRE (begin ());
  manner = MANNER_ERROR;
  REQUIRE (open (SCRATCH "/node/file", O_RDONLY) == -1 && errno == EACCES);
  return true;
}

static bool
rubbish_is_an_error (void)
{
  REQUIRE (begin ());
  manner = MANNER_JUNK;
  REQUIRE (open (SCRATCH "/node/file", O_RDONLY) == -1);
  manner = MANNER_MUTE;
  REQUIRE (open (SCRATCH "/node/file", O_RDONLY) == -1);
  return true;
}

static void *
wait_in_vain (void *cookie)
{
  (void)cookie;
  open (SCRATCH "/node/file", O_RDONLY);
  return NULL;
}

static bool
a_silent_translator_stops_nobody_else (void)
{
  struct stat st;
  pthread_t thread;

  REQUIRE (begin ());
  manner = MANNER_LATE;
  REQUIRE (!pthread_create (&thread, NULL, wait_in_vain, NULL));
  usleep (100000);
  REQUIRE (!stat (SCRATCH "/behind", &st));
  manner = MANNER_GOOD;
  REQUIRE (!stat (SCRATCH "/node/file", &st));
  return true;
}

static bool
a_dead_translator_is_forgotten (void)
{
  struct stat st;

  REQUIRE (begin ());
  REQUIRE (!mach_port_mod_refs (mach_task_self (), control,
                                MACH_PORT_RIGHT_RECEIVE, -1));
  usleep (100000);
  REQUIRE (!stat (SCRATCH "/node", &st) && S_ISREG (st.st_mode));
  unlink (SCRATCH "/node");
  return true;
}

static const struct claim claims[] = {
  CLAIM (a_translator_gives_its_root),
  CLAIM (the_bare_node_is_still_there),
  CLAIM (an_error_of_the_translator_arrives),
  CLAIM (rubbish_is_an_error),
  CLAIM (a_silent_translator_stops_nobody_else),
  CLAIM (a_dead_translator_is_forgotten),
};

CLAIMS_MAIN (claims)
