/* launch.c -- the first program of a GNU/Hurd that `hurdle-vm --hurd` boots.

   The Hurd's startup runs it in the place of console-run, with the ports of
   root and nothing else.  It gives the nodes that a working system needs
   their translators, runs /run/hurdle/commands (or an interactive shell) on
   the console, says how that ended in the words that console.py knows, and
   ends the machine.  Linked statically: the tree's libc is not ours.

   SPDX-License-Identifier: GPL-2.0-or-later */

#include <device/device.h>
#include <errno.h>
#include <fcntl.h>
#include <hurd.h>
#include <hurd/fs.h>
#include <mach.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define COMMANDS "/run/hurdle/commands"

/* A tree that was unpacked on another system lacks the translators: they are
   no part of an archive.  An argument vector as the node keeps it; which of
   them has none, or whose program the tree lacks, stays as it is.  */
struct translator
{
  const char *node;
  const char *argz;
  size_t length;
};

#define TRANSLATOR(node, argz)                                                \
  {                                                                           \
    node, argz, sizeof (argz)                                                 \
  }

static const struct translator translators[] = {
  TRANSLATOR ("/servers/socket/1", "/hurd/pflocal"),
  TRANSLATOR ("/servers/crash", "/hurd/crash\0--kill"),
  TRANSLATOR ("/servers/password", "/hurd/password"),
  TRANSLATOR ("/dev/null", "/hurd/null"),
  TRANSLATOR ("/dev/zero", "/hurd/storeio\0-Tzero"),
  TRANSLATOR ("/dev/full", "/hurd/null\0--full"),
  TRANSLATOR ("/dev/random", "/hurd/random"),
  TRANSLATOR ("/dev/urandom", "/hurd/random"),
  TRANSLATOR ("/dev/tty", "/hurd/magic\0tty"),
  TRANSLATOR ("/dev/fd", "/hurd/magic\0--directory\0fd"),
  TRANSLATOR ("/dev/time", "/hurd/storeio\0--no-cache\0time"),
  TRANSLATOR ("/dev/console", "/hurd/term\0/dev/console\0device\0console"),
};

static mach_port_t host, master;

/* Straight to the kernel's console: for what happens before there is a
   terminal.  */
static void __attribute__ ((format (printf, 1, 2)))
complain (const char *format, ...)
{
  char text[IO_INBAND_MAX];
  mach_port_t console;
  va_list list;
  int done, length;

  va_start (list, format);
  length = vsnprintf (text, sizeof text, format, list);
  va_end (list);
  if (device_open (master, D_WRITE, (char *)"console", &console) == 0)
    device_write_inband (console, 0, 0, text, length, &done);
}

static void __attribute__ ((noreturn)) end_machine (void)
{
  sync ();
  host_reboot (host, 0);
  for (;;)
    pause ();
}

static int
has_translator (file_t node)
{
  char buffer[256], *argz = buffer;
  mach_msg_type_number_t length = sizeof buffer;
  error_t err = file_get_translator (node, &argz, &length);

  if (!err && argz != buffer)
    vm_deallocate (mach_task_self (), (vm_address_t)argz, length);
  return err != EINVAL;
}

static void
translate (const struct translator *wanted)
{
  error_t err;
  file_t node;

  if (access (wanted->argz, X_OK) != 0)
    return;
  node = file_name_lookup (wanted->node, O_NOTRANS | O_CREAT, 0666);
  if (node == MACH_PORT_NULL)
    {
      complain ("launch: %s: %s\r\n", wanted->node, strerror (errno));
      return;
    }
  if (!has_translator (node))
    {
      err = file_set_translator (node, FS_TRANS_SET, 0, 0,
                                 (char *)wanted->argz, wanted->length,
                                 MACH_PORT_NULL, MACH_MSG_TYPE_COPY_SEND);
      if (err)
        complain ("launch: %s on %s: %s\r\n", wanted->argz, wanted->node,
                  strerror (err));
    }
  mach_port_deallocate (mach_task_self (), node);
}

/* The child: the console is its terminal, the commands its program.  */
static void __attribute__ ((noreturn)) run (int terminal, int interactive)
{
  umask (022);
  setsid ();
  for (int fd = 0; fd < 3; fd++)
    dup2 (terminal, fd);
  ioctl (0, TIOCSCTTY, 0);
  tcsetpgrp (0, getpgrp ());
  if (chdir ("/root") != 0)
    fprintf (stderr, "launch: /root: %s\n", strerror (errno));
  if (interactive)
    execl ("/bin/sh", "-sh", NULL);
  else
    execl ("/bin/sh", "/bin/sh", COMMANDS, NULL);
  fprintf (stderr, "launch: /bin/sh: %s\n", strerror (errno));
  _exit (127);
}

static void
set_variables (void)
{
  static char *const variables[] = { "PATH=/bin:/sbin:/usr/bin:/usr/sbin",
                                     "HOME=/root", "TERM=vt100", "USER=root" };

  for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
    putenv (variables[i]);
}

int
main (void)
{
  int terminal, interactive = access (COMMANDS, F_OK) != 0, status = 0;
  pid_t child;

  if (get_privileged_ports (&host, &master) != 0)
    return 1;
  for (size_t i = 0; i < sizeof translators / sizeof *translators; i++)
    translate (&translators[i]);
  set_variables ();

  terminal = open ("/dev/console", O_RDWR | O_NOCTTY);
  if (terminal < 0)
    {
      complain ("launch: /dev/console: %s\r\n", strerror (errno));
      end_machine ();
    }
  dprintf (terminal, "\n@hurdle begin\n");
  child = fork ();
  if (child == 0)
    run (terminal, interactive);
  if (child < 0 || waitpid (child, &status, 0) < 0)
    complain ("launch: %s\r\n", strerror (errno));
  else if (WIFSIGNALED (status))
    dprintf (terminal, "@hurdle end signal %d\n", WTERMSIG (status));
  else
    dprintf (terminal, "@hurdle end %d\n", WEXITSTATUS (status));
  tcdrain (terminal);
  end_machine ();
}
