/* descriptor_stat.c -- io_stat of the starter's, with owners as inside
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <hurd/hurd_types.h>
#include <stdlib.h>

#include "lib/membrane/call.h"
#include "lib/port/park.h"
#include "lib/role/environment.h"
#include "servers/descriptor/descriptor_stat.h"

#include "io_reply_U.h"
#include "io_request_U.h"

#define IO_STAT 21013

struct stat_ask
{
  struct call call;
  struct parked parked;
  struct list link; /* in the descriptor's asks */
};

static void
stat_fail (struct stat_ask *ask, error_t err)
{
  list_remove (&ask->link);
  parked_fail (&ask->parked, err);
  free (ask);
}

static void
stat_cancel (struct parked *parked, error_t why)
{
  struct stat_ask *ask = list_entry (parked, struct stat_ask, parked);

  call_abandon (&ask->call);
  stat_fail (ask, why);
}

static void
stat_done (struct call *call, mach_msg_header_t *message)
{
  struct stat_ask *ask = list_entry (call, struct stat_ask, call);
  const struct environment *env = object_environment (ask->parked.object);
  mach_msg_type_name_t type = ask->parked.reply_type;
  struct answer answer;
  io_statbuf_t stat;
  error_t err = answer_begin (&answer, message, IO_STAT);

  if (!err)
    err = answer_struct (&answer, &stat, sizeof stat);
  if (err)
    {
      stat_fail (ask, err);
      return;
    }
  stat.st_uid = idmap_in (&env->uid_map, stat.st_uid);
  stat.st_gid = idmap_in (&env->gid_map, stat.st_gid);
  stat.st_author = idmap_in (&env->uid_map, stat.st_author);
  list_remove (&ask->link);
  (void)io_stat_reply (parked_take_reply (&ask->parked), type, 0, stat);
  free (ask);
}

void
descriptor_stat (struct object *object, struct grant *grant, struct list *asks,
                 mach_port_t port, mach_msg_header_t *in)
{
  struct stat_ask *ask = calloc (1, sizeof *ask);
  mach_msg_type_name_t type = MACH_MSGH_BITS_REMOTE (in->msgh_bits);
  mach_port_t reply;
  error_t err;

  if (!ask)
    {
      reply_error (in->msgh_remote_port, type, IO_STAT, ENOMEM);
      return;
    }
  list_insert_tail (asks, &ask->link);
  parked_start (&ask->parked, object, in->msgh_remote_port, type, stat_cancel);
  err = call_begin (&ask->call, &grant->outbox, &grant->generation,
                    object->loop, stat_done, &reply);
  if (!err)
    err = call_sent (&ask->call, io_stat_request (port, reply));
  if (err)
    stat_fail (ask, err);
}

void
descriptor_stat_end (struct list *asks, error_t why)
{
  struct list *node;

  while ((node = list_first (asks)))
    stat_cancel (&list_entry (node, struct stat_ask, link)->parked, why);
}
