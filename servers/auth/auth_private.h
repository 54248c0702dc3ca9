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
  const struct auth_ops *ops;
  struct table meetings; /* rendezvous port -> struct rendezvous */
  struct ids user;       /* a fake's only one, once it was TOLD */
  bool told;
};

/* auth_handle.c */
const struct ids *auth_handle_ids (struct auth_handle *handle);
/* A new one: one reference given.  */
error_t auth_handle_make (struct environment *env, const struct ids *ids,
                          struct object **ret_handle);
/* For struct auth_service.  */
error_t auth_handle_give (struct environment *env, const struct ids *ids,
                          mach_port_t *ret_handle);
const struct ids *auth_ids_of (struct environment *env, mach_port_t name);
/* The ids (borrowed) of HANDLE and of those of OTHERS (COUNT names, in client
   memory) that are handles, into HOLDERS, which has room for one more than
   AUTH_OTHERS_MAX.  E2BIG.  */
error_t auth_holders (struct auth_handle *handle, const mach_port_t *others,
                      size_t count, const struct ids **holders,
                      size_t *ret_count);
/* Make the role: env->auth and env->auth_state.  */
error_t auth_start (struct environment *env, const struct auth_ops *ops,
                    const struct auth_service *service);

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
