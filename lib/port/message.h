/* message.h -- is the body of a message what its descriptors say?

   The kernel checks descriptors only in messages with the COMPLEX bit.  In one
   without it a client may write anything: "out of line" data at an address of
   ours, rights that never travelled, counts that wrap around.  MIG's stubs
   believe what they read, so every request is walked before.  Mach-free.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_PORT_MESSAGE_H
#define HURDLE_PORT_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>

/* BODY: SIZE bytes behind the header, 8-byte aligned.  COMPLEX: the header
   has the bit, so the kernel has translated rights and out-of-line data.  */
bool message_body_valid (const void *body, size_t size, bool complex);

/* Does a valid BODY carry a right, in line or out of line?  */
bool message_body_has_rights (const void *body, size_t size);

/* The memory at DATA goes with BODY, ours, out of line: the kernel shall not
   take it from us (LEND), or it does not go at all (FORGET).  Where an item
   has other memory by now, that is left alone.  */
void message_body_lend (void *body, size_t size, const void *data);
void message_body_forget (void *body, size_t size, const void *data);

/* Memory out of line that a message is sent with and that stays ours.  */
struct message_lent
{
  void **at; /* in the message */
  void *data;
  size_t size; /* bytes */
};
/* Of a valid BODY, COUNT at most into LENT; how many.  */
size_t message_body_lent (void *body, size_t size, struct message_lent *lent,
                          size_t count);

#endif
