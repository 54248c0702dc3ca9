/* pty.c -- terminals whose bottom is a program

   /dev/ptyXY is a master, /dev/ttyXY the terminal that stands on it.  A pair
   is made when its master is first opened, and is free again when nobody has
   either side; it gets a new id then, so that what the last session left
   behind has no hold on the next one.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <mach/mig_errors.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "io_reply_U.h"
#include "lib/io/plain.h"
#include "servers/terminal/terminal.h"

/* As the C library looks for them.  */
#define FIRST_LETTERS "p"
#define SECOND_LETTERS "0123456789abcdefghijklmnopqrstuv"
#define KEPT (O_READ | O_WRITE | O_APPEND | O_NONBLOCK)
#define IO_MAX 2048

struct pty
{
  struct terminal terminal;
  struct list readers, writers; /* of the master: struct wait.link */
  struct select_queue select;   /* of the master */
  bool was_open;                /* the terminal, since the master was opened */
};

/* A pair of names; PTY is made on demand.  */
struct pty_slot
{
  struct environment *env;
  struct generation *generation;
  char master_name[16], name[16];
  unsigned int number;
  struct plain plain; /* the terminal, while there is none */
  struct pty *pty;
};

static struct pty *
pty_of (const struct terminal *terminal)
{
  return terminal->bottom_state;
}

static bool
pty_is_deserted (const struct pty *pty)
{
  return pty->was_open && !pty->terminal.opens;
}

/* ---- those who wait at the master ---- */

static void
pty_update_readers (struct pty *pty)
{
  struct discipline *discipline = &pty->terminal.discipline;
  struct list *first;
  char data[IO_MAX];

  while ((first = list_first (&pty->readers)))
    {
      struct wait *wait = list_entry (first, struct wait, link);
      size_t size = wait->amount < IO_MAX ? wait->amount : IO_MAX;
      mach_msg_type_name_t type;
      mach_port_t reply;

      if (!wait_client_lives (wait))
        {
          wait->parked.cancel (&wait->parked, EINTR);
          continue;
        }
      size = discipline_take_output (discipline, data, size);
      if (!size && !pty_is_deserted (pty))
        return;
      reply = wait_end (wait, &type);
      if (size)
        (void)io_read_reply (reply, type, 0, data, size);
      else
        reply_error (reply, type, 21001, EIO);
    }
}

/* Type what fits.  */
static size_t
pty_type (struct pty *pty, const char *data, size_t size)
{
  size_t room = discipline_input_room (&pty->terminal.discipline);

  if (size > room)
    size = room;
  if (size)
    discipline_input (&pty->terminal.discipline, data, size, clock_now_ns ());
  return size;
}

static void
pty_update_writers (struct pty *pty)
{
  struct list *first;

  while ((first = list_first (&pty->writers)))
    {
      struct wait *wait = list_entry (first, struct wait, link);
      mach_msg_type_name_t type;
      mach_port_t reply;
      size_t amount;

      wait->done
          += pty_type (pty, wait->data + wait->done, wait->size - wait->done);
      if (wait->done < wait->size)
        return;
      amount = wait->amount + wait->done;
      reply = wait_end (wait, &type);
      (void)io_write_reply (reply, type, 0, amount);
    }
}

static void
pty_update (struct terminal *terminal)
{
  struct pty *pty = pty_of (terminal);

  pty_update_readers (pty);
  pty_update_writers (pty);
  select_queue_update (&pty->select);
}

static void
pty_opened (struct terminal *terminal, bool open)
{
  if (open)
    pty_of (terminal)->was_open = true;
  terminal_update (terminal);
}

static const struct terminal_bottom pty_bottom = { .type = TERM_ON_MASTERPTY,
                                                   .update = pty_update,
                                                   .opened = pty_opened };

/* ---- the master as a handle ---- */

static struct terminal_handle *
master_of (struct handle *handle)
{
  return (struct terminal_handle *)handle;
}

static error_t
master_clone (struct handle *handle, const struct ids *ids, int open_modes,
              bool share, struct handle **ret_handle)
{
  struct terminal_handle *new;
  error_t err;

  if (!share)
    return EBUSY; /* there is one master */
  err = terminal_open (master_of (handle)->terminal, open_modes, ids, true,
                       &new);
  if (!err)
    *ret_handle = &new->handle;
  return err;
}

static error_t
master_read (struct handle *handle, const struct request *request,
             loff_t offset, size_t amount, struct out_data *out)
{
  struct terminal *terminal = master_of (handle)->terminal;
  struct pty *pty = pty_of (terminal);
  struct wait *wait;
  error_t err;

  (void)offset;
  if (list_empty (&pty->readers)
      && discipline_output_size (&terminal->discipline)
      && !terminal->discipline.stopped)
    {
      err = out_data_reserve (out, amount < IO_MAX ? amount : IO_MAX);
      if (err)
        return err;
      out->size = discipline_take_output (&terminal->discipline, out->data,
                                          out->size);
      terminal_update (terminal);
      return 0;
    }
  if (pty_is_deserted (pty))
    return EIO;
  if (handle->open_modes & O_NONBLOCK)
    return EWOULDBLOCK;

  wait = wait_create (master_of (handle), 0);
  if (!wait)
    return ENOMEM;
  wait->amount = amount;
  wait_start (wait, &pty->readers, master_of (handle), request);
  return MIG_NO_REPLY;
}

/* A short write is a write: only what finds no room at all waits.  */
static error_t
master_write (struct handle *handle, const struct request *request,
              const void *data, size_t size, loff_t offset, size_t *ret_amount)
{
  struct terminal *terminal = master_of (handle)->terminal;
  struct pty *pty = pty_of (terminal);
  size_t all = size;
  char bytes[IO_MAX];
  struct wait *wait;
  error_t err;

  (void)offset;
  if (size > IO_MAX)
    size = IO_MAX;
  err = request_copy (terminal->env->loop, bytes, data, size);
  if (err)
    return err;
  if (list_empty (&pty->writers))
    *ret_amount = pty_type (pty, bytes, size);
  if (*ret_amount || !size)
    {
      terminal_update (terminal);
      return 0;
    }
  if (handle->open_modes & O_NONBLOCK)
    return EWOULDBLOCK;

  wait = wait_create (master_of (handle), size);
  if (!wait)
    return ENOMEM;
  memcpy (wait->data, bytes, size);
  wait_start (wait, &pty->writers, master_of (handle), request);
  request_release (terminal->env->loop, data, all);
  return MIG_NO_REPLY;
}

static error_t
master_readable (struct handle *handle, size_t *ret_amount)
{
  *ret_amount
      = discipline_output_size (&master_of (handle)->terminal->discipline);
  return 0;
}

static int
master_select (struct handle *handle, int types)
{
  struct terminal *terminal = master_of (handle)->terminal;
  struct discipline *discipline = &terminal->discipline;
  int ready = 0;

  if ((discipline_output_size (discipline) && !discipline->stopped)
      || pty_is_deserted (pty_of (terminal)))
    ready |= SELECT_READ;
  if (discipline_input_room (discipline))
    ready |= SELECT_WRITE;
  return ready & types;
}

static struct select_queue *
master_select_queue (struct handle *handle)
{
  return &pty_of (master_of (handle)->terminal)->select;
}

static error_t
master_stat (struct handle *handle, io_statbuf_t *ret_stat)
{
  const struct terminal *terminal = master_of (handle)->terminal;

  ret_stat->st_fstype = FSTYPE_TERM;
  ret_stat->st_ino = terminal->number + 1;
  ret_stat->st_rdev = terminal->rdev;
  ret_stat->st_mode = S_IFCHR | 0666;
  ret_stat->st_nlink = 1;
  ret_stat->st_blksize = IO_MAX;
  return 0;
}

const struct io_ops pty_master_io = { .clone = master_clone,
                                      .read = master_read,
                                      .write = master_write,
                                      .readable = master_readable,
                                      .select = master_select,
                                      .select_queue = master_select_queue,
                                      .stat = master_stat };

/* ---- opening ---- */

static error_t
pty_make (struct pty_slot *slot)
{
  struct pty *pty = calloc (1, sizeof *pty);
  error_t err;

  if (!pty)
    return ENOMEM;
  err = terminal_init (&pty->terminal, slot->env, slot->generation, slot->name,
                       &tty_modes_cooked);
  if (err)
    {
      free (pty);
      return err;
    }

  list_init (&pty->readers);
  list_init (&pty->writers);
  select_queue_init (&pty->select);
  strcpy (pty->terminal.peer, slot->master_name);
  pty->terminal.number = 1000 + 2 * slot->number;
  pty->terminal.rdev = gnu_dev_makedev (3, slot->number);
  pty->terminal.bottom = &pty_bottom;
  pty->terminal.bottom_state = pty;
  slot->pty = pty;
  return 0;
}

static error_t
master_open (void *role, int flags, const struct ids *ids,
             struct object **ret_object)
{
  struct pty_slot *slot = role;
  struct terminal_handle *handle;
  struct terminal *terminal;
  error_t err = slot->pty ? 0 : pty_make (slot);

  if (err)
    return err;
  terminal = &slot->pty->terminal;
  if (terminal->masters || !list_empty (&terminal->handles))
    return EBUSY;

  if (terminal->hung_up)
    err = terminal_renew (terminal);
  if (!err)
    err = terminal_open (terminal, flags & KEPT, ids, true, &handle);
  if (err)
    return err;
  slot->pty->was_open = false;
  terminal->owner = ids->euids.count ? ids->euids.ids[0] : 0;
  *ret_object = &handle->handle.object;
  return 0;
}

static error_t
slave_open (void *role, int flags, const struct ids *ids,
            struct object **ret_object)
{
  struct pty_slot *slot = role;
  struct terminal_handle *handle;
  bool looks = !(flags & (O_READ | O_WRITE));
  error_t err;

  if (!slot->pty || slot->pty->terminal.hung_up)
    return looks ? plain_open (&slot->plain, flags, ids, ret_object) : EIO;
  if (slot->pty->terminal.exclusive && !looks && !ids_is_root (ids))
    return EBUSY;
  err = terminal_open (&slot->pty->terminal, flags & KEPT, ids, false,
                       &handle);
  if (!err)
    *ret_object = &handle->handle.object;
  return err;
}

static const struct interface *const look_interfaces[]
    = { HANDLE_INTERFACES, NULL };

static const struct object_class look_class = { .name = "pty node",
                                                .interfaces = look_interfaces,
                                                .free = plain_free };

static const struct io_ops look_io
    = { .clone = plain_clone, .stat = plain_stat, .identity = plain_identity };

static struct plain
pty_look (const struct pty_slot *slot)
{
  return (struct plain){ .class = &look_class,
                         .io = &look_io,
                         .mode = S_IFCHR | 0666,
                         .rdev = gnu_dev_makedev (3, slot->number),
                         .number = 3000 + slot->number,
                         .generation = slot->generation,
                         .env = slot->env };
}

static error_t
pty_attach (struct environment *env, struct pty_slot *slot)
{
  const struct service_node master
      = { .path = slot->master_name,
          .mode = S_IFCHR | 0666,
          .rdev = gnu_dev_makedev (2, slot->number),
          .open = master_open,
          .role = slot };
  const struct service_node slave
      = { .path = slot->name,
          .mode = S_IFCHR | 0666,
          .rdev = gnu_dev_makedev (3, slot->number),
          .open = slave_open,
          .shows_itself = true, /* revoke and chmod mean the terminal */
          .role = slot };
  error_t err;

  slot->plain = pty_look (slot);
  err = env->root->attach (env, &master);
  return err ? err : env->root->attach (env, &slave);
}

error_t
ptys_create (struct environment *env, struct generation *generation)
{
  const size_t count = sizeof SECOND_LETTERS - 1;
  struct pty_slot *slots = calloc (count, sizeof *slots);

  if (!slots)
    return ENOMEM;
  for (size_t i = 0; i < count; i++)
    {
      struct pty_slot *slot = &slots[i];
      error_t err;

      slot->env = env;
      slot->generation = generation;
      slot->number = i;
      snprintf (slot->master_name, sizeof slot->master_name, "/dev/pty%c%c",
                FIRST_LETTERS[0], SECOND_LETTERS[i]);
      snprintf (slot->name, sizeof slot->name, "/dev/tty%c%c",
                FIRST_LETTERS[0], SECOND_LETTERS[i]);
      err = pty_attach (env, slot);
      if (err)
        return err;
    }
  return 0;
}
