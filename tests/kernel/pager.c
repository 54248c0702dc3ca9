/* pager.c -- memory objects of the worst kind
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "tests/kernel/pager.h"

#include <pthread.h>

#define INIT 2200
#define DATA_REQUEST 2203

/* memory_object_init and memory_object_data_request begin alike.  */
struct to_pager
{
  mach_msg_header_t header;
  mach_msg_type_t control_type;
  uint64_t control;
  mach_msg_type_t offset_type;
  uint64_t offset; /* or the name port */
  mach_msg_type_t length_type;
  uint64_t length;
};

union request
{
  struct to_pager request;
  char room[1024];
};

volatile unsigned int pager_requests;

static char text[4096] __attribute__ ((aligned (4096))) = "supplied";

static enum pager_kind kind;

static void
serve (const struct to_pager *r)
{
  if (r->header.msgh_id == INIT)
    (void)memory_object_ready (r->control, FALSE, MEMORY_OBJECT_COPY_DELAY);
  else if (r->header.msgh_id == DATA_REQUEST)
    {
      pager_requests++;
      if (kind == PAGER_REFUSES)
        (void)memory_object_data_error (r->control, r->offset, r->length,
                                        KERN_MEMORY_ERROR);
      else if (kind == PAGER_SUPPLIES)
        (void)memory_object_data_supply (r->control, r->offset,
                                         (vm_offset_t)text, vm_page_size,
                                         FALSE, 0, FALSE, MACH_PORT_NULL);
    }
}

static void *
pager_thread (void *cookie)
{
  union request message;
  mach_port_t port = (uintptr_t)cookie;

  for (;;)
    if (!mach_msg (&message.request.header, MACH_RCV_MSG, 0, sizeof message,
                   port, 0, MACH_PORT_NULL))
      serve (&message.request);
  return NULL;
}

mach_port_t
pager_new (enum pager_kind what)
{
  mach_port_t port = port_new ();
  pthread_t thread;

  kind = what;
  need (pthread_create (&thread, NULL, pager_thread, (void *)(uintptr_t)port),
        "a pager's thread");
  return port;
}

vm_address_t
pager_map (mach_port_t task, mach_port_t object, unsigned int count)
{
  vm_address_t address = 0;

  need (vm_map (task, &address, count * vm_page_size, 0, TRUE, object, 0,
                FALSE, VM_PROT_READ | VM_PROT_WRITE,
                VM_PROT_READ | VM_PROT_WRITE, VM_INHERIT_NONE),
        "a mapping");
  return address;
}
