/* proxy_wait.c -- a client's request that waits for the parent's answer
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <mach/mig_errors.h>
#include <stdlib.h>

#include "lib/membrane/pass.h"
#include "lib/port/right.h"
#include "servers/root/proxy.h"

void
waiting_free (struct waiting *waiting)
{
  list_remove (&waiting->link);
  send_drop (&waiting->port);
  free (waiting);
}

static void
waiting_cancel (struct parked *parked, error_t why)
{
  struct waiting *waiting = list_entry (parked, struct waiting, parked);

  call_abandon (&waiting->call);
  if (waiting->interrupt)
    pass_interrupt (proxied_port (waiting->file));
  parked_fail (parked, why);
  waiting_free (waiting);
}

static void
waiting_answered (struct call *call, mach_msg_header_t *message)
{
  struct waiting *waiting = (struct waiting *)call;

  waiting->answer (waiting, message);
  if (!waiting->call.running)
    waiting_free (waiting);
}

struct waiting *
waiting_start (struct file *file, waiting_answer_t *answer,
               mach_port_t *ret_reply)
{
  struct proxy *proxy = node_proxy (file->opened->node);
  struct waiting *waiting = calloc (1, sizeof *waiting);
  struct loop *loop = proxy->grant.outbox.loop;
  mach_msg_type_name_t reply_type;
  mach_port_t reply;

  if (!waiting)
    return NULL;
  waiting->file = file;
  waiting->answer = answer;
  if (call_begin (&waiting->call, &proxy->grant.outbox,
                  &proxy->grant.generation, loop, waiting_answered, ret_reply))
    {
      free (waiting);
      return NULL;
    }
  list_insert_tail (&proxy->waiting, &waiting->link);
  reply = loop_request_reply (loop, &reply_type);
  parked_start (&waiting->parked, &file->handle.object, reply, reply_type,
                waiting_cancel);
  waiting->parked.brief = true;
  return waiting;
}

error_t
waiting_sent (struct waiting *waiting, mach_msg_return_t err)
{
  if (call_sent (&waiting->call, err))
    {
      parked_fail (&waiting->parked, EIO);
      waiting_free (waiting);
    }
  return MIG_NO_REPLY;
}

error_t
waiting_again (struct waiting *waiting, waiting_answer_t *answer,
               mach_port_t *ret_reply)
{
  struct grant *grant = &node_proxy (waiting->file->opened->node)->grant;

  waiting->answer = answer;
  return call_begin (&waiting->call, &grant->outbox, &grant->generation,
                     grant->outbox.loop, waiting_answered, ret_reply);
}

void
proxy_cancel_waiting (struct proxy *proxy, error_t why)
{
  struct list *first;

  /* Each cancel takes its record off the list.  */
  while ((first = list_first (&proxy->waiting)))
    {
      struct waiting *waiting = list_entry (first, struct waiting, link);

      waiting->parked.cancel (&waiting->parked, why);
    }
}

mach_port_t
proxied_port (const struct file *file)
{
  const struct opened *opened = file->opened;

  return MACH_PORT_VALID (opened->port) ? opened->port
                                        : opened->node->remote->port;
}
