/* auth_fake.c -- an auth with one user

   Source: fake.  Whoever asks is told the ids that the environment began with,
   and nobody is ever anybody else: not by being root, nor by a set-id program.
   Ids can be laid down and taken up again.  Strangers meet as everywhere.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "servers/auth/auth_private.h"

static error_t
fake_makeauth (struct auth_handle *handle, const mach_port_t *others,
               size_t count, const struct ids *wanted,
               struct object **ret_handle)
{
  const struct ids *holders[1 + AUTH_OTHERS_MAX];
  size_t holding;
  struct environment *env = object_environment (&handle->object);
  error_t err = auth_holders (handle, others, count, holders, &holding);

  if (err)
    return err;
  /* Root's power to become others is what is missing here.  */
  if (!ids_are_held (holders, holding, wanted))
    return environment_refuse (env, "auth", EPERM);
  return auth_handle_make (env, wanted, ret_handle);
}

static const struct auth_ops fake_ops = {
  .getids = auth_handle_ids,
  .makeauth = fake_makeauth,
  .user_authenticate = auth_meet_user,
  .server_authenticate = auth_meet_server,
};

/* The first to be somebody is the first program: that is who everybody is.  */
static error_t
fake_make (struct environment *env, const struct ids *ids,
           mach_port_t *ret_handle)
{
  struct auth_state *state = env->auth_state;
  const struct ids *user = &state->user;
  const struct ids nobody = IDS_INIT;

  if (!state->told && !ids_equal (ids, &nobody))
    {
      ids_copy (&state->user, ids);
      state->told = true;
    }
  if (!ids_are_held (&user, 1, ids))
    return EPERM;
  return auth_handle_give (env, ids, ret_handle);
}

static const struct auth_service fake_service = {
  .join = auth_meet_inside,
  .ids_of = auth_ids_of,
  .make = fake_make,
};

error_t
auth_fake_create (struct environment *env)
{
  return auth_start (env, &fake_ops, &fake_service);
}
