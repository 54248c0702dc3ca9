/* helper_essential.c -- a task without which nothing goes on

   For tests/typing: it needs an environment that ends.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <errno.h>
#include <hurd.h>
#include <hurd/paths.h>
#include <hurd/startup.h>
#include <mach.h>
#include <stdio.h>
#include <unistd.h>

int
main (void)
{
  mach_port_t startup = file_name_lookup (_SERVERS_STARTUP, 0, 0);
  mach_port_t exception = mach_reply_port (), host = MACH_PORT_NULL;
  char name[1024] = "essential";
  error_t err = get_privileged_ports (&host, NULL);

  if (!err)
    err = startup_essential_task (startup, mach_task_self (), exception, name,
                                  host);
  if (err)
    {
      errno = err;
      perror ("helper_essential");
      return 1;
    }
  puts ("essential");
  fflush (stdout);
  sleep (2);
  return 0;
}
