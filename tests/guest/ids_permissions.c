/* ids_permissions.c -- who may do what inside the environment
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <grp.h>
#include <hurd.h>
#include <hurd/auth.h>
#include <mach.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/guest/claim.h"

#define IDS_MAX 1024

#define USER 1000
#define OTHER 1001

/* Run BODY as uid and gid ID in a child; true if it returns 0.  */
static bool
as_user (uid_t id, int (*body) (void))
{
  pid_t child = fork ();
  int status = -1;

  if (child == 0)
    {
      if (setgroups (0, NULL) || setgid (id) || setuid (id))
        _exit (100);
      _exit (body ());
    }
  return child > 0 && waitpid (child, &status, 0) == child && status == 0;
}

static const char file[] = "/tmp/ids_permissions";

static bool
file_with_mode (mode_t mode)
{
  int fd = open (file, O_RDWR | O_CREAT | O_TRUNC, 0600);

  if (fd < 0)
    return false;
  close (fd);
  return chown (file, USER, USER) == 0 && chmod (file, mode) == 0;
}

static int
ids_are_a_users (void)
{
  return getuid () == USER && geteuid () == USER && getgid () == USER ? 0 : 1;
}

static bool
setuid_gives_root_up (void)
{
  REQUIRE (as_user (USER, ids_are_a_users));
  return true;
}

static int
root_cannot_be_taken_back (void)
{
  return setuid (0) == -1 && errno == EPERM && seteuid (0) == -1 ? 0 : 1;
}

static bool
a_user_cannot_become_root (void)
{
  REQUIRE (as_user (USER, root_cannot_be_taken_back));
  return true;
}

static int
open_is_denied (void)
{
  return open (file, O_RDONLY) == -1 && errno == EACCES ? 0 : 1;
}

static int
open_is_allowed (void)
{
  return open (file, O_RDONLY) >= 0 ? 0 : 1;
}

static bool
a_private_file_is_private (void)
{
  REQUIRE (file_with_mode (0600));
  REQUIRE (as_user (OTHER, open_is_denied));
  REQUIRE (as_user (USER, open_is_allowed));
  REQUIRE (chmod (file, 0644) == 0);
  REQUIRE (as_user (OTHER, open_is_allowed));
  unlink (file);
  return true;
}

static int
writing_is_denied (void)
{
  return open (file, O_WRONLY) == -1 && errno == EACCES ? 0 : 1;
}

static int
chmod_is_denied (void)
{
  return chmod (file, 0777) == -1 && errno == EPERM ? 0 : 1;
}

static int
chown_is_denied (void)
{
  return chown (file, OTHER, OTHER) == -1 && errno == EPERM ? 0 : 1;
}

static bool
a_stranger_cannot_change_a_file (void)
{
  REQUIRE (file_with_mode (0644));
  REQUIRE (as_user (OTHER, writing_is_denied));
  REQUIRE (as_user (OTHER, chmod_is_denied));
  REQUIRE (as_user (OTHER, chown_is_denied));
  REQUIRE (as_user (USER, chown_is_denied));
  unlink (file);
  return true;
}

static int
unlink_is_denied (void)
{
  return unlink (file) == -1 && (errno == EPERM || errno == EACCES) ? 0 : 1;
}

static bool
a_sticky_directory_protects (void)
{
  REQUIRE (file_with_mode (0666));
  REQUIRE (as_user (OTHER, unlink_is_denied));
  REQUIRE (unlink (file) == 0);
  return true;
}

static bool
an_effective_uid_can_be_lent (void)
{
  REQUIRE (file_with_mode (0600));
  REQUIRE (seteuid (OTHER) == 0 && geteuid () == OTHER && getuid () == 0);
  REQUIRE (open (file, O_RDONLY) == -1 && errno == EACCES);
  REQUIRE (seteuid (0) == 0 && geteuid () == 0);
  REQUIRE (open_is_allowed () == 0);
  unlink (file);
  return true;
}

static int
group_opens (void)
{
  return open (file, O_RDONLY) >= 0 ? 0 : 1;
}

static bool
a_supplementary_group_counts (void)
{
  gid_t groups[] = { OTHER, 50 }; /* the first is the effective one */
  pid_t child;
  int status;

  REQUIRE (file_with_mode (0640) && chown (file, USER, 50) == 0);
  child = fork ();
  if (child == 0)
    {
      if (setgroups (2, groups) || setuid (OTHER))
        _exit (100);
      _exit (group_opens ());
    }
  REQUIRE (child > 0 && waitpid (child, &status, 0) == child && status == 0);
  unlink (file);
  return true;
}

static bool
access_asks_for_the_real_uid (void)
{
  pid_t child;
  int status;

  REQUIRE (file_with_mode (0600));
  child = fork ();
  if (child == 0)
    _exit (setreuid (OTHER, USER) == 0 && access (file, R_OK) == -1
                   && open (file, O_RDONLY) >= 0
               ? 0
               : 1);
  REQUIRE (child > 0 && waitpid (child, &status, 0) == child && status == 0);
  unlink (file);
  return true;
}

static size_t
memory_free (void)
{
  struct vm_statistics now;

  return vm_statistics (mach_task_self (), &now)
             ? 0
             : (size_t)now.free_count * now.pagesize;
}

/* As many as may be in a set, and more than an answer has room for.  */
static bool
many_ids_cost_the_servers_nothing (void)
{
  static uid_t many[IDS_MAX];
  auth_t self = getauth (), handle;
  size_t before;

  REQUIRE (!auth_makeauth (self, NULL, MACH_MSG_TYPE_COPY_SEND, 0, many,
                           IDS_MAX, NULL, 0, NULL, 0, NULL, 0, &handle));
  before = memory_free ();
  for (int i = 0; i < 2000; i++)
    {
      uid_t *ids[4] = { NULL };
      mach_msg_type_number_t counts[4] = { 0 };

      REQUIRE (!auth_getids (handle, &ids[0], &counts[0], &ids[1], &counts[1],
                             &ids[2], &counts[2], &ids[3], &counts[3]));
      REQUIRE (counts[0] == IDS_MAX);
      for (int set = 0; set < 4; set++)
        if (counts[set])
          (void)vm_deallocate (mach_task_self (), (vm_address_t)ids[set],
                               counts[set] * sizeof (uid_t));
    }
  /* 8 MB, at a page for each.  */
  REQUIRE (before && memory_free () + (1 << 20) > before);
  return true;
}

static const struct claim claims[] = {
  CLAIM (many_ids_cost_the_servers_nothing),
  CLAIM (setuid_gives_root_up),
  CLAIM (a_user_cannot_become_root),
  CLAIM (a_private_file_is_private),
  CLAIM (a_stranger_cannot_change_a_file),
  CLAIM (a_sticky_directory_protects),
  CLAIM (an_effective_uid_can_be_lent),
  CLAIM (a_supplementary_group_counts),
  CLAIM (access_asks_for_the_real_uid),
};

CLAIMS_MAIN (claims)
