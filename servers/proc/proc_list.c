/* proc_list.c -- arrays of pids, and the routines that answer with one
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <mach.h>
#include <stdlib.h>
#include <string.h>

#include "servers/proc/proc.h"

#include "process_S.h"

void
pid_list_add (struct pid_list *list, pid_t pid)
{
  if (list->count == list->room && !list->failed)
    {
      size_t room = list->room ? 2 * list->room : 64;
      pid_t *pids = realloc (list->pids, room * sizeof *pids);

      list->failed = !pids;
      if (pids)
        {
          list->pids = pids;
          list->room = room;
        }
    }
  if (!list->failed)
    list->pids[list->count++] = pid;
}

static error_t
pid_list_copy (const struct pid_list *list, pidarray_t *pids,
               mach_msg_type_number_t *count)
{
  size_t size = list->count * sizeof list->pids[0];
  vm_address_t address;

  if (list->failed)
    return ENOMEM;
  if (list->count > *count)
    {
      if (vm_allocate (mach_task_self (), &address, size, TRUE))
        return ENOMEM;
      *pids = (pidarray_t)address;
    }
  if (size)
    memcpy (*pids, list->pids, size);
  *count = list->count;
  return 0;
}

error_t
pid_list_answer (struct pid_list *list, pidarray_t *pids,
                 mach_msg_type_number_t *count)
{
  error_t err = pid_list_copy (list, pids, count);

  free (list->pids);
  memset (list, 0, sizeof *list);
  return err;
}

static void
pid_list_add_group (struct pid_list *list, const struct group *group,
                    bool important)
{
  list_for_each (node, following, &group->members)
  {
    const struct process *p = list_entry (node, struct process, group_link);

    if (important || !p->important)
      pid_list_add (list, p->pid);
  }
}

/* ---- RPCs: everybody may see everybody ---- */

/* Put what CALLER asks of ID into LIST.  */
typedef error_t collect_t (struct process *caller, pid_t id,
                           struct pid_list *list);

static error_t
pids_answer (struct object *object, collect_t *collect, pid_t id,
             pidarray_t *pids, mach_msg_type_number_t *count)
{
  struct process *caller = process_of_object (object);
  struct pid_list list = { NULL, 0, 0, false };
  error_t err = caller ? collect (caller, id, &list) : EOPNOTSUPP;

  return err ? err : pid_list_answer (&list, pids, count);
}

static error_t
collect_all (struct process *caller, pid_t id, struct pid_list *list)
{
  (void)id;
  list_for_each (node, following, &caller->proc->all)
      pid_list_add (list, list_entry (node, struct process, link)->pid);
  view_list (caller->proc, list);
  return 0;
}

kern_return_t
S_proc_getallpids (struct object *object, mach_port_t reply,
                   mach_msg_type_name_t reply_type, pidarray_t *pids,
                   mach_msg_type_number_t *count)
{
  (void)reply, (void)reply_type;
  return pids_answer (object, collect_all, 0, pids, count);
}

/* Important processes are left out: kill of a group must not reach them.  */
static error_t
collect_group (struct process *caller, pid_t id, struct pid_list *list)
{
  struct group *group = id ? group_of_id (caller->proc, id) : caller->group;

  if (!group)
    return ESRCH;
  pid_list_add_group (list, group, false);
  return 0;
}

kern_return_t
S_proc_getpgrppids (struct object *object, mach_port_t reply,
                    mach_msg_type_name_t reply_type, pid_t pgrp,
                    pidarray_t *pids, mach_msg_type_number_t *count)
{
  (void)reply, (void)reply_type;
  return pids_answer (object, collect_group, pgrp, pids, count);
}

static error_t
collect_session (struct process *caller, pid_t id, struct pid_list *list)
{
  struct session *session = session_of_id (caller->proc, id);

  if (!session)
    return ESRCH;
  list_for_each (node, following, &session->groups)
      pid_list_add_group (list, list_entry (node, struct group, link), true);
  return 0;
}

kern_return_t
S_proc_getsessionpids (struct object *object, mach_port_t reply,
                       mach_msg_type_name_t reply_type, pid_t sid,
                       pidarray_t *pids, mach_msg_type_number_t *count)
{
  (void)reply, (void)reply_type;
  return pids_answer (object, collect_session, sid, pids, count);
}

static error_t
collect_groups_of_session (struct process *caller, pid_t id,
                           struct pid_list *list)
{
  struct session *session = session_of_id (caller->proc, id);

  if (!session)
    return ESRCH;
  list_for_each (node, following, &session->groups)
      pid_list_add (list, list_entry (node, struct group, link)->id);
  return 0;
}

kern_return_t
S_proc_getsessionpgids (struct object *object, mach_port_t reply,
                        mach_msg_type_name_t reply_type, pid_t sid,
                        pidarray_t *pids, mach_msg_type_number_t *count)
{
  (void)reply, (void)reply_type;
  return pids_answer (object, collect_groups_of_session, sid, pids, count);
}

pid_t
process_login_leader (const struct process *process)
{
  while (!process->login_leader && process->parent)
    process = process->parent;
  return process->pid;
}

kern_return_t
S_proc_getloginid (struct object *object, mach_port_t reply,
                   mach_msg_type_name_t reply_type, pid_t pid, pid_t *id)
{
  struct process *process;
  error_t err = process_asked (object, pid, &process);

  (void)reply, (void)reply_type;
  if (!err)
    *id = process_login_leader (process);
  return err;
}

static error_t
collect_login (struct process *caller, pid_t id, struct pid_list *list)
{
  const struct process *leader = process_of_pid (caller->proc, id);

  if (!leader || process_login_leader (leader) != id)
    return ESRCH;
  list_for_each (node, following, &caller->proc->all)
  {
    const struct process *p = list_entry (node, struct process, link);

    if (process_login_leader (p) == id)
      pid_list_add (list, p->pid);
  }
  return 0;
}

kern_return_t
S_proc_getloginpids (struct object *object, mach_port_t reply,
                     mach_msg_type_name_t reply_type, pid_t id,
                     pidarray_t *pids, mach_msg_type_number_t *count)
{
  (void)reply, (void)reply_type;
  return pids_answer (object, collect_login, id, pids, count);
}
