/* reboot.c -- end the environment in order, to start it again
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <stdio.h>
#include <sys/reboot.h>
#include <unistd.h>

int
main (void)
{
  if (reboot (RB_AUTOBOOT))
    {
      perror ("reboot");
      return 1;
    }
  pause (); /* the end comes to us */
  return 0;
}
