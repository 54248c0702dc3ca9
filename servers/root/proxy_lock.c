/* proxy_lock.c -- locks on the parent's files

   They are the parent's, held by its open file, so that those inside and
   outside exclude each other; the waiting is ours: an interrupted or revoked
   request is answered here, and its open file told to give up.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <mach/mig_errors.h>
#include <string.h>

#include "servers/root/proxy.h"

#include "fs_reply_U.h"
#include "fs_request_U.h"

#define FILE_LOCK 20007
#define FILE_RECORD_LOCK 20036

static void
lock_answered (struct waiting *waiting, mach_msg_header_t *message)
{
  struct answer answer;

  /* 0 has the same form.  */
  parked_fail (&waiting->parked, answer_begin (&answer, message, FILE_LOCK));
}

error_t
proxied_lock (struct handle *handle, const struct request *request, int flags)
{
  struct file *file = (struct file *)handle;
  struct waiting *waiting;
  mach_port_t reply;

  (void)request;
  if (!MACH_PORT_VALID (file->opened->port))
    return EBADF;
  waiting = waiting_start (file, lock_answered, &reply);
  if (!waiting)
    return ENOMEM;
  waiting->interrupt = true;
  waiting->parked.brief = false;
  return waiting_sent (waiting,
                       file_lock_request (file->opened->port, reply, flags));
}

static void
record_lock_answered (struct waiting *waiting, mach_msg_header_t *message)
{
  mach_msg_type_name_t type = waiting->parked.reply_type;
  struct answer answer;
  flock_t lock;
  error_t err = answer_begin (&answer, message, FILE_RECORD_LOCK);

  if (!err)
    err = answer_struct (&answer, &lock, sizeof lock);
  if (err)
    parked_fail (&waiting->parked, err);
  else
    (void)file_record_lock_reply (parked_take_reply (&waiting->parked), type,
                                  0, lock);
}

error_t
proxied_record_lock (struct handle *handle, const struct request *request,
                     int command, struct flock64 *lock, mach_port_t rendezvous)
{
  struct file *file = (struct file *)handle;
  struct waiting *waiting;
  mach_port_t reply;

  (void)request, (void)rendezvous;
  if (!MACH_PORT_VALID (file->opened->port))
    return EBADF;
  waiting = waiting_start (file, record_lock_answered, &reply);
  if (!waiting)
    return ENOMEM;
  waiting->interrupt = true;
  waiting->parked.brief = false;
  return waiting_sent (waiting, file_record_lock_request (
                                    file->opened->port, reply, command, *lock,
                                    MACH_PORT_NULL, MACH_MSG_TYPE_COPY_SEND));
}
