/* proc_host.c -- uname, who may have the kernel's ports, data for exec
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <mach.h>
#include <mach/mig_errors.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "lib/base/version.h"
#include "lib/port/right.h"
#include "servers/proc/proc.h"

#include "process_S.h"

#define VERSIONS_MAX 32
#define EXEC_DATA_MAX 64
#define RELEASE "0.9" /* the Hurd whose interfaces these are */

/* Only where the environment has them, and to its root only.  */
kern_return_t
S_proc_getprivports (struct object *object, mach_port_t reply,
                     mach_msg_type_name_t reply_type, mach_port_t *host_priv,
                     mach_port_t *device_master)
{
  struct process *process = process_of_object (object);
  struct environment *env;

  (void)reply, (void)reply_type;
  if (!process)
    return EOPNOTSUPP;
  env = process->proc->env;
  if (!ids_is_root (&process->identity->ids)
      || (!MACH_PORT_VALID (env->host_priv)
          && !MACH_PORT_VALID (env->device_master)))
    return EPERM;
  *host_priv = env->host_priv;
  *device_master = env->device_master;
  return 0;
}

/* ---- versions ---- */

static void
field_copy (char *to, size_t size, const char *text)
{
  (void)snprintf (to, size, "%.*s", (int)size - 1, text);
}

static struct version *
version_find (struct proc *proc, const char *name)
{
  list_for_each (node, following, &proc->versions)
  {
    struct version *version = list_entry (node, struct version, link);

    if (!strncmp (version->name, name, sizeof version->name - 1))
      return version;
  }
  return NULL;
}

static struct version *
version_create (struct proc *proc, const char *name)
{
  struct version *version;

  if (proc->versions_count >= VERSIONS_MAX)
    return NULL;
  version = calloc (1, sizeof *version);
  if (!version)
    return NULL;
  field_copy (version->name, sizeof version->name, name);
  list_insert_tail (&proc->versions, &version->link);
  proc->versions_count++;
  return version;
}

kern_return_t
S_proc_register_version (struct object *object, mach_port_t reply,
                         mach_msg_type_name_t reply_type,
                         mach_port_t credential, const_string_t name,
                         const_string_t release, const_string_t text)
{
  struct process *process = process_of_object (object);
  struct version *version;

  (void)reply, (void)reply_type;
  if (!process)
    return EOPNOTSUPP;
  if (!MACH_PORT_VALID (credential)
      || credential != process->proc->env->host_priv)
    return EPERM;
  version = version_find (process->proc, name);
  if (!version)
    version = version_create (process->proc, name);
  if (!version)
    return ENOMEM;
  field_copy (version->release, sizeof version->release, release);
  field_copy (version->version, sizeof version->version, text);
  send_drop (&credential);
  return 0;
}

static void
version_add (char *text, size_t size, const struct version *version)
{
  size_t length = strlen (text);

  (void)snprintf (text + length, size - length, " %s-%s/%s", version->name,
                  version->release, version->version);
}

/* The node name is libc's business (/etc/hostname).  */
kern_return_t
S_proc_uname (struct object *object, mach_port_t reply,
              mach_msg_type_name_t reply_type, struct utsname *name)
{
  struct process *process = process_of_object (object);
  kernel_version_t kernel = "";

  (void)reply, (void)reply_type;
  if (!process)
    return EOPNOTSUPP;
  memset (name, 0, sizeof *name);
  (void)host_get_kernel_version (mach_host_self (), kernel);
  field_copy (name->sysname, sizeof name->sysname, "GNU");
  field_copy (name->release, sizeof name->release, RELEASE);
  field_copy (name->machine, sizeof name->machine, "x86_64");
  (void)snprintf (name->version, sizeof name->version, "%s " HURDLE_NAME,
                  kernel);
  list_for_each (node, following, &process->proc->versions)
      version_add (name->version, sizeof name->version,
                   list_entry (node, struct version, link));
  return 0;
}

/* ---- what exec gives to a program that asks for defaults ---- */

static void
exec_data_clear (struct proc *proc)
{
  for (size_t i = 0; i < proc->exec_ports_count; i++)
    send_drop (&proc->exec_ports[i]);
  free (proc->exec_ports);
  free (proc->exec_ints);
  proc->exec_ports = NULL;
  proc->exec_ints = NULL;
  proc->exec_ports_count = proc->exec_ints_count = 0;
}

static error_t
exec_data_copy (struct proc *proc, const mach_port_t *ports,
                size_t ports_count, const int *ints, size_t ints_count,
                mach_port_t **ret_ports, int **ret_ints)
{
  struct loop *loop = proc->env->loop;
  mach_port_t *new_ports = calloc (ports_count + 1, sizeof *new_ports);
  int *new_ints = calloc (ints_count + 1, sizeof *new_ints);
  error_t err = new_ports && new_ints ? 0 : ENOMEM;

  if (!err)
    err = request_copy (loop, new_ports, ports,
                        ports_count * sizeof *new_ports);
  if (!err)
    err = request_copy (loop, new_ints, ints, ints_count * sizeof *new_ints);
  if (err)
    {
      free (new_ports);
      free (new_ints);
      return err;
    }
  *ret_ports = new_ports;
  *ret_ints = new_ints;
  return 0;
}

kern_return_t
S_proc_setexecdata (struct object *object, mach_port_t reply,
                    mach_msg_type_name_t reply_type, const_portarray_t ports,
                    mach_msg_type_number_t ports_count, const_intarray_t ints,
                    mach_msg_type_number_t ints_count)
{
  struct process *process = process_of_object (object);
  mach_port_t *new_ports;
  struct proc *proc;
  int *new_ints;
  error_t err;

  (void)reply, (void)reply_type;
  if (!process)
    return EOPNOTSUPP;
  if (!ids_is_root (&process->identity->ids))
    return EPERM;
  if (ports_count > EXEC_DATA_MAX || ints_count > EXEC_DATA_MAX)
    return E2BIG;
  proc = process->proc;
  err = exec_data_copy (proc, ports, ports_count, ints, ints_count, &new_ports,
                        &new_ints);
  if (err)
    return err;
  exec_data_clear (proc);
  proc->exec_ports = new_ports;
  proc->exec_ports_count = ports_count;
  proc->exec_ints = new_ints;
  proc->exec_ints_count = ints_count;
  proc->exec_data_set = true;
  return 0;
}

kern_return_t
S_proc_getexecdata (struct object *object, mach_port_t reply,
                    mach_msg_type_name_t reply_type, portarray_t *ports,
                    mach_msg_type_name_t *ports_type,
                    mach_msg_type_number_t *ports_count, intarray_t *ints,
                    mach_msg_type_number_t *ints_count)
{
  struct process *process = process_of_object (object);
  const struct proc *proc;

  (void)reply, (void)reply_type;
  if (!process)
    return EOPNOTSUPP;
  proc = process->proc;
  if (!proc->exec_data_set)
    return ENOENT;
  /* EXEC_DATA_MAX of either fits into the reply.  */
  memcpy (*ports, proc->exec_ports,
          proc->exec_ports_count * sizeof proc->exec_ports[0]);
  memcpy (*ints, proc->exec_ints,
          proc->exec_ints_count * sizeof proc->exec_ints[0]);
  *ports_type = MACH_MSG_TYPE_COPY_SEND;
  *ports_count = proc->exec_ports_count;
  *ints_count = proc->exec_ints_count;
  return 0;
}

/* Our exec reads the data where they are; there is nobody else to tell.  */
kern_return_t
S_proc_execdata_notify (struct object *object, mach_port_t reply,
                        mach_msg_type_name_t reply_type, mach_port_t notify)
{
  (void)reply, (void)reply_type;
  if (!process_of_object (object))
    return EOPNOTSUPP;
  send_drop (&notify);
  return 0;
}
