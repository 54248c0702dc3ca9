/* helper_escape.c -- attempts to get out of an environment

   helper_escape prepare           make what the attempts are made at; as root
   helper_escape law-victim        be somebody outside
   helper_escape try KIND...       make all attempts of those KINDs; for each,
                                   "reached NAME" or "kept NAME"
   helper_escape verify            is everything as `prepare' left it?  what is
                                   not, a line each
   helper_escape clean

   An attempt says whether it has reached what it wanted.  Unconfined (with
   UNCONFINED set, as root) all must, or they would prove nothing.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <hurd.h>
#include <hurd/fd.h>
#include <hurd/fs.h>
#include <hurd/fsys.h>
#include <hurd/io.h>
#include <hurd/process.h>
#include <mach.h>
#include <mach/mig_errors.h>
#include <mach/mig_support.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define HIDDEN "/law_hidden" /* not shown inside */
#define STILL "/law_still"   /* shown, and not to be written to */
#define OPEN "/tmp/law_open" /* shown, to be written to, and root's */
#define MINE OPEN "/mine"    /* somebody's, in it */
#define SOMEBODY 1000
#define SECRET "#!/bin/sh\nexit 42\n"
#define VICTIM "law-victim"
#define PIDS_MAX 256

struct attempt
{
  const char *kind, *directory, *name;
  bool (*reaches) (const char *path);
  bool somebody; /* unconfined, it takes somebody who is not root */
};

static char other[256];

/* PATH with something behind it.  */
static const char *
beside (const char *path)
{
  snprintf (other, sizeof other, "%s.new", path);
  return other;
}

static bool
holds_secret (int file)
{
  char text[sizeof SECRET] = "";
  bool holds = file >= 0 && read (file, text, sizeof text - 1) > 0
               && !strncmp (text, SECRET, 9);

  if (file >= 0)
    close (file);
  return holds;
}

/* ---- reading ---- */

static bool
reads (const char *path)
{
  return holds_secret (open (path, O_RDONLY));
}

static bool
stats (const char *path)
{
  struct stat stat;

  return !lstat (path, &stat);
}

static bool
reads_through_dot_dot (const char *path)
{
  char name[256];

  snprintf (name, sizeof name, "/tmp/../../tmp/..%s", path);
  return holds_secret (open (name, O_RDONLY));
}

static bool
reads_through_a_link (const char *path)
{
  char name[64];
  bool holds;

  snprintf (name, sizeof name, "/tmp/law_link.%d", getpid ());
  if (symlink (path, name))
    return false;
  holds = reads (name);
  unlink (name);
  return holds;
}

static bool
reads_past_a_chroot (const char *path)
{
  int root = open ("/", O_RDONLY);

  return !chroot ("/tmp") && !fchdir (root)
         && holds_secret (open (path + 1, O_RDONLY));
}

static bool
reads_from_the_root_of_the_file_system (const char *path)
{
  file_t root = file_name_lookup ("/", 0, 0), file;
  mach_port_t control, port;
  retry_type retry;
  string_t retry_name;

  if (file_getcontrol (root, &control)
      || fsys_getroot (control, MACH_PORT_NULL, MACH_MSG_TYPE_COPY_SEND,
                       (uid_t *)"\0\0\0", 1, NULL, 0, O_RDONLY, &retry,
                       retry_name, &port))
    return false;
  if (retry != FS_RETRY_NORMAL)
    return false;
  file = file_name_lookup_under (port, path + 1, O_RDONLY, 0);
  return MACH_PORT_VALID (file) && holds_secret (openport (file, O_RDONLY));
}

static bool
lists (const char *path)
{
  char directory[256];
  DIR *dir;
  struct dirent *entry;
  bool found = false;

  snprintf (directory, sizeof directory, "%s", path);
  *strrchr (directory, '/') = '\0';
  dir = opendir ("/");
  while (dir && (entry = readdir (dir)))
    found = found || !strcmp (entry->d_name, directory + 1);
  if (dir)
    closedir (dir);
  return found;
}

static bool
enters (const char *path)
{
  return !chdir (path);
}

static int
run (const char *path, const char *argument)
{
  int status;
  pid_t pid = fork ();

  if (!pid)
    {
      dup2 (open ("/dev/null", O_WRONLY), 1);
      execl (path, path, argument, NULL);
      _exit (127);
    }
  return pid > 0 && waitpid (pid, &status, 0) == pid && WIFEXITED (status)
             ? WEXITSTATUS (status)
             : -1;
}

static bool
runs (const char *path)
{
  return run (path, NULL) == 42;
}

/* The set-id copy of cat reads what only its owner may.  */
static bool
runs_as_the_owner (const char *path)
{
  (void)path;
  return run (OPEN "/set_id", OPEN "/secret") == 0;
}

/* ---- changing ---- */

static bool
writes (const char *path)
{
  int file = open (path, O_WRONLY);
  bool wrote = file >= 0 && write (file, "x", 1) == 1;

  close (file);
  return wrote;
}

static bool
truncates_as_it_opens (const char *path)
{
  int file = open (path, O_WRONLY | O_TRUNC);

  close (file);
  return file >= 0;
}

static bool
truncates (const char *path)
{
  return !truncate (path, 1);
}

/* An open file that reads, opened again to write.  */
static bool
opens_again_to_write (const char *path)
{
  file_t file = file_name_lookup (path, O_READ, 0), again;
  retry_type retry;
  string_t retry_name;
  vm_size_t amount;

  return !dir_lookup (file, "", O_READ | O_WRITE, 0, &retry, retry_name,
                      &again)
         && retry == FS_RETRY_NORMAL && !io_write (again, "x", 1, 0, &amount);
}

static bool
writes_to_a_mapping (const char *path)
{
  file_t file = file_name_lookup (path, O_READ | O_WRITE, 0);
  mach_port_t readable = MACH_PORT_NULL, writable = MACH_PORT_NULL, object;
  vm_address_t page = 0;

  if (!MACH_PORT_VALID (file))
    file = file_name_lookup (path, O_READ, 0);
  if (!MACH_PORT_VALID (file) || io_map (file, &readable, &writable))
    return false;
  object = MACH_PORT_VALID (writable) ? writable : readable;
  if (vm_map (mach_task_self (), &page, vm_page_size, 0, 1, object, 0, 0,
              VM_PROT_READ | VM_PROT_WRITE, VM_PROT_READ | VM_PROT_WRITE,
              VM_INHERIT_NONE))
    return false;
  *(char *)page = '#';
  return true;
}

static bool
removes (const char *path)
{
  return !unlink (path);
}

static bool
renames (const char *path)
{
  return !rename (path, beside (path));
}

static bool
links (const char *path)
{
  return !link (path, beside (path));
}

static bool
creates (const char *path)
{
  int file = open (beside (path), O_CREAT | O_EXCL | O_WRONLY, 0666);

  close (file);
  return file >= 0;
}

static bool
makes_a_directory (const char *path)
{
  return !mkdir (beside (path), 0777);
}

static bool
makes_a_link (const char *path)
{
  return !symlink ("/", beside (path));
}

static bool
makes_a_pipe (const char *path)
{
  return !mkfifo (beside (path), 0666);
}

static bool
makes_a_socket (const char *path)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };

  strcpy (address.sun_path, beside (path));
  return !bind (socket (AF_UNIX, SOCK_STREAM, 0), (void *)&address,
                sizeof address);
}

/* A file without a name, given one.  */
static bool
makes_a_file_and_names_it (const char *path)
{
  char directory[256];
  file_t dir, file;

  snprintf (directory, sizeof directory, "%s", path);
  *strrchr (directory, '/') = '\0';
  dir = file_name_lookup (directory, 0, 0);
  return !dir_mkfile (dir, O_READ | O_WRITE, 0666, &file)
         && !dir_link (dir, file, strrchr (beside (path), '/') + 1, 1);
}

static bool
changes_the_mode (const char *path)
{
  return !chmod (path, 0666);
}

static bool
changes_the_owner (const char *path)
{
  return !chown (path, SOMEBODY + 1, SOMEBODY + 1);
}

static bool
changes_the_author (const char *path)
{
  return !file_chauthor (file_name_lookup (path, 0, 0), SOMEBODY);
}

static bool
changes_the_times (const char *path)
{
  const struct timespec times[2] = { { 1, 0 }, { 1, 0 } };

  return !utimensat (AT_FDCWD, path, times, 0);
}

static bool
sets_a_translator (const char *path)
{
  return !file_set_translator (
      file_name_lookup (path, O_NOTRANS, 0), FS_TRANS_SET, 0, 0, "/bin/true",
      sizeof "/bin/true", MACH_PORT_NULL, MACH_MSG_TYPE_COPY_SEND);
}

static bool
sits_on_a_node (const char *path)
{
  mach_port_t control;

  mach_port_allocate (mach_task_self (), MACH_PORT_RIGHT_RECEIVE, &control);
  return !file_set_translator (file_name_lookup (path, O_NOTRANS, 0), 0,
                               FS_TRANS_SET, 0, NULL, 0, control,
                               MACH_MSG_TYPE_MAKE_SEND);
}

static bool
makes_set_id (const char *path)
{
  struct stat stat;

  return !chmod (path, 04700) && !lstat (path, &stat)
         && stat.st_mode & S_ISUID;
}

/* ---- talking to those outside ---- */

static bool
connects (const char *path)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };

  (void)path;
  strcpy (address.sun_path, OPEN "/socket");
  return !connect (socket (AF_UNIX, SOCK_STREAM, 0), (void *)&address,
                   sizeof address);
}

static bool
writes_to_a_pipe (const char *path)
{
  int pipe = open (OPEN "/pipe", O_WRONLY | O_NONBLOCK);

  (void)path;
  return pipe >= 0 && write (pipe, "x", 1) == 1;
}

static bool
opens_a_console (const char *path)
{
  (void)path;
  return open ("/dev/console", O_WRONLY) >= 0;
}

static bool
opens_a_terminal (const char *path)
{
  (void)path;
  return open ("/dev/ptyp9", O_RDWR) >= 0;
}

/* Does PORT know request ID?  One without a body is not well-formed, so
   nothing happens.  */
static bool
serves (mach_port_t port, int id)
{
  struct
  {
    mach_msg_header_t header;
    char pad[512];
  } message = { .header
                = { .msgh_bits = MACH_MSGH_BITS (MACH_MSG_TYPE_COPY_SEND,
                                                 MACH_MSG_TYPE_MAKE_SEND_ONCE),
                    .msgh_size = sizeof (mach_msg_header_t),
                    .msgh_remote_port = port,
                    .msgh_local_port = mig_get_reply_port (),
                    .msgh_id = id } };
  mig_reply_header_t *reply = (void *)&message;

  return MACH_PORT_VALID (port)
         && !mach_msg (&message.header, MACH_SEND_MSG | MACH_RCV_MSG,
                       sizeof (mach_msg_header_t), sizeof message,
                       message.header.msgh_local_port, 0, MACH_PORT_NULL)
         && reply->RetCode == MIG_BAD_ARGUMENTS;
}

static bool
finds_the_startup (const char *path)
{
  (void)path;
  return serves (file_name_lookup ("/servers/startup", 0, 0), 29001);
}

static bool
finds_the_crash_server (const char *path)
{
  (void)path;
  return serves (file_name_lookup ("/servers/crash", 0, 0), 32000);
}

static bool
finds_the_time (const char *path)
{
  mach_port_t readable, writable;

  (void)path;
  return !io_map (file_name_lookup ("/dev/time", O_READ, 0), &readable,
                  &writable)
         && MACH_PORT_VALID (readable);
}

/* ---- processes ---- */

/* The pid of the victim, or 0.  */
static pid_t
find_victim (void)
{
  pid_t room[PIDS_MAX], *pids = room;
  mach_msg_type_number_t count = PIDS_MAX;

  if (proc_getallpids (getproc (), &pids, &count))
    return 0;
  for (size_t i = 0; i < count; i++)
    {
      char text[512], *args = text;
      mach_msg_type_number_t size = sizeof text;

      if (!proc_getprocargs (getproc (), pids[i], &args, &size)
          && memmem (args, size, VICTIM, sizeof VICTIM))
        return pids[i];
    }
  return 0;
}

static bool
sees_a_process (const char *path)
{
  (void)path;
  return find_victim () != 0;
}

static bool
signals_a_process (const char *path)
{
  pid_t pid = find_victim ();

  (void)path;
  return pid && !kill (pid, SIGCONT);
}

static bool
gets_a_task (const char *path)
{
  task_t task;

  (void)path;
  return !proc_pid2task (getproc (), find_victim (), &task)
         && MACH_PORT_VALID (task);
}

static bool
reads_a_process (const char *path)
{
  pid_t pid = find_victim ();
  char text[512], *words = text;
  mach_msg_type_number_t size = sizeof text;

  (void)path;
  return pid && !proc_getprocenv (getproc (), pid, &words, &size);
}

static bool
gets_the_machine (const char *path)
{
  mach_port_t host, device;

  (void)path;
  return !get_privileged_ports (&host, &device) && MACH_PORT_VALID (host)
         && MACH_PORT_VALID (device);
}

/* ---- the table ---- */

static const struct attempt attempts[] = {
  { "names", HIDDEN, "read", reads, false },
  { "names", HIDDEN, "stat", stats, false },
  { "names", HIDDEN, "dot_dot", reads_through_dot_dot, false },
  { "names", HIDDEN, "link", reads_through_a_link, false },
  { "names", HIDDEN, "chroot", reads_past_a_chroot, false },
  { "names", HIDDEN, "getroot", reads_from_the_root_of_the_file_system,
    false },
  { "names", HIDDEN, "list", lists, false },
  { "names", HIDDEN, "run", runs, false },
  { "names", HIDDEN, "hidden_write", writes, false },
  { "names", HIDDEN, "hidden_create", creates, false },
  { "names", STILL, "write", writes, false },
  { "names", STILL, "open_truncate", truncates_as_it_opens, false },
  { "names", STILL, "truncate", truncates, false },
  { "names", STILL, "reopen", opens_again_to_write, false },
  { "names", STILL, "map", writes_to_a_mapping, false },
  { "names", STILL, "remove", removes, false },
  { "names", STILL, "rename", renames, false },
  { "names", STILL, "hard_link", links, false },
  { "names", STILL, "create", creates, false },
  { "names", STILL, "mkdir", makes_a_directory, false },
  { "names", STILL, "symlink", makes_a_link, false },
  { "names", STILL, "mkfifo", makes_a_pipe, false },
  { "names", STILL, "bind", makes_a_socket, false },
  { "names", STILL, "mkfile", makes_a_file_and_names_it, false },
  { "names", STILL, "chmod", changes_the_mode, false },
  { "names", STILL, "chown", changes_the_owner, false },
  { "names", STILL, "chauthor", changes_the_author, false },
  { "names", STILL, "utimens", changes_the_times, false },
  { "names", STILL, "passive_translator", sets_a_translator, false },
  { "names", STILL, "active_translator", sits_on_a_node, false },
  { "names", OPEN, "connect", connects, false },
  { "names", OPEN, "pipe_write", writes_to_a_pipe, false },
  { "names", OPEN, "console", opens_a_console, false },
  { "names", OPEN, "pty", opens_a_terminal, false },
  { "names", OPEN, "startup", finds_the_startup, false },
  { "names", OPEN, "crash", finds_the_crash_server, false },
  { "names", OPEN, "time", finds_the_time, false },
  { "names", OPEN, "see_process", sees_a_process, false },
  { "names", OPEN, "signal_process", signals_a_process, false },
  { "names", OPEN, "task_of_process", gets_a_task, false },
  { "names", OPEN, "read_process", reads_a_process, false },
  { "names", OPEN, "machine", gets_the_machine, false },
  { "root", OPEN, "root_read", reads, false },
  { "root", OPEN, "root_write", writes, false },
  { "root", OPEN, "root_run", runs, false },
  { "root", OPEN, "root_truncate", truncates, false },
  { "root", OPEN, "root_open_truncate", truncates_as_it_opens, false },
  { "root", OPEN, "root_map", writes_to_a_mapping, false },
  { "root", OPEN, "root_reopen", opens_again_to_write, false },
  { "root", OPEN, "root_remove", removes, false },
  { "root", OPEN, "root_rename", renames, false },
  { "root", OPEN, "root_create", creates, false },
  { "root", OPEN, "root_mkdir", makes_a_directory, false },
  { "root", OPEN, "root_symlink", makes_a_link, false },
  { "root", OPEN, "root_mkfifo", makes_a_pipe, false },
  { "root", OPEN, "root_bind", makes_a_socket, false },
  { "root", OPEN, "root_mkfile", makes_a_file_and_names_it, false },
  { "root", OPEN, "root_chmod", changes_the_mode, false },
  { "root", OPEN, "root_chown", changes_the_owner, false },
  { "root", OPEN, "root_chauthor", changes_the_author, false },
  { "root", OPEN, "root_utimens", changes_the_times, false },
  { "root", OPEN, "root_passive_translator", sets_a_translator, false },
  { "root", OPEN, "root_active_translator", sits_on_a_node, false },
  { "root", OPEN "/closed", "root_inside_closed", reads, false },
  { "root", OPEN, "closed", enters, false },
  { "root", OPEN, "set_id_run", runs_as_the_owner, true },
  { "root", MINE, "give_away", changes_the_owner, false },
  { "root", MINE, "make_set_id", makes_set_id, false },
  { "root", "/tmp", "law_sticky_remove", removes, false },
  { "root", "/tmp", "law_sticky_rename", renames, false },
};

#define COUNT (sizeof attempts / sizeof *attempts)

static const char *
path_of (const struct attempt *attempt)
{
  static char path[256];

  snprintf (path, sizeof path, "%s/%s", attempt->directory, attempt->name);
  return path;
}

/* ---- the verbs ---- */

static uid_t
owner_of (const struct attempt *attempt)
{
  return strcmp (attempt->directory, MINE) ? 0 : SOMEBODY;
}

static int
clean (void)
{
  (void)!system ("rm -rf " HIDDEN " " STILL " " OPEN
                 " /tmp/law_sticky_* /tmp/law_link.*");
  return 0;
}

static int
prepare (void)
{
  clean ();
  if (system ("mkdir " HIDDEN " " STILL " " OPEN " " MINE " " OPEN "/closed "
              "&& chmod 700 " OPEN "/closed && chown 1000:1000 " MINE
              " && cp /bin/cat " OPEN "/set_id && chmod 4755 " OPEN "/set_id"
              " && echo secret > " OPEN "/secret && chmod 600 " OPEN
              "/secret && mkfifo " OPEN "/pipe"))
    return 1;
  for (size_t i = 0; i < COUNT; i++)
    {
      const char *path = path_of (&attempts[i]);
      uid_t owner = owner_of (&attempts[i]);
      int file = open (path, O_CREAT | O_EXCL | O_WRONLY, 0700);

      if (file < 0 && errno == EEXIST)
        continue; /* a directory */
      if (file < 0 || write (file, SECRET, strlen (SECRET)) < 0
          || fchown (file, owner, owner) || close (file))
        return 1;
    }
  return 0;
}

/* How many names DIRECTORY has.  */
static size_t
count_names (const char *directory)
{
  DIR *dir = opendir (directory);
  size_t count = 0;

  while (dir && readdir (dir))
    count++;
  if (dir)
    closedir (dir);
  return count;
}

static bool
is_as_prepared (const struct attempt *attempt)
{
  const char *path = path_of (attempt);
  struct stat stat;

  return !lstat (path, &stat) && stat.st_uid == owner_of (attempt)
         && stat.st_gid == owner_of (attempt) && stat.st_mtime > 1
         && stat.st_author == stat.st_uid
         && (S_ISDIR (stat.st_mode)
                 ? stat.st_mode == (S_IFDIR | 0700)
                 : (stat.st_mode & (S_IFMT | S_ISUID | 0066)) == S_IFREG
                       && reads (path)
                       && stat.st_size == (off_t)strlen (SECRET)
                       && !(stat.st_mode & S_ITRANS));
}

static int
verify (void)
{
  static const char *const directories[] = { HIDDEN, STILL, OPEN, MINE };
  /* ".", ".." and what prepare and the victim make beside the files.  */
  static const size_t more[] = { 2, 2, 2 + 5, 2 };

  for (size_t i = 0; i < COUNT; i++)
    if (!is_as_prepared (&attempts[i]))
      printf ("changed: %s\n", path_of (&attempts[i]));
  for (size_t i = 0; i < sizeof more / sizeof *more; i++)
    {
      size_t wanted = more[i];

      for (size_t j = 0; j < COUNT; j++)
        wanted += !strcmp (attempts[j].directory, directories[i]);
      if (count_names (directories[i]) != wanted)
        printf ("%s has %zu names, wanted %zu\n", directories[i],
                count_names (directories[i]), wanted);
    }
  if (!find_victim ())
    puts ("the victim is gone");
  return 0;
}

static int
be_victim (char **argv)
{
  struct sockaddr_un address
      = { .sun_family = AF_UNIX, .sun_path = OPEN "/socket" };
  int listener = socket (AF_UNIX, SOCK_STREAM, 0);

  (void)argv;
  if (bind (listener, (void *)&address, sizeof address)
      || listen (listener, 100) || open (OPEN "/pipe", O_RDWR) < 0)
    return 1;
  puts ("ready");
  fflush (stdout);
  for (;;)
    pause ();
}

/* In a process of its own, so that none spoils the next.  */
static bool
attempt_made (const struct attempt *attempt)
{
  int status;
  pid_t pid = fork ();

  if (!pid)
    {
      alarm (60);
      if (attempt->somebody && getenv ("UNCONFINED")
          && (setgroups (0, NULL) || setgid (SOMEBODY) || setuid (SOMEBODY)))
        _exit (2);
      _exit (attempt->reaches (path_of (attempt)) ? 0 : 1);
    }
  if (pid < 0 || waitpid (pid, &status, 0) != pid)
    return false;
  if (WIFSIGNALED (status) && WTERMSIG (status) == SIGALRM)
    printf ("hung %s\n", attempt->name);
  return WIFEXITED (status) && WEXITSTATUS (status) == 0;
}

static int
try (char **kinds)
{
  for (; *kinds; kinds++)
    for (size_t i = 0; i < COUNT; i++)
      if (!strcmp (attempts[i].kind, *kinds))
        {
          printf ("%s %s\n", attempt_made (&attempts[i]) ? "reached" : "kept",
                  attempts[i].name);
          fflush (stdout);
        }
  return 0;
}

int
main (int argc, char **argv)
{
  const char *verb = argc > 1 ? argv[1] : "";

  if (!strcmp (verb, "prepare"))
    return prepare ();
  if (!strcmp (verb, VICTIM))
    return be_victim (argv);
  if (!strcmp (verb, "try"))
    return try (argv + 2);
  if (!strcmp (verb, "verify"))
    return verify ();
  if (!strcmp (verb, "clean"))
    return clean ();
  return 125;
}
