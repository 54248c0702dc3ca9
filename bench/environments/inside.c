/* inside.c -- the program that runs in the environments
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <errno.h>
#include <fcntl.h>
#include <hurd.h>
#include <hurd/io.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench/clock.h"
#include "bench/environments/environments.h"

#define SIZE (1 << 20)
#define PAGE 4096
#define RUN_US 50000
#define RUNS 5

static char path[256];
static char block[SIZE];
static int descriptor;
static mach_port_t port;

/* ---- what is done ---- */

static bool
null_rpc (void)
{
  int modes;

  return !io_get_openmodes (port, &modes);
}

static bool
file_stat (void)
{
  struct stat stat_buf;

  return !stat (path, &stat_buf);
}

static bool
file_open (void)
{
  int opened = open (path, O_RDONLY);

  return opened >= 0 && pread (opened, block, PAGE, 0) == PAGE
         && !close (opened);
}

static bool
file_read (void)
{
  return pread (descriptor, block, SIZE, 0) == SIZE;
}

static bool
file_map (void)
{
  volatile char *map = mmap (NULL, SIZE, PROT_READ, MAP_SHARED, descriptor, 0);

  if (map == MAP_FAILED)
    return false;
  for (size_t at = 0; at < SIZE; at += PAGE)
    (void)map[at];
  return !munmap ((void *)map, SIZE);
}

const struct inside insides[] = {
  { "null RPC", { 1.9, 0, 0, 0 } },         { "stat", { 2.2, 3.2, 4.2, 5.2 } },
  { "open + read 4 KiB + close", { 0 } },   { "read 1 MiB", { 0 } },
  { "mmap + touch 1 MiB + munmap", { 0 } },
};
const size_t insides_count = sizeof insides / sizeof *insides;

static bool (*const runs[]) (void)
    = { null_rpc, file_stat, file_open, file_read, file_map };

/* ---- measuring ---- */

/* The best of some runs, each long enough; negative: it failed.  */
static double
measure (bool (*run) (void))
{
  unsigned int count = 1;
  double best = -1;

  for (int i = 0; i < RUNS;)
    {
      uint64_t start = ticks ();
      double us;

      for (unsigned int n = 0; n < count; n++)
        if (!run ())
          return -1;
      us = us_since (start);
      if (us < RUN_US)
        {
          count *= 2;
          continue;
        }
      if (best < 0 || us / count < best)
        best = us / count;
      i++;
    }
  return best;
}

int
inside_measure (const char *directory)
{
  snprintf (path, sizeof path, "%s/file", directory);
  descriptor = open (path, O_RDONLY);
  port = descriptor < 0 ? MACH_PORT_NULL : getdport (descriptor);
  if (!MACH_PORT_VALID (port))
    return 1;
  for (size_t i = 0; i < insides_count; i++)
    printf ("%.3f\n", measure (runs[i]));
  return 0;
}

/* ---- holding ---- */

static bool
hold_handles (unsigned int count)
{
  while (count--)
    if (!MACH_PORT_VALID (file_name_lookup ("/given/big", O_READ, 0)))
      return false;
  return true;
}

static bool
hold_pages (unsigned int count)
{
  int opened = open ("/given/big", O_RDONLY);
  size_t size = (size_t)count * PAGE;
  volatile char *map;

  if (opened < 0)
    return false;
  map = mmap (NULL, size, PROT_READ, MAP_SHARED, opened, 0);
  if (map == MAP_FAILED)
    return false;
  for (size_t at = 0; at < size; at += PAGE)
    (void)map[at];
  return true;
}

int
inside_hold (const char *what, unsigned int count)
{
  char byte;
  bool held
      = !strcmp (what, "pages") ? hold_pages (count) : hold_handles (count);

  puts (held ? "held" : "not held");
  fflush (stdout);
  (void)!read (0, &byte, 1);
  return !held;
}
