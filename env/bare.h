/* bare.h -- the parent is GNU Mach itself
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_ENV_BARE_H
#define HURDLE_ENV_BARE_H

#include "lib/role/environment.h"
#include "lib/port/right.h"

/* Text for the kernel's console before the environment has one, sent with a
   kernel call that waits.  */
void bare_say (mach_port_t device_master, const char *text);

/* Read the whole ramdisk NAME ("rd0").  *RET_ARCHIVE is given; its pages are
   the device's own where the kernel can map it.  */
error_t bare_read_archive (mach_port_t device_master, const char *name,
                           struct vm_piece *ret_archive);

/* Let this thread use the kernel's reserve of pages, so that it can go on
   when programs have taken all others.  */
void bare_wire_thread (mach_port_t host_priv);

/* The machine ends here.  */
void bare_reboot (mach_port_t host_priv) __attribute__ ((noreturn));

#endif
