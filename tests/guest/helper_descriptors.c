/* helper_descriptors.c -- law 3, seen from inside: everything that can be a
   descriptor says who it is, always the same, and can change identities

   helper_descriptors PATH...: the PATHs, what is open, and what can be made.
   "right", or what is wrong of what.
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
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SECONDS 20
#define KINDS_MAX 32

struct kind
{
  const char *name;
  mach_port_t port; /* send right */
};

static struct kind kinds[KINDS_MAX];
static size_t kind_count;
static bool right = true;

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
  else
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

  printf ("# %s\n", kind->name);
  fflush (stdout);
  if (!err)
    err = auth_user_authenticate (getauth (), reference,
                                  MACH_MSG_TYPE_MAKE_SEND, &renewed);
  if (err || !MACH_PORT_VALID (renewed))
    wrong (kind, "does not change identities", err);
  else if (identity_of (kind->port) != identity_of (renewed))
    wrong (kind, "is somebody else with another identity", 0);
}

int
main (int argc, char **argv)
{
  int ends[2];

  alarm (SECONDS);
  add ("root", getcrdir ());
  add ("working directory", getcwdir ());
  for (int i = 1; i < argc; i++)
    add (argv[i], file_name_lookup (argv[i], O_NOLINK, 0));
  for (int i = 1; i < argc; i++)
    add (argv[i], file_name_lookup (argv[i], O_READ, 0));
  for (int i = 0; i < 3; i++)
    add ("what the starter gave", getdport (i));
  if (!pipe (ends))
    add_pair ("pipe", ends);
  if (!socketpair (AF_UNIX, SOCK_STREAM, 0, ends))
    add_pair ("socket", ends);
  add ("unconnected socket", getdport (socket (AF_UNIX, SOCK_DGRAM, 0)));
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
  if (right)
    puts ("right");
  return 0;
}
