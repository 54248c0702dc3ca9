/* proc_job.c -- RPCs of sessions and process groups
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <stdlib.h>

#include "servers/proc/proc.h"

#include "process_S.h"

/* ---- the id port of a session ---- */

static void
session_port_free (struct object *object)
{
  free (object);
}

static const struct interface *const session_port_interfaces[] = { NULL };

static const struct object_class session_port_class = {
  .name = "session",
  .interfaces = session_port_interfaces,
  .free = session_port_free,
};

static error_t
session_make_port (struct proc *proc, struct session *session)
{
  struct object *object;
  error_t err;

  if (session->port)
    return 0;
  object = calloc (1, sizeof *object);
  if (!object)
    return ENOMEM;
  err = object_init (object, &session_port_class, &proc->generation,
                     proc->env->loop);
  if (err)
    {
      free (object);
      return err;
    }
  session->port = object;
  return 0;
}

/* ---- RPCs ---- */

kern_return_t
S_proc_setsid (struct object *object, mach_port_t reply,
               mach_msg_type_name_t reply_type)
{
  struct process *process = process_of_object (object);

  (void)reply, (void)reply_type;
  return process ? process_new_session (process) : EOPNOTSUPP;
}

kern_return_t
S_proc_getsid (struct object *object, mach_port_t reply,
               mach_msg_type_name_t reply_type, pid_t pid, pid_t *sid)
{
  struct process *process;
  error_t err = process_asked (object, pid, &process);

  (void)reply, (void)reply_type;
  if (err)
    return err;
  *sid = process->group->session->id;
  return 0;
}

kern_return_t
S_proc_getsidport (struct object *object, mach_port_t reply,
                   mach_msg_type_name_t reply_type, mach_port_t *port,
                   mach_msg_type_name_t *port_type)
{
  struct process *process = process_of_object (object);
  error_t err;

  (void)reply, (void)reply_type;
  if (!process)
    return EOPNOTSUPP;
  err = session_make_port (process->proc, process->group->session);
  if (err)
    return err;
  *port = object_right (process->group->session->port);
  *port_type = MACH_MSG_TYPE_MAKE_SEND;
  return 0;
}

static error_t
setpgrp_check (const struct process *caller, const struct process *process,
               pid_t id, const struct group *group)
{
  const struct session *session = caller->group->session;

  if (process != caller && process->parent != caller)
    return ESRCH;
  if (process != caller && process->executed)
    return EACCES;
  if (process->group->session != session || session->id == process->pid)
    return EPERM;
  if (id != process->pid && (!group || group->session != session))
    return EPERM;
  return 0;
}

kern_return_t
S_proc_setpgrp (struct object *object, mach_port_t reply,
                mach_msg_type_name_t reply_type, pid_t pid, pid_t id)
{
  struct process *caller = process_of_object (object);
  struct process *process;
  struct group *group;
  error_t err;

  (void)reply, (void)reply_type;
  if (!caller)
    return EOPNOTSUPP;
  process = pid ? process_of_pid (caller->proc, pid) : caller;
  if (!process || process->dead)
    return ESRCH;
  if (id < 0)
    return EINVAL;
  if (!id)
    id = process->pid;
  group = group_of_id (caller->proc, id);
  err = setpgrp_check (caller, process, id, group);
  if (err)
    return err;
  if (!group)
    return process_join_new_group (process, id);
  /* Tells the ids even when nothing changes: the caller waits for them.  */
  process_join_group (process, group);
  return 0;
}

kern_return_t
S_proc_getpgrp (struct object *object, mach_port_t reply,
                mach_msg_type_name_t reply_type, pid_t pid, pid_t *id)
{
  struct process *process;
  error_t err = process_asked (object, pid, &process);

  (void)reply, (void)reply_type;
  if (err)
    return err;
  *id = process->group->id;
  return 0;
}
