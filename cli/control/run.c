/* run.c -- hurdle-control NODE run: an environment by a resident maker

   The maker makes the environment with our descriptors, working directory and
   root; its hurdle-env is a process of its own, to which we pass on what
   signals we get.  When we end, by whatever means, it does.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <errno.h>
#include <fcntl.h>
#include <hurd.h>
#include <hurd/io.h>
#include <mach/mig_errors.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/control/control.h"
#include "lib/base/text.h"

#include "maker_U.h"

/* hurdle-env's own statuses.  */
#define STATUS_NOT_MADE 125
#define STATUS_SIGNAL 128 /* plus its number */

#define MAKER_BACKGROUND 1
#define DESCRIPTORS 3
#define COPIED MACH_MSG_TYPE_COPY_SEND

static const int passed_on[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH };

static pid_t environment; /* its hurdle-env */

static int
fail (const char *node, const char *why)
{
  fprintf (stderr, "hurdle-control: %s: run: %s\n", node, why);
  return STATUS_NOT_MADE;
}

/* ---- signals ---- */

static void
pass_on (int signo)
{
  int saved = errno;

  (void)kill (environment, signo == SIGQUIT ? SIGTERM : signo);
  errno = saved;
}

/* Hold those signals back until there is somebody to pass them to.  */
static void
signals_hold (void)
{
  sigset_t set;

  sigemptyset (&set);
  for (size_t i = 0; i < sizeof passed_on / sizeof *passed_on; i++)
    sigaddset (&set, passed_on[i]);
  sigprocmask (SIG_BLOCK, &set, NULL);
}

static void
signals_pass (void)
{
  const struct sigaction action = { .sa_handler = pass_on };
  sigset_t set;

  sigemptyset (&set);
  for (size_t i = 0; i < sizeof passed_on / sizeof *passed_on; i++)
    {
      sigaction (passed_on[i], &action, NULL);
      sigaddset (&set, passed_on[i]);
    }
  sigprocmask (SIG_UNBLOCK, &set, NULL);
}

/* ---- whom we trust ---- */

/* Whoever answers at NODE gets our descriptors, our directory and our root.
   The file below it says who has put him there.  */
static error_t
maker_check (const char *node, bool *ret_mine)
{
  file_t file = file_name_lookup (node, O_NOTRANS, 0);
  io_statbuf_t stat;
  error_t err = MACH_PORT_VALID (file) ? io_stat (file, &stat) : errno;

  if (MACH_PORT_VALID (file))
    mach_port_deallocate (mach_task_self (), file);
  if (!err)
    *ret_mine = stat.st_uid == geteuid () || stat.st_uid == 0;
  return err;
}

/* ---- what it gets ---- */

static void
add_strings (struct text *text, char *const *strings)
{
  for (; *strings; strings++)
    text_add_bytes (text, *strings, strlen (*strings) + 1);
}

/* Is one of the descriptors our terminal, and somebody else's turn at it?  */
static bool
in_background (void)
{
  pid_t foreground = -1;

  for (int i = 0; foreground < 0 && i < DESCRIPTORS; i++)
    foreground = tcgetpgrp (i);
  return foreground >= 0 && foreground != getpgrp ();
}

/* Descriptor 0, or what a job in the background reads instead.  */
static mach_port_t
input (bool background)
{
  return background && isatty (0) ? file_name_lookup ("/dev/null", O_RDONLY, 0)
                                  : getdport (0);
}

static error_t
order (mach_port_t maker, char **arguments)
{
  struct text argv = TEXT_INIT, envp = TEXT_INIT;
  bool background = in_background ();
  error_t err;

  add_strings (&argv, arguments);
  add_strings (&envp, environ);
  err = argv.failed || envp.failed
            ? ENOMEM
            : maker_make (maker, input (background), COPIED, getdport (1),
                          COPIED, getdport (2), COPIED, getcwdir (), COPIED,
                          getcrdir (), COPIED, argv.data, argv.length,
                          envp.data, envp.length,
                          background ? MAKER_BACKGROUND : 0, &environment);
  text_finish (&argv);
  text_finish (&envp);
  return err;
}

/* ---- all of it ---- */

static int
await (const char *node, mach_port_t maker)
{
  error_t err;
  int status;

  /* A signal that was passed on ends the wait, not the environment.  */
  do
    err = maker_wait (maker, environment, &status);
  while (err == EINTR);
  if (err)
    return fail (node, err == MIG_SERVER_DIED ? "the maker has ended, and so "
                                                "has the environment"
                                              : strerror (err));
  return WIFSIGNALED (status) ? STATUS_SIGNAL + WTERMSIG (status)
                              : WEXITSTATUS (status);
}

int
run (const char *node, char **arguments)
{
  mach_port_t maker;
  bool mine;
  error_t err = maker_check (node, &mine);

  if (err)
    return fail (node, err == ENOENT ? "nothing is there; `hurdle-env --maker "
                                       "NODE' has a maker there while it runs"
                                     : strerror (err));
  if (!mine)
    return fail (node, "it is another user's, who would get your descriptors "
                       "and directories");
  maker = file_name_lookup (node, O_RDWR, 0);
  if (!MACH_PORT_VALID (maker))
    return fail (node, strerror (errno));
  signals_hold ();
  err = order (maker, arguments);
  if (err)
    return fail (node, err == MIG_BAD_ID || err == EOPNOTSUPP
                           ? "no maker answers there; `hurdle-env --maker "
                             "NODE' has one there while it runs"
                           : strerror (err));
  signals_pass ();
  return await (node, maker);
}
