/* call.c -- one request, one answer
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <mach/notify.h>

#include "lib/membrane/call.h"

static void
call_free (struct object *object)
{
  (void)object; /* the caller's memory */
}

/* The one message that comes: the answer, or the kernel's word that there will
   be none.  The port serves somebody else afterwards, so it is given back
   before DONE, which may use the call again.  */
static bool
call_take (struct object *object, mach_msg_header_t *message)
{
  struct call *call = (struct call *)object;

  if (message->msgh_id == MACH_NOTIFY_NO_SENDERS)
    return false;
  call->running = false;
  object_drop (object);
  call->done (call, message);
  message->msgh_remote_port = message->msgh_local_port = MACH_PORT_NULL;
  message->msgh_bits &= MACH_MSGH_BITS_COMPLEX;
  mach_msg_destroy (message);
  return true;
}

static const struct interface *const no_interfaces[] = { NULL };

static const struct object_class call_class = {
  .name = "call",
  .interfaces = no_interfaces,
  .raw = call_take,
  .free = call_free,
};

error_t
call_begin (struct call *call, struct outbox *outbox,
            struct generation *generation, struct loop *loop,
            call_done_t *done, mach_port_t *ret_reply)
{
  error_t err = object_init (&call->object, &call_class, generation, loop);

  if (err)
    return err;
  call->done = done;
  call->running = true;
  *ret_reply = object_name (&call->object);
  outbox_open (outbox);
  return 0;
}

error_t
call_sent (struct call *call, mach_msg_return_t err)
{
  outbox_close ();
  if (!err)
    return 0;
  call->running = false;
  object_drop (&call->object);
  return EIO;
}

void
call_abandon (struct call *call)
{
  if (!call->running)
    return;
  call->running = false;
  object_destroy (&call->object, EINTR);
  object_drop (&call->object);
}
