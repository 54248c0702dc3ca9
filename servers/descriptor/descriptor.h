/* descriptor.h -- descriptors of whoever started the environment

   The implicit grants: what the starter had open as 0, 1 and 2 the command
   has too, through a caretaker each.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_SERVERS_DESCRIPTOR_H
#define HURDLE_SERVERS_DESCRIPTOR_H

#include "lib/role/environment.h"

struct descriptor;

/* Stand for PORT (send right, consumed on success), which the starter had
   open with OPEN_MODES (O_READ, O_WRITE).  NAME is borrowed for good.  */
error_t descriptor_proxy_create (struct environment *env, const char *name,
                                 mach_port_t port, int open_modes,
                                 struct descriptor **ret_descriptor);

/* A handle on it for IDS; one reference is given.  */
error_t descriptor_open (struct descriptor *descriptor, const struct ids *ids,
                         struct object **ret_handle);

#endif
