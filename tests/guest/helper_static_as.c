/* helper_static_as.c -- as UID COMMAND...: run it as somebody else
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int
main (int argc, char **argv)
{
  id_t id = argc > 2 ? (id_t)strtoul (argv[1], NULL, 10) : 0;

  if (!id || setgroups (0, NULL) || setgid (id) || setuid (id))
    return 125;
  execvp (argv[2], argv + 2);
  perror (argv[2]);
  return 126;
}
