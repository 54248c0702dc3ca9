/* sockets_pipe.c -- pipes
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/guest/claim.h"

static volatile sig_atomic_t signals;

static void
count_signal (int signo)
{
  (void)signo;
  signals++;
}

static void
handle_signal (int signo)
{
  struct sigaction action = { .sa_handler = count_signal };

  signals = 0;
  sigaction (signo, &action, NULL);
}

static char
pattern (size_t position)
{
  return (char)(position * 31 + position / 251);
}

/* Write the bytes FROM to FROM + SIZE of the pattern in blocks.  */
static bool
write_pattern (int fd, size_t size, size_t block)
{
  char *data = malloc (block);
  size_t done = 0;

  while (done < size)
    {
      ssize_t n;

      for (size_t i = 0; i < block; i++)
        data[i] = pattern (done + i);
      n = write (fd, data, block < size - done ? block : size - done);
      if (n <= 0)
        break;
      done += n;
    }
  free (data);
  return done == size;
}

/* Read to the end; how many bytes agreed with the pattern.  */
static size_t
read_pattern (int fd, size_t block)
{
  char *data = malloc (block);
  size_t done = 0;
  ssize_t n;

  while ((n = read (fd, data, block)) > 0)
    for (ssize_t i = 0; i < n; i++, done++)
      if (data[i] != pattern (done))
        {
          free (data);
          return done;
        }
  free (data);
  return n < 0 ? 0 : done;
}

/* A child writes SIZE bytes in blocks of WRITES; we read READS at once.  */
static bool
transfer (size_t size, size_t writes, size_t reads)
{
  int fds[2], status;
  size_t got;
  pid_t child;

  REQUIRE (pipe (fds) == 0);
  child = fork ();
  REQUIRE (child >= 0);
  if (child == 0)
    {
      close (fds[0]);
      _exit (!write_pattern (fds[1], size, writes));
    }
  close (fds[1]);
  got = read_pattern (fds[0], reads);
  close (fds[0]);
  REQUIRE (waitpid (child, &status, 0) == child);
  REQUIRE (got == size);
  REQUIRE (status == 0);
  return true;
}

static bool
pipe_passes_small_writes_in_order (void)
{
  return transfer (20000, 100, 4096);
}

static bool
pipe_passes_small_reads_in_order (void)
{
  return transfer (30000, 5000, 77);
}

static bool
pipe_passes_64_KiB_blocks_in_order (void)
{
  return transfer (1 << 20, 65536, 65536);
}

static bool
pipe_passes_writes_larger_than_itself (void)
{
  return transfer (1 << 20, 300000, 10000);
}

static bool
pipe_passes_odd_sizes_in_order (void)
{
  return transfer (500000, 12345, 23456);
}

static bool
pipe_ends_when_nobody_can_write (void)
{
  int fds[2];
  char c;

  REQUIRE (pipe (fds) == 0);
  REQUIRE (write (fds[1], "ab", 2) == 2);
  close (fds[1]);
  REQUIRE (read (fds[0], &c, 1) == 1 && c == 'a');
  REQUIRE (read (fds[0], &c, 1) == 1 && c == 'b');
  REQUIRE (read (fds[0], &c, 1) == 0);
  REQUIRE (read (fds[0], &c, 1) == 0);
  close (fds[0]);
  return true;
}

static bool
pipe_ends_for_a_reader_who_waits (void)
{
  int fds[2], status;
  pid_t child;
  char c;

  REQUIRE (pipe (fds) == 0);
  child = fork ();
  if (child == 0)
    {
      close (fds[0]);
      usleep (100000);
      _exit (0);
    }
  close (fds[1]);
  REQUIRE (read (fds[0], &c, 1) == 0);
  close (fds[0]);
  REQUIRE (waitpid (child, &status, 0) == child);
  return true;
}

static bool
pipe_without_reader_is_EPIPE_and_SIGPIPE (void)
{
  int fds[2];

  handle_signal (SIGPIPE);
  REQUIRE (pipe (fds) == 0);
  close (fds[0]);
  REQUIRE (write (fds[1], "x", 1) == -1 && errno == EPIPE);
  REQUIRE (signals == 1);
  close (fds[1]);
  return true;
}

static bool
pipe_loses_its_reader_while_a_write_waits (void)
{
  static char data[100000];
  int fds[2], status;
  pid_t child;

  handle_signal (SIGPIPE);
  REQUIRE (pipe (fds) == 0);
  child = fork ();
  if (child == 0)
    {
      close (fds[1]);
      usleep (100000);
      _exit (0);
    }
  close (fds[0]);
  /* What fitted was written; then it breaks.  */
  REQUIRE (write (fds[1], data, sizeof data) == 65536);
  REQUIRE (write (fds[1], data, 1) == -1 && errno == EPIPE);
  close (fds[1]);
  REQUIRE (waitpid (child, &status, 0) == child);
  return true;
}

static bool
pipe_nonblocking_is_EAGAIN_when_empty_and_full (void)
{
  static char data[1000];
  size_t total = 0;
  int fds[2];
  ssize_t n;

  REQUIRE (pipe2 (fds, O_NONBLOCK) == 0);
  REQUIRE (read (fds[0], data, 1) == -1 && errno == EAGAIN);
  while ((n = write (fds[1], data, sizeof data)) > 0)
    total += n;
  REQUIRE (n == -1 && errno == EAGAIN);
  REQUIRE (total == 65000);
  REQUIRE (write (fds[1], data, 536) == 536);
  REQUIRE (write (fds[1], data, 1) == -1 && errno == EAGAIN);
  REQUIRE (read (fds[0], data, 1) == 1);
  REQUIRE (write (fds[1], data, 1) == 1);
  close (fds[0]);
  close (fds[1]);
  return true;
}

static bool
pipe_nonblocking_takes_part_of_a_large_write (void)
{
  static char data[100000];
  int fds[2];

  REQUIRE (pipe2 (fds, O_NONBLOCK) == 0);
  REQUIRE (write (fds[1], data, sizeof data) == 65536);
  REQUIRE (write (fds[1], data, sizeof data) == -1 && errno == EAGAIN);
  REQUIRE (read (fds[0], data, 10000) == 10000);
  REQUIRE (write (fds[1], data, 4096) == 4096);
  REQUIRE (write (fds[1], data, sizeof data) == 5904);
  close (fds[0]);
  close (fds[1]);
  return true;
}

static bool
pipe_nonblocking_is_shared_with_duplicates (void)
{
  int fds[2], other;
  char c;

  REQUIRE (pipe (fds) == 0);
  other = dup (fds[0]);
  REQUIRE (fcntl (other, F_SETFL, O_NONBLOCK) == 0);
  REQUIRE (fcntl (fds[0], F_GETFL) & O_NONBLOCK);
  REQUIRE (read (fds[0], &c, 1) == -1 && errno == EAGAIN);
  close (other);
  close (fds[0]);
  close (fds[1]);
  return true;
}

static void
write_records (int fd, char letter, int count)
{
  char record[4096];

  memset (record, letter, sizeof record);
  while (count--)
    if (write (fd, record, sizeof record) != sizeof record)
      _exit (1);
  _exit (0);
}

static bool
pipe_keeps_4096_bytes_of_two_writers_together (void)
{
  int fds[2], status, records = 0;
  char record[4096];
  size_t have = 0;
  ssize_t n;

  REQUIRE (pipe (fds) == 0);
  for (int i = 0; i < 2; i++)
    if (fork () == 0)
      {
        close (fds[0]);
        write_records (fds[1], "ab"[i], 100);
      }
  close (fds[1]);
  while ((n = read (fds[0], record + have, sizeof record - have)) > 0)
    {
      have += n;
      if (have < sizeof record)
        continue;
      for (size_t i = 1; i < sizeof record; i++)
        REQUIRE (record[i] == record[0]);
      have = 0;
      records++;
    }
  close (fds[0]);
  REQUIRE (n == 0 && have == 0 && records == 200);
  REQUIRE (wait (&status) > 0 && status == 0);
  REQUIRE (wait (&status) > 0 && status == 0);
  return true;
}

static bool
pipe_read_is_interrupted_by_a_signal (void)
{
  int fds[2];
  char c;

  handle_signal (SIGALRM);
  REQUIRE (pipe (fds) == 0);
  alarm (1);
  REQUIRE (read (fds[0], &c, 1) == -1 && errno == EINTR);
  REQUIRE (signals == 1);
  REQUIRE (write (fds[1], "x", 1) == 1);
  REQUIRE (read (fds[0], &c, 1) == 1 && c == 'x');
  close (fds[0]);
  close (fds[1]);
  return true;
}

static bool
pipe_write_interrupted_says_how_much_went_in (void)
{
  static char data[100000];
  int fds[2];

  handle_signal (SIGALRM);
  REQUIRE (pipe (fds) == 0);
  alarm (1);
  REQUIRE (write (fds[1], data, sizeof data) == 65536);
  REQUIRE (signals == 1);
  alarm (1);
  REQUIRE (write (fds[1], data, 1) == -1 && errno == EINTR);
  close (fds[0]);
  close (fds[1]);
  return true;
}

static bool
pipe_keeps_what_a_killed_reader_did_not_get (void)
{
  int fds[2], status;
  pid_t child;
  char data[10];

  REQUIRE (pipe (fds) == 0);
  child = fork ();
  if (child == 0)
    _exit (read (fds[0], data, sizeof data) != 3);
  usleep (100000);
  REQUIRE (kill (child, SIGKILL) == 0);
  REQUIRE (waitpid (child, &status, 0) == child);
  usleep (50000);
  REQUIRE (write (fds[1], "abc", 3) == 3);
  alarm (5);
  REQUIRE (read (fds[0], data, sizeof data) == 3);
  alarm (0);
  close (fds[0]);
  close (fds[1]);
  return true;
}

static bool
pipe_says_that_it_is_one (void)
{
  struct stat stat;
  int fds[2], readable;

  REQUIRE (pipe (fds) == 0);
  REQUIRE (fstat (fds[0], &stat) == 0);
  REQUIRE (S_ISFIFO (stat.st_mode));
  REQUIRE (stat.st_blksize > 0);
  REQUIRE (fpathconf (fds[1], _PC_PIPE_BUF) == 4096);
  REQUIRE (lseek (fds[0], 0, SEEK_CUR) == -1 && errno == ESPIPE);
  REQUIRE (write (fds[1], "abc", 3) == 3);
  REQUIRE (ioctl (fds[0], FIONREAD, &readable) == 0 && readable == 3);
  close (fds[0]);
  close (fds[1]);
  return true;
}

static bool
pipe_can_be_made_1000_times_at_once (void)
{
  static int fds[1000][2];
  struct rlimit limit = { 4096, 4096 };
  char c;

  (void)setrlimit (RLIMIT_NOFILE, &limit);
  for (int i = 0; i < 1000; i++)
    REQUIRE (pipe (fds[i]) == 0);
  for (int i = 0; i < 1000; i++)
    {
      c = (char)i;
      REQUIRE (write (fds[i][1], &c, 1) == 1);
    }
  for (int i = 999; i >= 0; i--)
    {
      REQUIRE (read (fds[i][0], &c, 1) == 1 && c == (char)i);
      close (fds[i][0]);
      close (fds[i][1]);
    }
  return true;
}

static bool
pipe_of_programs_works (void)
{
  FILE *pipeline = popen ("echo one two | cat | cat", "r");
  char line[100];

  REQUIRE (pipeline);
  REQUIRE (fgets (line, sizeof line, pipeline));
  REQUIRE (strcmp (line, "one two\n") == 0);
  REQUIRE (!fgets (line, sizeof line, pipeline));
  REQUIRE (pclose (pipeline) == 0);
  return true;
}

static const struct claim claims[] = {
  CLAIM (pipe_ends_when_nobody_can_write),
  CLAIM (pipe_says_that_it_is_one),
  CLAIM (pipe_nonblocking_is_EAGAIN_when_empty_and_full),
  CLAIM (pipe_nonblocking_takes_part_of_a_large_write),
  CLAIM (pipe_nonblocking_is_shared_with_duplicates),
  CLAIM (pipe_without_reader_is_EPIPE_and_SIGPIPE),
  CLAIM (pipe_read_is_interrupted_by_a_signal),
  CLAIM (pipe_write_interrupted_says_how_much_went_in),
  CLAIM (pipe_passes_small_writes_in_order),
  CLAIM (pipe_passes_small_reads_in_order),
  CLAIM (pipe_passes_64_KiB_blocks_in_order),
  CLAIM (pipe_passes_writes_larger_than_itself),
  CLAIM (pipe_passes_odd_sizes_in_order),
  CLAIM (pipe_ends_for_a_reader_who_waits),
  CLAIM (pipe_loses_its_reader_while_a_write_waits),
  CLAIM (pipe_keeps_4096_bytes_of_two_writers_together),
  CLAIM (pipe_keeps_what_a_killed_reader_did_not_get),
  CLAIM (pipe_can_be_made_1000_times_at_once),
  CLAIM (pipe_of_programs_works),
};

CLAIMS_MAIN (claims)
