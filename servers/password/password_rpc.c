/* password_rpc.c -- /servers/password, whatever the source

   Serves: <hurd/password.defs>.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/io/plain.h"
#include "servers/password/password.h"

#include "password_S.h"

struct password
{
  struct generation generation;
  struct plain plain;
  const struct password_ops *ops;
};

static const struct interface password_interface
    = { "password", 38000, 2, password_server_routine };

typedef error_t check_t (struct environment *env, uint32_t id,
                         const char *password, struct object **ret_handle);

static error_t
answer (object_t object, check_t *check, uint32_t id, const char *password,
        mach_port_t *auth, mach_msg_type_name_t *auth_type)
{
  struct object *handle;
  error_t err;

  if (!memchr (password, '\0', sizeof (string_t)))
    return ENAMETOOLONG;
  err = check (object_environment (object), id, password, &handle);
  if (err)
    return err;
  *auth = object_right (handle);
  *auth_type = MACH_MSG_TYPE_MAKE_SEND;
  object_drop (handle);
  return 0;
}

kern_return_t
S_password_check_user (object_t object, mach_port_t reply,
                       mach_msg_type_name_t reply_type, uid_t user,
                       const_string_t password, mach_port_t *auth,
                       mach_msg_type_name_t *auth_type)
{
  const struct password *role = plain_of (object)->state;

  (void)reply, (void)reply_type;
  return answer (object, role->ops->check_user, user, password, auth,
                 auth_type);
}

kern_return_t
S_password_check_group (object_t object, mach_port_t reply,
                        mach_msg_type_name_t reply_type, uid_t group,
                        const_string_t password, mach_port_t *auth,
                        mach_msg_type_name_t *auth_type)
{
  const struct password *role = plain_of (object)->state;

  (void)reply, (void)reply_type;
  return answer (object, role->ops->check_group, group, password, auth,
                 auth_type);
}

static const struct interface *const password_interfaces[]
    = { HANDLE_INTERFACES, &password_interface, NULL };

static const struct object_class password_class = {
  .name = "password", .interfaces = password_interfaces, .free = plain_free
};

static const struct io_ops password_io
    = { .clone = plain_clone, .stat = plain_stat, .identity = plain_identity };

error_t
password_start (struct environment *env, const struct password_ops *ops)
{
  struct password *role = calloc (1, sizeof *role);

  if (!role)
    return ENOMEM;
  role->ops = ops;
  generation_init (&role->generation, "password", env);
  role->plain = (struct plain){ .path = "/servers/password",
                                .class = &password_class,
                                .io = &password_io,
                                .mode = S_IFREG | 0666,
                                .number = 103,
                                .generation = &role->generation,
                                .env = env,
                                .state = role };
  return plain_attach (&role->plain);
}
