/* helper_static_names.c -- PID...: how many port names each of them holds
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <hurd.h>
#include <hurd/process.h>
#include <mach.h>
#include <stdio.h>
#include <stdlib.h>

int
main (int argc, char **argv)
{
  for (int i = 1; i < argc; i++)
    {
      mach_port_name_t *names;
      mach_port_type_t *types;
      mach_msg_type_number_t count, types_count;
      task_t task;

      if (proc_pid2task (getproc (), atoi (argv[i]), &task)
          || mach_port_names (task, &names, &count, &types, &types_count))
        return 1;
      printf ("%u\n", count);
    }
  return 0;
}
