/* helper_static_free.c -- how many pages of memory are free
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <mach.h>
#include <stdio.h>

int
main (void)
{
  struct vm_statistics statistics;

  if (vm_statistics (mach_task_self (), &statistics))
    return 1;
  printf ("%d\n", (int)statistics.free_count);
  return 0;
}
