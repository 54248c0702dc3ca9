/* tioctl_rpc.c -- modes, queues, window and process group of a terminal

   Serves: <hurd/tioctl.defs> on terminals and on masters of ptys.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <mach/mig_errors.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "servers/terminal/terminal.h"

#include "tioctl_S.h"

extern const struct interface tioctl_interface;
const struct interface tioctl_interface
    = { "tioctl", 156000, 224, tioctl_server_routine };

/* The terminal behind OBJECT, whose handle may read or write: what a request
   that changes something needs.  */
static error_t
terminal_to_change (object_t object, struct terminal **ret_terminal)
{
  struct terminal_handle *handle = terminal_handle_of (object);

  if (!handle)
    return EOPNOTSUPP;
  if (!(handle->handle.open_modes & (O_READ | O_WRITE)))
    return EBADF;
  *ret_terminal = handle->terminal;
  return 0;
}

static error_t
terminal_to_see (object_t object, struct terminal **ret_terminal)
{
  struct terminal_handle *handle = terminal_handle_of (object);

  if (!handle)
    return EOPNOTSUPP;
  *ret_terminal = handle->terminal;
  return 0;
}

/* ---- modes ---- */

kern_return_t
S_tioctl_tiocgeta (object_t object, mach_port_t reply,
                   mach_msg_type_name_t reply_type, modes_t modes, ccs_t ccs,
                   speeds_t speeds)
{
  struct terminal *terminal;
  const struct tty_modes *now;
  error_t err = terminal_to_see (object, &terminal);

  (void)reply, (void)reply_type;
  if (err)
    return err;

  now = &terminal->discipline.modes;
  modes[0] = now->iflag;
  modes[1] = now->oflag;
  modes[2] = now->cflag;
  modes[3] = now->lflag;
  memcpy (ccs, now->cc, sizeof now->cc);
  speeds[0] = now->ispeed;
  speeds[1] = now->ospeed;
  return 0;
}

/* Wait until the output is out, then set MODES (consumed; may be NULL).  */
static error_t
terminal_drain (struct terminal_handle *handle, const struct request *request,
                struct tty_modes *modes, bool flush_input)
{
  struct wait *wait = wait_create (handle, 0);

  if (!wait)
    {
      free (modes);
      return ENOMEM;
    }
  wait->modes = modes;
  wait->flush_input = flush_input;
  wait_start (wait, &handle->terminal->drainers, handle, request);
  terminal_update (handle->terminal);
  return MIG_NO_REPLY;
}

/* What a client asks for, and when.  */
struct asked_modes
{
  const tcflag_t *flags;
  const cc_t *cc;
  const speed_t *speeds;
  bool drain, flush_input;
};

static struct tty_modes
modes_collect (const struct asked_modes *asked)
{
  struct tty_modes modes = { .iflag = asked->flags[0],
                             .oflag = asked->flags[1],
                             .cflag = asked->flags[2],
                             .lflag = asked->flags[3],
                             .ispeed = asked->speeds[0],
                             .ospeed = asked->speeds[1] };

  memcpy (modes.cc, asked->cc, sizeof modes.cc);
  return modes;
}

static error_t
terminal_set (object_t object, mach_port_t reply,
              mach_msg_type_name_t reply_type, struct asked_modes asked)
{
  struct request request = { reply, reply_type, NULL, 0 };
  struct tty_modes modes = modes_collect (&asked);
  struct terminal *terminal;
  struct terminal_handle *handle = terminal_handle_of (object);
  error_t err = terminal_to_change (object, &terminal);

  if (err)
    return err;
  if (!terminal_is_foreground (handle))
    return EBACKGROUND;

  if (asked.drain && !handle->master && !terminal_drained (terminal))
    {
      struct tty_modes *later = malloc (sizeof *later);

      if (!later)
        return ENOMEM;
      *later = modes;
      return terminal_drain (handle, &request, later, asked.flush_input);
    }

  if (asked.flush_input)
    terminal_flush (terminal, O_READ);
  discipline_set_modes (&terminal->discipline, &modes);
  terminal_update (terminal);
  return 0;
}

kern_return_t
S_tioctl_tiocseta (object_t object, mach_port_t reply,
                   mach_msg_type_name_t reply_type, const modes_t modes,
                   const ccs_t ccs, const speeds_t speeds)
{
  return terminal_set (
      object, reply, reply_type,
      (struct asked_modes){ modes, ccs, speeds, false, false });
}

kern_return_t
S_tioctl_tiocsetaw (object_t object, mach_port_t reply,
                    mach_msg_type_name_t reply_type, const modes_t modes,
                    const ccs_t ccs, const speeds_t speeds)
{
  return terminal_set (
      object, reply, reply_type,
      (struct asked_modes){ modes, ccs, speeds, true, false });
}

kern_return_t
S_tioctl_tiocsetaf (object_t object, mach_port_t reply,
                    mach_msg_type_name_t reply_type, const modes_t modes,
                    const ccs_t ccs, const speeds_t speeds)
{
  return terminal_set (object, reply, reply_type,
                       (struct asked_modes){ modes, ccs, speeds, true, true });
}

/* There is one line discipline.  */

kern_return_t
S_tioctl_tiocgetd (object_t object, mach_port_t reply,
                   mach_msg_type_name_t reply_type, int *discipline)
{
  (void)reply, (void)reply_type;
  if (!terminal_handle_of (object))
    return EOPNOTSUPP;
  *discipline = 0;
  return 0;
}

kern_return_t
S_tioctl_tiocsetd (object_t object, mach_port_t reply,
                   mach_msg_type_name_t reply_type, int discipline)
{
  struct terminal *terminal;
  error_t err = terminal_to_change (object, &terminal);

  (void)reply, (void)reply_type;
  return err ? err : discipline ? ENXIO : 0;
}

/* ---- queues ---- */

kern_return_t
S_tioctl_tiocflush (object_t object, mach_port_t reply,
                    mach_msg_type_name_t reply_type, int which)
{
  struct terminal *terminal;
  error_t err = terminal_to_change (object, &terminal);

  (void)reply, (void)reply_type;
  if (err)
    return err;
  terminal_flush (terminal, which ? which : O_READ | O_WRITE);
  return 0;
}

kern_return_t
S_tioctl_tiocdrain (object_t object, mach_port_t reply,
                    mach_msg_type_name_t reply_type)
{
  struct request request = { reply, reply_type, NULL, 0 };
  struct terminal_handle *handle = terminal_handle_of (object);

  if (!handle)
    return EOPNOTSUPP;
  if (!(handle->handle.open_modes & O_WRITE))
    return EBADF;
  if (terminal_drained (handle->terminal))
    return 0;
  return terminal_drain (handle, &request, NULL, false);
}

kern_return_t
S_tioctl_tiocoutq (object_t object, mach_port_t reply,
                   mach_msg_type_name_t reply_type, int *size)
{
  struct terminal *terminal;
  error_t err = terminal_to_change (object, &terminal);

  (void)reply, (void)reply_type;
  if (err)
    return err;
  *size = discipline_output_size (&terminal->discipline);
  if (terminal->bottom->pending)
    *size += terminal->bottom->pending (terminal);
  return 0;
}

static error_t
terminal_stop (object_t object, bool stopped)
{
  struct terminal *terminal;
  error_t err = terminal_to_change (object, &terminal);

  if (err)
    return err;
  discipline_stop (&terminal->discipline, stopped);
  terminal_update (terminal);
  return 0;
}

kern_return_t
S_tioctl_tiocstart (object_t object, mach_port_t reply,
                    mach_msg_type_name_t reply_type)
{
  (void)reply, (void)reply_type;
  return terminal_stop (object, false);
}

kern_return_t
S_tioctl_tiocstop (object_t object, mach_port_t reply,
                   mach_msg_type_name_t reply_type)
{
  (void)reply, (void)reply_type;
  return terminal_stop (object, true);
}

/* Typing for somebody else is for the owner of the terminal, or for whoever
   it controls: a handle that merely leaked may read, not type.  */
kern_return_t
S_tioctl_tiocsti (object_t object, mach_port_t reply,
                  mach_msg_type_name_t reply_type, char c)
{
  struct terminal_handle *handle = terminal_handle_of (object);

  (void)reply, (void)reply_type;
  if (!handle)
    return EOPNOTSUPP;
  if (!(handle->handle.open_modes & O_READ)
      || !(ids_is_owner (&handle->handle.ids, handle->terminal->owner)
           || handle->pgrp))
    return EPERM;
  terminal_input (handle->terminal, &c, 1);
  return 0;
}

/* ---- window and process group ---- */

kern_return_t
S_tioctl_tiocgwinsz (object_t object, mach_port_t reply,
                     mach_msg_type_name_t reply_type, winsize_t *size)
{
  struct terminal *terminal;
  error_t err = terminal_to_see (object, &terminal);

  (void)reply, (void)reply_type;
  if (err)
    return err;
  *size = terminal->size;
  return 0;
}

kern_return_t
S_tioctl_tiocswinsz (object_t object, mach_port_t reply,
                     mach_msg_type_name_t reply_type, winsize_t size)
{
  struct terminal *terminal;
  error_t err = terminal_to_change (object, &terminal);

  (void)reply, (void)reply_type;
  if (err)
    return err;
  if (memcmp (&terminal->size, &size, sizeof size) == 0)
    return 0;
  terminal->size = size;
  terminal_send_signal (terminal, SIGWINCH);
  return 0;
}

kern_return_t
S_tioctl_tiocgpgrp (object_t object, mach_port_t reply,
                    mach_msg_type_name_t reply_type, int *pgrp)
{
  struct terminal *terminal;
  error_t err = terminal_to_see (object, &terminal);

  (void)reply, (void)reply_type;
  if (err)
    return err;
  if (!terminal->foreground)
    return ENOTTY;
  *pgrp = terminal->foreground;
  return 0;
}

/* Readers of the group that has just lost the foreground are told.  */
kern_return_t
S_tioctl_tiocspgrp (object_t object, mach_port_t reply,
                    mach_msg_type_name_t reply_type, int pgrp)
{
  struct terminal *terminal;
  error_t err = terminal_to_change (object, &terminal);

  (void)reply, (void)reply_type;
  if (err)
    return err;
  if (pgrp <= 0)
    return EINVAL;
  terminal->foreground = pgrp;
  terminal_update (terminal);
  return 0;
}

static error_t
terminal_set_exclusive (object_t object, bool exclusive)
{
  struct terminal *terminal;
  error_t err = terminal_to_change (object, &terminal);

  if (!err)
    terminal->exclusive = exclusive;
  return err;
}

kern_return_t
S_tioctl_tiocexcl (object_t object, mach_port_t reply,
                   mach_msg_type_name_t reply_type)
{
  (void)reply, (void)reply_type;
  return terminal_set_exclusive (object, true);
}

kern_return_t
S_tioctl_tiocnxcl (object_t object, mach_port_t reply,
                   mach_msg_type_name_t reply_type)
{
  (void)reply, (void)reply_type;
  return terminal_set_exclusive (object, false);
}

/* ---- only for masters ---- */

/* Signal the group as if it had been typed.  */
kern_return_t
S_tioctl_tiocsig (object_t object, mach_port_t reply,
                  mach_msg_type_name_t reply_type, int signo)
{
  struct terminal_handle *handle = terminal_handle_of (object);

  (void)reply, (void)reply_type;
  if (!handle || !handle->master)
    return EOPNOTSUPP;
  if (signo <= 0 || signo >= NSIG)
    return EINVAL;
  terminal_flush (handle->terminal, O_READ | O_WRITE);
  terminal_send_signal (handle->terminal, signo);
  return 0;
}

/* Packets, remote editing and the like have no users left.  */
#define REFUSE_INT(routine)                                                   \
  kern_return_t S_tioctl_##routine (object_t object, mach_port_t reply,       \
                                    mach_msg_type_name_t reply_type,          \
                                    int value)                                \
  {                                                                           \
    (void)object, (void)reply, (void)reply_type, (void)value;                 \
    return EOPNOTSUPP;                                                        \
  }

REFUSE_INT (tiocext)
REFUSE_INT (tiocucntl)
REFUSE_INT (tiocremote)
REFUSE_INT (tiocpkt)

/* ---- the modem that nobody has ---- */

static error_t
modem_state (object_t object, int *bits)
{
  struct terminal *terminal;
  error_t err = terminal_to_see (object, &terminal);

  if (!err)
    *bits = 0;
  return err;
}

static error_t
modem_accept (object_t object)
{
  struct terminal *terminal;

  return terminal_to_change (object, &terminal);
}

#define MODEM_STATE(routine)                                                  \
  kern_return_t S_tioctl_##routine (object_t object, mach_port_t reply,       \
                                    mach_msg_type_name_t reply_type,          \
                                    int *bits)                                \
  {                                                                           \
    (void)reply, (void)reply_type;                                            \
    return modem_state (object, bits);                                        \
  }

#define MODEM_BITS(routine)                                                   \
  kern_return_t S_tioctl_##routine (object_t object, mach_port_t reply,       \
                                    mach_msg_type_name_t reply_type,          \
                                    int bits)                                 \
  {                                                                           \
    (void)reply, (void)reply_type, (void)bits;                                \
    return modem_accept (object);                                             \
  }

#define MODEM_LINE(routine)                                                   \
  kern_return_t S_tioctl_##routine (object_t object, mach_port_t reply,       \
                                    mach_msg_type_name_t reply_type)          \
  {                                                                           \
    (void)reply, (void)reply_type;                                            \
    return modem_accept (object);                                             \
  }

MODEM_STATE (tiocmodg)
MODEM_STATE (tiocmget)
MODEM_BITS (tiocmods)
MODEM_BITS (tiocmbic)
MODEM_BITS (tiocmbis)
MODEM_BITS (tiocmset)
MODEM_LINE (tioccdtr)
MODEM_LINE (tiocsdtr)
MODEM_LINE (tioccbrk)
MODEM_LINE (tiocsbrk)
