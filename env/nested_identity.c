/* nested_identity.c -- who the command is inside
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "env/nested_private.h"

#include <unistd.h>

#include "env/identity.h"

#define GROUPS_MAX 256

static error_t
groups_add (struct idset *set)
{
  gid_t groups[GROUPS_MAX];
  int count = getgroups (GROUPS_MAX, groups);
  error_t err = 0;

  for (int i = 0; !err && i < count; i++)
    err = idset_add (set, groups[i]);
  return err;
}

static error_t
ids_set_starter (struct ids *ids)
{
  error_t err = idset_add (&ids->euids, geteuid ());

  if (!err)
    err = idset_add (&ids->auids, getuid ());
  if (!err)
    err = idset_add (&ids->auids, geteuid ());
  if (!err)
    err = idset_add (&ids->egids, getegid ());
  if (!err)
    err = groups_add (&ids->egids);
  if (!err)
    err = idset_add (&ids->agids, getgid ());
  if (!err)
    err = idset_add (&ids->agids, getegid ());
  return err;
}

error_t
start_identity (struct start *start)
{
  struct environment *env = start->env;
  struct ids *ids = &nested_of (start)->ids, starter = IDS_INIT;
  error_t err = ids_set_starter (&starter);

  ids_init (ids);
  if (!err)
    err = identity_map (env, geteuid (), getegid (), &start->problem);
  if (!err)
    err = identity_inside (env, &starter, ids);
  ids_finish (&starter);
  if (!err)
    say (start, "identity: uid %u and gid %u outside are %u and %u inside",
         geteuid (), getegid (), idmap_in (&env->uid_map, geteuid ()),
         idmap_in (&env->gid_map, getegid ()));
  return err;
}
