/* proc_port.c -- the ports that processes are asked through
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <stdlib.h>

#include "lib/port/right.h"
#include "servers/proc/proc.h"

static void
proc_port_free (struct object *object)
{
  struct proc_port *port = (struct proc_port *)object;

  process_drop (port->future);
  identity_drop (port->identity);
  send_drop (&port->task);
  free (port);
}

static const struct interface *const proc_port_interfaces[]
    = { &process_interface, NULL };

const struct object_class proc_port_class = {
  .name = "process",
  .interfaces = proc_port_interfaces,
  .free = proc_port_free,
};

error_t
proc_port_create (struct proc *proc, struct proc_port **ret_port)
{
  struct proc_port *port = calloc (1, sizeof *port);
  error_t err;

  if (!port)
    return ENOMEM;
  err = object_init (&port->object, &proc_port_class, &proc->generation,
                     proc->env->loop);
  if (err)
    {
      free (port);
      return err;
    }
  *ret_port = port;
  return 0;
}

void
proc_port_cut (struct proc_port *port)
{
  port->process = NULL;
  object_destroy (&port->object, EINTR);
  object_drop (&port->object);
}

void
proc_port_forget (struct proc_port *port)
{
  port->process = NULL;
  object_cancel_parked (&port->object, EINTR);
  object_drop (&port->object);
}

struct process *
process_of_object (struct object *object)
{
  return object->class == &proc_port_class
             ? ((struct proc_port *)object)->process
             : NULL;
}

error_t
process_asked (struct object *object, pid_t pid, struct process **ret_process)
{
  struct process *caller = process_of_object (object);

  if (!caller)
    return EOPNOTSUPP;
  *ret_process = process_of_pid (caller->proc, pid);
  return *ret_process ? 0 : ESRCH;
}
