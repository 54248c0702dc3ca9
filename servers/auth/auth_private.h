/* auth_private.h -- between the files of this role
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_SERVERS_AUTH_PRIVATE_H
#define HURDLE_SERVERS_AUTH_PRIVATE_H

#include "lib/base/table.h"
#include "servers/auth/auth.h"

#define AUTH_OTHERS_MAX 64 /* handles that makeauth combines */

struct auth_state
{
  struct generation generation;
  struct table meetings; /* rendezvous port -> struct rendezvous */
};

/* auth_meet.c */
error_t auth_meet_user (struct auth_handle *handle,
                        const struct request *request, mach_port_t rendezvous);
error_t auth_meet_server (struct auth_handle *handle,
                          const struct request *request,
                          mach_port_t rendezvous, mach_port_t new_port,
                          mach_msg_type_name_t new_port_type);
void auth_meet_inside (struct environment *env, mach_port_t rendezvous,
                       struct object *new_object, auth_joined_t *done,
                       void *cookie);

#endif
