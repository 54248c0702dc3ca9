/* exec_hostile.c -- requests to run a program that no libc would send
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <elf.h>
#include <fcntl.h>
#include <hurd.h>
#include <hurd/exec.h>
#include <hurd/fs.h>
#include <mach.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/guest/claim.h"

static char fixed[4096];
static char work[] = "/tmp/exec_hostile.XXXXXX";

/* ---- requests ---- */

struct arguments
{
  const char *path; /* NULL: our static brother */
  int flags;
  const char *argv;
  mach_msg_type_number_t argv_size;
  const mach_port_t *fds;
  mach_msg_type_number_t fds_count;
};

/* A file_exec into TASK.  */
static error_t
file_exec_with (mach_port_t task, const struct arguments *a)
{
  mach_port_t ports[INIT_PORT_MAX] = { MACH_PORT_NULL };
  int ints[INIT_INT_MAX] = { 0 };
  const char *path = a->path ? a->path : fixed;
  file_t file = file_name_lookup (path, O_EXEC, 0);
  error_t err;

  if (file == MACH_PORT_NULL)
    return errno;
  err = file_exec_paths (
      file, task, a->flags, path, path, a->argv, a->argv_size, NULL, 0, a->fds,
      MACH_MSG_TYPE_COPY_SEND, a->fds_count, ports, MACH_MSG_TYPE_COPY_SEND,
      INIT_PORT_MAX, ints, INIT_INT_MAX, NULL, 0, NULL, 0);
  mach_port_deallocate (mach_task_self (), file);
  return err;
}

static error_t
file_exec_target (mach_port_t task, int flags, const mach_port_t *fds,
                  mach_msg_type_number_t fds_count)
{
  const struct arguments arguments = { .flags = flags,
                                       .argv = "x\0target\0x",
                                       .argv_size = 11,
                                       .fds = fds,
                                       .fds_count = fds_count };

  return file_exec_with (task, &arguments);
}

/* What a program says that is given ARGV.  */
static const char *
said_by (int flags, const char *argv, size_t size)
{
  static char said[500];
  struct arguments arguments
      = { .flags = flags, .argv = argv, .argv_size = size, .fds_count = 2 };
  mach_port_t ports[2] = { MACH_PORT_NULL };
  task_t task;
  ssize_t got;
  int fds[2];

  if (pipe (fds) || task_create (mach_task_self (), FALSE, &task))
    return "no pipe or no task";
  ports[1] = getdport (fds[1]);
  arguments.fds = ports;
  if (file_exec_with (task, &arguments))
    return "not run";
  mach_port_deallocate (mach_task_self (), ports[1]);
  close (fds[1]);
  got = read (fds[0], said, sizeof said - 1);
  said[got > 0 ? got : 0] = '\0';
  close (fds[0]);
  task_terminate (task);
  mach_port_deallocate (mach_task_self (), task);
  return said;
}

/* A port that answers nothing.  */
static mach_port_t
silent_port (void)
{
  mach_port_t port = mach_reply_port ();

  mach_port_insert_right (mach_task_self (), port, port,
                          MACH_MSG_TYPE_MAKE_SEND);
  return port;
}

static bool
exec_passes_arguments_that_are_said_to_be_on_the_stack (void)
{
  REQUIRE (strcmp (said_by (0, "x\0target\0a", 11), "[target][a]\n") == 0);
  REQUIRE (
      strcmp (said_by (EXEC_STACK_ARGS, "x\0target\0a", 11), "[target][a]\n")
      == 0);
  return true;
}

static bool
exec_ends_the_last_argument (void)
{
  static char page[4096];

  memset (page, 'x', sizeof page);
  memcpy (page, "x\0target", 9);
  REQUIRE (strcmp (said_by (0, page, sizeof page), "[target][4087 bytes]\n")
           == 0);
  return true;
}

static bool
exec_gives_a_first_argument_to_who_has_none (void)
{
  REQUIRE (strcmp (said_by (0, NULL, 0), "ok static_program_runs\n") == 0);
  return true;
}

static bool
exec_refuses_a_port_that_is_no_task (void)
{
  REQUIRE (file_exec_target (silent_port (), 0, NULL, 0) != 0);
  REQUIRE (file_exec_target (mach_host_self (), 0, NULL, 0) != 0);
  REQUIRE (file_exec_target (mach_thread_self (), 0, NULL, 0) != 0);
  return true;
}

static bool
exec_refuses_a_dead_task (void)
{
  task_t task;

  REQUIRE (task_create (mach_task_self (), FALSE, &task) == 0);
  REQUIRE (task_terminate (task) == 0);
  REQUIRE (file_exec_target (task, 0, NULL, 0) != 0);
  return true;
}

/* A program without auth, proc or directories runs; the descriptors may be
   anything.  */
static bool
exec_takes_descriptors_that_are_no_files (void)
{
  mach_port_t dead = silent_port ();
  task_t task;

  mach_port_mod_refs (mach_task_self (), dead, MACH_PORT_RIGHT_RECEIVE, -1);
  const mach_port_t fds[]
      = { silent_port (), MACH_PORT_NULL, dead, mach_task_self () };
  REQUIRE (task_create (mach_task_self (), FALSE, &task) == 0);
  REQUIRE (file_exec_target (task, 0, fds, 4) == 0);
  usleep (100000);
  task_terminate (task);
  return true;
}

static bool
exec_supplies_what_is_missing_when_asked (void)
{
  task_t task;

  REQUIRE (task_create (mach_task_self (), FALSE, &task) == 0);
  REQUIRE (file_exec_target (task, EXEC_DEFAULTS, NULL, 0) == 0);
  usleep (100000);
  task_terminate (task);
  return true;
}

static bool
exec_bounds_the_number_of_names (void)
{
  static mach_port_name_t names[100000];
  mach_port_t ports[INIT_PORT_MAX] = { MACH_PORT_NULL };
  file_t file = file_name_lookup (fixed, O_EXEC, 0);

  REQUIRE (file != MACH_PORT_NULL);
  REQUIRE (file_exec (file, mach_task_self (), 0, "x", 2, NULL, 0, NULL,
                      MACH_MSG_TYPE_COPY_SEND, 0, ports,
                      MACH_MSG_TYPE_COPY_SEND, INIT_PORT_MAX, NULL, 0, names,
                      100000, NULL, 0)
           != 0);
  mach_port_deallocate (mach_task_self (), file);
  return true;
}

static bool
exec_node_runs_only_files_that_may_be_run (void)
{
  file_t server = file_name_lookup ("/servers/exec", 0, 0);
  file_t file = file_name_lookup ("/etc/passwd", 0, 0);
  mach_port_t silent = silent_port ();

  REQUIRE (server != MACH_PORT_NULL);
  for (int i = 0; i < 2; i++)
    REQUIRE (exec_exec (server, i ? silent : file, MACH_MSG_TYPE_COPY_SEND,
                        mach_task_self (), 0, "x", 2, NULL, 0, NULL,
                        MACH_MSG_TYPE_COPY_SEND, 0, NULL,
                        MACH_MSG_TYPE_COPY_SEND, 0, NULL, 0, NULL, 0, NULL, 0)
             != 0);
  mach_port_deallocate (mach_task_self (), server);
  mach_port_deallocate (mach_task_self (), file);
  return true;
}

static bool
exec_node_runs_a_program (void)
{
  file_t server = file_name_lookup ("/servers/exec", 0, 0);
  file_t file = file_name_lookup (fixed, O_EXEC, 0);
  task_t task;

  REQUIRE (server != MACH_PORT_NULL && file != MACH_PORT_NULL);
  REQUIRE (task_create (mach_task_self (), FALSE, &task) == 0);
  REQUIRE (exec_exec (server, file, MACH_MSG_TYPE_COPY_SEND, task, 0,
                      "x\0target", 9, NULL, 0, NULL, MACH_MSG_TYPE_COPY_SEND,
                      0, NULL, MACH_MSG_TYPE_COPY_SEND, 0, NULL, 0, NULL, 0,
                      NULL, 0)
           == 0);
  usleep (100000);
  task_terminate (task);
  mach_port_deallocate (mach_task_self (), server);
  mach_port_deallocate (mach_task_self (), file);
  return true;
}

/* ---- many, and killed ---- */

static pid_t
start_target (const char *mode)
{
  char *argv[] = { fixed, "target", (char *)mode, NULL }, *envp[] = { NULL };
  pid_t pid = fork ();

  if (pid == 0)
    {
      dup2 (open ("/dev/null", O_WRONLY), 1);
      execve (fixed, argv, envp);
      _exit (1);
    }
  return pid;
}

static bool
exec_may_be_killed_at_any_moment (void)
{
  int status;

  srandom (3);
  for (int i = 0; i < 60; i++)
    {
      pid_t pid = start_target ("again");

      REQUIRE (pid > 0);
      usleep (random () % 60000);
      REQUIRE (kill (pid, SIGKILL) == 0);
      REQUIRE (waitpid (pid, &status, 0) == pid);
      REQUIRE (WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL);
    }
  return true;
}

static bool
exec_runs_fifty_at_once (void)
{
  pid_t pids[50];
  int status;

  for (int i = 0; i < 50; i++)
    REQUIRE ((pids[i] = start_target ("memory")) > 0);
  for (int i = 0; i < 50; i++)
    {
      REQUIRE (waitpid (pids[i], &status, 0) == pids[i]);
      REQUIRE (status == 0);
    }
  return true;
}

/* ---- hoarding ---- */

/* A program that never asks what it was given.  */
static bool
write_idler (const char *path)
{
  static const struct
  {
    Elf64_Ehdr elf;
    Elf64_Phdr segment;
    unsigned char code[2];
  } idler
      = { .elf
          = { .e_ident
              = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
              .e_type = ET_EXEC,
              .e_machine = EM_X86_64,
              .e_version = EV_CURRENT,
              .e_entry = 0x400000 + sizeof (Elf64_Ehdr) + sizeof (Elf64_Phdr),
              .e_phoff = sizeof (Elf64_Ehdr),
              .e_ehsize = sizeof (Elf64_Ehdr),
              .e_phentsize = sizeof (Elf64_Phdr),
              .e_phnum = 1 },
          .segment = { .p_type = PT_LOAD,
                       .p_flags = PF_R | PF_X,
                       .p_vaddr = 0x400000,
                       .p_filesz = sizeof idler,
                       .p_memsz = sizeof idler },
          .code = { 0xeb, 0xfe } };
  int fd = open (path, O_CREAT | O_WRONLY, 0700);

  return fd >= 0 && write (fd, &idler, sizeof idler) == sizeof idler
         && close (fd) == 0;
}

#define HOARDERS 100

static bool
exec_gives_hoarders_an_end (void)
{
  static char big[4 << 20], path[4096];
  struct arguments arguments = { .argv = big, .argv_size = sizeof big };
  task_t tasks[HOARDERS];
  error_t err = 0;
  int count;

  snprintf (path, sizeof path, "%s/idler", work);
  REQUIRE (write_idler (path));
  arguments.path = path;
  for (count = 0; !err && count < HOARDERS; count++)
    {
      REQUIRE (task_create (mach_task_self (), FALSE, &tasks[count]) == 0);
      err = file_exec_with (tasks[count], &arguments);
      /* It would only take time away.  */
      if (!err)
        task_suspend (tasks[count]);
    }
  REQUIRE (err == ENOMEM && count > 3);
  REQUIRE (strcmp (said_by (0, "x\0target\0a", 11), "[target][a]\n") == 0);
  while (count > 0)
    task_terminate (tasks[--count]);
  usleep (200000);
  REQUIRE (task_create (mach_task_self (), FALSE, &tasks[0]) == 0);
  REQUIRE (file_exec_with (tasks[0], &arguments) == 0);
  task_terminate (tasks[0]);
  return true;
}

/* ---- files ---- */

/* The beginning of a program, with some bytes of its headers changed.  */
static bool
write_mutant (const char *path, const char *image, size_t size)
{
  static char mutant[1 << 16];
  int fd = open (path, O_CREAT | O_WRONLY | O_TRUNC, 0700);

  memcpy (mutant, image, size);
  for (int i = random () % 6; i >= 0; i--)
    mutant[random () % (sizeof (Elf64_Ehdr) + 6 * sizeof (Elf64_Phdr))]
        = random ();
  return fd >= 0 && write (fd, mutant, size) == (ssize_t)size
         && close (fd) == 0;
}

static bool
run_mutant (const char *path)
{
  char *argv[] = { (char *)path, "target", "x", NULL }, *envp[] = { NULL };
  pid_t pid = fork ();
  int status;

  if (pid == 0)
    {
      int null = open ("/dev/null", O_WRONLY);

      dup2 (null, 1);
      dup2 (null, 2);
      alarm (5);
      execve (path, argv, envp);
      _exit (1);
    }
  return pid > 0 && waitpid (pid, &status, 0) == pid;
}

static bool
exec_survives_changed_headers (void)
{
  static char image[1 << 16], path[4096];
  int fd = open (fixed, O_RDONLY);

  REQUIRE (fd >= 0 && read (fd, image, sizeof image) == sizeof image);
  close (fd);
  snprintf (path, sizeof path, "%s/mutant", work);
  srandom (7);
  for (int i = 0; i < 200; i++)
    {
      REQUIRE (write_mutant (path, image, sizeof image));
      REQUIRE (run_mutant (path));
    }
  return true;
}

static const struct claim claims[] = {
  CLAIM (exec_passes_arguments_that_are_said_to_be_on_the_stack),
  CLAIM (exec_ends_the_last_argument),
  CLAIM (exec_gives_a_first_argument_to_who_has_none),
  CLAIM (exec_refuses_a_port_that_is_no_task),
  CLAIM (exec_refuses_a_dead_task),
  CLAIM (exec_takes_descriptors_that_are_no_files),
  CLAIM (exec_supplies_what_is_missing_when_asked),
  CLAIM (exec_bounds_the_number_of_names),
  CLAIM (exec_node_runs_only_files_that_may_be_run),
  CLAIM (exec_node_runs_a_program),
  CLAIM (exec_gives_hoarders_an_end),
  CLAIM (exec_may_be_killed_at_any_moment),
  CLAIM (exec_runs_fifty_at_once),
  CLAIM (exec_survives_changed_headers),
};

int
main (int argc, char **argv)
{
  (void)argc;
  if (!realpath (argv[0], fixed) || !mkdtemp (work))
    return 2;
  strcpy (strrchr (fixed, '/'), "/static_exec");
  return claims_check (claims, sizeof claims / sizeof *claims);
}
