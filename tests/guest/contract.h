/* contract.h -- what the acts of helper_static_contract have in common

   An act does something as a program does it, and its outcome is 0 or errno.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef CONTRACT_H
#define CONTRACT_H

#include <errno.h>
#include <fcntl.h>
#include <hurd.h>
#include <hurd/auth.h>
#include <hurd/io.h>
#include <mach.h>
#include <sys/stat.h>
#include <unistd.h>

/* Not asked: it would end us, or wait for somebody.  */
#define NOT -1

/* 0, or errno.  */
typedef int act_t (void);

static inline int
outcome (long result)
{
  return result < 0 ? errno : 0;
}

/* FILE, consumed, must not keep whoever changes its ids waiting.  */
static inline int
reauthenticate_port (file_t file)
{
  mach_port_t rendezvous = mach_reply_port (), new = MACH_PORT_NULL;
  auth_t auth = getauth ();
  error_t err;

  if (!MACH_PORT_VALID (file))
    err = errno;
  else
    err = io_reauthenticate (file, rendezvous, MACH_MSG_TYPE_MAKE_SEND);
  if (!err)
    err = auth_user_authenticate (auth, rendezvous, MACH_MSG_TYPE_MAKE_SEND,
                                  &new);
  if (!err && !MACH_PORT_VALID (new))
    err = EIEIO;
  mach_port_deallocate (mach_task_self (), new);
  mach_port_mod_refs (mach_task_self (), rendezvous, MACH_PORT_RIGHT_RECEIVE,
                      -1);
  mach_port_deallocate (mach_task_self (), auth);
  mach_port_deallocate (mach_task_self (), file);
  return err;
}

static inline int
reauthenticate (const char *path, int flags)
{
  return reauthenticate_port (file_name_lookup (path, flags, 0));
}

static inline int
use (const char *path, int flags)
{
  int fd = open (path, flags);
  int err = outcome (fd);

  close (fd);
  return err;
}

static inline int
look_at (const char *path)
{
  struct stat info;

  return outcome (stat (path, &info));
}

#endif
