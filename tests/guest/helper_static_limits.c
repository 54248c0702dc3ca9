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

#include "tests/guest/claim.h"

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

/* /tmp is a mount of its own; the argument is the limit in KiB.  */
static int
use_memory (long limit)
{
  long left = room ("/tmp"), first, second, other;
  int why, why_other, ends[2];

  memset (page, 'x', PAGE);
  first = fill ("/tmp/first", &why);
  printf ("# %ld pages were left, %ld were written\n", left, first);
  claim_say (why == ENOSPC, "memory_ends_with_enospc");
  claim_say (first <= limit / 4, "memory_ends_at_the_limit");
  claim_say (first <= left && first >= left - left / 16 - 4,
             "memory_is_what_statfs_promised");
  other = fill ("/other", &why_other);
  claim_say (other <= 1 && why_other == ENOSPC,
             "memory_is_one_for_all_volumes");
  claim_say (pipe (ends) || write (ends[1], page, PAGE) < 0
                 || room ("/tmp") <= 0,
             "memory_counts_pipes");
  unlink ("/tmp/first");
  close (ends[0]);
  close (ends[1]);
  second = fill ("/other", &why);
  claim_say (second >= first - 4 && why == ENOSPC, "memory_comes_back");
  unlink ("/other");
  claim_say (room ("/tmp") >= left - 4, "memory_is_left_as_it_was");
  return claims_status ();
}

int
main (int argc, char **argv)
{
  if (argc > 1 && !strcmp (argv[1], "handles"))
    return use_handles ();
  return use_memory (argc > 1 ? atol (argv[1]) : 0);
}
