/* right.c -- what the kernel knows of a right
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "lib/port/right.h"

#include <mach/mig_support.h>

#define PORT_KERNEL_OBJECT                                                    \
  3018 /* <mach_debug/mach_debug.defs>, which no                              \
          library has */

struct question
{
  mach_msg_header_t header;
  mach_msg_type_t name_type;
  mach_port_name_t name;
};

struct answer
{
  mach_msg_header_t header;
  mach_msg_type_t code_type;
  int code;
  mach_msg_type_t kind_type;
  unsigned int kind; /* 0: none of the kernel's */
  mach_msg_type_t address_type;
  uint64_t address;
};

bool
right_is_the_kernels (mach_port_t right)
{
  union
  {
    struct question question;
    struct answer answer;
    char room[128];
  } message
      = { .question = { .header = { .msgh_bits = MACH_MSGH_BITS (
                                        MACH_MSG_TYPE_COPY_SEND,
                                        MACH_MSG_TYPE_MAKE_SEND_ONCE),
                                    .msgh_size = sizeof message.question,
                                    .msgh_remote_port = mach_task_self (),
                                    .msgh_local_port = mig_get_reply_port (),
                                    .msgh_id = PORT_KERNEL_OBJECT },
                        .name_type = { .msgt_name = MACH_MSG_TYPE_PORT_NAME,
                                       .msgt_size = 32,
                                       .msgt_number = 1,
                                       .msgt_inline = TRUE },
                        .name = right } };
  mach_msg_header_t *header = &message.question.header;

  return !mach_msg (header, MACH_SEND_MSG | MACH_RCV_MSG, header->msgh_size,
                    sizeof message, header->msgh_local_port, 0, MACH_PORT_NULL)
         && header->msgh_size >= sizeof message.answer && !message.answer.code
         && message.answer.kind;
}

bool
right_is_ours (mach_port_t right)
{
  mach_port_type_t type;

  return !mach_port_type (mach_task_self (), right, &type)
         && type & MACH_PORT_TYPE_RECEIVE;
}
