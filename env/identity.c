/* identity.c -- who the starter of an environment is inside
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "env/identity.h"

#include "lib/manifest/manifest.h"

static error_t
map_create (struct idmap *map, enum identity_kind kind,
            const struct idmap *table, uint32_t starter)
{
  const struct id_range same = ID_RANGE_SAME;
  const struct id_range root = { starter, 0, 1 };

  if (kind == IDENTITY_TABLE)
    return idmap_set (map, table->ranges, table->count);
  return idmap_set (map, kind == IDENTITY_MYSELF ? &same : &root, 1);
}

/* Nobody could be told apart from the starter's files.  */
static error_t
map_check (const struct idmap *map, const char *word, const char *key,
           uint32_t starter, struct text *problem)
{
  if (idmap_knows (map, starter))
    return 0;
  text_printf (problem,
               "identity table: %s %u, whose environment it is, is not in "
               "\"%s\" (the way out: add \"%u:INSIDE\")",
               word, starter, key, starter);
  return EPERM;
}

error_t
identity_map (struct environment *env, uint32_t uid, uint32_t gid,
              struct text *problem)
{
  const struct manifest *manifest = env->manifest;
  enum identity_kind kind = manifest->identity;
  error_t err = map_create (&env->uid_map, kind, &manifest->uids, uid);

  if (!err)
    err = map_create (&env->gid_map, kind, &manifest->gids, gid);
  if (!err)
    err = map_check (&env->uid_map, "uid", "uids", uid, problem);
  if (!err)
    err = map_check (&env->gid_map, "gid", "gids", gid, problem);
  return err;
}

error_t
identity_inside (const struct environment *env, const struct ids *starter,
                 struct ids *ids)
{
  error_t err = idmap_add_in (&env->uid_map, &starter->euids, &ids->euids);

  if (!err)
    err = idmap_add_in (&env->uid_map, &starter->auids, &ids->auids);
  if (!err)
    err = idmap_add_in (&env->gid_map, &starter->egids, &ids->egids);
  if (!err)
    err = idmap_add_in (&env->gid_map, &starter->agids, &ids->agids);
  return err;
}
