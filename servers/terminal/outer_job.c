/* outer_job.c -- whose turn it is at the parent's terminal

   Whoever waits for us outside (a shell) sees an ordinary job: it is stopped
   by ^Z, or by reading in the background, and goes on with SIGCONT.  But we
   are never really stopped, for the parent's ledger tells ours of each new
   task: everybody inside is, and the parent's proc is told that we were.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <signal.h>
#include <string.h>

#include "lib/membrane/pass.h"
#include "lib/port/right.h"
#include "process_request_U.h"
#include "servers/terminal/outer_modes.h"
#include "servers/terminal/outer_private.h"
#include "tioctl_request_U.h"

#define TIOCGETA_ID 156019
#define TIOCSETA_ID 156020
#define TIOCGWINSZ_ID 156204
#define PATIENCE_NS UINT64_C (2000000000)

/* ---- the window ---- */

static void
size_done (struct call *call, mach_msg_header_t *message)
{
  struct outer *outer = list_entry (call, struct outer, sizing);
  struct answer answer;
  struct winsize size;

  if (answer_begin (&answer, message, TIOCGWINSZ_ID)
      || answer_struct (&answer, &size, sizeof size)
      || !memcmp (&size, &outer->size, sizeof size))
    return;
  outer->size = size;
  outer->terminal->size = size;
  terminal_send_signal (outer->terminal, SIGWINCH);
}

static void
outer_ask_size (struct outer *outer)
{
  mach_port_t reply;

  if (outer->sizing.running
      || outer_call (outer, &outer->sizing, size_done, &reply))
    return;
  (void)call_sent (&outer->sizing,
                   tioctl_tiocgwinsz_request (outer->port, reply));
}

/* ---- setting modes ---- */

static void
outer_set (struct outer *outer, const struct tty_modes *modes,
           call_done_t *done)
{
  mach_port_t reply;
  modes_t flags;
  ccs_t ccs;
  speeds_t speeds;

  outer_modes_split (modes, flags, ccs, speeds);
  if (outer_call (outer, &outer->setting, done, &reply)
      || call_sent (
          &outer->setting,
          tioctl_tiocseta_request (outer->port, reply, flags, ccs, speeds)))
    outer_gone (outer);
}

/* ---- it is our turn ---- */

/* In the background we began with the modes of whoever had the terminal then
   (a shell that edits its line); these are meant for us.  */
static void
outer_begin (struct outer *outer)
{
  struct discipline *discipline = &outer->terminal->discipline;
  bool kept
      = !memcmp (&discipline->modes, &outer->initial, sizeof outer->initial);

  outer->begun = true;
  outer->initial = outer->guarded->before;
  if (kept)
    discipline_set_modes (discipline, &outer->initial);
}

static void
taken (struct call *call, mach_msg_header_t *message)
{
  struct outer *outer = list_entry (call, struct outer, setting);
  struct answer answer;
  error_t err = answer_begin (&answer, message, TIOCSETA_ID);

  if (outer->state != OUTER_TAKING)
    return;
  if (err && err != EBACKGROUND)
    {
      outer_gone (outer);
      return;
    }
  outer->state = err ? OUTER_AWAY : OUTER_OURS;
  outer->guarded->raw = !err;
  outer->grant.used = true;
  if (!err)
    outer->write_refused = false; /* by what was answered meanwhile */
  if (!err && !outer->begun)
    outer_begin (outer);
  if (err && outer_is_wanted (outer))
    outer_leave (outer, SIGTTIN);
  terminal_update (outer->terminal);
  outer_read_next (outer);
  outer_check_finished (outer);
}

/* What they are now is what they will be afterwards.  */
static void
looked (struct call *call, mach_msg_header_t *message)
{
  struct outer *outer = list_entry (call, struct outer, looking);
  struct guarded *guarded = outer->guarded;
  struct answer answer;
  modes_t flags;
  ccs_t ccs;
  speeds_t speeds;
  error_t err = answer_begin (&answer, message, TIOCGETA_ID);

  if (outer->state != OUTER_TAKING)
    return;
  if (!err)
    err = answer_struct (&answer, flags, sizeof flags);
  if (!err)
    err = answer_struct (&answer, ccs, sizeof ccs);
  if (!err)
    err = answer_struct (&answer, speeds, sizeof speeds);
  if (err)
    {
      outer_gone (outer);
      return;
    }
  outer_modes_join (&guarded->before, flags, ccs, speeds);
  guarded->set = outer_modes_raw (&guarded->before);
  guarded->raw = true; /* from before it is so until after */
  outer_set (outer, &guarded->set, taken);
}

void
outer_take (struct outer *outer)
{
  mach_port_t reply;

  if (outer->state != OUTER_AWAY && outer->state != OUTER_LEFT)
    return;
  outer->state = OUTER_TAKING;
  outer->write_refused = false;
  if (outer_call (outer, &outer->looking, looked, &reply)
      || call_sent (&outer->looking,
                    tioctl_tiocgeta_request (outer->port, reply)))
    outer_gone (outer);
}

/* Somebody reads inside.  Whoever has us go on in the foreground need not have
   said so: a running job is just given the terminal.  */
bool
outer_is_wanted (const struct outer *outer)
{
  return outer->state == OUTER_AWAY && !outer->finished && !_hurd_orphaned
         && !list_empty (&outer->terminal->readers);
}

void
outer_lost (struct outer *outer)
{
  if (outer->state != OUTER_OURS)
    return;
  /* The modes are somebody else's business now; what is to be read is asked
     for by whoever reads.  */
  outer->guarded->raw = false;
  outer->state = OUTER_AWAY;
  terminal_update (outer->terminal);
}

/* ---- it is not ---- */

static void
marked (struct call *call, mach_msg_header_t *message)
{
  (void)call, (void)message;
}

static void
outer_mark_stopped (struct outer *outer)
{
  mach_port_t reply;

  if (outer->marking.running
      || outer_call (outer, &outer->marking, marked, &reply))
    return;
  outer->marked = true;
  (void)call_sent (
      &outer->marking,
      proc_mark_stop_request (outer->proc, reply, outer->stop_signo, 0));
}

static void
outer_mark_continued (struct outer *outer)
{
  mach_port_t reply;

  outer->marked = false;
  call_abandon (&outer->marking);
  if (outer_call (outer, &outer->marking, marked, &reply))
    return;
  (void)call_sent (&outer->marking,
                   proc_mark_cont_request (outer->proc, reply));
}

static void outer_continue (struct outer *outer);

static void
outer_left (struct outer *outer)
{
  outer->guarded->raw = false;
  outer->state = OUTER_LEFT;
  outer_mark_stopped (outer);
  if (outer->continued)
    outer_continue (outer);
  outer_check_finished (outer);
}

static void
given_back (struct call *call, mach_msg_header_t *message)
{
  struct outer *outer = list_entry (call, struct outer, setting);

  (void)message;
  if (outer->state == OUTER_LEAVING)
    outer_left (outer);
}

void
outer_leave (struct outer *outer, int signo)
{
  bool raw = outer->state == OUTER_OURS;

  if ((!raw && outer->state != OUTER_AWAY) || outer->finished)
    return;
  outer_write_on (outer); /* the echo of ^Z */
  outer->state = OUTER_LEAVING;
  outer->stop_signo = signo;
  outer->continued = false;
  freezer_freeze (&outer->freezer);
  if (outer->reading.running)
    pass_interrupt (outer->port);
  if (raw)
    outer_set (outer, &outer->guarded->before, given_back);
  else
    outer_left (outer);
}

/* ---- ^Z that is not for us ---- */

/* Either the environment around us has stopped us, and everybody here, by
   now, or will: then we find the terminal as we leave it.  Or it has not.  */
static void
passed (struct call *call, mach_msg_header_t *message)
{
  struct outer *outer = list_entry (call, struct outer, setting);

  (void)message;
  if (outer->state != OUTER_TAKING)
    return;
  outer->guarded->set.lflag &= ~(uint32_t)TTY_ISIG;
  outer_set (outer, &outer->guarded->set, taken);
}

static void
passing (struct call *call, mach_msg_header_t *message)
{
  struct outer *outer = list_entry (call, struct outer, setting);
  mach_port_t reply;

  if (outer->state != OUTER_TAKING)
    return;
  (void)message;
  if (outer_call (outer, &outer->setting, passed, &reply)
      || call_sent (
          &outer->setting,
          tioctl_tiocsti_request (outer->port, reply,
                                  (char)outer->guarded->set.cc[TTY_VSUSP])))
    outer_gone (outer);
}

void
outer_pass_stop (struct outer *outer)
{
  const struct tty_modes *before = &outer->guarded->before;

  if (!(before->lflag & TTY_ISIG) || before->cc[TTY_VSUSP] == TTY_DISABLED)
    return;
  outer_write_on (outer); /* the echo of ^Z */
  outer->state = OUTER_TAKING;
  outer->guarded->set.lflag |= TTY_ISIG;
  outer_set (outer, &outer->guarded->set, passing);
}

/* Programs draw their screens again when they are continued.  */
static void
outer_continue (struct outer *outer)
{
  if (outer->marked)
    outer_mark_continued (outer);
  if (outer->state == OUTER_LEFT)
    freezer_thaw (&outer->freezer);
  terminal_send_signal (outer->terminal, SIGCONT);
  outer_take (outer);
  outer_ask_size (outer);
}

void
outer_signal (struct outer *outer, int signo)
{
  if (!outer->terminal)
    return;
  if (signo == SIGWINCH)
    outer_ask_size (outer);
  else if (signo == SIGTSTP && !_hurd_orphaned)
    outer_leave (outer, SIGTSTP);
  else if (signo == SIGTSTP)
    ; /* nobody would have us go on */
  else if (outer->state == OUTER_LEAVING)
    outer->continued = true;
  else
    outer_continue (outer);
}

/* ---- the end ---- */

static void
outer_finished (struct outer *outer)
{
  void (*finished) (void *cookie) = outer->finished;

  outer->finished = NULL;
  timer_stop (&outer->patience);
  if (finished)
    finished (outer->cookie);
}

static void
patience_over (struct timer *timer)
{
  outer_finished (list_entry (timer, struct outer, patience));
}

static void
finally_given_back (struct call *call, mach_msg_header_t *message)
{
  struct outer *outer = list_entry (call, struct outer, setting);

  (void)message;
  outer->guarded->raw = false;
  outer->state = OUTER_GONE;
  outer_finished (outer);
}

static bool
outer_has_output (struct outer *outer)
{
  return outer->length
         || discipline_output_size (&outer->terminal->discipline);
}

void
outer_check_finished (struct outer *outer)
{
  if (!outer->finished || outer->state == OUTER_TAKING
      || outer->state == OUTER_LEAVING)
    return;
  if (outer->state == OUTER_OURS && !outer->writing.running
      && !outer_has_output (outer))
    {
      outer->state = OUTER_LEAVING;
      outer_set (outer, &outer->guarded->before, finally_given_back);
    }
  else if (outer->state == OUTER_LEFT || outer->state == OUTER_GONE
           || !outer_has_output (outer) || outer->write_refused)
    outer_finished (outer);
}

void
outer_finish (struct outer *outer, void (*finished) (void *cookie),
              void *cookie)
{
  outer->finished = finished;
  outer->cookie = cookie;
  outer->patience.run = patience_over;
  list_init (&outer->patience.link);
  timer_start (outer->env->loop, &outer->patience,
               clock_now_ns () + PATIENCE_NS);
  discipline_stop (&outer->terminal->discipline, false);
  terminal_update (outer->terminal);
  outer_check_finished (outer);
}

void
outer_lower (struct outer *outer)
{
  if (outer->reading.running && !(outer->grant.modes & O_READ))
    pass_interrupt (outer->port);
  terminal_update (outer->terminal);
}

/* Until then the guardian has to.  */
static void
dropped (struct call *call, mach_msg_header_t *message)
{
  (void)message;
  list_entry (call, struct outer, setting)->guarded->raw = false;
}

void
outer_drop (struct outer *outer)
{
  if (outer->reading.running)
    pass_interrupt (outer->port);
  call_abandon (&outer->setting);
  outer_gone (outer);
  if (outer->guarded->raw)
    outer_set (outer, &outer->guarded->before, dropped);
}
