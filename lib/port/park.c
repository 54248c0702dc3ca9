/* park.c -- requests that wait, and answers that never do
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <hurd/hurd_types.h>
#include <mach/mig_errors.h>

#include "lib/port/loop_private.h"
#include "lib/port/park.h"
#include "lib/port/right.h"
#include "lib/port/unsent.h"

/* A dead client's request is found when its answer cannot be sent, which is
   soon enough for the first few; beyond them the reply port is watched, so
   that nobody can pile up requests and go away.  A watch costs two kernel
   calls, and almost no handle has more than one reader.  */
#define UNWATCHED_MAX 2

static void
parked_client_died (struct death_watch *watch)
{
  struct parked *parked = list_entry (watch, struct parked, client);

  parked->cancel (parked, EINTR);
}

void
parked_start (struct parked *parked, struct object *object, mach_port_t reply,
              mach_msg_type_name_t reply_type,
              void (*cancel) (struct parked *, error_t))
{
  struct loop *loop = object->loop;

  parked->object = object_ref (object);
  parked->reply = reply;
  parked->reply_type = reply_type;
  parked->id = loop->in->msgh_id;
  parked->turn = loop->counters.requests;
  parked->cancel = cancel;
  parked->brief = false;
  parked->client.run = parked_client_died;
  parked->client.name = MACH_PORT_NULL;
  list_init (&parked->client.link);
  list_insert_tail (&object->parked, &parked->link);
  if (++object->parked_count > UNWATCHED_MAX)
    parked_watch (parked);
  loop->counters.parked++;
}

void
parked_watch (struct parked *parked)
{
  if (MACH_PORT_VALID (parked->reply) && !parked->client.name)
    (void)death_watch_start (parked->object->loop, &parked->client,
                             parked->reply);
}

mach_port_t
parked_take_reply (struct parked *parked)
{
  struct object *object = parked->object;

  list_remove (&parked->link);
  object->parked_count--;
  death_watch_stop (&parked->client);
  parked->object = NULL;
  object_drop (object);
  return send_steal (&parked->reply);
}

void
parked_fail (struct parked *parked, error_t why)
{
  mach_port_t reply = parked_take_reply (parked);

  reply_error (reply, parked->reply_type, parked->id, why);
}

static struct parked *
interruptible_find (struct object *object)
{
  list_for_each (node, following, &object->parked)
  {
    struct parked *parked = list_entry (node, struct parked, link);

    if (!parked->brief)
      return parked;
  }
  return NULL;
}

void
object_interrupt_parked (struct object *object)
{
  struct parked *parked;

  /* Each cancel takes its record off the list, and may take others.  */
  while ((parked = interruptible_find (object)))
    parked->cancel (parked, EINTR);
}

void
object_cancel_parked (struct object *object, error_t why)
{
  struct list *first;

  /* Each cancel takes its record off the list, and may take others.  */
  while ((first = list_first (&object->parked)))
    {
      struct parked *parked = list_entry (first, struct parked, link);
      parked->cancel (parked, why);
    }
}

void
reply_error (mach_port_t reply, mach_msg_type_name_t type,
             mach_msg_id_t request_id, error_t code)
{
  mig_reply_header_t message = {
    .Head = {
      .msgh_bits = MACH_MSGH_BITS (type, 0),
      .msgh_size = sizeof message,
      .msgh_remote_port = reply,
      .msgh_id = request_id + 100,
    },
    .RetCodeType = {
      .msgt_name = MACH_MSG_TYPE_INTEGER_32,
      .msgt_size = 32,
      .msgt_number = 1,
      .msgt_inline = TRUE,
    },
    .RetCode = code,
  };

  if (MACH_PORT_VALID (reply))
    (void)message_send (&message.Head, MACH_SEND_MSG, sizeof message, 0,
                        MACH_PORT_NULL, 0, MACH_PORT_NULL);
}

mach_msg_return_t
message_send (mach_msg_header_t *message, mach_msg_option_t option,
              mach_msg_size_t send_size, mach_msg_size_t receive_size,
              mach_port_t receive, mach_msg_timeout_t timeout,
              mach_port_t notify)
{
  struct unsent unsent;
  mach_msg_return_t err;

  (void)option, (void)receive_size, (void)receive, (void)timeout;
  loop_count_sent ();
  unsent_note (&unsent, message, send_size);
  err = mach_msg (message, MACH_SEND_MSG | MACH_SEND_TIMEOUT, send_size, 0,
                  MACH_PORT_NULL, 0, notify);
  if (err)
    unsent_destroy (&unsent, message);
  return err;
}
