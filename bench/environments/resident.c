/* resident.c -- environments by a resident maker, without a client's exec
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <hurd.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/environments/environments.h"

#include "maker_U.h"

#define COPIED MACH_MSG_TYPE_COPY_SEND
#define NODE "resident"

static pid_t resident;
/* Send rights.  */
static mach_port_t maker, input, output, errors, directory, root;

/* Warnings are told each time.  */
static mach_port_t
nowhere (void)
{
  return file_name_lookup ("/dev/null", O_WRONLY, 0);
}

static bool
maker_open (void)
{
  int status;

  for (int tries = 0; tries < 600; tries++)
    {
      maker = file_name_lookup (NODE, O_RDWR, 0);
      /* Before the maker is there it is a plain file.  */
      if (MACH_PORT_VALID (maker) && maker_wait (maker, 0, &status) == ECHILD)
        return true;
      if (MACH_PORT_VALID (maker))
        (void)mach_port_deallocate (mach_task_self (), maker);
      usleep (50000);
    }
  return false;
}

bool
resident_start (void)
{
  resident = fork ();
  if (!resident)
    {
      execl ("/bin/hurdle-env", "hurdle-env", "--maker", NODE, NULL);
      _exit (127);
    }
  input = getdport (0);
  output = getdport (1);
  errors = nowhere ();
  directory = getcwdir ();
  root = getcrdir ();
  return resident > 0 && maker_open ();
}

bool
resident_run (enum manifest manifest, const char *const *argv)
{
  char strings[512];
  int size = snprintf (strings, sizeof strings, "%s.hurdle%c--%c%s",
                       manifest_names[manifest], 0, 0, argv[0])
             + 1;
  pid_t pid;
  int status;

  return !maker_make (maker, input, COPIED, output, COPIED, errors, COPIED,
                      directory, COPIED, root, COPIED, strings,
                      (mach_msg_type_number_t)size, NULL, 0, 0, &pid)
         && !maker_wait (maker, pid, &status) && !status;
}

void
resident_end (void)
{
  (void)kill (resident, SIGTERM);
  (void)waitpid (resident, NULL, 0);
  (void)mach_port_deallocate (mach_task_self (), maker);
}
