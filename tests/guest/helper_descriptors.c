/* helper_descriptors.c -- law 3, seen from inside: everything that can be a
   descriptor says who it is, always the same, and can change identities

   helper_descriptors PATH...: the PATHs, what is open, and what can be made.
   "right", or what is wrong of what.

   helper_descriptors --after FILE PROGRAM PATH...: "ready", and when FILE is
   there: each changes identities or is dead, and the set-id PROGRAM runs with
   all of them open.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <errno.h>
#include <fcntl.h>
#include <hurd.h>
#include <hurd/auth.h>
#include <hurd/fd.h>
#include <hurd/io.h>
#include <mach.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SECONDS 20
#define WAIT_MS 60000
#define KINDS_MAX 48

struct kind
{
  const char *name;
  mach_port_t port; /* send right */
};

static struct kind kinds[KINDS_MAX];
static size_t kind_count;
static bool right = true;
static bool after; /* some of it may have been taken back */

static void
wrong (const struct kind *kind, const char *what, error_t err)
{
  printf ("wrong: %s: %s (%s)\n", kind->name, what, strerror (err));
  right = false;
}

static void
add (const char *name, mach_port_t port)
{
  if (MACH_PORT_VALID (port) && kind_count < KINDS_MAX)
    kinds[kind_count++] = (struct kind){ name, port };
  else if (!after)
    printf ("# no %s\n", name);
}

static void
add_pair (const char *name, const int *ends)
{
  add (name, getdport (ends[0]));
  add (name, getdport (ends[1]));
}

/* What KIND says it is; null: it does not say.  */
static mach_port_t
identity_of (mach_port_t port)
{
  mach_port_t identity, system;
  ino64_t number;

  if (io_identity (port, &identity, &system, &number))
    return MACH_PORT_NULL;
  mach_port_deallocate (mach_task_self (), system);
  return identity; /* kept, so that no other can have its name */
}

static void
check_identity (const struct kind *kind)
{
  mach_port_t again, first = identity_of (kind->port);

  if (first == MACH_PORT_NULL)
    return;
  if (identity_of (kind->port) != first)
    wrong (kind, "another identity each time", 0);
  if (io_duplicate (kind->port, &again))
    wrong (kind, "has no duplicate", errno);
  else if (identity_of (again) != first)
    wrong (kind, "its duplicate is somebody else", 0);
}

/* As the C library does when the identity changes.  Who does not answer lets
   the alarm end us.  */
static void
check_reauthentication (const struct kind *kind)
{
  mach_port_t reference = mach_reply_port (), renewed = MACH_PORT_NULL;
  error_t err
      = io_reauthenticate (kind->port, reference, MACH_MSG_TYPE_MAKE_SEND);

  if (!after)
    printf ("# %s\n", kind->name);
  fflush (stdout);
  if (!err)
    err = auth_user_authenticate (getauth (), reference,
                                  MACH_MSG_TYPE_MAKE_SEND, &renewed);
  if (after && (err || !MACH_PORT_VALID (renewed)))
    return; /* it is dead, and says so */
  if (err || !MACH_PORT_VALID (renewed))
    wrong (kind, "does not change identities", err);
  else if (identity_of (kind->port) != identity_of (renewed))
    wrong (kind, "is somebody else with another identity", 0);
}

/* ---- what there is ---- */

static void
add_paths (char **paths, int count)
{
  for (int i = 0; i < count; i++)
    add (paths[i], file_name_lookup (paths[i], O_NOLINK, 0));
  for (int i = 0; i < count; i++)
    add (paths[i], file_name_lookup (paths[i], O_READ, 0));
  for (int i = 0; after && i < count; i++)
    add (paths[i], file_name_lookup (paths[i], O_READ | O_WRITE, 0));
}

static void
add_made (void)
{
  int ends[2];

  if (!pipe (ends))
    add_pair ("pipe", ends);
  if (!socketpair (AF_UNIX, SOCK_STREAM, 0, ends))
    add_pair ("socket", ends);
  add ("unconnected socket", getdport (socket (AF_UNIX, SOCK_DGRAM, 0)));
  add ("inet socket", getdport (socket (AF_INET, SOCK_STREAM, 0)));
}

/* Whose other end, or name, has gone.  */
static void
add_left_over (void)
{
  char file[] = "/tmp/descriptorsXXXXXX", directory[] = "/tmp/directoryXXXXXX";
  int ends[2];

  if (!pipe (ends) && !close (ends[0]))
    add ("pipe without a reader", getdport (ends[1]));
  if (!pipe (ends) && !close (ends[1]))
    add ("pipe without a writer", getdport (ends[0]));
  if (!socketpair (AF_UNIX, SOCK_STREAM, 0, ends) && !close (ends[1]))
    add ("socket without a peer", getdport (ends[0]));
  add ("removed file", getdport (mkstemp (file)));
  unlink (file);
  if (mkdtemp (directory))
    add ("removed directory", file_name_lookup (directory, O_READ, 0));
  rmdir (directory);
}

static bool
wait_for (const char *file)
{
  puts ("ready");
  fflush (stdout);
  for (int ms = 0; ms < WAIT_MS; ms += 100)
    {
      if (!access (file, F_OK))
        return true;
      usleep (100000);
    }
  return false;
}

static void
run (const char *program)
{
  int status;
  pid_t pid;

  fflush (stdout);
  pid = fork ();
  if (!pid)
    {
      execl (program, program, "-u", NULL);
      _exit (127);
    }
  if (pid < 0 || waitpid (pid, &status, 0) != pid || status)
    {
      puts ("wrong: the set-id program");
      right = false;
    }
}

int
main (int argc, char **argv)
{
  after = argc > 3 && !strcmp (argv[1], "--after");
  add ("root", getcrdir ());
  add ("working directory", getcwdir ());
  add_paths (argv + (after ? 4 : 1), argc - (after ? 4 : 1));
  for (int i = 0; i < 3; i++)
    add ("what the starter gave", getdport (i));
  add_made ();
  add_left_over ();
  if (after && !wait_for (argv[2]))
    return 1;
  alarm (SECONDS);
  for (size_t i = 0; i < kind_count; i++)
    {
      check_identity (&kinds[i]);
      check_reauthentication (&kinds[i]);
    }
  /* All that is open, at once.  */
  for (size_t i = 0; i < kind_count; i++)
    (void)openport (kinds[i].port, O_RDWR);
  if (seteuid (1234) || seteuid (0))
    {
      puts ("wrong: the ids do not change");
      right = false;
    }
  if (after)
    run (argv[3]);
  if (right)
    puts ("right");
  return 0;
}
