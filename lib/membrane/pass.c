/* pass.c -- requests that are handed on
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "lib/membrane/pass.h"
#include "lib/port/message.h"
#include "lib/port/park.h"

#define IO_WRITE 21000
#define INTERRUPT_OPERATION 33000
#define WRITE_SIZE 64 /* of a request whose data is out of line */

/* Is it the one complex request that we know: io_write, with its data out of
   line and nothing else?  */
static bool
write_is_outline (const mach_msg_header_t *in)
{
  const mach_msg_type_t *data = (const mach_msg_type_t *)(in + 1);

  return in->msgh_id == IO_WRITE && in->msgh_size == WRITE_SIZE
         && !data[0].msgt_inline && data[2].msgt_inline;
}

const struct pass *
pass_find (const struct pass *table, size_t count, const mach_msg_header_t *in)
{
  bool complex = in->msgh_bits & MACH_MSGH_BITS_COMPLEX;
  size_t size = in->msgh_size - sizeof *in;
  size_t i;

  for (i = 0; i < count; i++)
    if (table[i].id == in->msgh_id)
      break;
  if (i == count
      || MACH_MSGH_BITS_REMOTE (in->msgh_bits) != MACH_MSG_TYPE_PORT_SEND_ONCE
      || !MACH_PORT_VALID (in->msgh_remote_port))
    return NULL;
  if (complex ? !write_is_outline (in)
              : table[i].size && in->msgh_size != table[i].size)
    return NULL;
  return message_body_valid (in + 1, size, complex)
                 && !message_body_has_rights (in + 1, size)
             ? &table[i]
             : NULL;
}

void
pass_on (struct outbox *outbox, mach_msg_header_t *in, mach_port_t port)
{
  /* Data out of line goes with the message: we never touch it.  */
  if (in->msgh_bits & MACH_MSGH_BITS_COMPLEX)
    ((mach_msg_type_t *)(in + 1))->msgt_deallocate = TRUE;
  in->msgh_local_port = in->msgh_remote_port;
  in->msgh_remote_port = port;
  in->msgh_bits = (in->msgh_bits & MACH_MSGH_BITS_COMPLEX)
                  | MACH_MSGH_BITS (MACH_MSG_TYPE_COPY_SEND,
                                    MACH_MSG_TYPE_MOVE_SEND_ONCE);
  outbox_send (outbox, in);
}

void
pass_refuse (mach_msg_header_t *in, error_t err)
{
  reply_error (in->msgh_remote_port, MACH_MSGH_BITS_REMOTE (in->msgh_bits),
               in->msgh_id, err);
  in->msgh_remote_port = in->msgh_local_port = MACH_PORT_NULL;
  in->msgh_bits &= MACH_MSGH_BITS_COMPLEX;
  mach_msg_destroy (in);
}

void
pass_interrupt (mach_port_t port)
{
  mach_msg_header_t message = {
    .msgh_bits = MACH_MSGH_BITS (MACH_MSG_TYPE_COPY_SEND, 0),
    .msgh_size = sizeof message,
    .msgh_remote_port = port,
    .msgh_id = INTERRUPT_OPERATION,
  };

  (void)message_send (&message, MACH_SEND_MSG, sizeof message, 0,
                      MACH_PORT_NULL, 0, MACH_PORT_NULL);
}
