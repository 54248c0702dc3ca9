/* right.h -- port rights held by variables that drop them

   The only header that most code needs to own a right.  A variable marked
   `cleanup_send' drops its send (or send-once, or dead-name) reference when
   it goes out of scope; `send_steal' gives the right away instead.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_PORT_RIGHT_H
#define HURDLE_PORT_RIGHT_H

#include <errno.h>
#include <mach.h>
#include <stdbool.h>
#include <stddef.h>

/* Drop one user reference of a send, send-once or dead-name right.  */
static inline void
send_drop (mach_port_t *right)
{
  if (MACH_PORT_VALID (*right))
    (void)mach_port_deallocate (mach_task_self (), *right);
  *right = MACH_PORT_NULL;
}

/* Destroy a receive right: what is queued on it is destroyed with it.  */
static inline void
receive_drop (mach_port_t *right)
{
  if (MACH_PORT_VALID (*right))
    (void)mach_port_mod_refs (mach_task_self (), *right,
                              MACH_PORT_RIGHT_RECEIVE, -1);
  *right = MACH_PORT_NULL;
}

/* Take the right out of *RIGHT: the caller owns it now.  */
static inline mach_port_t
send_steal (mach_port_t *right)
{
  mach_port_t stolen = *right;
  *right = MACH_PORT_NULL;
  return stolen;
}

/* One more user reference of a send right that we hold: given.  A right
   that has died meanwhile becomes MACH_PORT_DEAD.  */
static inline mach_port_t
send_copy (mach_port_t right)
{
  if (MACH_PORT_VALID (right)
      && mach_port_mod_refs (mach_task_self (), right, MACH_PORT_RIGHT_SEND,
                             1))
    return MACH_PORT_DEAD;
  return right;
}

/* Is RIGHT (borrowed) to an object of the kernel's?  Such a port lives as long
   as the object, and nobody of ours ever receives from it.  */
bool right_is_the_kernels (mach_port_t right);
/* Do we receive what is sent to RIGHT (borrowed), on whatever loop?  */
bool right_is_ours (mach_port_t right);

/* A region of our own address space, page aligned, from vm_allocate or an
   out-of-line item of a message.  */
struct vm_piece
{
  vm_address_t address;
  vm_size_t size; /* bytes; 0: nothing is held */
};

static inline void
vm_piece_drop (struct vm_piece *piece)
{
  if (piece->size)
    (void)vm_deallocate (mach_task_self (), piece->address, piece->size);
  piece->size = 0;
}

#define cleanup_send __attribute__ ((cleanup (send_drop)))
#define cleanup_receive __attribute__ ((cleanup (receive_drop)))
#define cleanup_vm __attribute__ ((cleanup (vm_piece_drop)))

#endif
