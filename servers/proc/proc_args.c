/* proc_args.c -- read a program's arguments and environment out of its memory

   The memory is the program's own, and so may be its pager: a worker reads it,
   copies under guard, and stops at fixed limits.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <mach.h>
#include <stdlib.h>
#include <string.h>

#include "lib/port/guard.h"
#include "lib/port/right.h"
#include "process_reply_U.h"
#include "servers/proc/proc.h"

#include "process_S.h"

#define STRINGS_MAX 4096
#define BYTES_MAX (256 * 1024)

/* The page of the program that was looked at last.  */
struct window
{
  mach_port_t task;
  vm_address_t page; /* its address there; 0: none yet */
  char data[];       /* vm_page_size bytes */
};

struct reading
{
  struct errand errand;
  vm_address_t vector; /* char *[] there, ending with null */
  struct window *window;
  char *text; /* what has been read, '\0' after each */
  size_t length, room;
};

static error_t
window_move (struct window *window, vm_address_t page)
{
  cleanup_vm struct vm_piece piece = { 0, 0 };
  mach_msg_type_number_t size = 0;
  vm_offset_t data;
  error_t err;

  if (page == window->page)
    return 0;
  err = vm_read (window->task, page, vm_page_size, &data, &size);
  if (err)
    return err == MACH_SEND_INVALID_DEST ? ESRCH : EFAULT;
  piece.address = data;
  piece.size = size;
  window->page = 0;
  err = guard_copy (window->data, (const void *)data, vm_page_size);
  if (!err)
    window->page = page;
  return err;
}

static error_t
window_read (struct window *window, vm_address_t address, void *to,
             size_t size)
{
  char *out = to;

  while (size)
    {
      size_t offset = address & (vm_page_size - 1);
      size_t part = vm_page_size - offset;
      error_t err = window_move (window, address - offset);

      if (err)
        return err;
      if (part > size)
        part = size;
      memcpy (out, window->data + offset, part);
      out += part;
      address += part;
      size -= part;
    }
  return 0;
}

static error_t
reading_append (struct reading *reading, const char *bytes, size_t size)
{
  if (reading->length + size > BYTES_MAX)
    return E2BIG;
  if (reading->length + size > reading->room)
    {
      size_t room = 2 * reading->room + size + 1024;
      char *text = realloc (reading->text, room);

      if (!text)
        return ENOMEM;
      reading->text = text;
      reading->room = room;
    }
  memcpy (reading->text + reading->length, bytes, size);
  reading->length += size;
  return 0;
}

static error_t
reading_string (struct reading *reading, vm_address_t address)
{
  struct window *window = reading->window;

  for (;;)
    {
      size_t offset = address & (vm_page_size - 1);
      size_t part = vm_page_size - offset;
      const char *start = window->data + offset, *end;
      error_t err = window_move (window, address - offset);

      if (err)
        return err;
      end = memchr (start, '\0', part);
      if (end)
        return reading_append (reading, start, (size_t)(end - start) + 1);
      err = reading_append (reading, start, part);
      if (err)
        return err;
      address += part;
    }
}

static error_t
reading_strings (struct reading *reading)
{
  for (size_t i = 0; i < STRINGS_MAX; i++)
    {
      vm_address_t string;
      error_t err
          = window_read (reading->window, reading->vector + i * sizeof string,
                         &string, sizeof string);

      if (!err && !string)
        return 0;
      if (!err)
        err = reading_string (reading, string);
      if (err)
        return err;
    }
  return E2BIG;
}

static void
reading_run (struct job *job)
{
  struct reading *reading = list_entry (job, struct reading, errand.job);
  error_t err;

  reading->window = calloc (1, sizeof *reading->window + vm_page_size);
  err = reading->window ? guard_thread_init () : ENOMEM;
  if (!err)
    {
      reading->window->task = reading->errand.task;
      err = reading_strings (reading);
    }
  /* What could be read is better than nothing.  */
  if (err == E2BIG)
    err = 0;
  reading->errand.err = err;
}

static void
reading_finish (struct errand *errand)
{
  struct reading *reading = list_entry (errand, struct reading, errand);

  free (reading->window);
  free (reading->text);
}

/* The reply stub copies what is short and sends the rest out of line from our
   memory as a copy.  */
static void
args_answer (struct errand *errand)
{
  struct reading *reading = list_entry (errand, struct reading, errand);
  mach_msg_type_name_t type = errand->parked.reply_type;

  (void)proc_getprocargs_reply (parked_take_reply (&errand->parked), type, 0,
                                reading->text, reading->length);
}

static void
env_answer (struct errand *errand)
{
  struct reading *reading = list_entry (errand, struct reading, errand);
  mach_msg_type_name_t type = errand->parked.reply_type;

  (void)proc_getprocenv_reply (parked_take_reply (&errand->parked), type, 0,
                               reading->text, reading->length);
}

static kern_return_t
reading_start (struct object *object, struct process *process,
               vm_address_t vector, mach_port_t reply,
               mach_msg_type_name_t reply_type,
               void (*answer) (struct errand *))
{
  struct reading *reading = calloc (1, sizeof *reading);

  if (!reading)
    return ENOMEM;
  reading->vector = vector;
  reading->errand.answer = answer;
  reading->errand.finish = reading_finish;
  return errand_start (&reading->errand, object, process_task (process), reply,
                       reply_type, reading_run);
}

kern_return_t
S_proc_getprocargs (struct object *object, mach_port_t reply,
                    mach_msg_type_name_t reply_type, pid_t pid, data_t *args,
                    mach_msg_type_number_t *size)
{
  struct process *caller = process_of_object (object);
  struct process *process;

  (void)args;
  if (!caller)
    return EOPNOTSUPP;
  process = process_of_pid (caller->proc, pid);
  if (!process)
    return view_getprocargs (object, caller->proc, reply, reply_type, pid);
  *size = 0;
  if (!process->argv || process->dead)
    return 0;
  return reading_start (object, process, process->argv, reply, reply_type,
                        args_answer);
}

/* An environment may hold what its owner would not show to others.  */
kern_return_t
S_proc_getprocenv (struct object *object, mach_port_t reply,
                   mach_msg_type_name_t reply_type, pid_t pid, data_t *env,
                   mach_msg_type_number_t *size)
{
  struct process *caller = process_of_object (object);
  struct process *process;

  (void)env;
  if (!caller)
    return EOPNOTSUPP;
  process = process_of_pid (caller->proc, pid);
  if (!process)
    return ESRCH;
  if (!process_may_control (caller, process))
    return EPERM;
  *size = 0;
  if (!process->envp || process->dead)
    return 0;
  return reading_start (object, process, process->envp, reply, reply_type,
                        env_answer);
}
