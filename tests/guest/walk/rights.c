/* rights.c -- what tasks name, and who receives
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <mach.h>
#include <mach/mig_support.h>
#include <string.h>

#include "tests/guest/walk/rights.h"
#include "tests/guest/walk/tasks.h"

#define SLOTS 65536        /* a power of two, and more than there are rights */
#define KERNEL_OBJECT 3018 /* mach_port_kernel_object */

static struct walk_known known[SLOTS]; /* by hash */

void
walk_drop (mach_port_t right)
{
  mach_port_deallocate (mach_task_self (), right);
}

/* By hand, as no library has <mach_debug/mach_debug.defs>.  */
kern_return_t
walk_kernel_object (mach_port_t right, unsigned int *ret_type)
{
  struct
  {
    mach_msg_header_t header;
    mach_msg_type_t name_type;
    mach_port_name_t name;
    char pad[4 + 64]; /* for the answer */
  } message = {
    .header = { .msgh_bits = MACH_MSGH_BITS (MACH_MSG_TYPE_COPY_SEND,
                                             MACH_MSG_TYPE_MAKE_SEND_ONCE),
                .msgh_size = 48,
                .msgh_remote_port = mach_task_self (),
                .msgh_local_port = mig_get_reply_port (),
                .msgh_id = KERNEL_OBJECT },
    .name_type = { .msgt_name = MACH_MSG_TYPE_PORT_NAME,
                   .msgt_size = 32,
                   .msgt_number = 1,
                   .msgt_inline = TRUE },
    .name = right,
  };
  const int *words = (const int *)(&message.header + 1);
  kern_return_t err = mach_msg (
      &message.header, MACH_SEND_MSG | MACH_RCV_MSG, 48, sizeof message,
      message.header.msgh_local_port, 0, MACH_PORT_NULL);

  if (err)
    return err;
  if (words[2])
    return words[2];
  *ret_type = (unsigned int)words[6];
  return 0;
}

/* Where RIGHT is, or would be.  */
static struct walk_known *
find (mach_port_t right)
{
  size_t i = (right * 2654435761u) % SLOTS;

  while (known[i].right && known[i].right != right)
    i = (i + 1) % SLOTS;
  return &known[i];
}

/* RIGHT is consumed.  */
static void
know (mach_port_t right, const struct walk_task *whose, bool kernels)
{
  struct walk_known *place = find (right);

  if (place->right)
    walk_drop (right);
  else
    *place = (struct walk_known){ right, whose, kernels };
}

const struct walk_known *
walk_known (mach_port_t right)
{
  return find (right);
}

void
walk_know_nothing (void)
{
  for (size_t i = 0; i < SLOTS; i++)
    if (known[i].right)
      walk_drop (known[i].right);
  memset (known, 0, sizeof known);
}

bool
walk_names_get (task_t task, struct walk_names *n)
{
  mach_msg_type_number_t types;

  return !mach_port_names (task, &n->names, &n->count, &n->types, &types);
}

void
walk_names_free (const struct walk_names *n)
{
  vm_deallocate (mach_task_self (), (vm_address_t)n->names,
                 n->count * sizeof *n->names);
  vm_deallocate (mach_task_self (), (vm_address_t)n->types,
                 n->count * sizeof *n->types);
}

mach_port_t
walk_send_right (task_t task, mach_port_name_t name)
{
  mach_port_t right;
  mach_msg_type_name_t type;

  if (mach_port_extract_right (task, name, MACH_MSG_TYPE_COPY_SEND, &right,
                               &type)
      || !MACH_PORT_VALID (right))
    return MACH_PORT_NULL;
  return right;
}

/* A port without a sender is left alone: its first and last would be we.  */
void
walk_know_receivers (const struct walk_task *t)
{
  struct walk_names n;

  if (!walk_names_get (t->task, &n))
    return;
  for (size_t i = 0; i < n.count; i++)
    {
      mach_port_status_t status;
      mach_port_t right;
      mach_msg_type_name_t type;

      if (n.types[i] & MACH_PORT_TYPE_RECEIVE
          && !mach_port_get_receive_status (t->task, n.names[i], &status)
          && status.mps_srights
          && !mach_port_extract_right (t->task, n.names[i],
                                       MACH_MSG_TYPE_MAKE_SEND, &right, &type))
        know (right, t, false);
    }
  walk_names_free (&n);
}

void
walk_know_task (const struct walk_task *t)
{
  thread_t *threads;
  mach_msg_type_number_t count;

  mach_port_mod_refs (mach_task_self (), t->task, MACH_PORT_RIGHT_SEND, 1);
  know (t->task, t, true);
  if (task_threads (t->task, &threads, &count))
    return;
  for (size_t i = 0; i < count; i++)
    know (threads[i], t, true);
  vm_deallocate (mach_task_self (), (vm_address_t)threads,
                 count * sizeof *threads);
}
