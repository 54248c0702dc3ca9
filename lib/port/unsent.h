/* unsent.h -- destroy a message that could not be sent, and only what is its

   mach_msg_destroy gives back all memory out of line, marked to be deallocated
   or not.  But what a stub sends is often only lent: it is part of our heap.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_PORT_UNSENT_H
#define HURDLE_PORT_UNSENT_H

#include <mach.h>

#include "lib/port/message.h"

#define LENT_MAX 8 /* items of a request: file_exec has 7 */

struct unsent
{
  struct message_lent lent[LENT_MAX];
  size_t count;
};

/* Before MESSAGE, of SIZE bytes and with a valid body, is sent.  */
void unsent_note (struct unsent *unsent, mach_msg_header_t *message,
                  mach_msg_size_t size);

/* MESSAGE is as it was, or the kernel has handed it back with memory of its
   own.  Its rights are dropped, and its memory is deallocated but for what was
   lent and is in it still.  */
void unsent_destroy (const struct unsent *unsent, mach_msg_header_t *message);

#endif
