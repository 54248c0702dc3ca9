/* helper_victims.c -- programs that use a directory while it is taken away

   helper_victims [--deep] DIRECTORY KIND...: a process for each KIND, which
   uses DIRECTORY until told.  Commands are bytes on descriptor 0, answers are
   lines on descriptor 1:

     g  begin: open, map, lock, run.  "ready"
     r  it has been revoked: nothing may work any more.  "right"
     l  it has been lowered: nothing may change it any more.  "right"

   or what was wrong, of whom.  --wait is about descriptor 0 itself.  With
   --deep the directory was given on by one environment to the next, and
   mappings end as soon as each has heard of it. What is right for each kind is
   in the table of kinds; servers/root/README.md says it in words.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mach.h>

#define PAGES 4
#define PAGE 4096
#define VICTIMS_MAX 16
#define WIRED_MANY 20

static const char *directory;
static bool deep;
static char path[256];

static const char *
under (const char *name)
{
  snprintf (path, sizeof path, "%s/%s", directory, name);
  return path;
}

/* What the last use came to, when it failed.  */
static char why[128];

/* Say that CALL failed, with errno.  */
static bool
failed (const char *call)
{
  snprintf (why, sizeof why, "%s: %s", call, strerrorname_np (errno));
  return false;
}

/* ---- the kinds ----

   BEGIN opens what is to be used.  USE uses it once and is true while it
   works; it waits if that is what it is about.  END closes.  */

static int descriptor = -1;
static char *map;
static pid_t child = -1;
static sigjmp_buf no_page;

static bool
open_file (void)
{
  descriptor = open (under ("file"), O_RDONLY);
  return descriptor >= 0 || failed ("open");
}

static bool
use_read (void)
{
  char page[PAGE];

  errno = 0;
  return pread (descriptor, page, sizeof page, 0) > 0 || failed ("read");
}

static void
close_file (void)
{
  if (descriptor >= 0)
    close (descriptor);
  descriptor = -1;
}

static bool
use_names (void)
{
  struct stat stat_buf;

  return !stat (under ("deep/er"), &stat_buf) || failed ("stat");
}

static bool
begin_directory (void)
{
  return !chdir (under ("deep/er")) || failed ("chdir");
}

static bool
use_directory (void)
{
  int up = open ("..", O_RDONLY | O_DIRECTORY);

  if (up < 0)
    return failed ("open ..");
  close (up);
  return true;
}

static void
end_directory (void)
{
  if (chdir ("/"))
    _exit (3);
}

static void
on_no_page (int signal)
{
  siglongjmp (no_page, signal);
}

static bool
map_file (int protection, int flags)
{
  bool writes = protection & PROT_WRITE && flags & MAP_SHARED;

  /* Who reads has a file of his own: the kernel copies a page for a private
     mapping when somebody else changes it.  */
  descriptor
      = open (under (writes ? "written" : "file"), writes ? O_RDWR : O_RDONLY);
  if (descriptor < 0)
    return failed ("open");
  map = mmap (NULL, PAGES * PAGE, protection, flags, descriptor, 0);
  if (map == MAP_FAILED)
    {
      map = NULL;
      return failed ("mmap");
    }
  return true;
}

static bool
touch_pages (int first)
{
  volatile char *page = map;
  int sum = 0, signal = sigsetjmp (no_page, 1);

  if (signal)
    {
      snprintf (why, sizeof why, "a page: %s", strsignal (signal));
      return false;
    }
  for (int i = first; i < PAGES; i++)
    sum += page[i * PAGE];
  return sum >= 0;
}

static bool
begin_shared (void)
{
  return map_file (PROT_READ, MAP_SHARED);
}

static bool
use_shared (void)
{
  return touch_pages (0);
}

static void
end_map (void)
{
  if (map)
    munmap (map, PAGES * PAGE);
  map = NULL;
  close_file ();
}

/* Page 0 is our own from here on.  */
static bool
begin_private (void)
{
  if (!map_file (PROT_READ | PROT_WRITE, MAP_PRIVATE) || !touch_pages (0))
    return false;
  map[0] = 'P';
  return true;
}

static bool
use_private (void)
{
  if (map[0] != 'P')
    {
      snprintf (why, sizeof why, "the page of its own is gone");
      return false;
    }
  return touch_pages (1);
}

/* A child that lives until USE fails for it, and tells how by its status.  */
static bool
begin_forked (void)
{
  if (!map_file (PROT_READ, MAP_SHARED) || !touch_pages (0))
    return false;
  child = fork ();
  if (child < 0)
    return failed ("fork");
  if (child)
    return true;
  while (touch_pages (0))
    sched_yield ();
  _exit (42);
}

static bool
child_lives (void)
{
  int status;
  pid_t ended = waitpid (child, &status, WNOHANG);

  if (!ended)
    return true;
  child = -1;
  if (WIFSIGNALED (status) && WTERMSIG (status) != SIGKILL)
    snprintf (why, sizeof why, "the child: a fault");
  else if (WIFSIGNALED (status))
    snprintf (why, sizeof why, "the child: %s", strsignal (WTERMSIG (status)));
  else
    snprintf (why, sizeof why, "the child: status %d", WEXITSTATUS (status));
  return false;
}

static void
end_child (void)
{
  if (child > 0)
    {
      kill (child, SIGKILL);
      waitpid (child, NULL, 0);
    }
  child = -1;
  end_map ();
}

/* In a child: wire the first page of the COUNT files that are mapped at MAPS,
   for ever.  */
static void
wire_and_touch (char *const *maps, int count, int started)
{
  for (int i = 0; i < count; i++)
    if (vm_wire (mach_host_self (), mach_task_self (), (vm_address_t)maps[i],
                 PAGE, VM_PROT_READ))
      _exit (4);
  map = maps[0];
  if (write (started, "w", 1) != 1)
    _exit (4);
  while (touch_pages (0))
    sched_yield ();
  for (;;)
    pause ();
}

static bool
wire_in_child (char *const *maps, int count)
{
  int started[2];
  char byte = 0;

  if (pipe (started))
    return failed ("pipe");
  child = fork ();
  if (child < 0)
    return failed ("fork");
  if (!child)
    wire_and_touch (maps, count, started[1]);
  close (started[1]);
  if (read (started[0], &byte, 1) != 1)
    byte = 0;
  close (started[0]);
  return byte || failed ("vm_wire");
}

/* Whoever keeps a page wired is ended, with all that map the file.  */
static bool
begin_wired (void)
{
  bool wired = map_file (PROT_READ, MAP_SHARED) && wire_in_child (&map, 1);

  end_map ();
  return wired;
}

/* As many that all workers are in a call that does not return.  */
static bool
begin_wired_many (void)
{
  char *maps[WIRED_MANY], name[16];
  bool wired;
  int count = 0;

  for (; count < WIRED_MANY; count++)
    {
      snprintf (name, sizeof name, "many/%d", count);
      descriptor = open (under (name), O_RDONLY);
      maps[count]
          = mmap (NULL, PAGES * PAGE, PROT_READ, MAP_SHARED, descriptor, 0);
      close_file ();
      if (maps[count] == MAP_FAILED)
        break;
    }
  wired = count == WIRED_MANY ? wire_in_child (maps, count) : failed ("mmap");
  while (count--)
    munmap (maps[count], PAGES * PAGE);
  return wired;
}

/* A program that is a file of the directory, with descriptor 1 OUTPUT.  It
   runs when it has closed what exec closes.  */
static bool
run (const char *name, int output)
{
  int started[2];
  char byte;
  bool runs;

  if (pipe2 (started, O_CLOEXEC))
    return failed ("pipe");
  child = fork ();
  if (child < 0)
    return failed ("fork");
  if (!child)
    {
      dup2 (output, 1);
      execl (under (name), name, "--spin", NULL);
      (void)!write (started[1], "f", 1);
      _exit (127);
    }
  close (started[1]);
  runs = !read (started[0], &byte, 1);
  close (started[0]);
  return runs || failed ("exec");
}

/* Without libc nobody makes a signal of the fault.  */
static bool
begin_program (void)
{
  return run ("spin", 1);
}

/* It does once libc has begun.  */
static bool
begin_libc (void)
{
  int begun[2];
  char byte = 0;
  bool runs;

  if (pipe2 (begun, O_CLOEXEC))
    return failed ("pipe");
  runs = run ("victims", begun[1]);
  close (begun[1]);
  if (runs && read (begun[0], &byte, 1) != 1)
    runs = failed ("libc");
  close (begun[0]);
  return runs;
}

/* A lock that somebody outside holds all the time.  */
static bool
begin_lock (void)
{
  descriptor = open (under ("locked"), O_RDWR);
  return descriptor >= 0 || failed ("open");
}

static bool
use_lock (void)
{
  struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

  return !fcntl (descriptor, F_SETLKW, &lock) || failed ("lock");
}

static bool
begin_write (void)
{
  descriptor = open (under ("written"), O_RDWR);
  return descriptor >= 0 || failed ("open");
}

static bool
use_write (void)
{
  return pwrite (descriptor, "w", 1, 0) == 1 || failed ("write");
}

static bool
begin_shared_write (void)
{
  return map_file (PROT_READ | PROT_WRITE, MAP_SHARED);
}

static bool
use_shared_write (void)
{
  int signal = sigsetjmp (no_page, 1);

  if (signal)
    {
      snprintf (why, sizeof why, "a page: %s", strsignal (signal));
      return false;
    }
  for (int i = 0; i < PAGES; i++)
    map[i * PAGE] = 'S';
  return true;
}

static bool
begin_nothing (void)
{
  return true;
}

static void
end_nothing (void)
{
}

static bool
use_others (void)
{
  struct stat stat_buf;

  return !stat ("/bin/sh", &stat_buf) || failed ("stat /bin/sh");
}

static const struct kind
{
  const char *name;
  bool (*begin) (void);
  bool (*use) (void);
  void (*end) (void);
  /* WHY at the end; NULL: it goes on.  */
  const char *revoked, *lowered;
  bool soon; /* not at once: somebody else has to notice */
} kinds[] = {
  { "read", open_file, use_read, close_file, .revoked = "read: EIO" },
  { "names", begin_nothing, use_names, end_nothing, .revoked = "stat: EIO" },
  { "directory", begin_directory, use_directory, end_directory,
    .revoked = "open ..: EIO" },
  { "shared", begin_shared, use_shared, end_map,
    .revoked = "a page: Bus error" },
  { "private", begin_private, use_private, end_map,
    .revoked = "a page: Bus error" },
  { "forked", begin_forked, child_lives, end_child,
    .revoked = "the child: status 42", .soon = true },
  { "program", begin_program, child_lives, end_child,
    .revoked = "the child: Killed", .soon = true },
  { "libc", begin_libc, child_lives, end_child,
    .revoked = "the child: a fault", .soon = true },
  { "wired", begin_wired, child_lives, end_child,
    .revoked = "the child: Killed", .soon = true },
  { "wired-many", begin_wired_many, child_lives, end_child,
    .revoked = "the child: Killed", .soon = true },
  { "lock", begin_lock, use_lock, close_file, .revoked = "lock: EIO" },
  { "write", begin_write, use_write, close_file, .revoked = "write: EIO",
    .lowered = "write: EROFS" },
  { "shared-write", begin_shared_write, use_shared_write, end_map,
    .revoked = "a page: Bus error", .lowered = "a page: Bus error" },
  { "others", begin_nothing, use_others, end_nothing, .revoked = NULL },
};

#define KINDS (sizeof kinds / sizeof *kinds)

/* ---- a victim ---- */

#define SOON_MS 5000
#define SAID_MAX 128

static void
say (int to, const char *text)
{
  char said[SAID_MAX] = "";

  snprintf (said, sizeof said, "%s", text);
  if (write (to, said, sizeof said) != sizeof said)
    _exit (3);
}

static bool
told (int from, int timeout)
{
  struct pollfd poll_fd = { .fd = from, .events = POLLIN };

  return poll (&poll_fd, 1, timeout) > 0;
}

/* Does KIND end as it should, after COMMAND?  It has ended already unless
   WORKS.  */
static void
victim_judge (const struct kind *kind, char command, bool works, int to)
{
  const char *wanted = command == 'r' ? kind->revoked : kind->lowered;
  char text[2 * SAID_MAX];

  if (works)
    works = kind->use ();
  for (int ms = 0; works && wanted && (kind->soon || deep) && ms < SOON_MS;
       ms += 10)
    {
      usleep (10000);
      works = kind->use ();
    }
  if (works ? !wanted : wanted && !strcmp (why, wanted))
    {
      say (to, "right");
      return;
    }
  snprintf (text, sizeof text, "%s; expected %s", works ? "works" : why,
            wanted ? wanted : "that it works");
  say (to, text);
}

static void
victim_round (const struct kind *kind, int from, int to)
{
  bool works = true;
  char command;

  if (!kind->begin ())
    {
      say (to, why);
      kind->end ();
      return;
    }
  say (to, "ready");
  while (!told (from, 0) && (works = kind->use ()))
    ;
  if (read (from, &command, 1) != 1)
    _exit (0);
  victim_judge (kind, command, works, to);
  kind->end ();
}

static void
victim (const struct kind *kind, int from, int to)
{
  char command;

  signal (SIGBUS, on_no_page);
  signal (SIGSEGV, on_no_page);
  while (read (from, &command, 1) == 1)
    if (command == 'g')
      victim_round (kind, from, to);
    else
      say (to, "it has not begun");
  _exit (0);
}

/* ---- all of them ---- */

#define ANSWER_MS 30000

static struct process
{
  const struct kind *kind;
  int to, from;
} processes[VICTIMS_MAX];
static size_t count;

static bool
process_start (const char *name)
{
  struct process *process = &processes[count];
  int commands[2], answers[2];
  size_t i;

  for (i = 0; i < KINDS && strcmp (kinds[i].name, name); i++)
    ;
  if (i == KINDS || count == VICTIMS_MAX || pipe (commands) || pipe (answers))
    return false;
  switch (fork ())
    {
    case -1:
      return false;
    case 0:
      close (commands[1]);
      for (size_t other = 0; other < count; other++)
        close (processes[other].to);
      victim (&kinds[i], commands[0], answers[1]);
    }
  close (commands[0]);
  close (answers[1]);
  *process = (struct process){ &kinds[i], commands[1], answers[0] };
  count++;
  return true;
}

static void
all (char command)
{
  const char *wanted = command == 'g' ? "ready" : "right";
  bool wrong = false;

  for (size_t i = 0; i < count; i++)
    if (write (processes[i].to, &command, 1) != 1)
      exit (3);
  for (size_t i = 0; i < count; i++)
    {
      char said[SAID_MAX] = "does not answer";

      if (told (processes[i].from, ANSWER_MS)
          && read (processes[i].from, said, sizeof said) != sizeof said)
        strcpy (said, "is gone");
      if (!strcmp (said, wanted))
        continue;
      printf ("%s%s: %s", wrong ? "; " : "", processes[i].kind->name, said);
      wrong = true;
    }
  puts (wrong ? "" : wanted);
  fflush (stdout);
}

/* In select on the starter's descriptor, which is taken away: "read: EIO".  */
static int
wait_for_input (void)
{
  struct pollfd poll_fd = { .fd = 0, .events = POLLIN };
  char byte;

  puts ("ready");
  fflush (stdout);
  (void)poll (&poll_fd, 1, -1);
  if (read (0, &byte, 1) < 0)
    (void)failed ("read");
  puts (*why ? why : "read works");
  return 0;
}

static _Noreturn void
spin (void)
{
  (void)!write (1, "s", 1);
  for (volatile unsigned int turns = 0;; turns++)
    ;
}

int
main (int argc, char **argv)
{
  char command;

  if (argc == 2 && !strcmp (argv[1], "--spin"))
    spin ();
  if (argc == 2 && !strcmp (argv[1], "--wait"))
    return wait_for_input ();
  deep = argc > 1 && !strcmp (argv[1], "--deep");
  argc -= deep;
  argv += deep;
  if (argc < 3)
    {
      fprintf (stderr, "usage: helper_victims [--deep] DIRECTORY KIND...\n");
      return 2;
    }
  directory = argv[1];
  for (int i = 2; i < argc; i++)
    if (!process_start (argv[i]))
      {
        fprintf (stderr, "helper_victims: cannot start %s\n", argv[i]);
        return 2;
      }
  while (read (0, &command, 1) == 1)
    all (command);
  return 0;
}
