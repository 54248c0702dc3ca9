/* proc_group.c -- process groups, sessions, and groups that lose their shell

   A group is orphaned when no live member has a parent in another group of
   the same session: nobody could continue what is stopped there.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <signal.h>
#include <stdlib.h>

#include "servers/proc/proc.h"

struct group *
group_of_id (const struct proc *proc, pid_t id)
{
  return id > 0 ? table_find (&proc->groups, (uint64_t)id) : NULL;
}

struct session *
session_of_id (const struct proc *proc, pid_t id)
{
  return id > 0 ? table_find (&proc->sessions, (uint64_t)id) : NULL;
}

bool
group_is_orphaned (const struct group *group)
{
  return !group->anchors;
}

/* ---- making and ending ---- */

static struct session *
session_create (struct proc *proc, pid_t id)
{
  struct session *session = calloc (1, sizeof *session);

  if (!session)
    return NULL;
  session->id = id;
  list_init (&session->groups);
  if (table_insert (&proc->sessions, (uint64_t)id, session))
    {
      free (session);
      return NULL;
    }
  return session;
}

void
session_release (struct proc *proc, struct session *session)
{
  if (!list_empty (&session->groups))
    return;
  table_remove (&proc->sessions, (uint64_t)session->id);
  if (session->port)
    {
      object_destroy (session->port, EINTR);
      object_drop (session->port);
    }
  free (session);
}

static struct group *
group_create (struct proc *proc, struct session *session, pid_t id)
{
  struct group *group = calloc (1, sizeof *group);

  if (!group)
    return NULL;
  group->id = id;
  group->session = session;
  list_init (&group->members);
  if (table_insert (&proc->groups, (uint64_t)id, group))
    {
      free (group);
      return NULL;
    }
  list_insert_tail (&session->groups, &group->link);
  return group;
}

static void
group_release (struct proc *proc, struct group *group)
{
  struct session *session = group->session;

  if (!list_empty (&group->members))
    return;
  table_remove (&proc->groups, (uint64_t)group->id);
  list_remove (&group->link);
  free (group);
  session_release (proc, session);
}

/* ---- orphans ---- */

static void
group_tell_ids (struct group *group)
{
  list_for_each (node, following, &group->members)
      process_send_ids (list_entry (node, struct process, group_link));
}

static bool
group_has_stopped (const struct group *group)
{
  list_for_each (
      node, following,
      &group->members) if (list_entry (node, struct process, group_link)
                               ->stopped) return true;
  return false;
}

static void
group_orphaned (struct group *group)
{
  group_tell_ids (group);
  if (!group_has_stopped (group))
    return;
  list_for_each (node, following, &group->members)
  {
    struct process *p = list_entry (node, struct process, group_link);

    process_signal (p, SIGHUP, 0, process_task (p));
    process_signal (p, SIGCONT, 0, process_task (p));
  }
}

static bool
process_is_anchor (const struct process *process)
{
  const struct process *parent = process->parent;

  return !process->dead && parent && process->group && parent->group
         && parent->group != process->group
         && parent->group->session == process->group->session;
}

static void
process_set_anchor (struct process *process, bool anchor)
{
  struct group *group = process->group;

  if (process->anchor == anchor)
    return;
  process->anchor = anchor;
  group->anchors += anchor ? 1 : -1;
  if (anchor && group->anchors == 1)
    group_tell_ids (group);
  else if (!anchor && !group->anchors)
    group_orphaned (group);
}

void
process_update_anchor (struct process *process)
{
  process_set_anchor (process, process_is_anchor (process));
}

static void
process_update_children (struct process *process)
{
  list_for_each (node, following, &process->children)
      process_update_anchor (list_entry (node, struct process, sibling));
}

/* ---- moving ---- */

static void
process_detach (struct process *process)
{
  list_remove (&process->group_link);
  process_set_anchor (process, false);
  process->group = NULL;
}

static void
process_attach (struct process *process, struct group *group)
{
  process->group = group;
  list_insert_tail (&group->members, &process->group_link);
  process_update_anchor (process);
  process_update_children (process);
  process_send_ids (process);
}

void
process_leave_group (struct process *process)
{
  struct group *group = process->group;

  if (!group)
    return;
  process_detach (process);
  group_release (process->proc, group);
}

void
process_join_group (struct process *process, struct group *group)
{
  struct group *old = process->group;

  if (old == group)
    {
      process_send_ids (process);
      return;
    }
  if (old)
    process_detach (process);
  process_attach (process, group);
  if (old)
    group_release (process->proc, old);
}

error_t
process_join_new_group (struct process *process, pid_t id)
{
  struct group *group
      = group_create (process->proc, process->group->session, id);

  if (!group)
    return ENOMEM;
  process_join_group (process, group);
  return 0;
}

error_t
process_new_session (struct process *process)
{
  struct proc *proc = process->proc;
  struct session *session;
  struct group *group;

  if (group_of_id (proc, process->pid) || session_of_id (proc, process->pid))
    return EPERM;
  session = session_create (proc, process->pid);
  if (!session)
    return ENOMEM;
  group = group_create (proc, session, process->pid);
  if (!group)
    {
      session_release (proc, session);
      return ENOMEM;
    }
  process_join_group (process, group);
  return 0;
}
