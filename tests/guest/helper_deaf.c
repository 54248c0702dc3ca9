/* helper_deaf.c -- a process that takes no signals: nobody reads its port
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <hurd.h>
#include <hurd/process.h>
#include <mach.h>
#include <unistd.h>

int
main (void)
{
  mach_port_t port, old;

  if (mach_port_allocate (mach_task_self (), MACH_PORT_RIGHT_RECEIVE, &port)
      || mach_port_insert_right (mach_task_self (), port, port,
                                 MACH_MSG_TYPE_MAKE_SEND)
      || proc_setmsgport (getproc (), port, &old))
    return 1;
  for (;;)
    sleep (1000);
}
