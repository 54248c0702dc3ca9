/* answer.h -- what a server that is not ours has answered, item by item

   Nothing is believed: each item must have the form that is asked for, in the
   order in which it is asked for.  EIO: it has not.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_MEMBRANE_ANSWER_H
#define HURDLE_MEMBRANE_ANSWER_H

#include <mach.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"

struct answer
{
  mach_msg_header_t *message;
  char *at;
  size_t left;
};

/* Begin to read MESSAGE, which must answer request ID: what it says as code
   when that is an error, EDIED when there will be no answer.  */
error_t answer_begin (struct answer *answer, mach_msg_header_t *message,
                      mach_msg_id_t id);

error_t answer_int (struct answer *answer, int *ret);
error_t answer_long (struct answer *answer, int64_t *ret);
/* A structure or a text of exactly SIZE bytes, in the message.  */
error_t answer_struct (struct answer *answer, void *to, size_t size);
/* A send right, given; MACH_PORT_NULL where there is none.  */
error_t answer_right (struct answer *answer, mach_port_t *ret);

/* Bytes, in the message or out of line; they last as long as the message.  */
struct answer_data
{
  const char *data;
  size_t size;
  bool outside; /* out of line: touch it under guard only */
};
error_t answer_data (struct answer *answer, struct answer_data *ret);
/* The next item's bytes as a text, with a zero behind, and their number.
   ENAMETOOLONG: SIZE is not enough.  */
error_t answer_text (struct answer *answer, char *to, size_t size,
                     size_t *ret_length);
/* Copy SIZE bytes at OFFSET of DATA, which has them, to TO.  */
error_t answer_data_copy (const struct answer_data *data, size_t offset,
                          void *to, size_t size);

#endif
