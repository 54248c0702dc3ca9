/* auth_own.c -- the environment's own auth: handles

   Source: own.  Everything is kept here; nothing is asked of anybody.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <stdlib.h>

#include "lib/port/right.h"
#include "servers/auth/auth_private.h"

static const struct ids *
own_getids (struct auth_handle *handle)
{
  return &handle->ids;
}

static void
auth_handle_free (struct object *object)
{
  struct auth_handle *handle = (struct auth_handle *)object;

  budget_discharge (&object_environment (object)->handles, 1);
  ids_finish (&handle->ids);
  free (handle);
}

static const struct interface *const auth_interfaces[]
    = { &auth_interface, NULL };

static const struct object_class auth_class = {
  .name = "auth handle",
  .interfaces = auth_interfaces,
  .free = auth_handle_free,
};

static error_t own_make (struct environment *env, const struct ids *ids,
                         struct object **ret_handle);

/* All of OTHERS must be handles of this auth; a stranger's port counts for
   nothing, it is not an error (it may be a dead name by now).  */
static error_t
own_makeauth (struct auth_handle *handle, const mach_port_t *others,
              size_t count, const struct ids *wanted,
              struct object **ret_handle)
{
  struct loop *loop = handle->object.loop;
  const struct ids *holders[1 + AUTH_OTHERS_MAX];
  size_t holding = 0;

  if (count > AUTH_OTHERS_MAX)
    return E2BIG;
  holders[holding++] = &handle->ids;
  for (size_t i = 0; i < count; i++)
    {
      struct object *other;
      mach_port_t name;
      error_t err = request_copy (loop, &name, &others[i], sizeof name);

      if (err)
        return err;
      other = object_lookup (loop, name, &auth_class);
      if (other)
        holders[holding++] = &((struct auth_handle *)other)->ids;
    }
  if (!ids_may_make (holders, holding, wanted))
    return EPERM;
  return own_make (object_environment (&handle->object), wanted, ret_handle);
}

static const struct auth_ops own_ops = {
  .getids = own_getids,
  .makeauth = own_makeauth,
  .user_authenticate = auth_meet_user,
  .server_authenticate = auth_meet_server,
};

static error_t
own_make (struct environment *env, const struct ids *ids,
          struct object **ret_handle)
{
  struct auth_state *state = env->auth_state;
  struct auth_handle *handle = calloc (1, sizeof *handle);
  error_t err = handle ? ids_copy (&handle->ids, ids) : ENOMEM;

  if (!err && !budget_charge (&env->handles, 1))
    {
      ids_finish (&handle->ids);
      err = ENFILE;
    }
  if (err)
    {
      free (handle);
      return err;
    }
  handle->ops = &own_ops;
  err = object_init (&handle->object, &auth_class, &state->generation,
                     env->loop);
  if (err)
    {
      budget_discharge (&env->handles, 1);
      ids_finish (&handle->ids);
      free (handle);
      return err;
    }
  *ret_handle = &handle->object;
  return 0;
}

static const struct ids *
own_ids_of (struct environment *env, mach_port_t name)
{
  struct object *object = object_lookup (env->loop, name, &auth_class);

  return object ? &((struct auth_handle *)object)->ids : NULL;
}

static const struct auth_service own_service = {
  .join = auth_meet_inside,
  .ids_of = own_ids_of,
  .make = own_make,
};

error_t
auth_own_create (struct environment *env)
{
  struct auth_state *state = calloc (1, sizeof *state);

  if (!state)
    return ENOMEM;
  state->generation.name = "auth";
  state->generation.environment = env;
  state->generation.gate = &gate_open;
  table_init (&state->meetings);
  env->auth = &own_service;
  env->auth_state = state;
  return 0;
}
