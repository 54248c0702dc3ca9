/* handed.c -- a name whose server is the parent's
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "lib/io/handed.h"

#include <fcntl.h>
#include <mach/mig_errors.h>
#include <stdlib.h>
#include <string.h>

#include "lib/io/handle.h"
#include "lib/membrane/call.h"
#include "lib/port/right.h"

#include "fs_reply_U.h"
#include "fs_request_U.h"

#define DIR_LOOKUP 20018
#define PATH_ROOM sizeof (string_t)
/* Nothing is made outside, and what the name is stays the parent's answer.  */
#define OPEN_FLAGS (O_READ | O_WRITE | O_EXEC | O_APPEND | O_NONBLOCK)

struct handed
{
  struct generation generation;
  struct environment *env;
  struct outbox outbox;
  mach_port_t directory; /* send right */
  char *name;
  bool prove;
};

/* An opener that waits.  */
struct handing
{
  struct call call; /* first */
  struct parked parked;
  const struct handed *handed;
  char rest[PATH_ROOM]; /* of its path */
};

static void
handing_cancel (struct parked *parked, error_t why)
{
  struct handing *handing = list_entry (parked, struct handing, parked);

  call_abandon (&handing->call);
  parked_fail (parked, why);
  free (handing);
}

/* A right that is open already, given.  To prove something twice is no harm;
   where nothing can be proved it must not be asked for.  */
static error_t
answer_port (const struct handed *handed, mach_msg_header_t *message,
             mach_port_t *ret_port)
{
  struct answer answer;
  string_t name;
  int retry;
  error_t err = answer_begin (&answer, message, DIR_LOOKUP);

  if (!err)
    err = answer_int (&answer, &retry);
  if (!err)
    err = answer_struct (&answer, name, sizeof name);
  if (!err
      && (*name
          || (retry != FS_RETRY_NORMAL
              && (retry != FS_RETRY_REAUTH || !handed->prove))))
    err = EOPNOTSUPP; /* it leads on, to somewhere else of the parent's */
  if (!err)
    err = answer_right (&answer, ret_port);
  return !err && !MACH_PORT_VALID (*ret_port) ? EIO : err;
}

static void
handing_done (struct call *call, mach_msg_header_t *message)
{
  struct handing *handing = (struct handing *)call;
  mach_msg_type_name_t type = handing->parked.reply_type;
  mach_port_t port = MACH_PORT_NULL;
  error_t err = answer_port (handing->handed, message, &port);

  if (err)
    parked_fail (&handing->parked, err);
  else
    (void)dir_lookup_reply (parked_take_reply (&handing->parked), type, 0,
                            handing->handed->prove ? FS_RETRY_REAUTH
                                                   : FS_RETRY_NORMAL,
                            handing->rest, port, MACH_MSG_TYPE_MOVE_SEND);
  free (handing);
}

static error_t
handed_open (void *role, int flags, const char *rest,
             const struct request *request)
{
  struct handed *handed = role;
  struct loop *loop = handed->env->loop;
  struct handing *handing = calloc (1, sizeof *handing);
  mach_port_t reply;
  error_t err
      = handing ? call_begin (&handing->call, &handed->outbox,
                              &handed->generation, loop, handing_done, &reply)
                : ENOMEM;

  if (!err)
    err = call_sent (&handing->call,
                     dir_lookup_request (handed->directory, reply,
                                         handed->name, flags & OPEN_FLAGS, 0));
  if (err)
    {
      free (handing);
      return err;
    }
  handing->handed = handed;
  strcpy (handing->rest, rest);
  parked_start (&handing->parked, loop_request_object (loop), request->reply,
                request->reply_type, handing_cancel);
  return MIG_NO_REPLY;
}

static error_t
handed_create (struct environment *env, const struct handed_server *server,
               struct handed **ret_handed)
{
  struct handed *handed = calloc (1, sizeof *handed);

  if (!handed)
    return ENOMEM;
  handed->name = strdup (server->name);
  if (!handed->name)
    {
      free (handed);
      return ENOMEM;
    }
  handed->env = env;
  handed->prove = server->prove;
  generation_init (&handed->generation, "handed", env);
  outbox_init (&handed->outbox, env->loop);
  *ret_handed = handed;
  return 0;
}

error_t
handed_attach (struct environment *env, const struct handed_server *server)
{
  struct service_node node
      = { .path = server->path,
          .mode = server->stat->st_mode & (S_IFMT | 07777),
          .rdev = server->stat->st_rdev,
          .uid = idmap_in (&env->uid_map, server->stat->st_uid),
          .gid = idmap_in (&env->gid_map, server->stat->st_gid),
          .open_later = handed_open };
  struct handed *handed;
  error_t err;

  if (!env->root || !env->root->attach)
    return 0; /* there are no names */
  err = handed_create (env, server, &handed);
  if (err)
    return err;
  node.role = handed;
  err = env->root->attach (env, &node);
  if (!err)
    {
      handed->directory = send_copy (server->directory);
      return 0;
    }
  free (handed->name);
  free (handed);
  return err;
}
