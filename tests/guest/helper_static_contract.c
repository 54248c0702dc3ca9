/* helper_static_contract.c -- what a client may rely on, whatever the source

   helper_static_contract ROLE=SOURCE...: check the roles named here, which
   are of these sources around us.  A row is something that a program does,
   and the answer from each source: one answer in all columns is the contract,
   different ones are the declared differences.  In the end it does it all
   again, many times, and no right of the servers may be left over.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <hurd.h>
#include <hurd/auth.h>
#include <hurd/crash.h>
#include <hurd/io.h>
#include <hurd/password.h>
#include <hurd/startup.h>
#include <mach.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/client/client.h"
#include "tests/guest/claim.h"
#include "tests/guest/contract_inet.h"

#include "hurdle_U.h"

#define ROUNDS 10
#define HANGS_SECONDS 60

enum
{
  OWN,
  FAKE,
  ABSENT,
  SOURCES
};

static const char *const sources[SOURCES] = { "own", "fake", "absent" };

/* ---- auth ---- */

static int
auth_tells_ids (void)
{
  return geteuid () == 0 && getegid () == 0 ? 0 : EIEIO;
}

/* A handle with EUID alone, or with no ids for -1.  */
static int
make_user (uid_t euid)
{
  auth_t auth = getauth (), new = MACH_PORT_NULL;
  error_t err = auth_makeauth (auth, NULL, MACH_MSG_TYPE_COPY_SEND, 0, &euid,
                               euid == (uid_t)-1 ? 0 : 1, NULL, 0, NULL, 0,
                               NULL, 0, &new);

  mach_port_deallocate (mach_task_self (), new);
  mach_port_deallocate (mach_task_self (), auth);
  return err;
}

static int
auth_same_user (void)
{
  return make_user (0);
}

static int
auth_nobody (void)
{
  return make_user ((uid_t)-1);
}

static int
auth_second_user (void)
{
  return make_user (1234);
}

static int
auth_lays_down (void)
{
  int err = outcome (setegid (0));

  return err ? err : outcome (seteuid (0));
}

static int
auth_meets (void)
{
  return reauthenticate ("/", O_READ);
}

/* Where nobody can be met, the servers live on.  */
static int
auth_lone_half (void)
{
  file_t file = file_name_lookup ("/", O_READ, 0);
  mach_port_t rendezvous = mach_reply_port ();
  error_t err = io_reauthenticate (file, rendezvous, MACH_MSG_TYPE_MAKE_SEND);

  mach_port_mod_refs (mach_task_self (), rendezvous, MACH_PORT_RIGHT_RECEIVE,
                      -1);
  mach_port_deallocate (mach_task_self (), file);
  return err ? err : look_at ("/");
}

/* ---- proc ---- */

static int
proc_is_first (void)
{
  return getpid () == 1 && getppid () <= 1 ? 0 : EIEIO;
}

/* ECANCELED: fork succeeds, and the child is killed before it can do
   anything.  */
static int
proc_fork (void)
{
  vm_address_t page = 0;
  volatile bool *ran;
  bool did;
  int status = 0;
  pid_t pid;

  if (vm_allocate (mach_task_self (), &page, vm_page_size, 1)
      || vm_inherit (mach_task_self (), page, vm_page_size, VM_INHERIT_SHARE))
    return ENOMEM;
  ran = (volatile bool *)page;
  pid = fork ();
  if (!pid)
    {
      *ran = true;
      _exit (7);
    }
  if (pid < 0 || waitpid (pid, &status, 0) != pid)
    return errno;
  did = *ran;
  vm_deallocate (mach_task_self (), page, vm_page_size);
  if (!did && WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL)
    return ECANCELED;
  return did && WIFEXITED (status) && WEXITSTATUS (status) == 7 ? 0 : EIEIO;
}

static int
proc_has_no_children (void)
{
  int status;

  return outcome (waitpid (-1, &status, 0));
}

static int
proc_signals_itself (void)
{
  int err;

  signal (SIGUSR1, SIG_IGN);
  err = outcome (kill (getpid (), SIGUSR1));
  return err ? err : outcome (kill (0, 0));
}

static int
proc_signals_nobody (void)
{
  return outcome (kill (29999, 0));
}

static int
proc_has_a_group (void)
{
  return getpgrp () == 1 && getsid (0) == 1 ? 0 : EIEIO;
}

/* A task that nobody forked.  */
static int
proc_bare_task (void)
{
  process_t proc = getproc ();
  task_t task;
  pid_t pid;
  error_t err = task_create (mach_task_self (), 0, &task);

  if (!err)
    {
      err = proc_task2pid (proc, task, &pid);
      task_terminate (task);
      mach_port_deallocate (mach_task_self (), task);
    }
  mach_port_deallocate (mach_task_self (), proc);
  return err;
}

/* ---- exec ---- */

static int
exec_program (void)
{
  char *argv[] = { "contract", "nothing", NULL };
  int status = 0;
  pid_t pid = fork ();

  if (!pid)
    {
      close (2);
      execv ("/bin/contract", argv);
      _exit (errno == EPERM ? 10 : errno == EOPNOTSUPP ? 11 : 12);
    }
  if (pid < 0 || waitpid (pid, &status, 0) != pid)
    return errno;
  switch (WIFEXITED (status) ? WEXITSTATUS (status) : -1)
    {
    case 2: /* it ran, and was told nothing */
      return 0;
    case 10:
      return EPERM;
    case 11:
      return EOPNOTSUPP;
    default:
      return EIEIO;
    }
}

static int
exec_is_there (void)
{
  return look_at ("/servers/exec");
}

static int
exec_reauthenticates (void)
{
  return reauthenticate ("/servers/exec", 0);
}

/* ---- root ---- */

static int
root_is_read (void)
{
  DIR *dir = opendir ("/");
  int err = dir ? 0 : errno;

  while (dir && (errno = 0, readdir (dir)))
    ;
  if (dir)
    err = errno, closedir (dir);
  return err;
}

static int
root_has_programs (void)
{
  return look_at ("/bin/contract");
}

static int
root_takes_a_file (void)
{
  int err = use ("/contract_new", O_CREAT | O_WRONLY);

  unlink ("/contract_new");
  return err;
}

static int
root_takes_a_directory (void)
{
  int err = outcome (mkdir ("/contract_dir", 0700));

  rmdir ("/contract_dir");
  return err;
}

static int
root_changes_its_mode (void)
{
  return outcome (chmod ("/", 0755));
}

static int
root_leads_nowhere (void)
{
  struct stat up, top;

  if (stat ("/..", &up) || stat ("/", &top))
    return errno;
  return up.st_ino == top.st_ino && up.st_dev == top.st_dev ? 0 : EIEIO;
}

static int
root_reauthenticates (void)
{
  return reauthenticate ("/", O_READ);
}

/* ---- local ---- */

static int
local_pipe (void)
{
  int ends[2], err = outcome (pipe (ends));

  if (!err)
    close (ends[0]), close (ends[1]);
  return err;
}

static int
local_socket (void)
{
  int fd = socket (AF_LOCAL, SOCK_STREAM, 0), err = outcome (fd);

  close (fd);
  return err;
}

static int
local_fifo (void)
{
  int err = outcome (mkfifo ("/contract_fifo", 0600));

  if (!err)
    err = use ("/contract_fifo", O_RDONLY | O_NONBLOCK);
  unlink ("/contract_fifo");
  return err;
}

static int
local_reauthenticates (void)
{
  return reauthenticate ("/servers/socket/1", 0);
}

/* ---- devices, console, terminal ---- */

static int
devices_null (void)
{
  return use ("/dev/null", O_RDWR);
}

static int
devices_random (void)
{
  return use ("/dev/urandom", O_RDONLY);
}

static int
devices_are_listed (void)
{
  return look_at ("/dev/null");
}

static int
devices_reauthenticate (void)
{
  return reauthenticate ("/dev/null", O_READ);
}

static int
console_write (void)
{
  int fd = open ("/dev/console", O_WRONLY | O_NOCTTY);
  int err = outcome (fd);

  if (!err && write (fd, "lost\n", 5) != 5)
    err = errno;
  close (fd);
  return err;
}

static int
console_is_a_terminal (void)
{
  int fd = open ("/dev/console", O_RDONLY | O_NOCTTY);
  int err = outcome (fd);

  if (!err && !isatty (fd))
    err = ENOTTY;

  close (fd);
  return err;
}

static int
console_reads_nothing (void)
{
  int fd = open ("/dev/console", O_RDONLY | O_NOCTTY);
  char byte;
  long got = read (fd, &byte, 1);
  int err = got > 0 ? EIEIO : outcome (got);

  close (fd);
  return err;
}

static int
console_reauthenticates (void)
{
  return reauthenticate ("/dev/console", O_WRITE);
}

static int
terminal_tty (void)
{
  return use ("/dev/tty", O_RDWR);
}

static int
terminal_pty (void)
{
  return use ("/dev/ptyp0", O_RDWR | O_NOCTTY);
}

/* ---- startup ---- */

static int
with_startup (error_t (*ask) (mach_port_t startup))
{
  mach_port_t startup = file_name_lookup ("/servers/startup", 0, 0);
  error_t err;

  if (!MACH_PORT_VALID (startup))
    return errno;
  err = ask (startup);
  mach_port_deallocate (mach_task_self (), startup);
  return err;
}

/* PORT is a receive right, gone afterwards.  */
static error_t
ask_to_be_told (mach_port_t startup)
{
  mach_port_t port = mach_reply_port ();
  string_t name = "contract";
  error_t err;

  mach_port_insert_right (mach_task_self (), port, port,
                          MACH_MSG_TYPE_MAKE_SEND);
  err = startup_request_notification (startup, port, MACH_MSG_TYPE_COPY_SEND,
                                      name);
  mach_port_destroy (mach_task_self (), port);
  return err;
}

static error_t
ask_with_nothing (mach_port_t startup)
{
  string_t name = "contract";

  return startup_request_notification (startup, MACH_PORT_NULL,
                                       MACH_MSG_TYPE_COPY_SEND, name);
}

static error_t
ask_to_reboot (mach_port_t startup)
{
  return startup_reboot (startup, MACH_PORT_NULL, 0);
}

/* Without ids there is no right to it.  */
static error_t
ask_as_nobody (mach_port_t startup)
{
  mach_port_t lesser;
  error_t err = io_restrict_auth (startup, &lesser, NULL, 0, NULL, 0);

  if (!err)
    {
      err = ask_to_reboot (lesser);
      mach_port_deallocate (mach_task_self (), lesser);
    }
  return err;
}

static int
startup_notifies (void)
{
  return with_startup (ask_to_be_told);
}

static int
startup_wants_a_port (void)
{
  return with_startup (ask_with_nothing);
}

static int
startup_obeys_root_only (void)
{
  return with_startup (ask_as_nobody);
}

static int
startup_reboots (void)
{
  return with_startup (ask_to_reboot);
}

static int
startup_reauthenticates (void)
{
  return reauthenticate ("/servers/startup", 0);
}

/* ---- password ---- */

static int
password_check (bool group)
{
  mach_port_t server = file_name_lookup ("/servers/password", 0, 0);
  mach_port_t auth = MACH_PORT_NULL;
  string_t word = "guess";
  error_t err;

  if (!MACH_PORT_VALID (server))
    return errno;
  err = group ? password_check_group (server, 0, word, &auth)
              : password_check_user (server, 0, word, &auth);
  mach_port_deallocate (mach_task_self (), auth);
  mach_port_deallocate (mach_task_self (), server);
  return err;
}

static int
password_of_a_user (void)
{
  return password_check (false);
}

static int
password_of_a_group (void)
{
  return password_check (true);
}

static int
password_reauthenticates (void)
{
  return reauthenticate ("/servers/password", 0);
}

/* ---- crash ---- */

static int
crash_leaves_no_core (void)
{
  mach_port_t crash = file_name_lookup ("/servers/crash", 0, 0);
  error_t err;

  if (!MACH_PORT_VALID (crash))
    return errno;
  err = crash_dump_task (crash, mach_task_self (), MACH_PORT_NULL, SIGABRT, 0,
                         0, 0, 0, 0, MACH_PORT_NULL, MACH_MSG_TYPE_COPY_SEND);
  mach_port_deallocate (mach_task_self (), crash);
  return err;
}

static int
crash_tells_the_signal (void)
{
  int status = 0;
  pid_t pid = fork ();

  if (!pid)
    abort ();
  if (pid < 0 || waitpid (pid, &status, 0) != pid)
    return errno;
  return WIFSIGNALED (status) && WTERMSIG (status) == SIGABRT ? 0 : EIEIO;
}

static int
crash_reauthenticates (void)
{
  return reauthenticate ("/servers/crash", 0);
}

/* ---- procfs ---- */

/* 0: a directory with nothing in it; EEXIST: there is something.  */
static int
procfs_is_empty (void)
{
  DIR *dir = opendir ("/proc");
  size_t count = 0;

  if (!dir)
    return errno;
  while (readdir (dir))
    count++;
  closedir (dir);
  return count == 2 ? 0 : EEXIST;
}

static int
procfs_has_no_self (void)
{
  return look_at ("/proc/self/status");
}

static int
procfs_takes_no_file (void)
{
  return use ("/proc/new", O_CREAT | O_WRONLY);
}

static int
procfs_takes_no_directory (void)
{
  return outcome (mkdir ("/proc/new", 0700));
}

static int
procfs_keeps_its_mode (void)
{
  return outcome (chmod ("/proc", 0777));
}

static int
procfs_leads_back (void)
{
  struct stat up, top;

  if (stat ("/proc/..", &up) || stat ("/", &top))
    return errno;
  return up.st_ino == top.st_ino && up.st_dev == top.st_dev ? 0 : EIEIO;
}

static int
procfs_reauthenticates (void)
{
  return reauthenticate ("/proc", O_READ);
}

/* ---- the table ---- */

#define ALL(answer)                                                           \
  {                                                                           \
    answer, answer, answer                                                    \
  }

static const struct row
{
  const char *role, *claim;
  act_t *act;
  int answer[SOURCES]; /* own, fake, absent */
} rows[] = {
  { "auth", "ids", auth_tells_ids, { 0, 0, NOT } },
  { "auth", "same_user", auth_same_user, { 0, 0, NOT } },
  { "auth", "nobody", auth_nobody, { 0, 0, NOT } },
  { "auth", "second_user", auth_second_user, { 0, EPERM, NOT } },
  { "auth", "lays_down", auth_lays_down, { 0, 0, NOT } },
  { "auth", "meets", auth_meets, { 0, 0, NOT } },
  { "auth", "lone_half", auth_lone_half, ALL (0) },

  { "proc", "first", proc_is_first, { 0, 0, NOT } },
  { "proc", "group", proc_has_a_group, { 0, 0, NOT } },
  { "proc", "fork", proc_fork, { 0, ECANCELED, NOT } },
  { "proc", "no_children", proc_has_no_children, { ECHILD, ECHILD, NOT } },
  { "proc", "signals_itself", proc_signals_itself, { 0, 0, NOT } },
  { "proc", "signals_nobody", proc_signals_nobody, { ESRCH, ESRCH, NOT } },
  { "proc", "bare_task", proc_bare_task, { 0, 0, NOT } },

  { "exec", "program", exec_program, { 0, EPERM, EOPNOTSUPP } },
  { "exec", "there", exec_is_there, { 0, 0, ENOENT } },
  { "exec", "reauthenticates", exec_reauthenticates, { 0, 0, ENOENT } },

  { "root", "read", root_is_read, { 0, 0, NOT } },
  { "root", "programs", root_has_programs, { 0, ENOENT, NOT } },
  { "root", "new_file", root_takes_a_file, { 0, EROFS, NOT } },
  { "root", "new_directory", root_takes_a_directory, { 0, EROFS, NOT } },
  { "root", "mode", root_changes_its_mode, { 0, EROFS, NOT } },
  { "root", "top", root_leads_nowhere, { 0, 0, NOT } },
  { "root", "reauthenticates", root_reauthenticates, { 0, 0, NOT } },

  { "local", "pipe", local_pipe, { 0, EAFNOSUPPORT, EAFNOSUPPORT } },
  { "local", "socket", local_socket, { 0, EAFNOSUPPORT, EAFNOSUPPORT } },
  { "local", "fifo", local_fifo, { 0, 0, ENXIO } },
  { "local", "reauthenticates", local_reauthenticates, { 0, 0, ENOENT } },

  { "inet", "connect", inet_connect, { NOT, ENETUNREACH, EAFNOSUPPORT } },
  { "inet", "connect6", inet_connect6, { NOT, ENETUNREACH, EAFNOSUPPORT } },
  { "inet", "bind", inet_bind, { NOT, EADDRNOTAVAIL, EAFNOSUPPORT } },
  { "inet", "send", inet_send, { NOT, ENETUNREACH, EAFNOSUPPORT } },
  { "inet", "receive", inet_receive, { NOT, ENETUNREACH, EAFNOSUPPORT } },
  { "inet", "read", inet_read, { NOT, ENOTCONN, EAFNOSUPPORT } },
  { "inet", "poll", inet_poll, { NOT, 0, EAFNOSUPPORT } },
  { "inet", "name", inet_name, { NOT, 0, EAFNOSUPPORT } },
  { "inet", "type", inet_type, { NOT, 0, EAFNOSUPPORT } },
  { "inet", "raw", inet_raw, { NOT, EPROTOTYPE, EAFNOSUPPORT } },
  { "inet", "reauthenticates", inet_reauthenticates, { NOT, 0, ENOENT } },
  { "inet",
    "socket_reauthenticates",
    inet_socket_reauthenticates,
    { NOT, 0, EAFNOSUPPORT } },

  { "devices", "null", devices_null, { 0, ENXIO, ENOENT } },
  { "devices", "random", devices_random, { 0, ENXIO, ENOENT } },
  { "devices", "listed", devices_are_listed, { 0, 0, ENOENT } },
  { "devices",
    "reauthenticate",
    devices_reauthenticate,
    { 0, ENXIO, ENOENT } },

  { "console", "write", console_write, { 0, 0, ENOENT } },
  { "console", "terminal", console_is_a_terminal, { 0, ENOTTY, ENOENT } },
  { "console", "read", console_reads_nothing, { NOT, 0, NOT } },
  { "console", "reauthenticates", console_reauthenticates, { 0, 0, ENOENT } },

  { "terminal", "tty", terminal_tty, { ENXIO, ENXIO, ENOENT } },
  { "terminal", "pty", terminal_pty, { 0, ENXIO, ENOENT } },

  { "startup", "notifies", startup_notifies, { 0, 0, ENOENT } },
  { "startup",
    "wants_a_port",
    startup_wants_a_port,
    { EINVAL, EINVAL, ENOENT } },
  { "startup",
    "obeys_root_only",
    startup_obeys_root_only,
    { EPERM, EPERM, ENOENT } },
  { "startup", "reboots", startup_reboots, { NOT, 0, ENOENT } },
  { "startup", "reauthenticates", startup_reauthenticates, { 0, 0, ENOENT } },

  { "password", "user", password_of_a_user, { NOT, EACCES, ENOENT } },
  { "password", "group", password_of_a_group, { NOT, EACCES, ENOENT } },
  { "password",
    "reauthenticates",
    password_reauthenticates,
    { NOT, 0, ENOENT } },

  { "crash",
    "no_core",
    crash_leaves_no_core,
    { EOPNOTSUPP, EOPNOTSUPP, ENOENT } },
  { "crash", "signal", crash_tells_the_signal, ALL (0) },
  { "crash", "reauthenticates", crash_reauthenticates, { 0, 0, ENOENT } },

  { "procfs", "empty", procfs_is_empty, { NOT, 0, ENOENT } },
  { "procfs", "no_self", procfs_has_no_self, { NOT, ENOENT, ENOENT } },
  { "procfs", "no_file", procfs_takes_no_file, { NOT, EROFS, ENOENT } },
  { "procfs", "no_mkdir", procfs_takes_no_directory, { NOT, EROFS, NOT } },
  { "procfs", "no_chmod", procfs_keeps_its_mode, { NOT, EROFS, ENOENT } },
  { "procfs", "leads_back", procfs_leads_back, { NOT, 0, ENOENT } },
  { "procfs", "reauthenticates", procfs_reauthenticates, { NOT, 0, ENOENT } },
};

static int
source_of (const char *name)
{
  for (int i = 0; i < SOURCES; i++)
    if (!strcmp (name, sources[i]))
      return i;
  return SOURCES;
}

/* Do what concerns ROLE once, and say what came of it unless QUIET.  */
static void
role_check (const char *role, int source, bool quiet)
{
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    {
      const struct row *row = &rows[i];
      int answer;

      if (strcmp (row->role, role) || row->answer[source] == NOT)
        continue;
      answer = row->act ();
      if (quiet)
        continue;
      if (answer == row->answer[source])
        claim_say (true, "%s_contract_%s_%s", role, sources[source],
                   row->claim);
      else
        claim_say (false, "%s_contract_%s_%s wanted '%s', got '%s' (0x%x)",
                   role, sources[source], row->claim,
                   strerror (row->answer[source]), strerror (answer),
                   (unsigned int)answer);
    }
}

static bool
all_check (char **arguments, bool quiet)
{
  for (; *arguments; arguments++)
    {
      char role[32];
      const char *equals = strchr (*arguments, '=');
      int source = equals ? source_of (equals + 1) : SOURCES;

      if (source == SOURCES
          || snprintf (role, sizeof role, "%.*s", (int)(equals - *arguments),
                       *arguments)
                 >= (int)sizeof role)
        return false;
      role_check (role, source, quiet);
    }
  return true;
}

/* ---- what is left over ---- */

/* How many names the servers' task has; 0: there is no control.  */
static unsigned int
count_names (void)
{
  mach_port_t control = MACH_PORT_NULL;
  unsigned int names = 0, objects, parked, tasks;

  if (client_open ("/servers/hurdle", O_READ, &control)
      || hurdle_count (control, &names, &objects, &parked, &tasks))
    names = 0;
  mach_port_deallocate (mach_task_self (), control);
  return names;
}

static void
check_leaks (char **arguments)
{
  unsigned int before, after;

  for (int i = 0; i < ROUNDS; i++)
    all_check (arguments, true);
  before = count_names ();
  for (int i = 0; i < ROUNDS; i++)
    all_check (arguments, true);
  after = count_names ();
  for (int i = 0; i < 10 && after >= before + ROUNDS / 2; i++)
    {
      sleep (1);
      after = count_names ();
    }
  /* What is lost each time is lost ROUNDS times.  */
  claim_say (before && after < before + ROUNDS / 2,
             "contract_leaves_no_name %u before, %u after", before, after);
}

int
main (int argc, char **argv)
{
  (void)argc;
  setvbuf (stdout, NULL, _IOLBF, 0);
  alarm (HANGS_SECONDS);
  if (!all_check (argv + 1, false))
    {
      fprintf (stderr, "usage: %s ROLE=SOURCE...\n", argv[0]);
      return 2;
    }
  check_leaks (argv + 1);
  return claims_status ();
}
