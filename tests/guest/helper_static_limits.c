/* helper_static_limits.c -- use something up, and say how much of it there was
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#define DESCRIPTORS_MAX 2000
#define PAGE 4096

static char page[PAGE];

static int
open_all (int *descriptors)
{
  int count = 0;

  while (count < DESCRIPTORS_MAX
         && (descriptors[count] = open ("/etc/inner.hurdle", O_RDONLY)) >= 0)
    count++;
  return count;
}

/* So many are open at once, the same again when they were closed, and sockets
   are no way out.  */
static int
use_handles (void)
{
  static int descriptors[DESCRIPTORS_MAX];
  int first = open_all (descriptors);
  int why = errno, pair[2];
  int refused = socketpair (AF_UNIX, SOCK_STREAM, 0, pair);
  int why_pair = errno, again;

  for (int i = 0; i < first; i++)
    close (descriptors[i]);
  again = open_all (descriptors);
  printf ("%d %s; %s; %s\n", first, why == ENFILE ? "ENFILE" : strerror (why),
          refused && why_pair == ENFILE ? "ENFILE" : "another error",
          again == first ? "again" : "fewer");
  return 0;
}

/* Pages until there is no room; *RET_WHY.  */
static long
fill (const char *name, int *ret_why)
{
  int file = open (name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  long pages = 0;

  while (write (file, page, PAGE) == PAGE)
    pages++;
  *ret_why = errno;
  close (file);
  return pages;
}

static long
room (const char *name)
{
  struct statvfs stat;

  return statvfs (name, &stat) ? -1 : (long)stat.f_bavail;
}

static void
say (const char *name, int holds)
{
  printf ("%s %s\n", holds ? "ok" : "not ok", name);
}

/* /tmp is a mount of its own; the argument is the limit in KiB.  */
static int
use_memory (long limit)
{
  long left = room ("/tmp"), first, second, other;
  int why, why_other, ends[2];

  memset (page, 'x', PAGE);
  first = fill ("/tmp/first", &why);
  printf ("# %ld pages were left, %ld were written\n", left, first);
  say ("memory_ends_with_enospc", why == ENOSPC);
  say ("memory_ends_at_the_limit", first <= limit / 4);
  say ("memory_is_what_statfs_promised",
       first <= left && first >= left - left / 16 - 4);
  other = fill ("/other", &why_other);
  say ("memory_is_one_for_all_volumes", other <= 1 && why_other == ENOSPC);
  say ("memory_counts_pipes",
       pipe (ends) || write (ends[1], page, PAGE) < 0 || room ("/tmp") <= 0);
  unlink ("/tmp/first");
  close (ends[0]);
  close (ends[1]);
  second = fill ("/other", &why);
  say ("memory_comes_back", second >= first - 4 && why == ENOSPC);
  unlink ("/other");
  say ("memory_is_left_as_it_was", room ("/tmp") >= left - 4);
  return 0;
}

int
main (int argc, char **argv)
{
  if (argc > 1 && !strcmp (argv[1], "handles"))
    return use_handles ();
  return use_memory (argc > 1 ? atol (argv[1]) : 0);
}
