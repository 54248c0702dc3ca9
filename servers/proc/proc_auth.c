/* proc_auth.c -- a process becomes somebody else, or goes on in another task

   The new port is of no use until the client, who alone was given it by auth,
   says `complete' on it: so a process cannot be given ids that its program did
   not ask for.  The old port dies then, with all copies that others have.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <mach/mig_errors.h>

#include "lib/port/right.h"
#include "servers/proc/proc.h"

#include "process_S.h"

/* ---- another task ---- */

/* Nobody has made anything of the process that STUB's task got by itself.  */
static bool
process_is_stub (const struct process *stub)
{
  return !stub->claimed && !stub->msgport && list_empty (&stub->children)
         && stub != stub->proc->init;
}

/* PROCESS gets STUB's port: who has looked up the new task goes on with it. */
static void
process_swap_ports (struct process *process, struct process *stub)
{
  struct proc_port *port = process->port;

  process->port = stub->port;
  process->port->process = process;
  stub->port = port;
  port->process = stub;
}

static error_t
process_renew_port (struct process *process)
{
  struct proc_port *port, *old = process->port;
  error_t err = proc_port_create (process->proc, &port);

  if (err)
    return err;
  port->process = process;
  process->port = port;
  if (old)
    proc_port_cut (old);
  return 0;
}

static error_t
process_take_port (struct process *process, struct process *stub)
{
  if (!stub)
    return process_renew_port (process);
  if (stub == process || !process_is_stub (stub) || !stub->port)
    return EINVAL;
  process_swap_ports (process, stub);
  process_discard (stub);
  return 0;
}

error_t
process_reassign (struct process *process, mach_port_t task,
                  struct identity *identity)
{
  struct ledger *ledger = process->proc->env->ledger;
  struct member *member, *old = process->member;
  error_t err;

  if (process->dead)
    return ESRCH;
  err = ledger_adopt (ledger, task, &member);
  if (!err)
    err = process_take_port (process, member->process);
  if (err)
    return err;

  send_drop (&task);
  process_forget_program (process);
  old->process = NULL;
  member->process = process;
  process->member = member;
  process->executed = true;
  if (identity)
    {
      identity_drop (process->identity);
      process->identity = identity_ref (identity);
    }
  member_end (old);
  return 0;
}

/* ---- other ids ---- */

static void
reauth_joined (void *cookie, error_t err, const struct ids *ids)
{
  struct proc_port *port = cookie;

  /* On an error the client hears nothing of us: its own half has failed too,
     and the port that it did not get ends here.  */
  if (!err)
    port->identity = identity_create (ids);
  object_drop (&port->object);
}

static kern_return_t
reauth_start (struct process *process, mach_port_t rendezvous,
              mach_port_t task)
{
  struct environment *env = process->proc->env;
  struct proc_port *port;
  error_t err;

  if (!env->auth || !MACH_PORT_VALID (rendezvous))
    return EOPNOTSUPP;
  err = proc_port_create (process->proc, &port);
  if (err)
    return err;
  port->future = process_ref (process);
  port->task = task;
  env->auth->join (env, rendezvous, &port->object, reauth_joined, port);
  return 0;
}

static void
reauth_complete (struct proc_port *port)
{
  struct process *process = port->future;
  struct proc_port *old = process->port;

  port->future = NULL;
  if (!process->dead && port->task
      && !process_reassign (process, port->task, port->identity))
    {
      port->task = MACH_PORT_NULL;
      old = process->port;
    }
  if (!process->dead && !port->task)
    {
      identity_drop (process->identity);
      process->identity = port->identity;
      port->identity = NULL;
      port->process = process;
      process->port = (struct proc_port *)object_ref (&port->object);
      proc_port_cut (old);
    }
  process_drop (process);
}

/* ---- RPCs, all without an answer ---- */

kern_return_t
S_proc_reauthenticate (struct object *object, mach_port_t rendezvous)
{
  struct process *process = process_of_object (object);

  return process ? reauth_start (process, rendezvous, MACH_PORT_NULL)
                 : EOPNOTSUPP;
}

kern_return_t
S_proc_reauthenticate_reassign (struct object *object, mach_port_t rendezvous,
                                mach_port_t task)
{
  struct process *process = process_of_object (object);

  if (!process || !MACH_PORT_VALID (task))
    return EOPNOTSUPP;
  return reauth_start (process, rendezvous, task);
}

kern_return_t
S_proc_reauthenticate_complete (struct object *object)
{
  struct proc_port *port = (struct proc_port *)object;

  if (object->class != &proc_port_class || !port->future || !port->identity)
    return EOPNOTSUPP;
  reauth_complete (port);
  return 0;
}
