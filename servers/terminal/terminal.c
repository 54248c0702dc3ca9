/* terminal.c -- terminals: who waits for what, and who is told

   Everything that changes a terminal ends in terminal_update, which gives
   output to the bottom and lets those go on who can: nobody else answers a
   parked request.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "servers/terminal/terminal.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>

#include "io_reply_U.h"
#include "lib/port/right.h"

/* The discipline has the Hurd's numbers of its own: see modes.h.  */
#define SAME(ours, theirs)                                                    \
  _Static_assert((unsigned int)(ours) == (unsigned int)(theirs), #theirs)
SAME (TTY_BRKINT, BRKINT);
SAME (TTY_ISTRIP, ISTRIP);
SAME (TTY_ICRNL, ICRNL);
SAME (TTY_IXON, IXON);
SAME (TTY_IXANY, IXANY);
SAME (TTY_IMAXBEL, IMAXBEL);
SAME (TTY_OPOST, OPOST);
SAME (TTY_ONLCR, ONLCR);
SAME (TTY_OXTABS, OXTABS);
SAME (TTY_OCRNL, OCRNL);
SAME (TTY_CS8, CS8);
SAME (TTY_CREAD, CREAD);
SAME (TTY_HUPCL, HUPCL);
SAME (TTY_ECHOKE, ECHOKE);
SAME (TTY_ECHOE, ECHOE);
SAME (TTY_ECHO, ECHO);
SAME (TTY_ECHONL, ECHONL);
SAME (TTY_ECHOCTL, ECHOCTL);
SAME (TTY_ISIG, ISIG);
SAME (TTY_ICANON, ICANON);
SAME (TTY_IEXTEN, IEXTEN);
SAME (TTY_TOSTOP, TOSTOP);
SAME (TTY_NOFLSH, NOFLSH);
SAME (TTY_VSUSP, VSUSP);
SAME (TTY_VLNEXT, VLNEXT);
SAME (TTY_VMIN, VMIN);
SAME (TTY_VTIME, VTIME);
SAME (TTY_VSTATUS, VSTATUS);
SAME (TTY_NCCS, NCCS);

/* ---- signals ---- */

void
terminal_send_signal (struct terminal *terminal, int signo)
{
  struct environment *env = terminal->env;

  if (terminal->foreground && env->proc && env->proc->signal_group)
    (void)env->proc->signal_group (env, terminal->foreground, signo,
                                   terminal->id_right);
}

/* The C library of a program in an orphaned group takes SIGTSTP for SIGKILL;
   it is nothing at all, as POSIX has it.  */
static bool
terminal_may_stop (const struct terminal *terminal)
{
  struct environment *env = terminal->env;

  return !terminal->foreground || !env->proc || !env->proc->group_is_orphaned
         || !env->proc->group_is_orphaned (env, terminal->foreground);
}

static void
discipline_signals (void *cookie, enum tty_signal which)
{
  static const int signals[] = { [TTY_SIGNAL_INTR] = SIGINT,
                                 [TTY_SIGNAL_QUIT] = SIGQUIT,
                                 [TTY_SIGNAL_SUSP] = SIGTSTP,
                                 [TTY_SIGNAL_STATUS] = SIGINFO };

  struct terminal *terminal = cookie;

  if (which == TTY_SIGNAL_SUSP
      && ((terminal->bottom->suspend && terminal->bottom->suspend (terminal))
          || !terminal_may_stop (terminal)))
    return;
  terminal_send_signal (terminal, signals[which]);
}

/* The group that the process of HANDLE is in now.  Its own handle may be older
   than that: the C library in the child of a fork opens one before it hears of
   being moved, and a read goes on with what it began with.  */
static pid_t
handle_group (const struct terminal_handle *handle)
{
  struct environment *env = handle->terminal->env;
  pid_t now, session;

  return env->proc && env->proc->group_of
                 && !env->proc->group_of (env, handle->pid, &now, &session)
             ? now
             : handle->pgrp;
}

/* A process that has not said who it is (its library knows nothing of
   controlling terminals yet) is never in the background.  */
bool
terminal_is_foreground (const struct terminal_handle *handle)
{
  const struct terminal *terminal = handle->terminal;

  return !handle->pgrp || !terminal->foreground
         || handle_group (handle) == terminal->foreground;
}

/* ---- waiting ---- */

/* Clients can wait in any number; what that costs is theirs together.  */
static size_t
wait_cost (const struct wait *wait)
{
  return sizeof *wait + sizeof (struct tty_modes) + wait->size;
}

struct wait *
wait_create (struct terminal_handle *handle, size_t size)
{
  struct generation *generation = handle->terminal->generation;
  struct wait *wait = calloc (1, sizeof *wait);

  if (!wait)
    return NULL;
  wait->handle = handle;
  wait->terminal = handle->terminal;
  wait->size = size;
  if (generation_charge (generation, wait_cost (wait)))
    {
      free (wait);
      return NULL;
    }
  wait->data = size ? malloc (size) : NULL;
  if (size && !wait->data)
    {
      wait_destroy (wait);
      return NULL;
    }
  return wait;
}

void
wait_destroy (struct wait *wait)
{
  generation_discharge (wait->terminal->generation, wait_cost (wait));
  free (wait->data);
  free (wait->modes);
  free (wait);
}

static void
wait_cancel (struct parked *parked, error_t why)
{
  struct wait *wait = list_entry (parked, struct wait, parked);
  mach_msg_type_name_t type = parked->reply_type;
  bool written = wait->data && wait->amount + wait->done > 0;
  size_t amount = wait->amount + wait->done;
  mach_port_t reply;

  list_remove (&wait->link);
  timer_stop (&wait->timer);
  if (written)
    {
      /* What was written before the interruption has been written.  */
      reply = parked_take_reply (parked);
      (void)io_write_reply (reply, type, 0, amount);
    }
  else
    parked_fail (parked, why);
  wait_destroy (wait);
}

static void
wait_time_over (struct timer *timer)
{
  struct wait *wait = list_entry (timer, struct wait, timer);

  terminal_update (wait->terminal);
}

void
wait_start (struct wait *wait, struct list *queue,
            struct terminal_handle *handle, const struct request *request)
{
  wait->asked_ns = clock_now_ns ();
  wait->timer.run = wait_time_over;
  list_init (&wait->timer.link);
  parked_start (&wait->parked, &handle->handle.object, request->reply,
                request->reply_type, wait_cancel);
  list_insert_tail (queue, &wait->link);
}

/* Input must not go to the dead: what a killed reader would have got is the
   next reader's.  */
bool
wait_client_lives (const struct wait *wait)
{
  mach_port_type_t type = 0;

  return !mach_port_type (mach_task_self (), wait->parked.reply, &type)
         && !(type & MACH_PORT_TYPE_DEAD_NAME);
}

mach_port_t
wait_end (struct wait *wait, mach_msg_type_name_t *ret_type)
{
  mach_port_t reply;

  *ret_type = wait->parked.reply_type;
  list_remove (&wait->link);
  timer_stop (&wait->timer);
  reply = parked_take_reply (&wait->parked);
  wait_destroy (wait);
  return reply;
}

/* ---- those who wait ---- */

static void
reader_answer (struct wait *wait)
{
  struct terminal *terminal = wait->terminal;
  mach_msg_type_name_t type;
  mach_port_t reply;
  char data[2048];
  size_t size = wait->amount < sizeof data ? wait->amount : sizeof data;

  size = terminal->hung_up && !discipline_readable (&terminal->discipline)
             ? 0
             : discipline_read (&terminal->discipline, data, size);
  reply = wait_end (wait, &type);
  (void)io_read_reply (reply, type, 0, data, size);
}

/* True: WAIT is answered, or dead, and gone.  */
static bool
reader_try (struct wait *wait, uint64_t now_ns)
{
  struct terminal *terminal = wait->terminal;
  uint64_t again_ns;

  /* Not EBACKGROUND: its group may have the foreground again by the time that
     the C library reads the answer, and would be stopped for nothing.  Told of
     an interruption that was not its own, it asks again.  */
  if (!terminal_is_foreground (wait->handle))
    wait_cancel (&wait->parked, EINTR);
  else if (!terminal->hung_up
           && !discipline_may_read (&terminal->discipline, wait->amount,
                                    wait->asked_ns, now_ns, &again_ns))
    {
      timer_stop (&wait->timer);
      if (again_ns != UINT64_MAX)
        timer_start (wait->parked.object->loop, &wait->timer, again_ns);
      return false;
    }
  else if (!wait_client_lives (wait))
    wait_cancel (&wait->parked, EINTR);
  else
    reader_answer (wait);
  return true;
}

static void
update_readers (struct terminal *terminal)
{
  uint64_t now_ns;
  struct list *first;

  if (list_empty (&terminal->readers))
    return;

  now_ns = clock_now_ns ();
  while ((first = list_first (&terminal->readers)))
    if (!reader_try (list_entry (first, struct wait, link), now_ns))
      return;
}

/* In order: a writer behind one that still waits has to wait.  */
static void
update_writers (struct terminal *terminal)
{
  struct list *first;

  while ((first = list_first (&terminal->writers)))
    {
      struct wait *wait = list_entry (first, struct wait, link);
      mach_msg_type_name_t type;
      mach_port_t reply;
      size_t amount;

      wait->done
          += discipline_write (&terminal->discipline, wait->data + wait->done,
                               wait->size - wait->done);
      if (wait->done < wait->size && !terminal->hung_up)
        return;

      amount = wait->amount + wait->done;
      reply = wait_end (wait, &type);
      (void)io_write_reply (reply, type, 0, amount);
    }
}

bool
terminal_drained (const struct terminal *terminal)
{
  return terminal->hung_up
         || (!discipline_output_size (&terminal->discipline)
             && (!terminal->bottom->pending
                 || !terminal->bottom->pending (terminal)));
}

static void
update_drainers (struct terminal *terminal)
{
  struct list *first;

  while (terminal_drained (terminal)
         && (first = list_first (&terminal->drainers)))
    {
      struct wait *wait = list_entry (first, struct wait, link);

      if (wait->flush_input)
        discipline_flush_input (&terminal->discipline);
      if (wait->modes)
        discipline_set_modes (&terminal->discipline, wait->modes);
      wait_cancel (&wait->parked, 0);
    }
}

static void
terminal_update_once (struct terminal *terminal)
{
  size_t before;

  do
    {
      before = discipline_output_size (&terminal->discipline);
      terminal->bottom->update (terminal);
      update_writers (terminal);
    }
  while (discipline_output_size (&terminal->discipline) < before
         && !list_empty (&terminal->writers));

  update_drainers (terminal);
  update_readers (terminal);
  select_queue_update (&terminal->select);
}

void
terminal_update (struct terminal *terminal)
{
  terminal->again = true;
  if (terminal->updating)
    return;

  terminal->updating = true;
  while (terminal->again)
    {
      terminal->again = false;
      terminal_update_once (terminal);
    }
  terminal->updating = false;
}

void
terminal_input (struct terminal *terminal, const void *data, size_t size)
{
  if (!(terminal->discipline.modes.cflag & CREAD))
    return;
  discipline_input (&terminal->discipline, data, size, clock_now_ns ());
  terminal_update (terminal);
}

/* WHICH: O_READ, O_WRITE.  */
void
terminal_flush (struct terminal *terminal, int which)
{
  if (which & O_READ)
    discipline_flush_input (&terminal->discipline);
  if (which & O_WRITE)
    discipline_flush_output (&terminal->discipline);
  terminal_update (terminal);
}

void
terminal_hang_up (struct terminal *terminal)
{
  terminal->hung_up = true;
  discipline_flush_output (&terminal->discipline);
  terminal_send_signal (terminal, SIGHUP);
  terminal_send_signal (terminal, SIGCONT);
  terminal_update (terminal);
}

/* ---- life ---- */

static void
part_free (struct object *object)
{
  (void)object; /* a part of its terminal, which is for ever */
}

static const struct interface *const no_interfaces[] = { NULL };

static const struct object_class node_class = { .name = "terminal node",
                                                .interfaces = no_interfaces,
                                                .free = part_free };

extern const struct interface term_interface, tioctl_interface;

static const struct interface *const id_interfaces[]
    = { &term_interface, NULL };

const struct object_class terminal_id_class = { .name = "terminal id",
                                                .interfaces = id_interfaces,
                                                .free = part_free };

static error_t
terminal_make_id (struct terminal *terminal)
{
  error_t err = object_init (&terminal->id, &terminal_id_class,
                             terminal->generation, terminal->env->loop);

  if (!err)
    terminal->id_right = object_send_right (&terminal->id);
  return err;
}

error_t
terminal_renew (struct terminal *terminal)
{
  if (terminal->id.slot)
    {
      object_destroy (&terminal->id, EIO);
      object_drop (&terminal->id);
      send_drop (&terminal->id_right);
    }
  discipline_flush_input (&terminal->discipline);
  discipline_flush_output (&terminal->discipline);
  discipline_stop (&terminal->discipline, false);
  discipline_set_modes (&terminal->discipline, terminal->initial);
  memset (&terminal->size, 0, sizeof terminal->size);
  terminal->mode = S_IFCHR | 0620;
  terminal->foreground = 0;
  terminal->exclusive = terminal->hung_up = false;
  return terminal_make_id (terminal);
}

error_t
terminal_init (struct terminal *terminal, struct environment *env,
               struct generation *generation, const char *name,
               const struct tty_modes *modes)
{
  error_t err;

  memset (terminal, 0, sizeof *terminal);
  terminal->env = env;
  terminal->generation = generation;
  strncpy (terminal->name, name, sizeof terminal->name - 1);
  terminal->initial = modes;
  list_init (&terminal->handles);
  list_init (&terminal->readers);
  list_init (&terminal->writers);
  list_init (&terminal->drainers);
  select_queue_init (&terminal->select);
  terminal->mode = S_IFCHR | 0620;
  terminal->was_read = terminal->was_written = true;

  err = discipline_init (&terminal->discipline, modes);
  if (err)
    return err;
  terminal->discipline.signal = discipline_signals;
  terminal->discipline.cookie = terminal;

  err = terminal_make_id (terminal);
  if (!err)
    err = object_init (&terminal->node, &node_class, generation, env->loop);
  return err;
}

/* ---- handles ---- */

static const struct interface *const terminal_interfaces[]
    = { HANDLE_INTERFACES, &term_interface, &tioctl_interface, NULL };

static bool
handle_is_open (const struct terminal_handle *handle)
{
  return !handle->master && (handle->handle.open_modes & (O_READ | O_WRITE));
}

/* The last one who could read or write is gone: what was typed for them is
   nobody's, and the next one starts with fresh modes.  */
static void
terminal_last_close (struct terminal *terminal)
{
  discipline_flush_input (&terminal->discipline);
  discipline_set_modes (&terminal->discipline, terminal->initial);
  discipline_stop (&terminal->discipline, false);
  terminal->foreground = 0;
  terminal->exclusive = false;
  if (terminal->bottom->opened)
    terminal->bottom->opened (terminal, false);
  terminal_update (terminal);
}

static void
handle_free (struct object *object)
{
  struct terminal_handle *handle = (struct terminal_handle *)object;
  struct terminal *terminal = handle->terminal;
  bool open = handle_is_open (handle);

  list_remove (&handle->link);
  handle_finish (&handle->handle);
  generation_discharge (terminal->generation, sizeof *handle);
  if (handle->master && !--terminal->masters)
    terminal_hang_up (terminal);
  free (handle);
  if (open && !--terminal->opens)
    terminal_last_close (terminal);
}

const struct object_class terminal_class = { .name = "terminal",
                                             .interfaces = terminal_interfaces,
                                             .free = handle_free };

/* Without the terminal's interfaces the C library says "not a tty".  */
static const struct interface *const stream_interfaces[]
    = { HANDLE_INTERFACES, NULL };

static const struct object_class stream_class
    = { .name = "console stream",
        .interfaces = stream_interfaces,
        .free = handle_free };

const struct object_class pty_master_class = {
  .name = "pty", .interfaces = terminal_interfaces, .free = handle_free
};

struct terminal_handle *
terminal_handle_of (struct object *object)
{
  return object->class == &terminal_class || object->class == &pty_master_class
             ? (struct terminal_handle *)object
             : NULL;
}

static const struct object_class *
handle_class (const struct terminal *terminal, bool master)
{
  return master             ? &pty_master_class
         : terminal->stream ? &stream_class
                            : &terminal_class;
}

error_t
terminal_open (struct terminal *terminal, int flags, const struct ids *ids,
               bool master, struct terminal_handle **ret_handle)
{
  struct terminal_handle *handle;
  error_t err = generation_charge (terminal->generation, sizeof *handle);

  if (err)
    return err;
  handle = calloc (1, sizeof *handle);
  if (!handle)
    {
      generation_discharge (terminal->generation, sizeof *handle);
      return ENOMEM;
    }
  err = handle_init (&handle->handle, handle_class (terminal, master),
                     master ? &pty_master_io : &terminal_io, &terminal_fs,
                     terminal->generation, terminal->env->loop, ids, flags);
  if (err)
    {
      generation_discharge (terminal->generation, sizeof *handle);
      free (handle);
      return err;
    }

  handle->terminal = terminal;
  handle->master = master;
  list_insert_tail (&terminal->handles, &handle->link);
  terminal->masters += master;
  if (handle_is_open (handle) && !terminal->opens++
      && terminal->bottom->opened)
    terminal->bottom->opened (terminal, true);
  *ret_handle = handle;
  return 0;
}
