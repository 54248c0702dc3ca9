/* helper_forged_auth.c -- run a program with an auth handle that is none

   helper_forged_auth PROGRAM: the handle is a port of our own at which nobody
   ever looks.  The C library would ask it before anybody else does, so this
   asks for the program itself.  Says "ran" when it was started.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <hurd.h>
#include <hurd/fs.h>
#include <hurd/process.h>
#include <stdio.h>
#include <string.h>

static error_t
run_forged (const char *program, mach_port_t forged, task_t task)
{
  file_t file = file_name_lookup (program, O_EXEC, 0);
  mach_port_t ports[INIT_PORT_MAX] = { [INIT_PORT_AUTH] = forged,
                                       [INIT_PORT_CWDIR] = getcwdir (),
                                       [INIT_PORT_CRDIR] = getcrdir () };
  int ints[INIT_INT_MAX] = { 0 };

  return file_exec_paths (
      file, task, 0, program, program, program, strlen (program) + 1, NULL, 0,
      NULL, MACH_MSG_TYPE_COPY_SEND, 0, ports, MACH_MSG_TYPE_COPY_SEND,
      INIT_PORT_MAX, ints, INIT_INT_MAX, NULL, 0, NULL, 0);
}

int
main (int argc, char **argv)
{
  mach_port_t port;
  task_t task;
  error_t err;

  if (argc != 2
      || mach_port_allocate (mach_task_self (), MACH_PORT_RIGHT_RECEIVE, &port)
      || mach_port_insert_right (mach_task_self (), port, port,
                                 MACH_MSG_TYPE_MAKE_SEND)
      || task_create (mach_task_self (), FALSE, &task)
      || proc_child (getproc (), task))
    return 2;
  err = run_forged (argv[1], port, task);
  puts (err ? strerror (err) : "ran");
  task_terminate (task);
  return 0;
}
