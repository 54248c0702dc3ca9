/* exec_startup.c -- what a new program asks its bootstrap port

   The answer carries the program's descriptors, so it is given once: who asks
   again finds the addresses and nothing else.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <stdlib.h>
#include <string.h>

#include "lib/port/object.h"
#include "lib/port/right.h"
#include "servers/exec/exec.h"

#include "exec_startup_S.h"

static const struct interface exec_startup_interface
    = { "exec_startup", 30500, 1, exec_startup_server_routine };

static error_t
startup_charge (struct startup *startup, size_t size)
{
  error_t err = 0;

  if (size > EXEC_UNCOUNTED)
    err = generation_charge (startup->object.generation, size);
  if (!err && size > EXEC_UNCOUNTED)
    startup->charged = size;
  return err;
}

static void
startup_discharge (struct startup *startup)
{
  if (startup->charged)
    generation_discharge (startup->object.generation, startup->charged);
  startup->charged = 0;
}

static void
startup_free (struct object *object)
{
  struct startup *startup = (struct startup *)object;

  startup_discharge (startup);
  for (size_t i = 0; i < startup->fds_count; i++)
    send_drop (&startup->fds[i]);
  for (size_t i = 0; i < INIT_PORT_MAX; i++)
    send_drop (&startup->ports[i]);
  free (startup->fds);
  free (startup->argv);
  free (startup->envp);
  free (startup);
}

static const struct interface *const startup_interfaces[]
    = { &exec_startup_interface, NULL };

static const struct object_class startup_class = {
  .name = "startup", .interfaces = startup_interfaces, .free = startup_free
};

error_t
startup_create (struct exec *exec, struct startup **ret_startup)
{
  struct startup *startup = calloc (1, sizeof *startup);
  error_t err;

  if (!startup)
    return ENOMEM;
  err = object_init (&startup->object, &startup_class, &exec->generation,
                     exec->environment->loop);
  if (err)
    {
      free (startup);
      return err;
    }
  *ret_startup = startup;
  return 0;
}

error_t
startup_take (struct startup *startup, struct exec_request *request)
{
  error_t err
      = startup_charge (startup, request->argv_size + request->envp_size);

  if (err)
    return err;
  startup->flags = request->flags & ~EXEC_STACK_ARGS; /* we put none there */
  startup->argv = request->argv;
  startup->argv_size = request->argv_size;
  startup->envp = request->envp;
  startup->envp_size = request->envp_size;
  startup->fds = request->fds;
  startup->fds_count = request->fds_count;
  memcpy (startup->ports, request->ports, sizeof startup->ports);
  memcpy (startup->ints, request->ints, sizeof startup->ints);

  request->argv = request->envp = NULL;
  request->argv_size = request->envp_size = 0;
  request->fds = NULL;
  request->fds_count = 0;
  memset (request->ports, 0, sizeof request->ports);
  return 0;
}

/* A static program receives this before its libc has looked at the processor,
   when its memcpy goes astray with more than 128 bytes; what comes out of line
   is not copied.  The memcpy of ld.so knows no other way to begin with.  */
#define STATIC_COPIED_MAX 128

/* Room for SIZE bytes at *DATA, of which ROOM are there: else a region of its
   own, which the stub sends and deallocates.  */
static error_t
answer_reserve (const struct startup *startup, void **data, size_t room,
                size_t size, struct vm_piece *ret_region)
{
  error_t err;

  if (size <= room && (startup->dynamic || size <= STATIC_COPIED_MAX))
    return 0;
  err = vm_allocate (mach_task_self (), &ret_region->address, size, TRUE);
  if (err)
    return ENOMEM;
  ret_region->size = size;
  *data = (void *)ret_region->address;
  return 0;
}

/* The arrays go out, and their rights with them: the reply moves them.  */
static void
startup_forget (struct startup *startup)
{
  startup->told = true;
  startup_discharge (startup);
  free (startup->argv);
  free (startup->envp);
  free (startup->fds);
  startup->argv = startup->envp = NULL;
  startup->argv_size = startup->envp_size = 0;
  startup->fds = NULL;
  startup->fds_count = 0;
  memset (startup->ports, 0, sizeof startup->ports);
}

/* All that can fail comes first: then the arrays are filled and gone.  */
static error_t
startup_tell (struct startup *startup, char **argv, size_t argv_room,
              char **envp, size_t envp_room, mach_port_t **fds,
              size_t fds_room)
{
  struct vm_piece regions[3] = { { 0, 0 } };
  size_t fds_size = startup->fds_count * sizeof **fds;
  error_t err;

  err = answer_reserve (startup, (void **)argv, argv_room, startup->argv_size,
                        &regions[0]);
  if (!err)
    err = answer_reserve (startup, (void **)envp, envp_room,
                          startup->envp_size, &regions[1]);
  if (!err)
    err = answer_reserve (startup, (void **)fds, fds_room * sizeof **fds,
                          fds_size, &regions[2]);
  if (err)
    {
      for (size_t i = 0; i < 3; i++)
        vm_piece_drop (&regions[i]);
      return err;
    }

  if (startup->argv_size)
    memcpy (*argv, startup->argv, startup->argv_size);
  if (startup->envp_size)
    memcpy (*envp, startup->envp, startup->envp_size);
  if (fds_size)
    memcpy (*fds, startup->fds, fds_size);
  return 0;
}

kern_return_t
S_exec_startup_get_info (
    object_t object, mach_port_t reply __attribute__ ((unused)),
    mach_msg_type_name_t reply_type __attribute__ ((unused)),
    vm_address_t *user_entry, vm_address_t *phdr_data, vm_size_t *phdr_size,
    vm_address_t *stack_base, vm_size_t *stack_size, int *flags, data_t *argv,
    mach_msg_type_number_t *argv_size, data_t *envp,
    mach_msg_type_number_t *envp_size, portarray_t *dtable,
    mach_msg_type_name_t *dtable_type, mach_msg_type_number_t *dtable_count,
    portarray_t *portarray, mach_msg_type_name_t *portarray_type,
    mach_msg_type_number_t *portarray_count, intarray_t *intarray,
    mach_msg_type_number_t *intarray_count)
{
  struct startup *startup = (struct startup *)object;
  size_t ports_count = startup->told ? 0 : INIT_PORT_MAX;
  size_t ints_count = startup->told ? 0 : INIT_INT_MAX;
  error_t err;

  err = startup_tell (startup, argv, *argv_size, envp, *envp_size, dtable,
                      *dtable_count);
  if (err)
    return err;

  *user_entry = startup->entry;
  *phdr_data = startup->headers;
  *phdr_size = startup->headers_size;
  *stack_base = startup->stack_base;
  *stack_size = startup->stack_size;
  *flags = startup->flags;
  *argv_size = startup->argv_size;
  *envp_size = startup->envp_size;
  *dtable_type = *portarray_type = MACH_MSG_TYPE_MOVE_SEND;
  *dtable_count = startup->fds_count;
  memcpy (*portarray, startup->ports, ports_count * sizeof **portarray);
  *portarray_count = ports_count;
  memcpy (*intarray, startup->ints, ints_count * sizeof **intarray);
  *intarray_count = ints_count;
  startup_forget (startup);
  return 0;
}
