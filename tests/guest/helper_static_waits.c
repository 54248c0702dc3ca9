/* helper_static_waits.c -- uses up what servers keep for the next objects,
   says so, and waits for its end, which revoking everything is not
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#define HANDLES 400

int
main (void)
{
  int fds[HANDLES];

  signal (SIGPIPE, SIG_IGN);
  for (int i = 0; i < HANDLES; i++)
    fds[i] = open ("/", O_RDONLY);
  for (int i = 0; i < HANDLES; i++)
    if (fds[i] >= 0)
      close (fds[i]);
  (void)!write (1, "ready\n", 6);
  for (;;)
    pause ();
}
