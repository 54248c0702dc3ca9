/* authority.c -- handles on the same thing with other ids

   Serves: io_reauthenticate, io_restrict_auth, io_duplicate of <hurd/io.defs>.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <stdlib.h>

#include "lib/role/environment.h"
#include "lib/io/handle.h"
#include "lib/port/right.h"

#include "io_S.h"

/* A rendezvous in which we are the server.  The client waits for the new
   port, so it is made before the ids are known, with none, and gets them when
   they come.  If they never come it stays a handle without authority, which
   is what a failed authentication must produce.  */
struct meeting
{
  struct handle *handle; /* reference: the new one */
};

static void
meeting_done (void *cookie, error_t err, const struct ids *ids)
{
  struct meeting *meeting = cookie;

  if (!err)
    ids_copy (&meeting->handle->ids, ids);
  object_drop (&meeting->handle->object);
  free (meeting);
}

/* There is no reply, and the client waits at the auth server whatever
   happens here, so a failure must end the meeting there.  */
kern_return_t
S_io_reauthenticate (object_t object, mach_port_t rendezvous)
{
  struct handle *handle = (struct handle *)object;
  struct environment *env = object_environment (object);
  struct meeting *meeting;
  struct ids nobody;
  struct object *newcomer = NULL;

  if (handle->io->meet)
    {
      handle->io->meet (handle, rendezvous);
      return 0;
    }
  if (!env->auth)
    return EOPNOTSUPP; /* there is nowhere that anybody could wait */
  meeting = malloc (sizeof *meeting);
  ids_init (&nobody);
  if (meeting
      && !handle->io->clone (handle, &nobody, handle->open_modes, true,
                             &meeting->handle))
    newcomer = &meeting->handle->object;
  if (newcomer)
    env->auth->join (env, rendezvous, newcomer, meeting_done, meeting);
  else
    {
      env->auth->join (env, rendezvous, NULL, NULL, NULL);
      free (meeting);
    }
  return 0;
}

static error_t
handle_share (struct handle *handle, const struct ids *ids, mach_port_t *port,
              mach_msg_type_name_t *port_type)
{
  struct handle *copy;
  error_t err
      = handle->io->clone (handle, ids, handle->open_modes, true, &copy);

  if (err)
    return err;
  *port = object_right (&copy->object);
  *port_type = MACH_MSG_TYPE_MAKE_SEND;
  object_drop (&copy->object);
  return 0;
}

kern_return_t
S_io_duplicate (object_t object, mach_port_t reply,
                mach_msg_type_name_t reply_type, mach_port_t *port,
                mach_msg_type_name_t *port_type)
{
  struct handle *handle = (struct handle *)object;

  (void)reply, (void)reply_type;
  return handle_share (handle, &handle->ids, port, port_type);
}

/* Add those of WANTED (client memory) that HAVE has, or all if ROOT.  */
static error_t
idset_restrict (struct loop *loop, struct idset *set, const struct idset *have,
                bool root, const uint32_t *wanted, size_t count)
{
  uint32_t id;

  for (size_t i = 0; i < count; i++)
    {
      error_t err = request_copy (loop, &id, &wanted[i], sizeof id);

      if (!err && (root || idset_contains (have, id)))
        err = idset_add (set, id);
      if (err)
        return err;
    }
  return 0;
}

kern_return_t
S_io_restrict_auth (object_t object, mach_port_t reply,
                    mach_msg_type_name_t reply_type, mach_port_t *port,
                    mach_msg_type_name_t *port_type, const_idarray_t uids,
                    mach_msg_type_number_t uids_count, const_idarray_t gids,
                    mach_msg_type_number_t gids_count)
{
  struct handle *handle = (struct handle *)object;
  bool root = idset_contains (&handle->ids.euids, 0);
  struct ids ids;
  error_t err;

  (void)reply, (void)reply_type;
  if (uids_count > IDS_LARGEST || gids_count > IDS_LARGEST)
    return E2BIG;
  ids_init (&ids);
  err = idset_restrict (object->loop, &ids.euids, &handle->ids.euids, root,
                        uids, uids_count);
  if (!err)
    err = idset_restrict (object->loop, &ids.egids, &handle->ids.egids, root,
                          gids, gids_count);
  if (!err)
    err = handle_share (handle, &ids, port, port_type);
  ids_finish (&ids);
  return err;
}
