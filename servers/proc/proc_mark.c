/* proc_mark.c -- flags and names that a process has
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <string.h>

#include "servers/proc/proc.h"

#include "process_S.h"

kern_return_t
S_proc_mark_exec (struct object *object, mach_port_t reply,
                  mach_msg_type_name_t reply_type)
{
  struct process *process = process_of_object (object);

  (void)reply, (void)reply_type;
  if (!process)
    return EOPNOTSUPP;
  process->executed = true;
  return 0;
}

kern_return_t
S_proc_mark_traced (struct object *object, mach_port_t reply,
                    mach_msg_type_name_t reply_type)
{
  struct process *process = process_of_object (object);

  (void)reply, (void)reply_type;
  if (!process)
    return EOPNOTSUPP;
  process->traced = true;
  return 0;
}

kern_return_t
S_proc_mod_stopchild (struct object *object, mach_port_t reply,
                      mach_msg_type_name_t reply_type, int doit)
{
  struct process *process = process_of_object (object);

  (void)reply, (void)reply_type;
  if (!process)
    return EOPNOTSUPP;
  process->stop_silently = !doit;
  return 0;
}

kern_return_t
S_proc_mark_important (struct object *object, mach_port_t reply,
                       mach_msg_type_name_t reply_type)
{
  struct process *process = process_of_object (object);

  (void)reply, (void)reply_type;
  if (!process)
    return EOPNOTSUPP;
  if (!ids_is_root (&process->identity->ids))
    return EPERM;
  process->important = true;
  return 0;
}

kern_return_t
S_proc_is_important (struct object *object, mach_port_t reply,
                     mach_msg_type_name_t reply_type, boolean_t *important)
{
  struct process *process = process_of_object (object);

  (void)reply, (void)reply_type;
  if (!process)
    return EOPNOTSUPP;
  *important = process->important;
  return 0;
}

/* ---- names ---- */

static error_t
text_replace (struct shared_text **text, const char *new_text)
{
  struct shared_text *shared = NULL;

  if (new_text[0])
    {
      shared = shared_text_create (new_text, sizeof (string_t) - 1);
      if (!shared)
        return ENOMEM;
    }
  shared_text_drop (*text);
  *text = shared;
  return 0;
}

static void
string_set (string_t string, const char *text)
{
  memset (string, 0, sizeof (string_t));
  memcpy (string, text, strnlen (text, sizeof (string_t) - 1));
}

kern_return_t
S_proc_set_exe (struct object *object, mach_port_t reply,
                mach_msg_type_name_t reply_type, const_string_t path)
{
  struct process *process = process_of_object (object);

  (void)reply, (void)reply_type;
  return process ? text_replace (&process->exe, path) : EOPNOTSUPP;
}

kern_return_t
S_proc_get_exe (struct object *object, mach_port_t reply,
                mach_msg_type_name_t reply_type, pid_t pid, string_t path)
{
  struct process *process;
  error_t err = process_asked (object, pid, &process);

  (void)reply, (void)reply_type;
  if (err)
    return err;
  string_set (path, process->exe ? process->exe->text : "");
  return 0;
}

kern_return_t
S_proc_setlogin (struct object *object, mach_port_t reply,
                 mach_msg_type_name_t reply_type, const_string_t name)
{
  struct process *process = process_of_object (object);

  (void)reply, (void)reply_type;
  if (!process)
    return EOPNOTSUPP;
  if (!ids_is_root (&process->identity->ids))
    return EPERM;
  return text_replace (&process->login, name);
}

kern_return_t
S_proc_getlogin (struct object *object, mach_port_t reply,
                 mach_msg_type_name_t reply_type, string_t name)
{
  struct process *process = process_of_object (object);

  (void)reply, (void)reply_type;
  if (!process)
    return EOPNOTSUPP;
  string_set (name, process->login ? process->login->text : "<none>");
  return 0;
}

kern_return_t
S_proc_make_login_coll (struct object *object, mach_port_t reply,
                        mach_msg_type_name_t reply_type)
{
  struct process *process = process_of_object (object);

  (void)reply, (void)reply_type;
  if (!process)
    return EOPNOTSUPP;
  process->login_leader = true;
  return 0;
}

/* ---- obsolete ---- */

kern_return_t
S_proc_setowner (struct object *object, mach_port_t reply,
                 mach_msg_type_name_t reply_type, uid_t owner, int clear)
{
  (void)object, (void)reply, (void)reply_type, (void)owner, (void)clear;
  return EOPNOTSUPP;
}

kern_return_t
S_proc_get_tty (struct object *object, mach_port_t reply,
                mach_msg_type_name_t reply_type, pid_t pid, mach_port_t *tty,
                mach_msg_type_name_t *tty_type)
{
  (void)object, (void)reply, (void)reply_type, (void)pid;
  (void)tty, (void)tty_type;
  return EOPNOTSUPP;
}
