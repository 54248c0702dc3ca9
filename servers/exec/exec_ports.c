/* exec_ports.c -- whose ids, and the ports that the program gets
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>

#include "servers/exec/exec.h"

#define SECURE_UMASK 022 /* the user's may be a trap */

/* Who asks is known by the auth handle that came along, and nobody is who
   sent none.  Without a role auth everybody is root.  EINPROGRESS: the handle
   is of an auth elsewhere, which has to be asked.  */
error_t
exec_prepare_ids (struct exec_operation *operation)
{
  const struct exec_request *request = operation->request;
  struct environment *env = operation->env;
  mach_port_t handle = request->ports[INIT_PORT_AUTH];
  const struct ids *ids = request->new_ids;

  if (operation->ids_known)
    return 0;
  if (!ids && MACH_PORT_VALID (handle) && env->auth && !env->auth->ids_of)
    return exec_want_ids (operation);
  operation->ids_known = true;
  if (!env->auth)
    return ids_set_root (&operation->ids);
  if (!ids && MACH_PORT_VALID (handle))
    ids = env->auth->ids_of (env, handle);
  if (ids)
    ids_copy (&operation->ids, ids);
  return 0;
}

/* PORT becomes a right to OBJECT, whose reference is consumed.  */
static void
replace_port (mach_port_t *port, struct object *object)
{
  send_drop (port);
  *port = object_send_right (object);
  object_drop (object);
}

static error_t
replace_auth (struct exec_operation *operation)
{
  struct environment *env = operation->env;
  mach_port_t *port = &operation->request->ports[INIT_PORT_AUTH];

  if (!env->auth)
    return 0;
  send_drop (port);
  return env->auth->make (env, &operation->ids, port);
}

static error_t
replace_root (struct exec_operation *operation, unsigned int which)
{
  struct environment *env = operation->env;
  struct object *handle;
  error_t err = env->root->open_root (env, &operation->ids, &handle);

  if (!err)
    replace_port (&operation->request->ports[which], handle);
  return err;
}

/* The same open file under the new ids.  What is not ours stays as it is: its
   server knows nothing of these ids.  */
static error_t
reauthenticate (struct exec_operation *operation, mach_port_t *port)
{
  struct handle *handle, *clone;
  error_t err;

  if (!MACH_PORT_VALID (*port))
    return 0;
  handle = handle_lookup (operation->env->loop, *port);
  if (!handle)
    return 0;
  err = handle->io->clone (handle, &operation->ids, handle->open_modes, true,
                           &clone);
  if (!err)
    replace_port (port, &clone->object);
  return err;
}

static error_t
reauthenticate_all (struct exec_operation *operation)
{
  struct exec_request *request = operation->request;
  error_t err = replace_auth (operation);

  if (!err)
    err = reauthenticate (operation, &request->ports[INIT_PORT_CWDIR]);
  for (size_t i = 0; !err && i < request->fds_count; i++)
    err = reauthenticate (operation, &request->fds[i]);
  return err;
}

/* What the environment has instead of what the user did not send.  */
static error_t
supply_missing (struct exec_operation *operation)
{
  const mach_port_t *ports = operation->request->ports;
  error_t err = 0;

  if (ports[INIT_PORT_AUTH] == MACH_PORT_NULL)
    err = replace_auth (operation);
  if (!err && ports[INIT_PORT_CRDIR] == MACH_PORT_NULL)
    err = replace_root (operation, INIT_PORT_CRDIR);
  if (!err && ports[INIT_PORT_CWDIR] == MACH_PORT_NULL)
    err = replace_root (operation, INIT_PORT_CWDIR);
  return err;
}

error_t
exec_prepare_ports (struct exec_operation *operation)
{
  struct exec_request *request = operation->request;
  error_t err = 0;

  if (request->new_ids)
    err = reauthenticate_all (operation);
  if (!err && (request->flags & EXEC_SECURE))
    {
      /* A root that the user chose may hold any libc.  */
      err = replace_root (operation, INIT_PORT_CRDIR);
      request->ints[INIT_UMASK] = SECURE_UMASK;
      request->ints[INIT_TRACEMASK] = 0;
    }
  if (!err && (request->flags & (EXEC_SECURE | EXEC_DEFAULTS)))
    err = supply_missing (operation);

  operation->fresh = !MACH_PORT_VALID (request->task)
                     || (request->flags & (EXEC_NEWTASK | EXEC_SECURE));
  return err;
}
