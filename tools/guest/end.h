/* end.h -- what halt and reboot have in common
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_TOOLS_END_H
#define HURDLE_TOOLS_END_H

#include <errno.h>
#include <hurd.h>
#include <hurd/paths.h>
#include <hurd/startup.h>
#include <stdio.h>
#include <sys/reboot.h>
#include <unistd.h>

/* The C library's reboot shows the host's privileged port.  An environment
   inside another has none, and its startup asks for uid 0 instead.  */
static inline int
environment_end_by (const char *program, int how)
{
  mach_port_t startup;
  error_t err = reboot (how) ? errno : 0;

  if (err == EPERM)
    {
      startup = file_name_lookup (_SERVERS_STARTUP, 0, 0);
      err = MACH_PORT_VALID (startup)
                ? startup_reboot (startup, MACH_PORT_NULL, how)
                : errno;
    }
  if (err)
    {
      errno = err;
      perror (program);
      return 1;
    }
  pause (); /* the end comes to us */
  return 0;
}

#endif
