/* proc_tasks.c -- RPCs between tasks, pids and process ports

   Who holds a task port can do anything to the task, so it gets the process;
   a pid gives its holder nothing that process_may_control does not.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "lib/port/right.h"
#include "servers/proc/proc.h"

#include "process_S.h"

kern_return_t
S_proc_child (struct object *object, mach_port_t reply,
              mach_msg_type_name_t reply_type, mach_port_t task)
{
  struct process *parent = process_of_object (object);
  struct process *child;
  error_t err;

  (void)reply, (void)reply_type;
  if (!parent)
    return EOPNOTSUPP;
  child = process_of_task (parent->proc, task);
  if (!child)
    return ESRCH;
  err = process_claim (parent, child);
  if (err)
    return err;
  send_drop (&task);
  if (parent->proc->alone)
    return process_end_child (child, object, reply, reply_type);
  if (child->member)
    member_complete (child->member);
  return 0;
}

kern_return_t
S_proc_task2pid (struct object *object, mach_port_t reply,
                 mach_msg_type_name_t reply_type, mach_port_t task, pid_t *pid)
{
  struct process *caller = process_of_object (object);
  struct process *process;

  (void)reply, (void)reply_type;
  if (!caller)
    return EOPNOTSUPP;
  process = process_of_task (caller->proc, task);
  if (!process)
    return ESRCH;
  *pid = process->pid;
  send_drop (&task);
  return 0;
}

kern_return_t
S_proc_task2proc (struct object *object, mach_port_t reply,
                  mach_msg_type_name_t reply_type, mach_port_t task,
                  mach_port_t *port, mach_msg_type_name_t *port_type)
{
  struct process *caller = process_of_object (object);
  struct process *process;

  (void)reply, (void)reply_type;
  if (!caller)
    return EOPNOTSUPP;
  process = process_of_task (caller->proc, task);
  if (!process || !process->port)
    return ESRCH;
  *port = object_right (&process->port->object);
  *port_type = MACH_MSG_TYPE_MAKE_SEND;
  send_drop (&task);
  return 0;
}

kern_return_t
S_proc_proc2task (struct object *object, mach_port_t reply,
                  mach_msg_type_name_t reply_type, mach_port_t *task)
{
  struct process *process = process_of_object (object);

  (void)reply, (void)reply_type;
  if (!process)
    return EOPNOTSUPP;
  *task = process_task (process);
  return 0;
}

/* The process PID, if CALLER may have its task.  */
static error_t
process_for_control (struct process *caller, pid_t pid,
                     struct process **ret_process)
{
  struct process *process = process_of_pid (caller->proc, pid);

  if (!process)
    return ESRCH;
  if (!process_may_control (caller, process))
    return EPERM;
  *ret_process = process;
  return 0;
}

/* A zombie has none: null, and no error.  */
kern_return_t
S_proc_pid2task (struct object *object, mach_port_t reply,
                 mach_msg_type_name_t reply_type, pid_t pid, mach_port_t *task)
{
  struct process *caller = process_of_object (object);
  struct process *process;
  error_t err;

  (void)reply, (void)reply_type;
  if (!caller)
    return EOPNOTSUPP;
  err = process_for_control (caller, pid, &process);
  if (!err)
    *task = process_task (process);
  return err == ESRCH ? view_port (caller, pid, task) : err;
}

kern_return_t
S_proc_pid2proc (struct object *object, mach_port_t reply,
                 mach_msg_type_name_t reply_type, pid_t pid, mach_port_t *port,
                 mach_msg_type_name_t *port_type)
{
  struct process *caller = process_of_object (object);
  struct process *process;
  error_t err;

  (void)reply, (void)reply_type;
  if (!caller)
    return EOPNOTSUPP;
  err = process_for_control (caller, pid, &process);
  if (err)
    return err;
  *port
      = process->port ? object_right (&process->port->object) : MACH_PORT_NULL;
  *port_type = MACH_MSG_TYPE_MAKE_SEND;
  return 0;
}

kern_return_t
S_proc_reassign (struct object *object, mach_port_t reply,
                 mach_msg_type_name_t reply_type, mach_port_t task)
{
  struct process *process = process_of_object (object);

  (void)reply, (void)reply_type;
  return process ? process_reassign (process, task, NULL) : EOPNOTSUPP;
}

kern_return_t
S_proc_make_task_namespace (struct object *object, mach_port_t reply,
                            mach_msg_type_name_t reply_type,
                            mach_port_t notify)
{
  struct process *process = process_of_object (object);

  (void)reply, (void)reply_type;
  if (!process || !process->member)
    return EOPNOTSUPP;
  if (!MACH_PORT_VALID (notify))
    return EINVAL;
  return ledger_branch (process->member, notify);
}

/* Pid 1 is whatever the environment started first.  */
kern_return_t
S_proc_set_init_task (struct object *object, mach_port_t reply,
                      mach_msg_type_name_t reply_type, mach_port_t task)
{
  (void)reply, (void)reply_type, (void)task;
  return process_of_object (object) ? EPERM : EOPNOTSUPP;
}
