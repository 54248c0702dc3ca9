/* password.h -- /servers/password: a handle of auth for who knows a password
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_PASSWORD_PASSWORD_H
#define HURDLE_PASSWORD_PASSWORD_H

#include "lib/role/environment.h"

error_t password_fake_create (struct environment *env);

/* ---- inside the role ---- */

/* Who is believed, by source.  None may be empty.  */
struct password_ops
{
  /* A handle of the environment's auth that may assert ID, one reference
     given.  EACCES: the password (terminated) is not that one.  */
  error_t (*check_user) (struct environment *env, uid_t id,
                         const char *password, struct object **ret_handle);
  error_t (*check_group) (struct environment *env, gid_t id,
                          const char *password, struct object **ret_handle);
};

/* Make the role and attach /servers/password.  */
error_t password_start (struct environment *env,
                        const struct password_ops *ops);

#endif
