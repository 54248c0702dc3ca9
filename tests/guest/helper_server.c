/* helper_server.c -- a directory served by somebody who means no good

   helper_server NODE: sits on NODE.  Each line of its input is answered with
   one:
     count          how many requests have come so far
     MANNER [ID]    from now on requests (with the ID) are answered so: see
                    `manners'; all others as a file system would
   In the directory are "file", "link", which leads to itself, and "d...", a
   directory like it, another one each time.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <hurd.h>
#include <hurd/fs.h>
#include <mach.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define GETROOT 22002
#define DIR_LOOKUP 20018
#define DIR_READDIR 20019
#define IO_READ 21001
#define IO_STAT 21013
#define GIVEN_WATCH 45200

#define THINGS 262144 /* a power of two */
#define FSID 77
#define FILE_SIZE 65536
#define LONG_SIZE (100 * 1024) /* longer than any answer */
#define HUGE_SIZE ((vm_size_t)64 << 20)
#define FLOOD 300

struct thing
{
  mach_port_t port; /* receive right */
  mode_t mode;
  ino64_t number;
};

struct reply
{
  mach_msg_header_t header;
  char body[LONG_SIZE];
  size_t size; /* of the body */
};

/* What a lookup is told.  */
struct found
{
  int retry;
  const char *rest;
  enum
  {
    NOTHING,
    DEAD,
    TASK, /* the kernel answers whatever is asked of it */
    CONTROL,
    ROOT,
    ITSELF
  } what;
  unsigned int disposition;
};

struct request
{
  mach_msg_header_t *header;
  const struct thing *thing;
  const struct found *found;
};

/* Fill REPLY; false: there will be none.  */
typedef bool manner_t (const struct request *request, struct reply *reply);

static struct thing things[THINGS];
static mach_port_t set, control, root;
static ino64_t last_number = 100;
static volatile unsigned long requests;
static const struct manner *volatile manner; /* null: as a file system would */
static volatile mach_msg_id_t manner_id;     /* 0: all */

/* ---- things ---- */

static struct thing *
thing_find (mach_port_t port)
{
  size_t i = port % THINGS;

  while (things[i].port && things[i].port != port)
    i = (i + 1) % THINGS;
  return &things[i];
}

static mach_port_t
thing_create (mode_t mode, ino64_t number)
{
  mach_port_t port;
  struct thing *thing;

  if (mach_port_allocate (mach_task_self (), MACH_PORT_RIGHT_RECEIVE, &port)
      || mach_port_move_member (mach_task_self (), port, set))
    exit (3);
  thing = thing_find (port);
  *thing = (struct thing){ port, mode, number };
  return port;
}

/* ---- items of an answer ---- */

static void
put (struct reply *reply, unsigned int name, unsigned int bits,
     unsigned int count, const void *data)
{
  const mach_msg_type_t type = { .msgt_name = name,
                                 .msgt_size = bits,
                                 .msgt_number = count,
                                 .msgt_inline = TRUE };
  size_t size = (size_t)bits * count / 8;

  memcpy (reply->body + reply->size, &type, sizeof type);
  memcpy (reply->body + reply->size + sizeof type, data, size);
  reply->size += sizeof type + ((size + 7) & ~(size_t)7);
}

static void
put_int (struct reply *reply, int value)
{
  put (reply, MACH_MSG_TYPE_INTEGER_32, 32, 1, &value);
}

static void
put_right (struct reply *reply, mach_port_t right, unsigned int disposition)
{
  const mach_port_name_inlined_t name = { .name = right };

  put (reply, disposition, 64, 1, &name);
  reply->header.msgh_bits |= MACH_MSGH_BITS_COMPLEX;
}

static void
put_bytes (struct reply *reply, const void *data, size_t size)
{
  mach_msg_type_t *type = (mach_msg_type_t *)(reply->body + reply->size);

  put (reply, MACH_MSG_TYPE_CHAR, 8, (unsigned int)size, data);
  type->msgt_longform = TRUE;
}

/* SIZE bytes out of line, that come to be when somebody looks at them.  */
static void
put_huge (struct reply *reply, vm_size_t size)
{
  vm_address_t address = 0;

  if (vm_allocate (mach_task_self (), &address, size, TRUE))
    exit (3);
  put (reply, MACH_MSG_TYPE_CHAR, 8 * sizeof address, 1, &address);
  *(mach_msg_type_t *)(reply->body + reply->size - 16)
      = (mach_msg_type_t){ .msgt_name = MACH_MSG_TYPE_CHAR,
                           .msgt_size = 8,
                           .msgt_number = (unsigned int)size,
                           .msgt_longform = TRUE,
                           .msgt_deallocate = TRUE };
  reply->header.msgh_bits |= MACH_MSGH_BITS_COMPLEX;
}

static void
put_found (struct reply *reply, int retry, const char *rest, mach_port_t right,
           unsigned int disposition)
{
  string_t name = "";

  strcpy (name, rest);
  put_int (reply, 0);
  put_int (reply, retry);
  put (reply, MACH_MSG_TYPE_STRING_C, 8, sizeof name, name);
  put_right (reply, right, disposition);
}

static void
put_stat (struct reply *reply, const io_statbuf_t *stat)
{
  put_int (reply, 0);
  put (reply, MACH_MSG_TYPE_INTEGER_64, 64, sizeof *stat / 8, stat);
}

/* ---- as a file system would ---- */

static bool
find_well (const struct request *request, struct reply *reply)
{
  const char *name
      = (const char *)(request->header + 1) + sizeof (mach_msg_type_t);
  mach_port_t found = request->thing->port;

  if (request->header->msgh_id == GETROOT)
    found = root;
  else if (!strcmp (name, "file"))
    found = thing_create (S_IFREG | 0777, 3);
  else if (!strcmp (name, "link"))
    found = thing_create (S_IFLNK | 0777, 4);
  else if (*name == 'd')
    found = thing_create (S_IFDIR | 0777, ++last_number);
  else if (*name && strcmp (name, "."))
    {
      put_int (reply, ENOENT);
      return true;
    }
  put_found (reply, FS_RETRY_NORMAL, "", found, MACH_MSG_TYPE_MAKE_SEND);
  return true;
}

static io_statbuf_t
stat_of (const struct thing *thing)
{
  return (io_statbuf_t){ .st_fsid = FSID,
                         .st_ino = thing->number,
                         .st_mode = thing->mode,
                         .st_nlink = 1,
                         .st_size = FILE_SIZE,
                         .st_blksize = 4096,
                         .st_mtim = { 1, 0 } };
}

static bool
stat_well (const struct request *request, struct reply *reply)
{
  const io_statbuf_t stat = stat_of (request->thing);

  put_stat (reply, &stat);
  return true;
}

static bool
list_well (const struct request *request, struct reply *reply)
{
  static const char *const names[] = { ".", "..", "file", "link", "d" };
  char list[512] = "";
  size_t size = 0;
  int first = ((const int *)(request->header + 1))[2];

  for (size_t i = first < 0 ? 0 : (size_t)first;
       i < sizeof names / sizeof *names; i++)
    {
      struct dirent64 *entry = (struct dirent64 *)(list + size);

      entry->d_fileno = i + 1;
      entry->d_reclen = offsetof (struct dirent64, d_name) + 16;
      entry->d_reclen = (entry->d_reclen + 7) & ~7;
      entry->d_namlen = strlen (names[i]);
      strcpy (entry->d_name, names[i]);
      size += entry->d_reclen;
    }
  put_int (reply, 0);
  put_bytes (reply, list, size);
  put_int (reply, first < 5 ? 5 - first : 0);
  return true;
}

static bool
read_well (const struct request *request, struct reply *reply)
{
  char bytes[2048];
  vm_size_t amount = ((const vm_size_t *)(request->header + 1))[3];

  memset (bytes, 'x', sizeof bytes);
  put_int (reply, 0);
  if (S_ISLNK (request->thing->mode))
    put_bytes (reply, "link", 4);
  else
    put_bytes (reply, bytes, amount < sizeof bytes ? amount : sizeof bytes);
  return true;
}

static bool
answer_well (const struct request *request, struct reply *reply)
{
  static const struct
  {
    mach_msg_id_t id;
    manner_t *answer;
  } answers[] = { { GETROOT, find_well },
                  { DIR_LOOKUP, find_well },
                  { IO_STAT, stat_well },
                  { DIR_READDIR, list_well },
                  { IO_READ, read_well } };

  for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
    if (answers[i].id == request->header->msgh_id)
      return answers[i].answer (request, reply);
  put_int (reply, EOPNOTSUPP);
  return true;
}

/* ---- as one should not ---- */

/* The right to answer stays with us.  */
static bool
answer_late (const struct request *request, struct reply *reply)
{
  (void)reply;
  request->header->msgh_remote_port = MACH_PORT_NULL;
  return false;
}

/* But the rest of a file can be had.  */
static bool
answer_start (const struct request *request, struct reply *reply)
{
  const off_t offset = ((const off_t *)(request->header + 1))[1];

  return request->header->msgh_id == IO_READ && !offset
             ? answer_late (request, reply)
             : answer_well (request, reply);
}

static bool
answer_mute (const struct request *request, struct reply *reply)
{
  (void)request, (void)reply;
  return false;
}

static bool
answer_junk (const struct request *request, struct reply *reply)
{
  (void)request;
  for (size_t i = 0; i < 256; i++)
    reply->body[reply->size++] = (char)random ();
  return true;
}

static bool
answer_short (const struct request *request, struct reply *reply)
{
  (void)request, (void)reply;
  return true;
}

static bool
answer_code (const struct request *request, struct reply *reply)
{
  (void)request;
  put_int (reply, 0); /* and nothing that was asked for */
  return true;
}

static bool
answer_other (const struct request *request, struct reply *reply)
{
  reply->header.msgh_id++;
  return answer_well (request, reply);
}

static bool
answer_long (const struct request *request, struct reply *reply)
{
  (void)request;
  put_int (reply, 0);
  while (reply->size + 4096 + 8 < sizeof reply->body)
    put_bytes (reply, reply->body, 4096);
  return true;
}

static bool
answer_huge (const struct request *request, struct reply *reply)
{
  (void)request;
  put_int (reply, 0);
  put_huge (reply, HUGE_SIZE);
  put_int (reply, 0x7fffffff);
  return true;
}

/* More than was asked for, and entries that end beyond the end.  */
static bool
answer_much (const struct request *request, struct reply *reply)
{
  char bytes[32768];

  (void)request;
  memset (bytes, 0xff, sizeof bytes);
  put_int (reply, 0);
  put_bytes (reply, bytes, sizeof bytes);
  put_int (reply, -1);
  return true;
}

static bool
answer_receive (const struct request *request, struct reply *reply)
{
  mach_port_t port;

  (void)request;
  if (mach_port_allocate (mach_task_self (), MACH_PORT_RIGHT_RECEIVE, &port))
    exit (3);
  put_found (reply, FS_RETRY_NORMAL, "", port, MACH_MSG_TYPE_MOVE_RECEIVE);
  return true;
}

static bool
answer_found (const struct request *request, struct reply *reply)
{
  const struct found *found = request->found;
  const mach_port_t rights[] = {
    [NOTHING] = MACH_PORT_NULL,
    [DEAD] = MACH_PORT_DEAD,
    [TASK] = mach_task_self (),
    [CONTROL] = control,
    [ROOT] = root,
    [ITSELF] = request->thing->port,
  };

  put_found (reply, found->retry, found->rest, rights[found->what],
             found->disposition);
  return true;
}

/* The same file is something else each time.  */
static bool
answer_change (const struct request *request, struct reply *reply)
{
  static const mode_t types[]
      = { S_IFDIR, S_IFREG, S_IFLNK, S_IFIFO, S_IFSOCK, S_IFCHR, 0, S_IFMT };
  io_statbuf_t stat = stat_of (request->thing);

  stat.st_mode = types[random () % 8] | 0777;
  stat.st_size = random () % 2 ? -1 : INT64_MAX;
  stat.st_uid = (uid_t)random ();
  stat.st_mtim.tv_sec = random ();
  put_stat (reply, &stat);
  return true;
}

static bool
answer_elsewhere (const struct request *request, struct reply *reply)
{
  io_statbuf_t stat = stat_of (request->thing);

  stat.st_fsid++;
  put_stat (reply, &stat);
  return true;
}

static const struct manner
{
  const char *name;
  manner_t *answer;
  struct found found;
} manners[] = {
  { "well", answer_well, { 0 } },
  { "late", answer_late, { 0 } },
  { "start", answer_start, { 0 } },
  { "mute", answer_mute, { 0 } },
  { "junk", answer_junk, { 0 } },
  { "short", answer_short, { 0 } },
  { "code", answer_code, { 0 } },
  { "other", answer_other, { 0 } },
  { "long", answer_long, { 0 } },
  { "huge", answer_huge, { 0 } },
  { "much", answer_much, { 0 } },
  { "receive", answer_receive, { 0 } },
  { "dead",
    answer_found,
    { FS_RETRY_NORMAL, "", DEAD, MACH_MSG_TYPE_COPY_SEND } },
  { "null",
    answer_found,
    { FS_RETRY_NORMAL, "", NOTHING, MACH_MSG_TYPE_COPY_SEND } },
  { "once",
    answer_found,
    { FS_RETRY_NORMAL, "", ROOT, MACH_MSG_TYPE_MAKE_SEND_ONCE } },
  { "task",
    answer_found,
    { FS_RETRY_NORMAL, "", TASK, MACH_MSG_TYPE_COPY_SEND } },
  { "control",
    answer_found,
    { FS_RETRY_NORMAL, "", CONTROL, MACH_MSG_TYPE_MAKE_SEND } },
  { "again",
    answer_found,
    { FS_RETRY_NORMAL, "d/d/d", ITSELF, MACH_MSG_TYPE_MAKE_SEND } },
  { "reauth",
    answer_found,
    { FS_RETRY_REAUTH, "", ITSELF, MACH_MSG_TYPE_MAKE_SEND } },
  { "magic",
    answer_found,
    { FS_RETRY_MAGICAL, "/", NOTHING, MACH_MSG_TYPE_COPY_SEND } },
  { "ring", /* each directory is in itself */
    answer_found,
    { FS_RETRY_NORMAL, "", ITSELF, MACH_MSG_TYPE_MAKE_SEND } },
  { "change", answer_change, { 0 } },
  { "elsewhere", answer_elsewhere, { 0 } },
};

/* ---- serving ---- */

/* Whoever wants to hear when it ends has given us a right of his own.  */
static void
flood (mach_port_t ear)
{
  for (int i = 0; i < FLOOD; i++)
    {
      mach_msg_header_t junk
          = { .msgh_bits = MACH_MSGH_BITS (MACH_MSG_TYPE_COPY_SEND, 0),
              .msgh_size = sizeof junk,
              .msgh_remote_port = ear,
              .msgh_id = 64 + i % 16 };

      mach_msg (&junk, MACH_SEND_MSG | MACH_SEND_TIMEOUT, sizeof junk, 0,
                MACH_PORT_NULL, 0, MACH_PORT_NULL);
    }
}

static void
answer (mach_msg_header_t *in)
{
  static struct reply reply;
  const struct manner *now = manner;
  const struct request request
      = { in, thing_find (in->msgh_local_port), now ? &now->found : NULL };
  manner_t *how = now ? now->answer : answer_well;

  if (in->msgh_id == GIVEN_WATCH
      && in->msgh_size > sizeof *in + sizeof (mach_msg_type_t))
    flood (*(mach_port_t *)((char *)(in + 1) + sizeof (mach_msg_type_t)));
  if (in->msgh_id == GETROOT || (manner_id && manner_id != in->msgh_id))
    how = answer_well;
  reply.size = 0;
  reply.header = (mach_msg_header_t){
    .msgh_bits = MACH_MSGH_BITS (MACH_MSG_TYPE_MOVE_SEND_ONCE, 0),
    .msgh_remote_port = in->msgh_remote_port,
    .msgh_id = in->msgh_id + 100,
  };
  if (!MACH_PORT_VALID (in->msgh_remote_port) || !how (&request, &reply))
    return;
  reply.header.msgh_size = sizeof reply.header + reply.size;
  if (!mach_msg (&reply.header, MACH_SEND_MSG | MACH_SEND_TIMEOUT,
                 reply.header.msgh_size, 0, MACH_PORT_NULL, 0, MACH_PORT_NULL))
    in->msgh_remote_port = MACH_PORT_NULL;
}

static void *__attribute__ ((noreturn)) serve (void *cookie)
{
  static union
  {
    mach_msg_header_t header;
    char room[65536];
  } in;

  (void)cookie;
  for (;;)
    {
      if (mach_msg (&in.header, MACH_RCV_MSG, 0, sizeof in, set, 0,
                    MACH_PORT_NULL))
        continue;
      requests++;
      answer (&in.header);
      /* Its receiver's name is ours.  */
      in.header.msgh_local_port = MACH_PORT_NULL;
      in.header.msgh_bits
          &= MACH_MSGH_BITS_COMPLEX | MACH_MSGH_BITS_REMOTE_MASK;
      mach_msg_destroy (&in.header);
    }
}

static bool
sit (const char *path)
{
  file_t node = file_name_lookup (path, O_NOTRANS | O_CREAT, 0666);
  pthread_t thread;

  if (mach_port_allocate (mach_task_self (), MACH_PORT_RIGHT_PORT_SET, &set))
    return false;
  control = thing_create (0, 1);
  root = thing_create (S_IFDIR | 0777, 2);
  return !mach_port_insert_right (mach_task_self (), control, control,
                                  MACH_MSG_TYPE_MAKE_SEND)
         && !file_set_translator (node, 0, FS_TRANS_SET, 0, NULL, 0, control,
                                  MACH_MSG_TYPE_COPY_SEND)
         && !pthread_create (&thread, NULL, serve, NULL);
}

static bool
behave (char *line)
{
  char *id = strchr (line, ' ');

  if (id)
    *id++ = '\0';
  for (size_t i = 0; i < sizeof manners / sizeof *manners; i++)
    if (!strcmp (manners[i].name, line))
      {
        manner = &manners[i];
        manner_id = id ? atoi (id) : 0;
        return true;
      }
  return false;
}

int
main (int argc, char **argv)
{
  char line[64];

  if (argc != 2 || !sit (argv[1]))
    return 2;
  setvbuf (stdout, NULL, _IOLBF, 0);
  while (fgets (line, sizeof line, stdin))
    {
      line[strcspn (line, "\n")] = '\0';
      if (!strcmp (line, "count"))
        printf ("%lu\n", requests);
      else
        puts (behave (line) ? line : "unknown");
    }
  return 0;
}
