/* auth_rpc.c -- from MIG's routines to the operations of a handle

   Serves: <hurd/auth.defs>.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <mach/mig_errors.h>
#include <string.h>

#include "lib/port/right.h"
#include "servers/auth/auth.h"

#include "auth_S.h"

const struct interface auth_interface
    = { "auth", 25000, 4, auth_server_routine };

static struct auth_handle *
auth_of (object_t object)
{
  return (struct auth_handle *)object;
}

/* Put SET into an array of the reply: its buffer, or what is lent, for the
   kernel takes no memory of this reply from us (<hurd/auth.defs>).  */
static void
idset_put (const struct idset *set, idarray_t *array,
           mach_msg_type_number_t *count)
{
  if (set->count > *count)
    *array = set->ids;
  else if (set->count)
    memcpy (*array, set->ids, set->count * sizeof *set->ids);
  *count = set->count;
}

kern_return_t
S_auth_getids (object_t object, mach_port_t reply,
               mach_msg_type_name_t reply_type, idarray_t *euids,
               mach_msg_type_number_t *euids_count, idarray_t *auids,
               mach_msg_type_number_t *auids_count, idarray_t *egids,
               mach_msg_type_number_t *egids_count, idarray_t *agids,
               mach_msg_type_number_t *agids_count)
{
  const struct ids *ids = auth_of (object)->ops->getids (auth_of (object));

  (void)reply, (void)reply_type;
  idset_put (&ids->euids, euids, euids_count);
  idset_put (&ids->auids, auids, auids_count);
  idset_put (&ids->egids, egids, egids_count);
  idset_put (&ids->agids, agids, agids_count);
  return 0;
}

static error_t
idset_take (struct loop *loop, struct idset *set, const uint32_t *ids,
            size_t count)
{
  uint32_t copy[IDS_LARGEST];
  error_t err;

  if (count > IDS_LARGEST)
    return E2BIG;
  err = request_copy (loop, copy, ids, count * sizeof *ids);
  return err ? err : idset_set (set, copy, count);
}

kern_return_t
S_auth_makeauth (object_t object, mach_port_t reply,
                 mach_msg_type_name_t reply_type, const_portarray_t others,
                 mach_msg_type_number_t others_count, const_idarray_t euids,
                 mach_msg_type_number_t euids_count, const_idarray_t auids,
                 mach_msg_type_number_t auids_count, const_idarray_t egids,
                 mach_msg_type_number_t egids_count, const_idarray_t agids,
                 mach_msg_type_number_t agids_count, mach_port_t *new_handle)
{
  struct auth_handle *handle = auth_of (object);
  struct loop *loop = object->loop;
  struct object *made = NULL;
  struct ids wanted;
  error_t err;

  (void)reply, (void)reply_type;
  ids_init (&wanted);
  err = idset_take (loop, &wanted.euids, euids, euids_count);
  if (!err)
    err = idset_take (loop, &wanted.auids, auids, auids_count);
  if (!err)
    err = idset_take (loop, &wanted.egids, egids, egids_count);
  if (!err)
    err = idset_take (loop, &wanted.agids, agids, agids_count);
  if (!err)
    err = handle->ops->makeauth (handle, others, others_count, &wanted, &made);
  ids_finish (&wanted);
  if (err)
    return err;

  *new_handle = object_right (made);
  object_drop (made);
  request_drop_ports (loop, others, others_count);
  return 0;
}

kern_return_t
S_auth_user_authenticate (object_t object, mach_port_t reply,
                          mach_msg_type_name_t reply_type,
                          mach_port_t rendezvous, mach_port_t *new_port,
                          mach_msg_type_name_t *new_port_type)
{
  struct request request = { reply, reply_type, NULL, 0 };

  (void)new_port, (void)new_port_type; /* always answered late */
  return auth_of (object)->ops->user_authenticate (auth_of (object), &request,
                                                   rendezvous);
}

kern_return_t
S_auth_server_authenticate (
    object_t object, mach_port_t reply, mach_msg_type_name_t reply_type,
    mach_port_t rendezvous, mach_port_t new_port,
    mach_msg_type_name_t new_port_type, idarray_t *euids,
    mach_msg_type_number_t *euids_count, idarray_t *auids,
    mach_msg_type_number_t *auids_count, idarray_t *egids,
    mach_msg_type_number_t *egids_count, idarray_t *agids,
    mach_msg_type_number_t *agids_count)
{
  struct request request = { reply, reply_type, NULL, 0 };

  (void)euids, (void)euids_count, (void)auids, (void)auids_count;
  (void)egids, (void)egids_count, (void)agids, (void)agids_count;
  return auth_of (object)->ops->server_authenticate (
      auth_of (object), &request, rendezvous, new_port, new_port_type);
}
