/* outer_find.c -- find the starter's terminal, and have it guarded

   Everything here waits for the parent's servers.  The guardian is a process
   of the parent's: what a task has set, nobody but another task can set back
   when it is killed.  It sleeps until we are dead, and changes nothing if the
   modes are not exactly ours: a shell may have been faster.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "servers/terminal/outer.h"

#include <errno.h>
#include <fcntl.h>
#include <hurd.h>
#include <hurd/fd.h>
#include <hurd/io.h>
#include <hurd/process.h>
#include <hurd/term.h>
#include <hurd/tioctl.h>
#include <mach/notify.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/port/right.h"
#include "servers/terminal/outer_modes.h"
#include "servers/terminal/terminal.h"

#define DESCRIPTORS 3

/* ---- modes ---- */

void
outer_modes_split (const struct tty_modes *modes, modes_t flags, ccs_t ccs,
                   speeds_t speeds)
{
  flags[0] = modes->iflag;
  flags[1] = modes->oflag;
  flags[2] = modes->cflag;
  flags[3] = modes->lflag;
  memcpy (ccs, modes->cc, sizeof modes->cc);
  speeds[0] = (int)modes->ispeed;
  speeds[1] = (int)modes->ospeed;
}

void
outer_modes_join (struct tty_modes *modes, const modes_t flags,
                  const ccs_t ccs, const speeds_t speeds)
{
  modes->iflag = flags[0];
  modes->oflag = flags[1];
  modes->cflag = flags[2];
  modes->lflag = flags[3];
  memcpy (modes->cc, ccs, sizeof modes->cc);
  modes->ispeed = (uint32_t)speeds[0];
  modes->ospeed = (uint32_t)speeds[1];
}

/* Every byte as it is.  TOSTOP stays: who writes from the background is the
   parent's to decide.  */
struct tty_modes
outer_modes_raw (const struct tty_modes *before)
{
  struct tty_modes raw = *before;

  raw.iflag = 0;
  raw.oflag &= ~(uint32_t)TTY_OPOST;
  raw.cflag |= TTY_CS8 | TTY_CREAD;
  raw.lflag &= TTY_TOSTOP;
  raw.cc[TTY_VMIN] = 1;
  raw.cc[TTY_VTIME] = 0;
  return raw;
}

static error_t
modes_get (mach_port_t port, struct tty_modes *ret_modes)
{
  modes_t flags;
  ccs_t ccs;
  speeds_t speeds;
  error_t err = tioctl_tiocgeta (port, flags, ccs, speeds);

  if (!err)
    outer_modes_join (ret_modes, flags, ccs, speeds);
  return err;
}

/* ---- finding ---- */

/* The id of the terminal that descriptor I is, given; null: it is none.  */
static mach_port_t
descriptor_terminal_id (int i)
{
  cleanup_send mach_port_t port = getdport (i);
  mach_port_t id = MACH_PORT_NULL;
  struct tty_modes modes;

  if (!MACH_PORT_VALID (port) || modes_get (port, &modes)
      || term_getctty (port, &id))
    return MACH_PORT_NULL;
  return id;
}

/* An open of our own, so that interrupting it concerns nobody else.  On our
   controlling terminal it knows our group, and is told when that is in the
   background.  */
static error_t
outer_open (struct outer *outer, int i)
{
  cleanup_send mach_port_t port = getdport (i);
  cleanup_send mach_port_t mine = getcttyid ();
  error_t err;

  if (mine == outer->id)
    err = term_open_ctty (port, getpid (), getpgrp (), &outer->port);
  else
    err = io_duplicate (port, &outer->port);
  if (!err)
    (void)io_clear_some_openmodes (outer->port, O_NONBLOCK);
  return err;
}

static error_t
outer_describe (struct outer *outer)
{
  vm_address_t page = 0;
  error_t err = vm_allocate (mach_task_self (), &page, vm_page_size, TRUE);

  if (!err)
    err = vm_inherit (mach_task_self (), page, vm_page_size, VM_INHERIT_SHARE);
  if (err)
    return err;
  outer->guarded = (struct guarded *)page;
  (void)tioctl_tiocgwinsz (outer->port, &outer->size);
  err = modes_get (outer->port, &outer->guarded->before);
  outer->initial = outer->guarded->before;
  return err;
}

/* The best of our descriptors: the first that reads and writes, else the
   first at all.  */
static int
outer_choose (mach_port_t *ret_id)
{
  int found = -1;

  for (int i = 0; i < DESCRIPTORS; i++)
    {
      bool both = (fcntl (i, F_GETFL) & O_RDWR) == O_RDWR;
      mach_port_t id;

      if (found >= 0 && !both)
        continue;
      id = descriptor_terminal_id (i);
      if (!MACH_PORT_VALID (id))
        continue;
      send_drop (ret_id);
      *ret_id = id;
      found = i;
      if (both)
        return found;
    }
  return found;
}

error_t
outer_find (struct environment *env, struct outer **ret_outer)
{
  mach_port_t id = MACH_PORT_NULL;
  int i = outer_choose (&id);
  struct outer *outer;
  error_t err;

  *ret_outer = NULL;
  if (i < 0)
    return 0;
  outer = calloc (1, sizeof *outer);
  if (!outer)
    return ENOMEM;
  outer->env = env;
  outer->id = id;
  outer->proc = getproc ();
  outer->modes = fcntl (i, F_GETFL) & (O_READ | O_WRITE);
  err = outer_open (outer, i);
  if (!err)
    err = outer_describe (outer);
  if (!err)
    *ret_outer = outer;
  return err;
}

bool
outer_is_descriptor (const struct outer *outer, int i)
{
  cleanup_send mach_port_t id = descriptor_terminal_id (i);

  return MACH_PORT_VALID (id) && id == outer->id;
}

/* ---- the guardian ---- */

static void
guardian_wait (mach_port_t watched)
{
  mach_port_t port = MACH_PORT_NULL, old;
  mach_msg_header_t message[8];

  if (mach_port_allocate (mach_task_self (), MACH_PORT_RIGHT_RECEIVE, &port)
      || mach_port_request_notification (mach_task_self (), watched,
                                         MACH_NOTIFY_DEAD_NAME, 1, port,
                                         MACH_MSG_TYPE_MAKE_SEND_ONCE, &old))
    return;
  while (mach_msg (message, MACH_RCV_MSG, 0, sizeof message, port, 0,
                   MACH_PORT_NULL)
         == MACH_RCV_INTERRUPTED)
    ;
}

/* But for ISIG, which is set for a moment when a ^Z is passed on.  */
static bool
modes_are_same (const struct tty_modes *one, const struct tty_modes *other)
{
  return one->iflag == other->iflag && one->oflag == other->oflag
         && one->cflag == other->cflag
         && !((one->lflag ^ other->lflag) & ~(uint32_t)TTY_ISIG)
         && !memcmp (one->cc, other->cc, sizeof one->cc);
}

/* A right without our group, so that nobody tells us that we are in the
   background: we are.  */
static void
guardian_restore (mach_port_t port, const struct guarded *guarded)
{
  struct tty_modes now;
  modes_t flags;
  ccs_t ccs;
  speeds_t speeds;

  if (!guarded->raw || modes_get (port, &now)
      || !modes_are_same (&now, &guarded->set))
    return;
  outer_modes_split (&guarded->before, flags, ccs, speeds);
  (void)tioctl_tiocseta (port, flags, ccs, speeds);
}

/* In a group of its own: what is typed for ours, or sent to it, is not for
   the guardian.  */
static void __attribute__ ((noreturn))
guardian_run (const struct outer *outer, mach_port_t port, pid_t maker)
{
  static const int ignored[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };
  task_t watched = MACH_PORT_NULL;

  for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
    signal (ignored[i], SIG_IGN);
  (void)setpgid (0, 0);
  for (int i = 0; i < DESCRIPTORS; i++)
    close (i);
  if (!proc_pid2task (getproc (), maker, &watched))
    guardian_wait (watched);
  guardian_restore (port, outer->guarded);
  _exit (0);
}

error_t
outer_guard (struct outer *outer)
{
  cleanup_send mach_port_t port = MACH_PORT_NULL;
  error_t err = 0;
  pid_t maker = getpid (), pid;

  for (int i = 0; !MACH_PORT_VALID (port) && i < DESCRIPTORS; i++)
    if (outer_is_descriptor (outer, i))
      port = getdport (i);
  pid = fork ();
  if (pid < 0)
    err = errno;
  if (!pid)
    guardian_run (outer, port, maker);
  return err;
}
