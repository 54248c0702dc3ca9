/* password_fake.c -- /servers/password: no password is the right one

   Source: fake.  Programs that ask for one say what they say after a typing
   mistake, and nobody becomes anybody else.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <errno.h>

#include "servers/password/password.h"

static error_t
fake_check (struct environment *env, uint32_t id, const char *password,
            struct object **ret_handle)
{
  (void)id, (void)password, (void)ret_handle;
  return environment_refuse (env, "password", EACCES);
}

static const struct password_ops fake_ops
    = { .check_user = fake_check, .check_group = fake_check };

error_t
password_fake_create (struct environment *env)
{
  return password_start (env, &fake_ops);
}
