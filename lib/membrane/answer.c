/* answer.c -- walk along an answer
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <hurd/hurd_types.h>
#include <mach/mig_errors.h>
#include <string.h>

#include "lib/membrane/answer.h"
#include "lib/port/guard.h"
#include "lib/port/message.h"

#define ALIGN 8u
#define CODE_SIZE (sizeof (mach_msg_header_t) + 2 * ALIGN)

error_t
answer_begin (struct answer *answer, mach_msg_header_t *message,
              mach_msg_id_t id)
{
  const mig_reply_header_t *reply = (const mig_reply_header_t *)message;
  size_t size = message->msgh_size;

  if (message->msgh_id != id + 100)
    return EDIED; /* the right to answer was destroyed */
  if (size < CODE_SIZE
      || !message_body_valid (message + 1, size - sizeof *message,
                              message->msgh_bits & MACH_MSGH_BITS_COMPLEX)
      || reply->RetCode == MIG_NO_REPLY)
    return EIO;
  answer->message = message;
  answer->at = (char *)message + CODE_SIZE;
  answer->left = size - CODE_SIZE;
  return reply->RetCode;
}

/* The next item's descriptor, and where its SIZE bytes are; NULL: none.  */
static mach_msg_type_t *
item_next (struct answer *answer, char **ret_data, size_t *ret_size)
{
  mach_msg_type_t *type = (mach_msg_type_t *)answer->at;
  size_t size, padded;

  if (answer->left < sizeof *type)
    return NULL;
  size = ((size_t)type->msgt_number * type->msgt_size + 7) / 8;
  padded
      = type->msgt_inline ? (size + ALIGN - 1) & ~(size_t)(ALIGN - 1) : ALIGN;
  *ret_data = answer->at + sizeof *type;
  *ret_size = size;
  answer->at += sizeof *type + padded;
  answer->left -= sizeof *type + padded;
  return type;
}

static bool
type_is_right (const mach_msg_type_t *type)
{
  return type->msgt_name >= MACH_MSG_TYPE_PORT_RECEIVE
         && type->msgt_name <= MACH_MSG_TYPE_MAKE_SEND_ONCE;
}

error_t
answer_struct (struct answer *answer, void *to, size_t size)
{
  char *data;
  size_t have;
  const mach_msg_type_t *type = item_next (answer, &data, &have);

  if (!type || !type->msgt_inline || have != size || type_is_right (type))
    return EIO;
  memcpy (to, data, size);
  return 0;
}

error_t
answer_int (struct answer *answer, int *ret)
{
  return answer_struct (answer, ret, sizeof *ret);
}

error_t
answer_long (struct answer *answer, int64_t *ret)
{
  return answer_struct (answer, ret, sizeof *ret);
}

error_t
answer_right (struct answer *answer, mach_port_t *ret)
{
  char *data;
  size_t size;
  const mach_msg_type_t *type = item_next (answer, &data, &size);
  mach_port_name_inlined_t *port;

  if (!type || !type->msgt_inline || type->msgt_number != 1
      || type->msgt_name != MACH_MSG_TYPE_PORT_SEND)
    return EIO;
  port = (mach_port_name_inlined_t *)data;
  *ret = port->name;
  port->name = MACH_PORT_NULL; /* it is the caller's now */
  return 0;
}

error_t
answer_data (struct answer *answer, struct answer_data *ret)
{
  char *data;
  size_t size;
  const mach_msg_type_t *type = item_next (answer, &data, &size);

  if (!type || type_is_right (type))
    return EIO;
  ret->size = size;
  ret->outside = !type->msgt_inline;
  ret->data = ret->outside ? *(char **)data : data;
  return 0;
}

error_t
answer_data_copy (const struct answer_data *data, size_t offset, void *to,
                  size_t size)
{
  if (data->outside)
    return guard_copy (to, data->data + offset, size);
  memcpy (to, data->data + offset, size);
  return 0;
}

error_t
answer_text (struct answer *answer, char *to, size_t size, size_t *ret_length)
{
  struct answer_data data;
  error_t err = answer_data (answer, &data);

  if (!err && data.size >= size)
    err = ENAMETOOLONG;
  if (!err)
    err = answer_data_copy (&data, 0, to, data.size);
  if (err)
    return err;
  to[data.size] = '\0';
  *ret_length = data.size;
  return 0;
}
