/* helper_static_poke.c -- do with a directory all that can be done with one

   helper_static_poke DIRECTORY: "poked", whatever comes of it

   DIRECTORY may be served by somebody who never answers: nothing is waited for
   longer than a moment, and what then still waits is "stuck".
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOMENT_US 100000
#define STUCK_MS 10000
#define PAGE 4096

static void
on_alarm (int signal)
{
  (void)signal;
}

static void
moment (int us)
{
  const struct itimerval timer = { { 0, us }, { 0, us } };

  setitimer (ITIMER_REAL, &timer, NULL);
}

/* ---- what can be done ---- */

static void
use_file (int file)
{
  struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
  struct stat stat;
  char bytes[100];

  (void)!read (file, bytes, sizeof bytes);
  (void)!write (file, "poke", 4);
  lseek (file, 0, SEEK_END);
  fstat (file, &stat);
  fcntl (file, F_SETLK, &lock);
  fsync (file);
  (void)!ftruncate (file, 1);
  fchmod (file, 0600);
  fcntl (file, F_SETFL, O_APPEND);
}

static void
open_file (void)
{
  int file = open ("file", O_RDWR);

  if (file >= 0)
    use_file (file);
  close (file);
}

static void
create_file (void)
{
  close (open ("new", O_CREAT | O_WRONLY, 0600));
}

static void
open_nameless (void)
{
  int file = open (".", O_TMPFILE | O_RDWR, 0600);

  if (file >= 0)
    use_file (file);
  close (file);
}

static void
list (void)
{
  DIR *dir = opendir (".");

  while (dir && readdir (dir))
    ;
  if (dir)
    closedir (dir);
}

static void
look (void)
{
  struct stat stat;
  struct statvfs statvfs_buf;

  lstat ("file", &stat);
  statvfs (".", &statvfs_buf);
  access ("file", W_OK);
}

static void
follow (void)
{
  char target[64];

  (void)!readlink ("link", target, sizeof target);
  close (open ("link", O_RDONLY));
}

static void
go_down (void)
{
  if (!chdir ("d/d/d") && !chdir ("..") && !chdir ("../.."))
    list ();
}

static void
change_names (void)
{
  mkdir ("made", 0700);
  (void)!symlink ("file", "soft");
  (void)!link ("file", "hard");
  rename ("file", "new");
  unlink ("file");
  rmdir ("d");
  mkfifo ("fifo", 0600);
}

static void
change_facts (void)
{
  const struct timespec times[2] = { { 1, 0 }, { 2, 0 } };

  chmod ("file", 0644);
  (void)!chown ("file", 1, 1);
  utimensat (AT_FDCWD, "file", times, 0);
}

static void
map (void)
{
  int file = open ("file", O_RDWR);
  volatile char *at
      = mmap (NULL, 8 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);

  for (int i = 0; at != MAP_FAILED && i < 8; i++)
    at[i * PAGE]++;
}

static void
run (void)
{
  execl ("file", "file", NULL);
}

static void (*const pokes[]) (void)
    = { open_file, create_file,  open_nameless, list, look, follow,
        go_down,   change_names, change_facts,  map,  run };

/* ---- each in a process of its own ---- */

/* Its calls are interrupted, and then it is killed: both have to work.  */
static bool
poke (const char *directory, void (*act) (void))
{
  int status;
  pid_t pid = fork ();

  if (!pid)
    {
      moment (MOMENT_US); /* and again and again */
      if (!chdir (directory))
        act ();
      _exit (0);
    }
  for (int ms = 0; pid > 0 && ms < STUCK_MS; ms += 10)
    {
      if (waitpid (pid, &status, WNOHANG) == pid)
        return true;
      usleep (10000);
      if (ms == STUCK_MS / 2)
        kill (pid, SIGKILL);
    }
  return pid <= 0;
}

int
main (int argc, char **argv)
{
  const struct sigaction action = { .sa_handler = on_alarm };
  bool stuck = false;

  if (argc != 2)
    return 2;
  sigaction (SIGALRM, &action, NULL); /* what it interrupts is not restarted */
  for (size_t i = 0; i < sizeof pokes / sizeof *pokes; i++)
    if (!poke (argv[1], pokes[i]))
      {
        printf ("stuck:%zu ", i);
        stuck = true;
      }
  puts (stuck ? "" : "poked");
  return 0;
}
