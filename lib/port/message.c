/* message.c -- walk the items of a message body
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "lib/port/message.h"

#include <stdint.h>
#include <string.h>

#define ALIGN 8u
#define PORT_SEND 17 /* MACH_MSG_TYPE_PORT_SEND */

/* One item's descriptor on x86_64 (mach_msg_type_t, both forms).  */
struct descriptor
{
  uint32_t name : 8;
  uint32_t size : 16; /* bits of an element */
  uint32_t unused : 5;
  uint32_t in_line : 1;
  uint32_t long_form : 1;
  uint32_t deallocate : 1;
  uint32_t number; /* of elements */
};

_Static_assert(sizeof (struct descriptor) == 8, "a descriptor is 8 bytes");

/* MACH_MSG_TYPE_MOVE_RECEIVE .. MACH_MSG_TYPE_MAKE_SEND_ONCE */
static bool
names_a_right (const struct descriptor *d)
{
  return d->name >= 16 && d->name <= 21;
}

/* Of an array of rights we hand on each as a send right.  One that is not
   would make the kernel stop in the middle of our message, with the rights
   before it gone and those behind it still ours, and nobody knows which.  */
static bool
array_is_usable (const struct descriptor *d)
{
  return !d->long_form || !d->number || !names_a_right (d)
         || d->name == PORT_SEND;
}

/* Bytes of the item's data in the message, padded.  */
static uint64_t
item_bytes (const struct descriptor *d)
{
  uint64_t bits = (uint64_t)d->number * d->size;

  if (!d->in_line)
    return ALIGN; /* an address */
  return ((bits + 7) / 8 + (ALIGN - 1)) & ~(uint64_t)(ALIGN - 1);
}

bool
message_body_valid (const void *body, size_t size, bool complex)
{
  const char *at = body;
  size_t left = size;

  while (left >= sizeof (struct descriptor))
    {
      struct descriptor d;
      uint64_t bytes;

      memcpy (&d, at, sizeof d);
      bytes = item_bytes (&d);
      if (!complex && (!d.in_line || names_a_right (&d)))
        return false;
      if (!array_is_usable (&d))
        return false;
      if (bytes > left - sizeof d)
        return false;
      at += sizeof d + bytes;
      left -= sizeof d + bytes;
    }
  return left == 0;
}

/* The descriptor of the item of a valid BODY that has DATA out of line.  */
static struct descriptor *
item_with_data (void *body, size_t size, const void *data)
{
  char *at = body;

  while (size >= sizeof (struct descriptor) + ALIGN)
    {
      struct descriptor *d = (struct descriptor *)at;
      size_t bytes = sizeof *d + item_bytes (d);

      if (!d->in_line && *(const void **)(d + 1) == data)
        return d;
      at += bytes;
      size = bytes < size ? size - bytes : 0;
    }
  return NULL;
}

void
message_body_lend (void *body, size_t size, const void *data)
{
  struct descriptor *d = item_with_data (body, size, data);

  if (d)
    d->deallocate = false;
}

void
message_body_forget (void *body, size_t size, const void *data)
{
  struct descriptor *d = item_with_data (body, size, data);

  if (d)
    d->number = 0;
}

size_t
message_body_lent (void *body, size_t size, struct message_lent *lent,
                   size_t count)
{
  char *at = body;
  size_t found = 0;

  while (size >= sizeof (struct descriptor) + ALIGN && found < count)
    {
      struct descriptor *d = (struct descriptor *)at;
      size_t bytes = sizeof *d + item_bytes (d);
      void **data = (void **)(d + 1);

      if (!d->in_line && !d->deallocate && d->number)
        lent[found++]
            = (struct message_lent){ data, *data,
                                     ((size_t)d->number * d->size + 7) / 8 };
      at += bytes;
      size = bytes < size ? size - bytes : 0;
    }
  return found;
}

bool
message_body_has_rights (const void *body, size_t size)
{
  const char *at = body;

  while (size >= sizeof (struct descriptor))
    {
      struct descriptor d;
      size_t bytes;

      memcpy (&d, at, sizeof d);
      if (names_a_right (&d))
        return true;
      bytes = sizeof d + item_bytes (&d);
      at += bytes;
      size -= bytes;
    }
  return false;
}
