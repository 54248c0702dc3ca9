/* startup_rpc.c -- who may ask for what

   Serves: <hurd/startup.defs>.  The host's privileged port is the proof for
   what concerns everybody; proc gives it to root.  An environment that has
   none asks for uid 0 inside instead.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "lib/port/right.h"
#include "servers/startup/startup_private.h"

#include "startup_S.h"

const struct interface startup_interface
    = { "startup", 29000, 5, startup_server_routine };

static struct startup *
startup_of (object_t object)
{
  return plain_of (object)->state;
}

static bool
credential_is_good (object_t object, mach_port_t credential)
{
  const struct environment *env = startup_of (object)->env;

  if (MACH_PORT_VALID (env->host_priv))
    return credential == env->host_priv;
  return ids_is_root (&((struct handle *)object)->ids);
}

/* The death of TASK is the end of the environment.  What its exceptions
   would tell us its death tells as well: EXCPT is dropped.  */
kern_return_t
S_startup_essential_task (object_t object, mach_port_t reply,
                          mach_msg_type_name_t reply_type, mach_port_t task,
                          mach_port_t excpt, const_string_t name,
                          mach_port_t credential)
{
  error_t err;

  (void)reply, (void)reply_type, (void)name;
  if (!credential_is_good (object, credential))
    return EPERM;
  err = startup_of (object)->ops->essential_task (startup_of (object), task);
  if (err)
    return err;
  receive_drop (&excpt);
  send_drop (&credential);
  return 0;
}

kern_return_t
S_startup_request_notification (object_t object, mach_port_t reply,
                                mach_msg_type_name_t reply_type,
                                mach_port_t notify, const_string_t name)
{
  (void)reply, (void)reply_type, (void)name;
  return startup_of (object)->ops->request_notification (startup_of (object),
                                                         notify);
}

kern_return_t
S_startup_reboot (object_t object, mach_port_t reply,
                  mach_msg_type_name_t reply_type, mach_port_t credential,
                  int reboot_code)
{
  (void)reply, (void)reply_type;
  if (!credential_is_good (object, credential))
    return EPERM;
  startup_of (object)->ops->reboot (startup_of (object), reboot_code);
  send_drop (&credential);
  return 0;
}

/* Only servers that are tasks of their own begin with these.  */

kern_return_t
S_startup_procinit (object_t object, mach_port_t reply,
                    mach_msg_type_name_t reply_type, process_t proc,
                    mach_port_t *task, auth_t *auth, mach_port_t *host_priv,
                    mach_msg_type_name_t *host_priv_type,
                    mach_port_t *device_master,
                    mach_msg_type_name_t *device_master_type)
{
  (void)object, (void)reply, (void)reply_type, (void)proc, (void)task;
  (void)auth, (void)host_priv, (void)host_priv_type, (void)device_master;
  (void)device_master_type;
  return EPERM;
}

kern_return_t
S_startup_authinit (object_t object, mach_port_t reply,
                    mach_msg_type_name_t reply_type, mach_port_t auth,
                    mach_port_t *proc, mach_msg_type_name_t *proc_type)
{
  (void)object, (void)reply, (void)reply_type, (void)auth, (void)proc;
  (void)proc_type;
  return EPERM;
}
