/* unsent.c -- destroy a message that could not be sent, and only what is its
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "lib/port/unsent.h"

#include <string.h>

void
unsent_note (struct unsent *unsent, mach_msg_header_t *message,
             mach_msg_size_t size)
{
  unsent->count = 0;
  if (message->msgh_bits & MACH_MSGH_BITS_COMPLEX)
    unsent->count = message_body_lent (message + 1, size - sizeof *message,
                                       unsent->lent, LENT_MAX);
}

/* A copy in its place, so that rights in it are dropped as all others are.  */
static void
lent_replace (const struct message_lent *lent, mach_msg_header_t *message)
{
  vm_address_t copy = 0;

  if (*lent->at != lent->data)
    return;
  if (vm_allocate (mach_task_self (), &copy, lent->size, TRUE))
    {
      message_body_forget (message + 1, message->msgh_size - sizeof *message,
                           lent->data);
      return;
    }
  memcpy ((void *)copy, lent->data, lent->size);
  *lent->at = (void *)copy;
}

void
unsent_destroy (const struct unsent *unsent, mach_msg_header_t *message)
{
  for (size_t i = 0; i < unsent->count; i++)
    lent_replace (&unsent->lent[i], message);
  mach_msg_destroy (message);
}
