/* view.c -- find the processes that a manifest names
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "env/view.h"

#include <ctype.h>
#include <fcntl.h>
#include <hurd.h>
#include <hurd/process.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/port/right.h"
#include "servers/proc/proc.h"

#define NAME_ROOM 256

/* The parent's processes.  */
struct crowd
{
  mach_port_t proc; /* send right: ours in the parent, kept for ever */
  pid_t *pids;
  mach_msg_type_number_t count;
};

/* The last component of what PID calls itself; "" if it does not say.  */
static void
name_get (const struct crowd *crowd, pid_t pid, char name[NAME_ROOM])
{
  char room[2048];
  data_t args = room;
  mach_msg_type_number_t size = sizeof room;
  const char *base;

  name[0] = '\0';
  if (proc_getprocargs (crowd->proc, pid, &args, &size))
    return;
  if (size && memchr (args, '\0', size))
    {
      base = strrchr (args, '/');
      strncpy (name, base ? base + 1 : args, NAME_ROOM - 1);
      name[NAME_ROOM - 1] = '\0';
    }
  if (args != room)
    (void)vm_deallocate (mach_task_self (), (vm_address_t)args, size);
}

static error_t
born_get (const struct crowd *crowd, pid_t pid, rpc_time_value_t *ret_born)
{
  int room[512], flags = PI_FETCH_TASKINFO;
  char waits_room[2048];
  procinfo_t info = room;
  data_t waits = waits_room;
  mach_msg_type_number_t size = sizeof room / sizeof *room;
  mach_msg_type_number_t waits_size = sizeof waits_room;
  error_t err = proc_getprocinfo (crowd->proc, pid, &flags, &info, &size,
                                  &waits, &waits_size);

  if (err)
    return ESRCH;
  if (!(flags & PI_FETCH_TASKINFO)
      || size * sizeof *info < sizeof (struct procinfo))
    err = ESRCH;
  else
    *ret_born = ((struct procinfo *)info)->taskinfo.creation_time;
  if (info != room)
    (void)vm_deallocate (mach_task_self (), (vm_address_t)info,
                         size * sizeof *info);
  if (waits != waits_room)
    (void)vm_deallocate (mach_task_self (), (vm_address_t)waits, waits_size);
  return err;
}

/* Is PID what WORD means: a pid, `starter', or a program's name?  */
static bool
word_means (const struct crowd *crowd, const char *word, pid_t pid)
{
  char name[NAME_ROOM];

  if (isdigit ((unsigned char)*word))
    return strtol (word, NULL, 10) == pid;
  if (!strcmp (word, "starter"))
    return pid == getppid ();
  name_get (crowd, pid, name);
  return pid != getpid () && !strcmp (word, name);
}

static bool
words_mean (const struct crowd *crowd, const struct words *words, pid_t pid,
            bool *found)
{
  bool meant = false;

  for (size_t i = 0; i < words->count; i++)
    if (word_means (crowd, words->words[i], pid))
      meant = found[i] = true;
  return meant;
}

/* Both end where COUNT says; who may be sent a signal is seen, too.  */
static error_t
process_choose (struct environment *env, const struct crowd *crowd,
                const struct manifest_role *role, pid_t pid, bool *see_found,
                bool *signal_found)
{
  bool seen = words_mean (crowd, &role->see, pid, see_found);
  bool signalled = words_mean (crowd, &role->signal, pid, signal_found);
  char name[NAME_ROOM];
  rpc_time_value_t born;

  if ((!seen && !signalled) || born_get (crowd, pid, &born))
    return 0;
  name_get (crowd, pid, name);
  return view_add (env, crowd->proc, geteuid (), pid, name, &born,
                   signalled ? O_READ | O_WRITE : O_READ);
}

static error_t
words_check (const struct words *words, const bool *found, const char *key,
             struct text *problem)
{
  for (size_t i = 0; i < words->count; i++)
    if (!found[i])
      {
        text_printf (
            problem,
            "role \"proc\": %s: no process \"%s\" outside; expected a "
            "pid, the name of a program that runs, or starter",
            key, words->words[i]);
        return ESRCH;
      }
  return 0;
}

error_t
view_choose (struct environment *env, const struct manifest_role *role,
             struct text *problem)
{
  struct crowd crowd = { getproc (), NULL, 0 };
  bool *see = calloc (role->see.count + 1, sizeof *see);
  bool *signal = calloc (role->signal.count + 1, sizeof *signal);
  error_t err = see && signal
                    ? proc_getallpids (crowd.proc, &crowd.pids, &crowd.count)
                    : ENOMEM;

  for (size_t i = 0; !err && i < crowd.count; i++)
    err = process_choose (env, &crowd, role, crowd.pids[i], see, signal);
  if (!err)
    err = words_check (&role->see, see, "see", problem);
  if (!err)
    err = words_check (&role->signal, signal, "signal", problem);
  if (crowd.pids)
    (void)vm_deallocate (mach_task_self (), (vm_address_t)crowd.pids,
                         crowd.count * sizeof *crowd.pids);
  free (see);
  free (signal);
  return err;
}
