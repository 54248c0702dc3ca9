/* files_map.c -- mapped files: shared, private, coherent with read and write
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <signal.h>
#include <setjmp.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/guest/claim.h"

#define PAGE 4096

static char name[] = "/tmp/files_map.XXXXXX";

/* A fresh file of SIZE bytes, opened for reading and writing.  */
static int
file_make (size_t size)
{
  int fd;

  strcpy (name, "/tmp/files_map.XXXXXX");
  fd = mkstemp (name);
  if (fd >= 0 && ftruncate (fd, (off_t)size))
    return -1;
  return fd;
}

static void
file_end (int fd, void *map, size_t size)
{
  if (map && map != MAP_FAILED)
    munmap (map, size);
  close (fd);
  unlink (name);
}

static bool
two_processes_share_a_mapping (void)
{
  int fd = file_make (2 * PAGE), status;
  char *map;
  pid_t child;

  REQUIRE (fd >= 0);
  map = mmap (NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  REQUIRE (map != MAP_FAILED);
  map[0] = 'p';
  child = fork ();
  if (child == 0)
    {
      if (map[0] != 'p')
        _exit (1);
      map[PAGE] = 'c';
      _exit (0);
    }
  REQUIRE (child > 0 && waitpid (child, &status, 0) == child);
  REQUIRE (status == 0);
  REQUIRE (map[PAGE] == 'c');
  file_end (fd, map, 2 * PAGE);
  return true;
}

static bool
two_processes_share_through_two_opens (void)
{
  int fd = file_make (PAGE), status;
  char *map;
  pid_t child;

  REQUIRE (fd >= 0);
  map = mmap (NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  REQUIRE (map != MAP_FAILED);
  child = fork ();
  if (child == 0)
    {
      int own = open (name, O_RDWR);
      char *mine
          = mmap (NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, own, 0);
      if (own < 0 || mine == MAP_FAILED)
        _exit (1);
      mine[7] = 'x';
      _exit (0);
    }
  REQUIRE (child > 0 && waitpid (child, &status, 0) == child && status == 0);
  REQUIRE (map[7] == 'x');
  file_end (fd, map, PAGE);
  return true;
}

static bool
read_sees_what_a_mapping_wrote (void)
{
  int fd = file_make (PAGE);
  char *map, byte = 0;

  REQUIRE (fd >= 0);
  map = mmap (NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  REQUIRE (map != MAP_FAILED);
  map[100] = 'm';
  REQUIRE (pread (fd, &byte, 1, 100) == 1 && byte == 'm');
  file_end (fd, map, PAGE);
  return true;
}

static bool
a_mapping_sees_what_write_wrote (void)
{
  int fd = file_make (PAGE);
  char *map;

  REQUIRE (fd >= 0);
  map = mmap (NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
  REQUIRE (map != MAP_FAILED && map[5] == 0);
  REQUIRE (pwrite (fd, "w", 1, 5) == 1);
  REQUIRE (map[5] == 'w');
  file_end (fd, map, PAGE);
  return true;
}

static bool
a_private_mapping_keeps_its_writes (void)
{
  int fd = file_make (PAGE);
  char *map, byte = 'x';

  REQUIRE (fd >= 0);
  map = mmap (NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
  REQUIRE (map != MAP_FAILED);
  map[1] = 'q';
  REQUIRE (pread (fd, &byte, 1, 1) == 1 && byte == 0);
  file_end (fd, map, PAGE);
  return true;
}

static bool
a_read_only_file_cannot_be_mapped_for_writing (void)
{
  int fd = file_make (PAGE), reader;
  char *map;

  REQUIRE (fd >= 0);
  reader = open (name, O_RDONLY);
  REQUIRE (reader >= 0);
  map = mmap (NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, reader, 0);
  REQUIRE (map == MAP_FAILED && errno == EACCES);
  map = mmap (NULL, PAGE, PROT_READ, MAP_SHARED, reader, 0);
  REQUIRE (map != MAP_FAILED);
  /* Nor can its protection be raised later.  */
  REQUIRE (mprotect (map, PAGE, PROT_READ | PROT_WRITE) != 0);
  close (reader);
  file_end (fd, map, PAGE);
  return true;
}

static bool
the_tail_of_the_last_page_is_zero (void)
{
  int fd = file_make (0);
  char *map;

  REQUIRE (fd >= 0);
  REQUIRE (write (fd, "abc", 3) == 3);
  map = mmap (NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
  REQUIRE (map != MAP_FAILED);
  REQUIRE (!memcmp (map, "abc", 3));
  for (int i = 3; i < PAGE; i++)
    REQUIRE (map[i] == 0);
  file_end (fd, map, PAGE);
  return true;
}

static sigjmp_buf fault;

static void
on_fault (int signo)
{
  siglongjmp (fault, signo);
}

static bool
a_page_past_the_end_is_a_bus_error (void)
{
  int fd = file_make (PAGE), got;
  volatile char *map;

  REQUIRE (fd >= 0);
  map = mmap (NULL, 3 * PAGE, PROT_READ, MAP_SHARED, fd, 0);
  REQUIRE (map != MAP_FAILED);
  signal (SIGBUS, on_fault);
  signal (SIGSEGV, on_fault);
  got = sigsetjmp (fault, 1);
  if (!got)
    {
      (void)map[2 * PAGE];
      got = -1;
    }
  signal (SIGBUS, SIG_DFL);
  signal (SIGSEGV, SIG_DFL);
  REQUIRE (got == SIGBUS);
  file_end (fd, (void *)map, 3 * PAGE);
  return true;
}

static bool
a_grown_file_shows_in_its_mapping (void)
{
  int fd = file_make (PAGE);
  char *map;

  REQUIRE (fd >= 0);
  map = mmap (NULL, 2 * PAGE, PROT_READ, MAP_SHARED, fd, 0);
  REQUIRE (map != MAP_FAILED && map[0] == 0);
  REQUIRE (pwrite (fd, "grown", 5, PAGE) == 5);
  REQUIRE (!memcmp (map + PAGE, "grown", 5));
  file_end (fd, map, 2 * PAGE);
  return true;
}

static bool
a_mapping_outlives_descriptor_and_name (void)
{
  int fd = file_make (PAGE);
  char *map;

  REQUIRE (fd >= 0);
  REQUIRE (pwrite (fd, "here", 4, 0) == 4);
  map = mmap (NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  REQUIRE (map != MAP_FAILED);
  close (fd);
  REQUIRE (unlink (name) == 0);
  REQUIRE (!memcmp (map, "here", 4));
  map[0] = 't';
  REQUIRE (!memcmp (map, "tere", 4));
  REQUIRE (munmap (map, PAGE) == 0);
  return true;
}

static bool
a_large_mapping_has_every_page (void)
{
  enum
  {
    SIZE = 4 * 1024 * 1024
  };
  int fd = file_make (SIZE);
  char *map, byte;

  REQUIRE (fd >= 0);
  map = mmap (NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  REQUIRE (map != MAP_FAILED);
  for (int i = 0; i < SIZE / PAGE; i++)
    map[i * PAGE] = (char)i;
  REQUIRE (msync (map, SIZE, MS_SYNC) == 0);
  for (int i = 0; i < SIZE / PAGE; i++)
    REQUIRE (pread (fd, &byte, 1, (off_t)i * PAGE) == 1 && byte == (char)i);
  file_end (fd, map, SIZE);
  return true;
}

static const struct claim claims[] = {
  CLAIM (two_processes_share_a_mapping),
  CLAIM (two_processes_share_through_two_opens),
  CLAIM (read_sees_what_a_mapping_wrote),
  CLAIM (a_mapping_sees_what_write_wrote),
  CLAIM (a_private_mapping_keeps_its_writes),
  CLAIM (a_read_only_file_cannot_be_mapped_for_writing),
  CLAIM (the_tail_of_the_last_page_is_zero),
  CLAIM (a_page_past_the_end_is_a_bus_error),
  CLAIM (a_grown_file_shows_in_its_mapping),
  CLAIM (a_mapping_outlives_descriptor_and_name),
  CLAIM (a_large_mapping_has_every_page),
};

CLAIMS_MAIN (claims)
