/* operations.c -- what programs do all day, each by itself

   Files are in a directory of our own under /tmp, and small.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <errno.h>
#include <fcntl.h>
#include <hurd.h>
#include <hurd/io.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/bench.h"

#define BLOCK (64 * 1024)
#define PAGE 4096

char bench_programs[256] = "/hurdle/bench/programs/";

static const char file[] = "/tmp/hurdle-bench", other[] = "/tmp/hurdle-bench2";
static char block[BLOCK];
static int fd = -1;
static mach_port_t port;

/* Do WHAT, an expression that is true on success, COUNT times.  */
#define REPEAT(what)                                                          \
  do                                                                          \
    for (unsigned int i_ = 0; i_ < count; i_++)                               \
      if (!(what))                                                            \
        return errno ? errno : EIO;                                           \
  while (0);                                                                  \
  return 0

/* ---- a file ---- */

static error_t
file_setup (void)
{
  fd = open (file, O_RDWR | O_CREAT | O_TRUNC, 0600);
  if (fd < 0 || pwrite (fd, block, BLOCK, 0) != BLOCK)
    return errno;
  port = getdport (fd);
  return port ? 0 : errno;
}

static void
file_teardown (void)
{
  if (port)
    (void)mach_port_deallocate (mach_task_self (), port);
  if (fd >= 0)
    (void)close (fd);
  (void)unlink (file);
  fd = -1;
  port = MACH_PORT_NULL;
}

static error_t
null_rpc (unsigned int count)
{
  int modes;

  REPEAT ((errno = io_get_openmodes (port, &modes)) == 0);
}

static error_t
file_stat (unsigned int count)
{
  struct stat st;

  REPEAT (stat (file, &st) == 0);
}

static error_t
file_open (unsigned int count)
{
  int opened;

  REPEAT ((opened = open (file, O_RDONLY)) >= 0 && close (opened) == 0);
}

static error_t
read_page (unsigned int count)
{
  REPEAT (pread (fd, block, PAGE, 0) == PAGE);
}

static error_t
read_block (unsigned int count)
{
  REPEAT (pread (fd, block, BLOCK, 0) == BLOCK);
}

static error_t
write_page (unsigned int count)
{
  REPEAT (pwrite (fd, block, PAGE, 0) == PAGE);
}

static error_t
write_block (unsigned int count)
{
  REPEAT (pwrite (fd, block, BLOCK, 0) == BLOCK);
}

static int
create_and_unlink (void)
{
  int made = open (other, O_RDWR | O_CREAT | O_EXCL, 0600);

  return made < 0 || close (made) ? -1 : unlink (other);
}

static error_t
file_create (unsigned int count)
{
  REPEAT (create_and_unlink () == 0);
}

static int
map_and_touch (void)
{
  volatile char *at
      = mmap (NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

  if (at == MAP_FAILED)
    return -1;
  *at = 1;
  return munmap ((void *)at, PAGE);
}

static error_t
file_map (unsigned int count)
{
  REPEAT (map_and_touch () == 0);
}

/* ---- pipes ---- */

static int there[2], back[2];
static pid_t partner;

/* The other side: read LENGTH bytes, answer with one, until the end.  */
static void __attribute__ ((noreturn)) answer (size_t length)
{
  size_t had = 0;
  ssize_t got;

  close (there[1]);
  close (back[0]);
  while ((got = read (there[0], block, BLOCK)) > 0)
    {
      had += got;
      if (had < length)
        continue;
      had = 0;
      if (write (back[1], block, 1) != 1)
        break;
    }
  _exit (0);
}

static error_t
pipes_setup (size_t length)
{
  if (pipe (there) || pipe (back))
    return errno;
  partner = fork ();
  if (partner < 0)
    return errno;
  if (partner == 0)
    answer (length);
  close (there[0]);
  close (back[1]);
  return 0;
}

static error_t
ping_setup (void)
{
  return pipes_setup (1);
}

static error_t
stream_setup (void)
{
  return pipes_setup (BLOCK);
}

static void
pipes_teardown (void)
{
  close (there[1]);
  close (back[0]);
  if (partner > 0)
    (void)waitpid (partner, NULL, 0);
  partner = 0;
}

static error_t
ping (unsigned int count)
{
  char c = 0;

  REPEAT (write (there[1], &c, 1) == 1 && read (back[0], &c, 1) == 1);
}

static int
block_through (void)
{
  size_t done = 0;
  char c;

  while (done < BLOCK)
    {
      ssize_t wrote = write (there[1], block + done, BLOCK - done);

      if (wrote <= 0)
        return -1;
      done += wrote;
    }
  return read (back[0], &c, 1) == 1 ? 0 : -1;
}

static error_t
stream (unsigned int count)
{
  REPEAT (block_through () == 0);
}

/* ---- processes ---- */

static int
child_wait (pid_t pid)
{
  int status;

  if (pid < 0 || waitpid (pid, &status, 0) != pid)
    return -1;
  errno = 0;
  return status ? -1 : 0;
}

static int
fork_and_exit (void)
{
  pid_t pid = fork ();

  if (pid == 0)
    _exit (0);
  return child_wait (pid);
}

static error_t
process_fork (unsigned int count)
{
  REPEAT (fork_and_exit () == 0);
}

static int
fork_and_exec (const char *program)
{
  char path[sizeof bench_programs + 16];
  pid_t pid;

  snprintf (path, sizeof path, "%s%s", bench_programs, program);
  pid = fork ();
  if (pid == 0)
    {
      execl (path, path, (char *)NULL);
      _exit (127);
    }
  return child_wait (pid);
}

static error_t
exec_static (unsigned int count)
{
  REPEAT (fork_and_exec ("static") == 0);
}

static error_t
exec_dynamic (unsigned int count)
{
  REPEAT (fork_and_exec ("dynamic") == 0);
}

/* ---- signals ---- */

static volatile sig_atomic_t handled;

static void
handle (int number)
{
  handled += number != 0;
}

static error_t
signal_setup (void)
{
  return signal (SIGUSR1, handle) == SIG_ERR ? errno : 0;
}

static error_t
signal_self (unsigned int count)
{
  sig_atomic_t before = handled;

  for (unsigned int i = 0; i < count; i++)
    if (kill (getpid (), SIGUSR1))
      return errno;
  return handled == before + (int)count ? 0 : EIO;
}

/* ---- the table ---- */

#define ON_A_FILE .setup = file_setup, .teardown = file_teardown

/* Floors and goals: DESIGN section 9.  */
const struct operation operations[] = {
  { "R: null RPC to a file", ON_A_FILE, .run = null_rpc, .floor = 1.1,
    .goal = 1.3, .upstream = { 2.7, 1.9 } },
  { "stat", ON_A_FILE, .run = file_stat, .floor = 3.2, .goal = 5,
    .upstream = { 24.9, 15.3 } },
  { "open + close", ON_A_FILE, .run = file_open, .floor = 2, .goal = 5,
    .upstream = { 22.6, 13.8 } },
  { "pread 4 KiB", ON_A_FILE, .run = read_page, .floor = 2, .goal = 3,
    .upstream = { 16.7, 16.5 } },
  { "pread 64 KiB", ON_A_FILE, .run = read_block, .upstream = { 16, 33.3 } },
  { "pwrite 4 KiB", ON_A_FILE, .run = write_page, .upstream = { 11, 9.9 } },
  { "pwrite 64 KiB", ON_A_FILE, .run = write_block,
    .upstream = { 15.3, 39.2 } },
  { "create + unlink", ON_A_FILE, .run = file_create, .floor = 5, .goal = 12,
    .upstream = { 88, 79.7 } },
  { "mmap + touch + munmap", ON_A_FILE, .run = file_map,
    .upstream = { 5.8, 7.4 } },
  { "pipe ping-pong", .setup = ping_setup, .teardown = pipes_teardown,
    .run = ping, .floor = 4.6, .goal = 7, .upstream = { 18.8, 16.2 } },
  { "pipe, 64 KiB block", .setup = stream_setup, .teardown = pipes_teardown,
    .run = stream, .upstream = { 80, 146 } },
  { "fork + exit + wait", .run = process_fork, .floor = 75, .goal = 100,
    .upstream = { 160, 359 } },
  { "F: fork + exec + wait, static", .run = exec_static, .floor = 130,
    .goal = 220, .upstream = { 464, 816 } },
  { "fork + exec + wait, dynamic", .run = exec_dynamic, .floor = 250,
    .goal = 480, .upstream = { 975, 1331 } },
  { "signal to self", .setup = signal_setup, .run = signal_self,
    .upstream = { 10, 18.1 } },
  { .name = NULL },
};
