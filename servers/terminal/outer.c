/* outer.c -- characters to and from the parent's terminal

   Calls: the parent's terminal, with one read and one write outstanding.
   Whoever serves it may take part of a write, refuse us because we are in the
   background, or never answer: then nothing is read or written, and all else
   goes on.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "io_request_U.h"
#include "lib/membrane/pass.h"
#include "lib/port/right.h"
#include "servers/terminal/outer_private.h"
#include "servers/terminal/terminal.h"

#define IO_WRITE 21000
#define IO_READ 21001

error_t
outer_call (struct outer *outer, struct call *call, call_done_t *done,
            mach_port_t *ret_reply)
{
  return call_begin (call, &outer->grant.outbox, &outer->generation,
                     outer->env->loop, done, ret_reply);
}

/* ---- output ---- */

static void
outer_written (struct outer *outer, size_t size)
{
  if (size > outer->in_flight)
    size = outer->in_flight;
  outer->in_flight = 0;
  outer->length -= size;
  memmove (outer->bytes, outer->bytes + size, outer->length);
}

/* In the background, and TOSTOP is set.  */
static void
outer_refused (struct outer *outer)
{
  outer->write_refused = true;
  outer_lost (outer);
  if (!_hurd_orphaned)
    outer_leave (outer, SIGTTOU);
}

static void
write_done (struct call *call, mach_msg_header_t *message)
{
  struct outer *outer = list_entry (call, struct outer, writing);
  struct answer answer;
  vm_size_t amount = 0;
  error_t err = answer_begin (&answer, message, IO_WRITE);

  if (!err)
    err = answer_struct (&answer, &amount, sizeof amount);
  outer_written (outer, err ? 0 : amount);
  if (err == EBACKGROUND)
    outer_refused (outer);
  else if (err && err != EINTR)
    {
      outer_gone (outer);
      return;
    }
  if (outer->terminal)
    terminal_update (outer->terminal);
  outer_check_finished (outer);
}

static bool
outer_may_write (const struct outer *outer)
{
  return (outer->state == OUTER_OURS || outer->state == OUTER_AWAY)
         && !outer->write_refused;
}

static void
outer_write_next (struct outer *outer)
{
  mach_port_t reply;

  if (!outer->length || outer->writing.running || !outer_may_write (outer))
    return;
  if (!(outer->modes & outer->grant.modes & O_WRITE))
    {
      outer->length = 0; /* there is nobody to read it */
      return;
    }
  if (outer_call (outer, &outer->writing, write_done, &reply))
    return;
  outer->in_flight = outer->length;
  if (call_sent (&outer->writing,
                 io_write_request (outer->port, reply, outer->bytes,
                                   outer->length, -1)))
    {
      outer->in_flight = 0;
      outer_gone (outer);
    }
}

static void
outer_take_output (struct outer *outer)
{
  size_t room = sizeof outer->bytes - outer->length;

  if (room && outer_may_write (outer))
    outer->length += discipline_take_output (
        &outer->terminal->discipline, outer->bytes + outer->length, room);
}

void
outer_write_on (struct outer *outer)
{
  outer_take_output (outer);
  outer_write_next (outer);
}

/* ---- input ---- */

static void
outer_typed (struct outer *outer, const struct answer_data *data)
{
  char bytes[OUTER_PIECE];
  size_t size = data->size < sizeof bytes ? data->size : sizeof bytes;

  if (answer_data_copy (data, 0, bytes, size)
      || !(outer->grant.modes & O_READ))
    return;
  terminal_input (outer->terminal, bytes, size);
}

static void
read_done (struct call *call, mach_msg_header_t *message)
{
  struct outer *outer = list_entry (call, struct outer, reading);
  struct answer answer;
  struct answer_data data = { .size = 0 };
  error_t err = answer_begin (&answer, message, IO_READ);

  if (!err)
    err = answer_data (&answer, &data);
  if (err == EBACKGROUND)
    outer_lost (outer);
  else if (err != EINTR && (err || !data.size))
    outer_gone (outer); /* without a line there is no end of file but this */
  else if (!err)
    outer_typed (outer, &data);
  outer_read_next (outer);
}

void
outer_read_next (struct outer *outer)
{
  mach_port_t reply;

  if (outer->state != OUTER_OURS || outer->reading.running
      || !(outer->modes & outer->grant.modes & O_READ)
      || outer_call (outer, &outer->reading, read_done, &reply))
    return;
  if (call_sent (&outer->reading,
                 io_read_request (outer->port, reply, -1, OUTER_PIECE)))
    outer_gone (outer);
}

/* ---- as a bottom ---- */

static void
outer_update (struct terminal *terminal)
{
  struct outer *outer = terminal->bottom_state;

  if (outer->state == OUTER_GONE)
    {
      discipline_flush_output (&terminal->discipline);
      return;
    }
  outer_write_on (outer);
  /* As any job that reads in the background we are stopped if it is not given
     to us now.  */
  if (outer_is_wanted (outer))
    outer_take (outer);
}

static size_t
outer_pending (const struct terminal *terminal)
{
  const struct outer *outer = terminal->bottom_state;

  return outer->length;
}

/* ^Z for the command itself, whom nobody inside could have go on: it is for
   all of us.  Where nobody around us could have us go on either, it is for all
   of them.  */
static bool
outer_suspend (struct terminal *terminal)
{
  struct outer *outer = terminal->bottom_state;
  struct environment *env = outer->env;

  if (outer->state != OUTER_OURS)
    return false;
  if (terminal->foreground && env->proc
      && !env->proc->group_is_orphaned (env, terminal->foreground))
    return false;
  if (_hurd_orphaned)
    outer_pass_stop (outer);
  else
    outer_leave (outer, SIGTSTP);
  return true;
}

const struct terminal_bottom outer_bottom = { .type = TERM_ON_HURDIO,
                                              .update = outer_update,
                                              .pending = outer_pending,
                                              .suspend = outer_suspend };

/* ---- hanging up ---- */

void
outer_gone (struct outer *outer)
{
  if (outer->state == OUTER_GONE)
    return;
  outer->state = OUTER_GONE;
  outer->length = outer->in_flight = 0;
  call_abandon (&outer->reading);
  call_abandon (&outer->writing);
  freezer_thaw (&outer->freezer); /* they have a signal to take */
  if (outer->terminal)
    terminal_hang_up (outer->terminal);
  outer_check_finished (outer);
}
