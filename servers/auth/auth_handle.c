/* auth_handle.c -- handles, whatever the source
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <stdlib.h>

#include "servers/auth/auth_private.h"

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

const struct ids *
auth_handle_ids (struct auth_handle *handle)
{
  return &handle->ids;
}

error_t
auth_handle_make (struct environment *env, const struct ids *ids,
                  struct object **ret_handle)
{
  struct auth_state *state = env->auth_state;
  struct auth_handle *handle = calloc (1, sizeof *handle);
  error_t err;

  if (!handle)
    return ENOMEM;
  if (!budget_charge (&env->handles, 1))
    {
      free (handle);
      return ENFILE;
    }
  ids_copy (&handle->ids, ids);
  handle->ops = state->ops;
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

error_t
auth_handle_give (struct environment *env, const struct ids *ids,
                  mach_port_t *ret_handle)
{
  struct object *handle;
  error_t err = auth_handle_make (env, ids, &handle);

  if (err)
    return err;
  *ret_handle = object_send_right (handle);
  object_drop (handle);
  return MACH_PORT_VALID (*ret_handle) ? 0 : ENOMEM;
}

const struct ids *
auth_ids_of (struct environment *env, mach_port_t name)
{
  struct object *object = object_lookup (env->loop, name, &auth_class);

  return object ? &((struct auth_handle *)object)->ids : NULL;
}

error_t
auth_holders (struct auth_handle *handle, const mach_port_t *others,
              size_t count, const struct ids **holders, size_t *ret_count)
{
  struct loop *loop = handle->object.loop;

  if (count > AUTH_OTHERS_MAX)
    return E2BIG;
  *ret_count = 0;
  holders[(*ret_count)++] = &handle->ids;
  for (size_t i = 0; i < count; i++)
    {
      struct object *other;
      mach_port_t name;
      error_t err = request_copy (loop, &name, &others[i], sizeof name);

      if (err)
        return err;
      other = object_lookup (loop, name, &auth_class);
      if (other)
        holders[(*ret_count)++] = &((struct auth_handle *)other)->ids;
    }
  return 0;
}

error_t
auth_start (struct environment *env, const struct auth_ops *ops,
            const struct auth_service *service)
{
  struct auth_state *state = calloc (1, sizeof *state);

  if (!state)
    return ENOMEM;
  state->ops = ops;
  generation_init (&state->generation, "auth", env);
  table_init (&state->meetings);
  env->auth = service;
  env->auth_state = state;
  return 0;
}
