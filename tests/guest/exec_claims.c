/* exec_claims.c -- what a program may rely on when it runs another

   Each claim runs a target (this program, or its static brothers) and
   compares what it says.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <errno.h>
#include <pthread.h>
#include <spawn.h>
#include <sys/wait.h>

#include "tests/guest/claim.h"
#include "tests/guest/exec_target.h"

#define TEXT 4096

static char here[TEXT], myself[TEXT], fixed[TEXT], movable[TEXT];
static char work[] = "/tmp/exec_claims.XXXXXX";
static char said[TEXT]; /* by the last target */

/* ---- running ---- */

struct run
{
  const char *path;
  char *const *argv;
  char *const *envp;
  void (*before) (void);  /* in the child */
  void (*instead) (void); /* of execve */
};

/* Read all of FD into SAID and drop the line end.  */
static void
listen_to (int fd)
{
  size_t size = 0;
  ssize_t got;

  while (size < sizeof said - 1
         && (got = read (fd, said + size, sizeof said - 1 - size)) > 0)
    size += got;
  said[size] = '\0';
  if (size && said[size - 1] == '\n')
    said[size - 1] = '\0';
}

static void
run_child (const struct run *run, int out)
{
  static char *nothing[] = { NULL };

  dup2 (out, 1);
  if (run->before)
    run->before ();
  if (run->instead)
    run->instead ();
  else
    execve (run->path, run->argv, run->envp ? run->envp : nothing);
  dprintf (out, "error %s\n", strerrorname_np (errno));
  _exit (1);
}

/* What the target said, or "error ENAME" if it could not be run, or
   "died ...".  */
static const char *
run_and_listen (const struct run *run)
{
  int fds[2], status;
  pid_t pid;

  if (pipe2 (fds, O_CLOEXEC) || (pid = fork ()) < 0)
    return "no pipe or no child";
  if (pid == 0)
    run_child (run, fds[1]);
  close (fds[1]);
  listen_to (fds[0]);
  close (fds[0]);
  if (waitpid (pid, &status, 0) == pid && WIFSIGNALED (status))
    snprintf (said, sizeof said, "died %d", WTERMSIG (status));
  return said;
}

static const char *
run_mode (const char *path, const char *mode)
{
  char *argv[] = { (char *)path, "target", (char *)mode, NULL };
  struct run run = { .path = path, .argv = argv };

  return run_and_listen (&run);
}

/* ---- claiming ---- */

static void
claim (const char *name, const char *got, const char *wanted)
{
  if (strcmp (got, wanted) == 0)
    claim_say (true, "%s", name);
  else
    claim_say (false, "%s said \"%s\", not \"%s\"", name, got, wanted);
}

static const char *
in_work (const char *name)
{
  static char path[TEXT];

  snprintf (path, sizeof path, "%s/%s", work, name);
  return path;
}

/* A file of mode MODE in the working directory; its name is good until the
   next call.  */
static const char *
make_file (const char *name, const char *content, mode_t mode)
{
  const char *path = in_work (name);
  int fd = open (path, O_CREAT | O_WRONLY | O_TRUNC, 0600);
  size_t size = strlen (content);

  if (fd < 0 || write (fd, content, size) != (ssize_t)size || fchmod (fd, mode)
      || close (fd))
    printf ("# %s: %s\n", path, strerror (errno));
  return path;
}

static const char *
run_script (const char *name, const char *line)
{
  const char *path = make_file (name, line, 0755);
  char *argv[] = { (char *)"zero", "one", "two words", NULL };
  struct run run = { .path = path, .argv = argv };

  return run_and_listen (&run);
}

/* ---- kinds of programs ---- */

static void
claim_kinds (void)
{
  static const char all[] = "0 16 1 2";

  claim ("exec_runs_a_static_program", run_mode (fixed, "memory"), all);
  claim ("exec_runs_a_static_pie", run_mode (movable, "memory"), all);
  claim ("exec_runs_a_dynamic_program", run_mode (myself, "memory"), all);
  claim ("exec_ends_the_stack_with_a_fault", run_mode (fixed, "overflow"),
         "died 11");
}

static void
claim_interpreter_missing (void)
{
  static const char name[] = "/lib/ld-x86-64.so.1";
  static char image[4 << 20];
  FILE *from = fopen (myself, "r"), *to = fopen (in_work ("lost"), "w");
  size_t size = from ? fread (image, 1, sizeof image, from) : 0;
  char *at = memmem (image, size, name, sizeof name);

  if (at && to)
    {
      at[5] = 'X';
      fwrite (image, 1, size, to);
      fchmod (fileno (to), 0755);
    }
  if (from)
    fclose (from);
  if (to)
    fclose (to);
  claim ("exec_says_enoent_for_a_missing_interpreter",
         run_mode (in_work ("lost"), "pid"), "error ENOENT");
}

static void
claim_refusals (void)
{
  claim ("exec_says_enoent", run_mode ("/nowhere/at/all", ""), "error ENOENT");
  claim ("exec_says_eacces_without_x_bit",
         run_mode (make_file ("plain", "#!/bin/sh\n", 0644), ""),
         "error EACCES");
  claim ("exec_says_eacces_for_a_directory", run_mode (work, ""),
         "error EACCES");
  claim ("exec_says_enoexec_for_text",
         run_mode (make_file ("text", "echo hello\n", 0755), ""),
         "error ENOEXEC");
  claim ("exec_says_enoexec_for_an_empty_file",
         run_mode (make_file ("empty", "", 0755), ""), "error ENOEXEC");
  claim ("exec_says_enoexec_for_a_cut_header",
         run_mode (make_file ("cut", "\177ELF\002\001\001", 0755), ""),
         "error ENOEXEC");
}

/* ---- scripts ---- */

static void
claim_scripts (void)
{
  char line[TEXT * 2], wanted[TEXT * 2];

  snprintf (line, sizeof line, "#! %s target and more \nrest\n", myself);
  snprintf (wanted, sizeof wanted, "[target and more][%s][one][two words]",
            in_work ("script"));
  claim ("exec_gives_a_script_to_its_interpreter", run_script ("script", line),
         wanted);

  snprintf (line, sizeof line, "#!%s/script\n", work);
  snprintf (wanted, sizeof wanted,
            "[target and more][%s/script][%s/outer][one][two words]", work,
            work);
  claim ("exec_lets_a_script_be_an_interpreter", run_script ("outer", line),
         wanted);

  snprintf (line, sizeof line, "#!%s\n", in_work ("loop"));
  claim ("exec_says_eloop_for_a_script_of_itself", run_script ("loop", line),
         "error ELOOP");
  claim ("exec_says_enoent_for_a_missing_script_interpreter",
         run_script ("orphan", "#!/nowhere/sh\n"), "error ENOENT");
  claim ("exec_says_enoexec_for_an_empty_script_line",
         run_script ("blank", "#! \n"), "error ENOEXEC");
}

static void
claim_shell_fallback (void)
{
  char command[TEXT];
  FILE *shell;

  make_file ("bare", "echo a bare script, $1\n", 0755);
  snprintf (command, sizeof command, "cd %s && ./bare with words", work);
  shell = popen (command, "r");
  said[0] = '\0';
  if (shell && !fgets (said, sizeof said, shell))
    said[0] = '\0';
  if (shell)
    pclose (shell);
  claim ("shell_runs_a_script_without_a_first_line", said,
         "a bare script, with\n");
}

static int script_fd;

static void
run_open_script (void)
{
  char *argv[] = { "zero", "one", NULL }, *envp[] = { NULL };

  fexecve (script_fd, argv, envp);
}

static void
claim_open_script (void)
{
  static const char script[] = "#!/bin/sh\necho from $0 | cut -c 1-13\n";
  struct run run = { .instead = run_open_script };

  script_fd = open (make_file ("opened", script, 0755), O_RDONLY | O_EXEC);
  claim ("exec_names_an_open_script_by_descriptor", run_and_listen (&run),
         "from /dev/fd/");
  close (script_fd);
}

/* ---- what a program inherits ---- */

static void
claim_big_arguments (void)
{
  static char big[200 * 1024], variable[sizeof "EXEC_CLAIM=" + sizeof big];
  char *argv[] = { myself, "target", big, "last", NULL };
  char *argv_variable[] = { myself, "target", "variable", NULL };
  char *envp[] = { variable, NULL };
  struct run run = { .path = myself, .argv = argv };

  memset (big, 'x', sizeof big - 1);
  snprintf (variable, sizeof variable, "EXEC_CLAIM=%s", big);
  claim ("exec_passes_200_kilobytes_of_arguments", run_and_listen (&run),
         "[target][204799 bytes][last]");
  run = (struct run){ .path = myself, .argv = argv_variable, .envp = envp };
  claim ("exec_passes_200_kilobytes_of_variables", run_and_listen (&run),
         "204799 bytes");
}

static void
open_descriptors (void)
{
  for (int fd = 3; fd < 32; fd++)
    fcntl (fd, F_SETFD, FD_CLOEXEC);
  dup2 (0, 5);
  fcntl (dup2 (0, 6), F_SETFD, FD_CLOEXEC);
  dup2 (0, 9);
}

static void
prepare_signals (void)
{
  sigset_t set;

  signal (SIGUSR1, SIG_IGN);
  sigemptyset (&set);
  sigaddset (&set, SIGUSR2);
  sigprocmask (SIG_BLOCK, &set, NULL);
}

static void
prepare_umask (void)
{
  umask (0137);
}

static void
claim_inheritance (void)
{
  static const struct
  {
    const char *name, *mode, *wanted;
    void (*before) (void);
  } claims[] = {
    { "exec_closes_descriptors_marked_so", "descriptors", " 5 9",
      open_descriptors },
    { "exec_keeps_ignored_and_blocked_signals", "signals",
      "usr1 ignored, usr2 blocked", prepare_signals },
    { "exec_keeps_the_umask", "umask", "umask 137", prepare_umask },
    { "exec_gives_the_variables_named", "variable", "none", NULL },
  };

  for (size_t i = 0; i < sizeof claims / sizeof claims[0]; i++)
    {
      char *argv[] = { myself, "target", (char *)claims[i].mode, NULL };
      struct run run
          = { .path = myself, .argv = argv, .before = claims[i].before };

      claim (claims[i].name, run_and_listen (&run), claims[i].wanted);
    }
}

static void
say_pid_first (void)
{
  dprintf (1, "pid %d, ", getpid ());
}

static void
claim_same_pid (void)
{
  char wanted[TEXT], *argv[] = { fixed, "target", "pid", NULL };
  struct run run = { .path = fixed, .argv = argv, .before = say_pid_first };
  const char *got = run_and_listen (&run);

  /* The same twice.  */
  snprintf (wanted, sizeof wanted, "%.*s, %.*s", (int)strcspn (got, ","), got,
            (int)strcspn (got, ","), got);
  claim ("exec_keeps_the_pid", got, wanted);
}

static void *
wait_for_ever (void *nothing)
{
  pause ();
  return nothing;
}

static void
start_threads (void)
{
  pthread_t thread;

  for (int i = 0; i < 5; i++)
    pthread_create (&thread, NULL, wait_for_ever, NULL);
}

static void
claim_threads_end (void)
{
  char *argv[] = { myself, "target", "memory", NULL };
  struct run run = { .path = myself, .argv = argv, .before = start_threads };

  claim ("exec_ends_the_other_threads", run_and_listen (&run), "0 16 1 2");
}

static void
claim_spawn (void)
{
  char *argv[] = { fixed, "target", "spawned", NULL }, *envp[] = { NULL };
  posix_spawn_file_actions_t actions;
  int fds[2], err;
  pid_t pid;

  if (pipe2 (fds, O_CLOEXEC))
    return;
  posix_spawn_file_actions_init (&actions);
  posix_spawn_file_actions_adddup2 (&actions, fds[1], 1);
  err = posix_spawn (&pid, fixed, &actions, NULL, argv, envp);
  close (fds[1]);
  listen_to (fds[0]);
  close (fds[0]);
  if (!err)
    waitpid (pid, NULL, 0);
  claim ("spawn_runs_a_program", err ? strerror (err) : said,
         "[target][spawned]");
  err = posix_spawn (&pid, "/nowhere", NULL, NULL, argv, envp);
  claim ("spawn_says_enoent", strerrorname_np (err), "ENOENT");
}

/* ---- set-id ---- */

static void
become_user (void)
{
  if (setgid (2000) || setuid (2000))
    dprintf (1, "# no such user\n");
}

static bool
copy_program (const char *from, const char *to)
{
  static char image[16 << 20];
  FILE *in = fopen (from, "r"), *out = fopen (to, "w");
  size_t size = in ? fread (image, 1, sizeof image, in) : 0;
  bool copied = out && size && fwrite (image, 1, size, out) == size;

  if (in)
    fclose (in);
  if (out && fclose (out))
    copied = false;
  return copied;
}

static void
claim_set_id (const char *name, const char *program, mode_t mode,
              const char *wanted)
{
  static char path[TEXT];
  char *argv[] = { path, "target", "ids", NULL };
  char *envp[] = { "EXEC_CLAIM=yes", NULL };
  struct run run
      = { .path = path, .argv = argv, .envp = envp, .before = become_user };

  snprintf (path, sizeof path, "%s", in_work ("set_id"));
  unlink (path);
  if (!copy_program (program, path) || chown (path, 1000, 1000)
      || chmod (path, mode))
    {
      claim (name, strerror (errno), wanted);
      return;
    }
  claim (name, run_and_listen (&run), wanted);
}

static void
claim_ids (void)
{
  static const char kept[] = "uid 2000 euid 2000 secure no";
  static const char set[] = "uid 2000 euid 1000 secure yes";

  if (geteuid () != 0)
    return;
  claim_set_id ("exec_keeps_the_ids", myself, 0755, kept);
  claim_set_id ("exec_honours_set_id_of_a_dynamic_program", myself, 04755,
                set);
  claim_set_id ("exec_honours_set_id_of_a_static_program", fixed, 04755, set);
  claim ("exec_leaves_the_asker_as_it_was", run_mode (fixed, "x"),
         "[target][x]");
}

int
main (int argc, char **argv)
{
  if (target_wanted (argc, argv))
    return target_main (argc, argv);

  setvbuf (stdout, NULL, _IOLBF, 0);
  if (!realpath (argv[0], here))
    return 2;
  *strrchr (here, '/') = '\0';
  snprintf (myself, sizeof myself, "%.3000s/exec_claims", here);
  snprintf (fixed, sizeof fixed, "%.3000s/static_exec", here);
  snprintf (movable, sizeof movable, "%.3000s/static_pie_exec", here);
  if (!mkdtemp (work) || chmod (work, 0755))
    return 2;

  claim_kinds ();
  claim_interpreter_missing ();
  claim_refusals ();
  claim_scripts ();
  claim_shell_fallback ();
  claim_open_script ();
  claim_big_arguments ();
  claim_inheritance ();
  claim_same_pid ();
  claim_threads_end ();
  claim_spawn ();
  claim_ids ();
  return claims_status ();
}
