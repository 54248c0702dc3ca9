/* console.c -- the kernel's "console" device, as a terminal's bottom

   Calls: the kernel's device, with one write and one read outstanding; the
   answers come to an object of ours.  The kernel takes part of a write when
   its own buffer is full, which is why there is never a second one.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "servers/terminal/console.h"

#include <device/device.h>
#include <device/device_request.h>
#include <device/tty_status.h>
#include <stdlib.h>
#include <string.h>

#include "lib/port/right.h"
#include "servers/terminal/role.h"
#include "servers/terminal/terminal.h"

#define DEVICE_WRITE_REPLY_INBAND 2903
#define DEVICE_READ_REPLY_INBAND 2905
#define TAKE_AHEAD 2048 /* bytes taken from the terminal at a time */

struct flush
{
  struct list link;
  void (*done) (void *cookie);
  void *cookie;
};

struct console
{
  struct environment *env; /* borrowed */
  struct object replies;   /* gets the device's answers */
  mach_port_t device;      /* send right */
  struct terminal *terminal;
  char *bytes; /* LENGTH from START on are to be written */
  size_t start, length, capacity;
  size_t writing; /* of them, those in the outstanding write */
  struct list flushes;
};

/* What the device answers, write or read.  */
struct device_reply
{
  mach_msg_header_t header;
  mach_msg_type_t code_type;
  kern_return_t code;
  mach_msg_type_t data_type;
  union
  {
    int written;
    char data[IO_INBAND_MAX];
  };
};

/* ---- output ---- */

static error_t
console_reserve (struct console *console, size_t size)
{
  size_t capacity = console->capacity ? console->capacity : 4096;
  char *bytes;

  if (console->start
      && console->start + console->length + size > console->capacity)
    {
      memmove (console->bytes, console->bytes + console->start,
               console->length);
      console->start = 0;
    }
  if (console->start + console->length + size <= console->capacity)
    return 0;

  while (capacity < console->length + size)
    capacity *= 2;
  bytes = realloc (console->bytes, capacity);
  if (!bytes)
    return ENOMEM;
  console->bytes = bytes;
  console->capacity = capacity;
  return 0;
}

static void
console_add (struct console *console, const char *bytes, size_t size)
{
  if (console_reserve (console, size))
    return;
  memcpy (console->bytes + console->start + console->length, bytes, size);
  console->length += size;
}

static void
console_run_flushes (struct console *console)
{
  struct list *first;

  while (!console->length && (first = list_pop (&console->flushes)))
    {
      struct flush *flush = list_entry (first, struct flush, link);

      flush->done (flush->cookie);
      free (flush);
    }
}

/* Write the next piece unless one is under way.  A device that refuses is
   gone: what it was to get is lost.  */
static void
console_write_next (struct console *console)
{
  size_t size = console->length;

  if (console->writing || !size)
    return;
  if (size > IO_INBAND_MAX)
    size = IO_INBAND_MAX;

  if (device_write_request_inband (console->device,
                                   object_name (&console->replies), 0, 0,
                                   console->bytes + console->start, size))
    console->start = console->length = 0;
  else
    console->writing = size;
}

/* Take what the terminal has for us: all of it, or as much as keeps the
   device busy, so that a program cannot be far ahead of it.  */
static void
console_take (struct console *console, bool all)
{
  char bytes[512];
  size_t size;

  while (console->terminal && (all || console->length < TAKE_AHEAD))
    {
      size = discipline_take_output (&console->terminal->discipline, bytes,
                                     sizeof bytes);
      if (!size)
        return;
      console_add (console, bytes, size);
    }
}

static void
console_written (struct console *console, const struct device_reply *reply)
{
  size_t written = console->writing;

  /* An error, or an answer that cannot be: do not try the same again.  */
  if (!reply->code && reply->header.msgh_size >= 64 && reply->written >= 0
      && (size_t)reply->written < written)
    written = reply->written;

  console->start += written;
  console->length -= written;
  console->writing = 0;
  if (console->terminal)
    terminal_update (console->terminal);
  console_write_next (console);
  console_run_flushes (console);
}

/* ---- input ---- */

static void
console_read_next (struct console *console)
{
  (void)device_read_request_inband (
      console->device, object_name (&console->replies), 0, 0, IO_INBAND_MAX);
}

static void
console_typed (struct console *console, const struct device_reply *reply)
{
  size_t room = reply->header.msgh_size - offsetof (struct device_reply, data);
  size_t size = reply->data_type.msgt_number;

  /* An error ends the input: there is no carrier, or no such direction.  */
  if (reply->code
      || reply->header.msgh_size < offsetof (struct device_reply, data))
    return;

  if (size > room)
    size = room;
  if (size > IO_INBAND_MAX)
    size = IO_INBAND_MAX;
  if (console->terminal && size)
    terminal_input (console->terminal, reply->data, size);
  console_read_next (console);
}

/* ---- the object that gets the answers ---- */

static bool
replies_raw (struct object *object, mach_msg_header_t *message)
{
  struct console *console = list_entry (object, struct console, replies);
  const struct device_reply *reply = (const struct device_reply *)message;

  if (message->msgh_bits & MACH_MSGH_BITS_COMPLEX
      || message->msgh_size < sizeof (mig_reply_header_t))
    return false;
  if (message->msgh_id == DEVICE_WRITE_REPLY_INBAND && console->writing)
    console_written (console, reply);
  else if (message->msgh_id == DEVICE_READ_REPLY_INBAND)
    console_typed (console, reply);
  else
    return false;
  return true;
}

static void
replies_free (struct object *object)
{
  (void)object; /* lives as long as the environment */
}

static const struct interface *const no_interfaces[] = { NULL };

static const struct object_class replies_class = { .name = "console",
                                                   .interfaces = no_interfaces,
                                                   .raw = replies_raw,
                                                   .free = replies_free };

/* ---- life ---- */

/* Without TF_LITOUT the driver takes a byte above 127 for a delay.  */
static void
console_set_literal (mach_port_t device)
{
  struct tty_status status;
  mach_msg_type_number_t count = TTY_STATUS_COUNT;

  if (device_get_status (device, TTY_STATUS, (int *)&status, &count)
      || count != TTY_STATUS_COUNT)
    return;
  status.tt_flags |= TF_LITOUT;
  (void)device_set_status (device, TTY_STATUS, (int *)&status, count);
}

error_t
console_create (struct environment *env, struct generation *generation,
                struct console **ret_console)
{
  struct console *console = calloc (1, sizeof *console);
  char name[] = "console";
  error_t err;

  if (!console)
    return ENOMEM;
  console->env = env;
  list_init (&console->flushes);

  err = device_open (env->device_master, D_READ | D_WRITE, name,
                     &console->device);
  if (!err)
    err = object_init (&console->replies, &replies_class, generation,
                       env->loop);
  if (err)
    {
      send_drop (&console->device);
      free (console);
      return err;
    }

  console_set_literal (console->device);
  console_read_next (console);
  *ret_console = console;
  return 0;
}

void
console_attach (struct console *console, struct terminal *terminal)
{
  console->terminal = terminal;
}

/* ---- for the environment ---- */

void
console_print (struct environment *env, const char *text, size_t size)
{
  struct console *console = terminal_console (env);

  if (!console)
    return;
  console_take (console, true);
  console_add (console, text, size);
  console_write_next (console);
}

void
console_flush (struct environment *env, void (*done) (void *cookie),
               void *cookie)
{
  struct console *console = terminal_console (env);
  struct flush *flush = NULL;

  if (console)
    {
      console_take (console, true);
      console_write_next (console);
      if (console->length)
        flush = malloc (sizeof *flush);
    }
  if (!flush)
    {
      done (cookie);
      return;
    }

  flush->done = done;
  flush->cookie = cookie;
  list_insert_tail (&console->flushes, &flush->link);
}

/* ---- as a bottom ---- */

static void
console_update (struct terminal *terminal)
{
  struct console *console = terminal->bottom_state;

  console_take (console, false);
  console_write_next (console);
}

static size_t
console_pending (const struct terminal *terminal)
{
  const struct console *console = terminal->bottom_state;

  return console->length;
}

/* What is on its way to the device cannot be called back, and what the
   environment printed itself is not the program's to drop.  */
const struct terminal_bottom console_bottom = { .type = TERM_ON_MACHDEV,
                                                .update = console_update,
                                                .pending = console_pending };
