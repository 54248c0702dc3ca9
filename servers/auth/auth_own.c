/* auth_own.c -- the environment's own auth

   Source: own.  Everything is kept here; nothing is asked of anybody.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "servers/auth/auth_private.h"

/* All of OTHERS must be handles of this auth; a stranger's port counts for
   nothing, it is not an error (it may be a dead name by now).  */
static error_t
own_makeauth (struct auth_handle *handle, const mach_port_t *others,
              size_t count, const struct ids *wanted,
              struct object **ret_handle)
{
  const struct ids *holders[1 + AUTH_OTHERS_MAX];
  size_t holding;
  error_t err = auth_holders (handle, others, count, holders, &holding);

  if (err)
    return err;
  if (!ids_may_make (holders, holding, wanted))
    return EPERM;
  return auth_handle_make (object_environment (&handle->object), wanted,
                           ret_handle);
}

static const struct auth_ops own_ops = {
  .getids = auth_handle_ids,
  .makeauth = own_makeauth,
  .user_authenticate = auth_meet_user,
  .server_authenticate = auth_meet_server,
};

static const struct auth_service own_service = {
  .join = auth_meet_inside,
  .ids_of = auth_ids_of,
  .make = auth_handle_give,
};

error_t
auth_own_create (struct environment *env)
{
  return auth_start (env, &own_ops, &own_service);
}
