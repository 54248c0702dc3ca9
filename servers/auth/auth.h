/* auth.h -- the role auth: who somebody is, and how strangers meet

   A handle is an object that stands for sets of ids.  Its operations are the
   source's (auth_own.c).  Clients find theirs at INIT_PORT_AUTH; the other
   roles use env->auth (lib/role/services.h).
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_SERVERS_AUTH_H
#define HURDLE_SERVERS_AUTH_H

#include "lib/base/ids.h"
#include "lib/role/environment.h"
#include "lib/io/handle.h"

struct auth_handle;

/* One slot for each RPC.  None may be empty.  */
struct auth_ops
{
  const struct ids *(*getids) (struct auth_handle *handle);
  /* OTHERS: COUNT port names, borrowed, in client memory if large.  WANTED is
     the caller's.  One reference is given.  */
  error_t (*makeauth) (struct auth_handle *handle, const mach_port_t *others,
                       size_t count, const struct ids *wanted,
                       struct object **ret_handle);
  /* Both may park.  RENDEZVOUS, and the server's NEW_PORT, are consumed on 0
     and MIG_NO_REPLY.  */
  error_t (*user_authenticate) (struct auth_handle *handle,
                                const struct request *request,
                                mach_port_t rendezvous);
  error_t (*server_authenticate) (struct auth_handle *handle,
                                  const struct request *request,
                                  mach_port_t rendezvous, mach_port_t new_port,
                                  mach_msg_type_name_t new_port_type);
};

struct auth_handle
{
  struct object object;
  const struct auth_ops *ops;
  struct ids ids;
};

extern const struct interface auth_interface;

/* Make the role: env->auth and env->auth_state.  */
error_t auth_own_create (struct environment *env);
error_t auth_fake_create (struct environment *env);
/* Asks the parent's auth, and waits: before the loop runs.  */
error_t auth_parent_create (struct environment *env);

#endif
