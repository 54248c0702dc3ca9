/* pager.h -- memory objects of the worst kind
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_KERNEL_PAGER_H
#define HURDLE_KERNEL_PAGER_H

#include "tests/kernel/bare.h"

enum pager_kind
{
  PAGER_SUPPLIES, /* pages that begin with "supplied" */
  PAGER_REFUSES,  /* an error for each */
  PAGER_SILENT    /* no answer */
};

/* A memory object whose pager says that it is ready, and then answers
   requests for data as WHAT says.  Receive right and send right; served by a
   thread of ours.  All pagers of a program are of one kind.  */
mach_port_t pager_new (enum pager_kind what);

/* How many requests for data have come so far.  */
extern volatile unsigned int pager_requests;

/* COUNT pages of OBJECT in TASK's memory.  */
vm_address_t pager_map (mach_port_t task, mach_port_t object,
                        unsigned int count);

#endif
