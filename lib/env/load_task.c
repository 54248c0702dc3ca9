/* load_task.c -- put an image into a task, and a thread on top of it
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "lib/env/load_task.h"

#include <mach.h>
#include <mach/machine/thread_status.h>
#include <mach/machine/vm_param.h>

/* Above the first stack pointer: libc looks for arguments and its own record
   there when it is told nothing, and finds zeros.  */
#define STACK_HEADROOM 512

void
load_source_finish (struct load_source *source)
{
  send_drop (&source->object);
  vm_piece_drop (&source->data);
  vm_piece_drop (&source->patches);
}

static vm_prot_t
piece_protection (const struct load_piece *piece)
{
  return (piece->protection & LOAD_READ ? VM_PROT_READ : 0)
         | (piece->protection & LOAD_WRITE ? VM_PROT_WRITE : 0)
         | (piece->protection & LOAD_EXECUTE ? VM_PROT_EXECUTE : 0);
}

static error_t
map_file (task_t task, const struct load_piece *piece, mach_port_t object)
{
  vm_address_t address = piece->address;

  return vm_map (task, &address, piece->size, 0, FALSE, object, piece->offset,
                 TRUE, piece_protection (piece), VM_PROT_ALL, VM_INHERIT_COPY);
}

/* Fresh zeros whose first SIZE bytes (whole pages) are those at DATA.  */
static error_t
map_copy (task_t task, const struct load_piece *piece, vm_address_t data,
          vm_size_t size)
{
  vm_prot_t wanted = piece_protection (piece);
  vm_prot_t first = size ? wanted | VM_PROT_WRITE : wanted;
  vm_address_t address = piece->address;
  error_t err;

  err = vm_map (task, &address, piece->size, 0, FALSE, MACH_PORT_NULL, 0, TRUE,
                first, VM_PROT_ALL, VM_INHERIT_COPY);
  if (!err && size)
    err = vm_write (task, address, data, size);
  if (!err && first != wanted)
    err = vm_protect (task, address, piece->size, FALSE, wanted);
  return err;
}

static error_t
map_file_piece (task_t task, const struct load_piece *piece,
                const struct load_source *source)
{
  if (source->object != MACH_PORT_NULL)
    return map_file (task, piece, source->object);
  return map_copy (task, piece, source->data.address + piece->offset,
                   piece->size);
}

error_t
load_image_map (task_t task, const struct load_image *image,
                const struct load_source *source)
{
  vm_address_t patch = source->patches.address;
  error_t err = 0;

  for (size_t i = 0; !err && i < image->count; i++)
    {
      const struct load_piece *piece = &image->pieces[i];
      vm_size_t size = piece->patch ? LOAD_PAGE : 0;

      if (piece->file)
        err = map_file_piece (task, piece, source);
      else
        err = map_copy (task, piece, patch, size);
      patch += size;
    }
  return err;
}

/* A page of TASK that nobody can ever touch.  */
static error_t
map_guard (task_t task, vm_address_t address)
{
  return vm_map (task, &address, LOAD_PAGE, 0, FALSE, MACH_PORT_NULL, 0, TRUE,
                 VM_PROT_NONE, VM_PROT_NONE, VM_INHERIT_COPY);
}

error_t
load_guard_page_zero (task_t task)
{
  return map_guard (task, 0);
}

error_t
load_stack_map (task_t task, vm_address_t base, bool executable)
{
  vm_prot_t protection = VM_PROT_READ | VM_PROT_WRITE;
  error_t err = map_guard (task, base - LOAD_PAGE);

  if (executable)
    protection |= VM_PROT_EXECUTE;
  if (!err)
    err = vm_map (task, &base, LOAD_STACK_SIZE, 0, FALSE, MACH_PORT_NULL, 0,
                  TRUE, protection, VM_PROT_ALL, VM_INHERIT_COPY);
  return err;
}

error_t
load_thread_create (task_t task, vm_address_t entry, vm_address_t stack_base,
                    thread_t *ret_thread)
{
  struct i386_thread_state state
      = { .rip = entry,
          .ursp = stack_base + LOAD_STACK_SIZE - STACK_HEADROOM };
  cleanup_send thread_t thread = MACH_PORT_NULL;
  error_t err;

  err = thread_create (task, &thread);
  if (!err)
    err = thread_set_state (thread, i386_THREAD_STATE, (thread_state_t)&state,
                            i386_THREAD_STATE_COUNT);
  if (!err)
    *ret_thread = send_steal (&thread);
  return err;
}

/* Rights to all threads of TASK are dropped on the way.  */
static error_t
threads_terminate (task_t task, bool *ret_had_threads)
{
  thread_array_t threads;
  mach_msg_type_number_t count;
  error_t err = task_threads (task, &threads, &count);

  if (err)
    return err;
  for (mach_msg_type_number_t i = 0; i < count; i++)
    {
      /* It may have ended by itself.  */
      (void)thread_terminate (threads[i]);
      send_drop (&threads[i]);
    }
  *ret_had_threads = count > 0;
  if (count)
    (void)vm_deallocate (mach_task_self (), (vm_address_t)threads,
                         count * sizeof *threads);
  return 0;
}

error_t
load_clear_task (task_t task, bool *ret_had_threads)
{
  error_t err = threads_terminate (task, ret_had_threads);

  if (!err)
    err = vm_deallocate (task, VM_MIN_ADDRESS,
                         VM_MAX_ADDRESS - VM_MIN_ADDRESS);
  return err;
}
