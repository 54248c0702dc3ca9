/* devices_claims.c -- what programs may rely on in /dev
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/guest/claim.h"

static bool
null_is_empty_and_takes_all (void)
{
  int fd = open ("/dev/null", O_RDWR | O_TRUNC);
  char byte;

  REQUIRE (fd >= 0);
  REQUIRE (read (fd, &byte, 1) == 0);
  REQUIRE (write (fd, "lost", 4) == 4);
  REQUIRE (lseek (fd, 100, SEEK_SET) == 0);
  REQUIRE (close (fd) == 0);
  return true;
}

static bool
null_swallows_more_than_a_message_holds (void)
{
  int fd = open ("/dev/null", O_WRONLY);
  static char much[300000];

  REQUIRE (fd >= 0);
  REQUIRE (write (fd, much, sizeof much) == sizeof much);
  REQUIRE (close (fd) == 0);
  return true;
}

static bool
devices_are_character_devices (void)
{
  static const char *const names[]
      = { "/dev/null",   "/dev/zero",    "/dev/full",
          "/dev/random", "/dev/urandom", "/dev/console" };
  struct stat stats[6];

  for (size_t i = 0; i < 6; i++)
    {
      REQUIRE (stat (names[i], &stats[i]) == 0);
      REQUIRE (S_ISCHR (stats[i].st_mode));
      for (size_t j = 0; j < i; j++)
        REQUIRE (stats[i].st_ino != stats[j].st_ino
                 || stats[i].st_dev != stats[j].st_dev);
    }
  return true;
}

static bool
zero_gives_zeros_of_every_size (void)
{
  int fd = open ("/dev/zero", O_RDONLY);
  static char bytes[100000];
  ssize_t got;

  REQUIRE (fd >= 0);
  for (size_t size = 1; size <= sizeof bytes; size = size * 7 + 1)
    {
      memset (bytes, 'x', sizeof bytes);
      got = read (fd, bytes, size);
      REQUIRE (got == (ssize_t)size);
      for (size_t i = 0; i < size; i++)
        REQUIRE (bytes[i] == 0);
    }
  REQUIRE (close (fd) == 0);
  return true;
}

static bool
zero_can_be_mapped_privately (void)
{
  int fd = open ("/dev/zero", O_RDWR);
  char *page;

  REQUIRE (fd >= 0);
  page = mmap (NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
  REQUIRE (page != MAP_FAILED);
  REQUIRE (page[0] == 0 && page[8191] == 0);
  page[0] = 1;
  REQUIRE (munmap (page, 8192) == 0 && close (fd) == 0);
  return true;
}

static bool
full_has_no_room (void)
{
  int fd = open ("/dev/full", O_RDWR);
  char byte = 'x';

  REQUIRE (fd >= 0);
  errno = 0;
  REQUIRE (write (fd, &byte, 1) == -1 && errno == ENOSPC);
  REQUIRE (read (fd, &byte, 1) == 1 && byte == 0);
  REQUIRE (close (fd) == 0);
  return true;
}

static bool
random_never_says_the_same_twice (void)
{
  unsigned char a[4096], b[4096];
  size_t counts[256] = { 0 };
  int fd = open ("/dev/urandom", O_RDONLY);

  REQUIRE (fd >= 0);
  REQUIRE (read (fd, a, sizeof a) == sizeof a);
  REQUIRE (read (fd, b, sizeof b) == sizeof b);
  REQUIRE (memcmp (a, b, sizeof a) != 0);
  for (size_t i = 0; i < sizeof a; i++)
    counts[a[i]]++;
  for (size_t i = 0; i < 256; i++)
    REQUIRE (counts[i] < 64); /* 16 is to be expected */
  REQUIRE (close (fd) == 0);
  return true;
}

static bool
getrandom_works (void)
{
  unsigned char bytes[64] = { 0 };
  int sum = 0;

  REQUIRE (getrandom (bytes, sizeof bytes, 0) == sizeof bytes);
  for (size_t i = 0; i < sizeof bytes; i++)
    sum += bytes[i];
  REQUIRE (sum > 0);
  return true;
}

static bool
random_can_be_written (void)
{
  int fd = open ("/dev/random", O_WRONLY);

  REQUIRE (fd >= 0);
  REQUIRE (write (fd, "some noise", 10) == 10);
  REQUIRE (close (fd) == 0);
  return true;
}

static bool
dev_fd_leads_to_our_own_descriptors (void)
{
  int pipes[2], fd;
  char name[32], byte = 0;

  REQUIRE (pipe (pipes) == 0);
  snprintf (name, sizeof name, "/dev/fd/%d", pipes[0]);
  fd = open (name, O_RDONLY);
  REQUIRE (fd >= 0);
  REQUIRE (write (pipes[1], "!", 1) == 1);
  REQUIRE (read (fd, &byte, 1) == 1 && byte == '!');
  close (fd);
  close (pipes[0]);
  close (pipes[1]);
  return true;
}

static bool
dev_stdout_is_descriptor_one (void)
{
  struct stat there, here;
  int fd = open ("/dev/stdout", O_WRONLY);

  REQUIRE (fd >= 0);
  REQUIRE (fstat (fd, &there) == 0 && fstat (1, &here) == 0);
  REQUIRE (there.st_ino == here.st_ino);
  close (fd);
  return true;
}

static bool
all_of_dev_can_be_looked_at (void)
{
  DIR *dir = opendir ("/dev");
  struct dirent *entry;
  struct stat stats;
  char name[300];

  REQUIRE (dir);
  while ((entry = readdir (dir)))
    {
      snprintf (name, sizeof name, "/dev/%s", entry->d_name);
      if (strncmp (entry->d_name, "std", 3))
        REQUIRE (stat (name, &stats) == 0);
    }
  closedir (dir);
  REQUIRE ((dir = opendir ("/dev/fd")));
  REQUIRE (readdir (dir));
  closedir (dir);
  return true;
}

static bool
devices_are_always_ready (void)
{
  int fd = open ("/dev/zero", O_RDWR);
  struct timeval now = { 0, 0 };
  fd_set read_set, write_set;

  REQUIRE (fd >= 0);
  FD_ZERO (&read_set);
  FD_ZERO (&write_set);
  FD_SET (fd, &read_set);
  FD_SET (fd, &write_set);
  REQUIRE (select (fd + 1, &read_set, &write_set, NULL, &now) == 2);
  close (fd);
  return true;
}

static bool
a_device_is_no_directory (void)
{
  errno = 0;
  REQUIRE (open ("/dev/null/x", O_RDONLY) == -1 && errno == ENOTDIR);
  return true;
}

static bool
open_modes_are_kept (void)
{
  int fd = open ("/dev/zero", O_WRONLY);
  char byte;

  REQUIRE (fd >= 0);
  errno = 0;
  REQUIRE (read (fd, &byte, 1) == -1 && errno == EBADF);
  close (fd);
  fd = open ("/dev/null", O_RDONLY);
  errno = 0;
  REQUIRE (write (fd, "x", 1) == -1 && errno == EBADF);
  close (fd);
  return true;
}

static bool
the_clock_can_be_mapped_and_not_written (void)
{
  int fd = open ("/dev/time", O_RDONLY);
  volatile int *page;
  void *writable;

  REQUIRE (fd >= 0);
  page = mmap (NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
  if (page == MAP_FAILED && errno == ENODEV)
    return close (fd) == 0; /* inside another environment there is none */
  REQUIRE (page != MAP_FAILED);
  REQUIRE (page[0] > 1600000000); /* seconds: after 2020 */
  writable = mmap (NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  REQUIRE (writable == MAP_FAILED);
  close (fd);
  return true;
}

static const struct claim claims[] = {
  CLAIM (null_is_empty_and_takes_all),
  CLAIM (null_swallows_more_than_a_message_holds),
  CLAIM (devices_are_character_devices),
  CLAIM (zero_gives_zeros_of_every_size),
  CLAIM (zero_can_be_mapped_privately),
  CLAIM (full_has_no_room),
  CLAIM (random_never_says_the_same_twice),
  CLAIM (getrandom_works),
  CLAIM (random_can_be_written),
  CLAIM (dev_fd_leads_to_our_own_descriptors),
  CLAIM (dev_stdout_is_descriptor_one),
  CLAIM (all_of_dev_can_be_looked_at),
  CLAIM (devices_are_always_ready),
  CLAIM (a_device_is_no_directory),
  CLAIM (open_modes_are_kept),
  CLAIM (the_clock_can_be_mapped_and_not_written),
};

int
main (void)
{
  return claims_check (claims, sizeof claims / sizeof *claims);
}
