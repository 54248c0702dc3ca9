/* ps -- the processes of this environment
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <errno.h>
#include <error.h>
#include <hurd.h>
#include <hurd/hurd_types.h>
#include <hurd/process.h>
#include <mach.h>
#include <mach/task_info.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define ARGUMENTS_MAX 60

/* As in other systems: what it does, and what it is.  */
static void
print_state (const struct procinfo *info)
{
  char state[4] = "S";
  size_t length = 1;

  if (info->state & PI_ZOMBIE)
    state[0] = 'Z';
  else if (info->state & PI_STOPPED)
    state[0] = info->state & PI_TRACED ? 't' : 'T';
  else
    for (int i = 0; i < info->nthreads; i++)
      if (info->threadinfos[i].pis_bi.run_state == TH_STATE_RUNNING)
        state[0] = 'R';
  if (info->state & PI_SESSLD)
    state[length++] = 's';
  if (info->nthreads > 2)
    state[length++] = 'l';
  printf (" %-4s", state);
}

static void
print_time (const struct procinfo *info)
{
  long seconds
      = info->taskinfo.user_time.seconds + info->taskinfo.system_time.seconds;
  long micros = info->taskinfo.user_time.microseconds
                + info->taskinfo.system_time.microseconds;

  for (int i = 0; i < info->nthreads; i++)
    {
      const struct thread_basic_info *one = &info->threadinfos[i].pis_bi;

      seconds += one->user_time.seconds + one->system_time.seconds;
      micros += one->user_time.microseconds + one->system_time.microseconds;
    }
  seconds += micros / 1000000;
  printf (" %3ld:%02ld.%02ld", seconds / 60, seconds % 60,
          micros % 1000000 / 10000);
}

/* The arguments with blanks between them, or the program's file.  */
static void
print_arguments (pid_t pid)
{
  char buffer[1024], *data = buffer;
  mach_msg_type_number_t size = sizeof buffer;
  string_t exe;

  if (proc_getprocargs (getproc (), pid, &data, &size) || size == 0)
    {
      if (proc_get_exe (getproc (), pid, exe))
        exe[0] = '\0';
      printf (" [%s]\n", exe);
      return;
    }
  putchar (' ');
  for (size_t i = 0; i + 1 < size && i < ARGUMENTS_MAX; i++)
    {
      unsigned char c = data[i];

      putchar (c == '\0' ? ' ' : c < ' ' || c == 0x7f ? '?' : c);
    }
  putchar ('\n');
  if (data != buffer)
    munmap (data, size);
}

static void
print_process (pid_t pid)
{
  int buffer[512], *array = buffer;
  int flags = PI_FETCH_TASKINFO | PI_FETCH_THREADS | PI_FETCH_THREAD_BASIC;
  mach_msg_type_number_t count = 512, waits_size = 0;
  data_t waits = NULL;

  /* It may have gone since the list was made.  */
  if (proc_getprocinfo (getproc (), pid, &flags, &array, &count, &waits,
                        &waits_size))
    return;
  if (count * sizeof (int) >= sizeof (struct procinfo))
    {
      const struct procinfo *info = (struct procinfo *)array;

      printf ("%5d %5d %5d %5d %5d", pid, info->ppid, info->pgrp,
              info->session, (int)info->owner);
      print_state (info);
      printf (" %7lu", flags & PI_FETCH_TASKINFO
                           ? (unsigned long)info->taskinfo.resident_size / 1024
                           : 0ul);
      print_time (info);
      print_arguments (pid);
    }
  if (array != buffer)
    munmap (array, count * sizeof (int));
}

static int
pid_compare (const void *a, const void *b)
{
  return *(const pid_t *)a - *(const pid_t *)b;
}

int
main (void)
{
  pid_t buffer[256], *pids = buffer;
  mach_msg_type_number_t count = 256;
  error_t err = proc_getallpids (getproc (), &pids, &count);

  if (err)
    error (1, err, "no processes");
  qsort (pids, count, sizeof *pids, pid_compare);
  printf ("  PID  PPID  PGRP   SID   UID STAT     RSS      TIME COMMAND\n");
  for (mach_msg_type_number_t i = 0; i < count; i++)
    print_process (pids[i]);
  return 0;
}
