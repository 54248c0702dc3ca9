/* proc_interface.c -- the process interface itself, asked directly and badly
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <hurd.h>
#include <hurd/io.h>
#include <hurd/hurd_types.h>
#include <hurd/process.h>
#include <mach.h>
#include <mach/gnumach.h>
#include <mach/mig_errors.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/guest/claim.h"

static bool
pid_in (const pid_t *pids, mach_msg_type_number_t count, pid_t pid)
{
  for (mach_msg_type_number_t i = 0; i < count; i++)
    if (pids[i] == pid)
      return true;
  return false;
}

static bool
all_pids_have_mine (void)
{
  pid_t buffer[4], *pids = buffer;
  mach_msg_type_number_t count = 4;

  REQUIRE (proc_getallpids (getproc (), &pids, &count) == 0);
  REQUIRE (pid_in (pids, count, getpid ()));
  REQUIRE (pid_in (pids, count, 1));
  if (pids != buffer)
    munmap (pids, count * sizeof *pids);
  return true;
}

static bool
task_and_pid_agree (void)
{
  mach_port_t task = MACH_PORT_NULL, proc = MACH_PORT_NULL;
  pid_t pid;

  REQUIRE (proc_task2pid (getproc (), mach_task_self (), &pid) == 0);
  REQUIRE (pid == getpid ());
  REQUIRE (proc_pid2task (getproc (), getpid (), &task) == 0);
  REQUIRE (task == mach_task_self ());
  REQUIRE (proc_task2proc (getproc (), task, &proc) == 0);
  REQUIRE (proc == getproc ());
  mach_port_deallocate (mach_task_self (), task);
  mach_port_deallocate (mach_task_self (), proc);
  return true;
}

static bool
only_tasks_are_tasks (void)
{
  mach_port_t port, proc;
  pid_t pid;

  REQUIRE (
      mach_port_allocate (mach_task_self (), MACH_PORT_RIGHT_RECEIVE, &port)
      == 0);
  REQUIRE (mach_port_insert_right (mach_task_self (), port, port,
                                   MACH_MSG_TYPE_MAKE_SEND)
           == 0);
  REQUIRE (proc_task2pid (getproc (), port, &pid) == ESRCH);
  REQUIRE (proc_task2proc (getproc (), port, &proc) == ESRCH);
  REQUIRE (proc_child (getproc (), port) == ESRCH);
  REQUIRE (proc_reassign (getproc (), port) == ESRCH);
  REQUIRE (proc_task2pid (getproc (), mach_host_self (), &pid) == ESRCH);
  REQUIRE (proc_task2pid (getproc (), mach_thread_self (), &pid) == ESRCH);
  REQUIRE (proc_task2pid (getproc (), getproc (), &pid) == ESRCH);
  REQUIRE (proc_task2pid (getproc (), MACH_PORT_NULL, &pid) != 0);
  mach_port_mod_refs (mach_task_self (), port, MACH_PORT_RIGHT_RECEIVE, -1);
  REQUIRE (proc_task2pid (getproc (), port, &pid) != 0);
  mach_port_deallocate (mach_task_self (), port);
  return true;
}

static bool
raw_task_is_a_process (void)
{
  mach_port_t task, proc;
  pid_t pid, again;

  REQUIRE (task_create (mach_task_self (), 0, &task) == 0);
  REQUIRE (proc_task2pid (getproc (), task, &pid) == 0);
  REQUIRE (proc_task2proc (getproc (), task, &proc) == 0);
  REQUIRE (proc_getpids (proc, &again, &(pid_t){ 0 }, &(int){ 0 }) == 0);
  REQUIRE (again == pid);
  REQUIRE (task_terminate (task) == 0);
  mach_port_deallocate (mach_task_self (), task);
  mach_port_deallocate (mach_task_self (), proc);
  /* Nobody claimed it, so there is no zombie.  */
  for (int i = 0; i < 100; i++)
    if (proc_getpgrp (getproc (), pid, &again) == ESRCH)
      return true;
  return claim_failed (__FILE__, __LINE__, "the raw task's process stays");
}

static bool
child_only_once (void)
{
  mach_port_t task;
  pid_t pid;
  int status;

  REQUIRE (task_create (mach_task_self (), 0, &task) == 0);
  REQUIRE (proc_child (getproc (), task) == 0);
  REQUIRE (proc_child (getproc (), task) == EBUSY);
  REQUIRE (proc_child (getproc (), mach_task_self ()) != 0);
  REQUIRE (proc_task2pid (getproc (), task, &pid) == 0);
  REQUIRE (task_terminate (task) == 0);
  REQUIRE (waitpid (pid, &status, 0) == pid);
  REQUIRE (WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL);
  mach_port_deallocate (mach_task_self (), task);
  return true;
}

/* Claims in a circle would make a family without a top.  */
static bool
no_circle_of_parents (void)
{
  mach_port_t one, two, proc_one, proc_two;
  pid_t id;

  REQUIRE (task_create (mach_task_self (), 0, &one) == 0);
  REQUIRE (task_create (mach_task_self (), 0, &two) == 0);
  REQUIRE (proc_task2proc (getproc (), one, &proc_one) == 0);
  REQUIRE (proc_task2proc (getproc (), two, &proc_two) == 0);
  REQUIRE (proc_child (proc_one, two) == 0);
  REQUIRE (proc_child (proc_two, one) == EBUSY);
  REQUIRE (proc_child (proc_one, one) == EBUSY);
  REQUIRE (proc_getloginid (getproc (), getpid (), &id) == 0);
  task_terminate (one);
  task_terminate (two);
  mach_port_deallocate (mach_task_self (), one);
  mach_port_deallocate (mach_task_self (), two);
  mach_port_deallocate (mach_task_self (), proc_one);
  mach_port_deallocate (mach_task_self (), proc_two);
  return true;
}

struct new_task
{
  mach_msg_header_t header;
  mach_msg_type_t task_type;
  mach_port_name_inlined_t task;
  mach_msg_type_t parent_type;
  mach_port_name_inlined_t parent;
  char room[64];
};

/* The maker of a nested environment: says through FD how often it was told of
   a new task when it made two, one of them through the other, and waits.  */
static void
maker_body (int fd)
{
  mach_port_t notify, task;
  struct new_task message;
  char told = 0;

  if (mach_port_allocate (mach_task_self (), MACH_PORT_RIGHT_RECEIVE, &notify)
      || proc_make_task_namespace (getproc (), notify, MACH_MSG_TYPE_MAKE_SEND)
      || proc_make_task_namespace (getproc (), notify, MACH_MSG_TYPE_MAKE_SEND)
             != EBUSY
      || task_create (mach_task_self (), 0, &task)
      || task_create (task, 0, &task))
    _exit (1);
  while (mach_msg (&message.header, MACH_RCV_MSG | MACH_RCV_TIMEOUT, 0,
                   sizeof message, notify, 1000, MACH_PORT_NULL)
         == 0)
    told += message.header.msgh_id == 4400;
  (void)!write (fd, &told, 1);
  for (;;)
    pause ();
}

static int
count_processes (void)
{
  pid_t buffer[4], *pids = buffer;
  mach_msg_type_number_t count = 4;

  if (proc_getallpids (getproc (), &pids, &count))
    return -1;
  if (pids != buffer)
    munmap (pids, count * sizeof *pids);
  return (int)count;
}

static bool
nested_environment_is_told_and_ends (void)
{
  int fds[2], before = count_processes (), after;
  char told = 0;
  pid_t pid;

  REQUIRE (pipe (fds) == 0);
  pid = fork ();
  if (pid == 0)
    maker_body (fds[1]);
  close (fds[1]);
  REQUIRE (read (fds[0], &told, 1) == 1 && told == 2);
  close (fds[0]);
  REQUIRE (count_processes () == before + 3);
  REQUIRE (kill (pid, SIGKILL) == 0);
  REQUIRE (waitpid (pid, NULL, 0) == pid);
  for (int i = 0; i < 100 && (after = count_processes ()) != before; i++)
    usleep (10000);
  REQUIRE (after == before);
  return true;
}

/* A nested environment that does not listen is ended, not waited for.  */
static bool
deaf_maker_is_ended (void)
{
  int status, fds[2];
  char c;
  pid_t pid;

  REQUIRE (pipe (fds) == 0);
  pid = fork ();
  if (pid == 0)
    {
      mach_port_t notify, task;

      if (mach_port_allocate (mach_task_self (), MACH_PORT_RIGHT_RECEIVE,
                              &notify)
          || proc_make_task_namespace (getproc (), notify,
                                       MACH_MSG_TYPE_MAKE_SEND))
        _exit (1);
      for (int i = 0; i < 60000; i++)
        if (!task_create (mach_task_self (), 0, &task))
          {
            task_terminate (task);
            mach_port_deallocate (mach_task_self (), task);
          }
      _exit (0);
    }
  REQUIRE (waitpid (pid, &status, 0) == pid);
  close (fds[1]);
  (void)!read (fds[0], &c, 1);
  close (fds[0]);
  REQUIRE (WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL);
  return true;
}

static bool
info_of_oneself (void)
{
  int buffer[8], *array = buffer,
                 flags = PI_FETCH_TASKINFO | PI_FETCH_THREADS
                         | PI_FETCH_THREAD_BASIC | PI_FETCH_TASKEVENTS;
  mach_msg_type_number_t count = 8, waits_size = 0;
  data_t waits = NULL;
  struct procinfo *info;

  REQUIRE (proc_getprocinfo (getproc (), getpid (), &flags, &array, &count,
                             &waits, &waits_size)
           == 0);
  info = (struct procinfo *)array;
  REQUIRE (count * sizeof (int) >= sizeof *info);
  REQUIRE (info->ppid == getppid () && info->pgrp == getpgrp ());
  REQUIRE (info->session == getsid (0));
  REQUIRE (info->nthreads >= 2);
  REQUIRE (flags & PI_FETCH_TASKINFO);
  REQUIRE (info->taskinfo.virtual_size > 0);
  REQUIRE (!(info->state & (PI_ZOMBIE | PI_NOMSG | PI_NOTOWNED)));
  if (array != buffer)
    munmap (array, count * sizeof (int));
  return true;
}

static bool
args_and_environment (void)
{
  char buffer[64], *data = buffer;
  mach_msg_type_number_t size = sizeof buffer;

  REQUIRE (proc_getprocargs (getproc (), getpid (), &data, &size) == 0);
  REQUIRE (size > 0 && data[size - 1] == '\0');
  REQUIRE (strstr (data, "proc_interface"));
  if (data != buffer)
    munmap (data, size);
  data = buffer;
  size = sizeof buffer;
  REQUIRE (proc_getprocenv (getproc (), getpid (), &data, &size) == 0);
  if (data != buffer)
    munmap (data, size);
  REQUIRE (proc_getprocargs (getproc (), 29996, &data, &size) == ESRCH);
  return true;
}

static bool
odd_arg_locations_do_no_harm (void)
{
  static const vm_address_t places[]
      = { 1, 8, 0x7ffffffff000, 0xffff800000000000, (vm_address_t)-8 };
  vm_address_t argv, envp;
  char buffer[64], *data;

  REQUIRE (proc_get_arg_locations (getproc (), &argv, &envp) == 0);
  for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
    {
      mach_msg_type_number_t size = sizeof buffer;

      data = buffer;
      REQUIRE (proc_set_arg_locations (getproc (), places[i], places[i]) == 0);
      /* Whatever is there: an answer must come.  */
      if (!proc_getprocargs (getproc (), getpid (), &data, &size)
          && data != buffer)
        munmap (data, size);
    }
  REQUIRE (proc_set_arg_locations (getproc (), argv, envp) == 0);
  return true;
}

static bool
names_are_kept (void)
{
  string_t name;
  struct utsname uts;
  mach_msg_type_number_t ports = 0;

  REQUIRE (proc_get_exe (getproc (), getpid (), name) == 0);
  REQUIRE (strstr (name, "proc_interface"));
  REQUIRE (proc_getlogin (getproc (), name) == 0 && name[0]);
  REQUIRE (uname (&uts) == 0);
  REQUIRE (!strcmp (uts.sysname, "GNU") && !strcmp (uts.machine, "x86_64"));
  REQUIRE (strstr (uts.version, "Hurdle"));
  REQUIRE (proc_getnports (getproc (), getpid (), &ports) == 0 && ports > 3);
  return true;
}

static bool
session_port_stays (void)
{
  mach_port_t one, two;

  REQUIRE (proc_getsidport (getproc (), &one) == 0);
  REQUIRE (proc_getsidport (getproc (), &two) == 0);
  REQUIRE (MACH_PORT_VALID (one) && one == two);
  mach_port_deallocate (mach_task_self (), one);
  mach_port_deallocate (mach_task_self (), two);
  return true;
}

static bool
root_alone_has_the_kernel (void)
{
  mach_port_t host = MACH_PORT_NULL, device = MACH_PORT_NULL;
  int status;
  pid_t pid = fork ();

  if (pid == 0)
    {
      if (setuid (12345))
        _exit (100);
      _exit (proc_getprivports (getproc (), &host, &device) == EPERM
                     && proc_setlogin (getproc (), "other") == EPERM
                     && proc_mark_important (getproc ()) == EPERM
                 ? 0
                 : 1);
    }
  REQUIRE (waitpid (pid, &status, 0) == pid);
  REQUIRE (WIFEXITED (status) && WEXITSTATUS (status) == 0);
  return true;
}

static bool
old_port_dies_with_setuid (void)
{
  mach_port_t old = getproc ();
  int status;
  pid_t pid = fork ();

  if (pid == 0)
    {
      mach_port_t mine = getproc ();
      error_t err;
      pid_t one;

      mach_port_mod_refs (mach_task_self (), mine, MACH_PORT_RIGHT_SEND, 1);
      if (setuid (12345) || getproc () == mine)
        _exit (1);
      /* Dead already, or with the request in its queue.  */
      err = proc_getpids (mine, &one, &(pid_t){ 0 }, &(int){ 0 });
      _exit (err == MACH_SEND_INVALID_DEST || err == MIG_SERVER_DIED ? 0 : 2);
    }
  REQUIRE (waitpid (pid, &status, 0) == pid);
  REQUIRE (WIFEXITED (status) && WEXITSTATUS (status) == 0);
  REQUIRE (getproc () == old);
  return true;
}

static bool
odd_exception_ports_do_no_harm (void)
{
  natural_t state[8] = { 0 };
  mach_port_t port;

  for (int i = 0; i < 20; i++)
    {
      if (mach_port_allocate (mach_task_self (), MACH_PORT_RIGHT_RECEIVE,
                              &port))
        return claim_failed (__FILE__, __LINE__, "allocate");
      /* The right is gone, whatever the answer.  */
      (void)proc_handle_exceptions (getproc (), port, mach_task_self (),
                                    MACH_MSG_TYPE_COPY_SEND, 99, state, 8);
    }
  REQUIRE (getpgid (0) == getpgrp ());
  return true;
}

/* A port of the servers, whatever it is, that a fault is reported to.  */
static void
fault_body (mach_port_t port)
{
  volatile int *volatile nowhere = (volatile int *)8;

  thread_set_special_port (mach_thread_self (), THREAD_EXCEPTION_PORT, port);
  *nowhere = 1;
  _exit (0);
}

static mach_port_t
memory_object (void)
{
  mach_port_t file = file_name_lookup ("/bin/sh", O_READ, 0), read, write;

  return !MACH_PORT_VALID (file) || io_map (file, &read, &write)
             ? MACH_PORT_NULL
             : read;
}

static bool
faults_reported_to_servers_do_no_harm (void)
{
  mach_port_t ports[]
      = { getproc (), getcrdir (), getauth (), memory_object () };
  int status;

  for (int i = 0; i < 40; i++)
    {
      pid_t pid = fork ();

      if (pid == 0)
        fault_body (ports[i % 4]);
      REQUIRE (waitpid (pid, &status, 0) == pid);
      REQUIRE (WIFSIGNALED (status));
    }
  return true;
}

static bool
stranger_environment_is_hidden (void)
{
  int status;
  pid_t parent = getpid (), pid = fork ();

  if (pid == 0)
    {
      char buffer[64], *data = buffer;
      mach_msg_type_number_t size = sizeof buffer;
      mach_port_t port;

      if (setuid (12345))
        _exit (100);
      if (proc_getprocenv (getproc (), parent, &data, &size) != EPERM)
        _exit (1);
      if (proc_pid2task (getproc (), parent, &port) != EPERM)
        _exit (2);
      _exit (proc_pid2proc (getproc (), parent, &port) == EPERM ? 0 : 3);
    }
  REQUIRE (waitpid (pid, &status, 0) == pid);
  REQUIRE (WIFEXITED (status) && WEXITSTATUS (status) == 0);
  return true;
}

int
main (void)
{
  static const struct claim claims[] = {
    CLAIM (all_pids_have_mine),
    CLAIM (task_and_pid_agree),
    CLAIM (only_tasks_are_tasks),
    CLAIM (raw_task_is_a_process),
    CLAIM (child_only_once),
    CLAIM (no_circle_of_parents),
    CLAIM (nested_environment_is_told_and_ends),
    CLAIM (deaf_maker_is_ended),
    CLAIM (info_of_oneself),
    CLAIM (args_and_environment),
    CLAIM (odd_arg_locations_do_no_harm),
    CLAIM (names_are_kept),
    CLAIM (session_port_stays),
    CLAIM (root_alone_has_the_kernel),
    CLAIM (old_port_dies_with_setuid),
    CLAIM (odd_exception_ports_do_no_harm),
    CLAIM (faults_reported_to_servers_do_no_harm),
    CLAIM (stranger_environment_is_hidden),
  };

  return claims_check (claims, sizeof claims / sizeof claims[0]);
}
