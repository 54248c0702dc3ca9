/* helper_static_touch.c -- map a file and look at some of it

   helper_static_touch FILE OFFSET: says "touching", then the character there,
   or "SIGBUS"
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static void
on_bus (int signal)
{
  (void)signal;
  (void)!write (1, "SIGBUS\n", 7);
  _exit (1);
}

int
main (int argc, char **argv)
{
  off_t offset = argc == 3 ? atol (argv[2]) : 0;
  int file = argc == 3 ? open (argv[1], O_RDONLY) : -1;
  volatile const char *at;

  if (file < 0)
    return 2;
  at = mmap (NULL, (size_t)offset + 1, PROT_READ, MAP_SHARED, file, 0);
  if (at == MAP_FAILED)
    return 2;
  signal (SIGBUS, on_bus);
  (void)!write (1, "touching\n", 9);
  printf ("%c\n", at[offset]);
  return 0;
}
