/* ids.c -- who somebody is: the four sets of ids behind an auth handle
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/ids.h"

#define SETS 4

/* What idset->ids points into.  Nobody changes one that others hold too.  */
struct shared
{
  unsigned int refs;
  uint32_t ids[];
};

/* The four sets, for what is done to each of them.  */
static struct idset *
ids_set (struct ids *ids, size_t i)
{
  struct idset *sets[SETS]
      = { &ids->euids, &ids->auids, &ids->egids, &ids->agids };

  return sets[i];
}

static const struct idset *
ids_set_const (const struct ids *ids, size_t i)
{
  const struct idset *sets[SETS]
      = { &ids->euids, &ids->auids, &ids->egids, &ids->agids };

  return sets[i];
}

static struct shared *
idset_shared (const struct idset *set)
{
  return (struct shared *)((char *)set->ids - offsetof (struct shared, ids));
}

void
idset_finish (struct idset *set)
{
  if (set->ids
      && __atomic_sub_fetch (&idset_shared (set)->refs, 1, __ATOMIC_ACQ_REL)
             == 0)
    free (idset_shared (set));
  set->ids = NULL;
  set->count = 0;
}

/* TO, which holds nothing, holds what FROM does.  */
static void
idset_share (struct idset *to, const struct idset *from)
{
  *to = *from;
  if (to->ids)
    __atomic_add_fetch (&idset_shared (to)->refs, 1, __ATOMIC_RELAXED);
}

/* Room for COUNT ids, those of SET first, held once.  */
static struct shared *
shared_create (const struct idset *set, size_t count)
{
  struct shared *shared
      = malloc (sizeof *shared + count * sizeof *shared->ids);

  if (!shared)
    return NULL;
  shared->refs = 1;
  if (set->count)
    memcpy (shared->ids, set->ids, set->count * sizeof *set->ids);
  return shared;
}

void
ids_init (struct ids *ids)
{
  *ids = (struct ids)IDS_INIT;
}

void
ids_finish (struct ids *ids)
{
  if (!ids)
    return;
  for (size_t i = 0; i < SETS; i++)
    idset_finish (ids_set (ids, i));
}

error_t
idset_set (struct idset *set, const uint32_t *ids, size_t count)
{
  const struct idset from = { (uint32_t *)ids, count };
  struct shared *copy = NULL;

  if (count > IDS_LARGEST)
    return E2BIG;
  if (count)
    {
      copy = shared_create (&from, count);
      if (!copy)
        return ENOMEM;
    }
  idset_finish (set);
  set->ids = copy ? copy->ids : NULL;
  set->count = count;
  return 0;
}

error_t
idset_add (struct idset *set, uint32_t id)
{
  struct shared *longer;
  size_t count = set->count;

  if (idset_contains (set, id))
    return 0;
  if (count == IDS_LARGEST)
    return E2BIG;
  longer = shared_create (set, count + 1);
  if (!longer)
    return ENOMEM;
  longer->ids[count] = id;
  idset_finish (set);
  set->ids = longer->ids;
  set->count = count + 1;
  return 0;
}

bool
idset_contains (const struct idset *set, uint32_t id)
{
  for (size_t i = 0; i < set->count; i++)
    if (set->ids[i] == id)
      return true;
  return false;
}

void
ids_copy (struct ids *to, const struct ids *from)
{
  if (to == from)
    return;
  ids_finish (to);
  for (size_t i = 0; i < SETS; i++)
    idset_share (ids_set (to, i), ids_set_const (from, i));
}

static error_t
idset_union (struct idset *to, const struct idset *from)
{
  error_t err = 0;

  for (size_t i = 0; i < from->count && !err; i++)
    err = idset_add (to, from->ids[i]);
  return err;
}

error_t
ids_union (struct ids *to, const struct ids *from)
{
  struct ids both = IDS_INIT;
  error_t err = 0;

  ids_copy (&both, to);
  for (size_t i = 0; i < SETS && !err; i++)
    err = idset_union (ids_set (&both, i), ids_set_const (from, i));
  if (err)
    {
      ids_finish (&both);
      return err;
    }
  ids_finish (to);
  *to = both;
  return 0;
}

bool
ids_equal (const struct ids *a, const struct ids *b)
{
  for (size_t i = 0; i < SETS; i++)
    {
      const struct idset *x = ids_set_const (a, i);
      const struct idset *y = ids_set_const (b, i);

      if (x->count != y->count)
        return false;
      if (x->ids != y->ids
          && memcmp (x->ids, y->ids, x->count * sizeof *x->ids) != 0)
        return false;
    }
  return true;
}

bool
ids_contain_uid (const struct ids *ids, uint32_t uid)
{
  return idset_contains (&ids->euids, uid)
         || idset_contains (&ids->auids, uid);
}

bool
ids_contain_gid (const struct ids *ids, uint32_t gid)
{
  return idset_contains (&ids->egids, gid)
         || idset_contains (&ids->agids, gid);
}

bool
ids_is_root (const struct ids *ids)
{
  return ids_contain_uid (ids, 0);
}

bool
ids_is_owner (const struct ids *ids, uint32_t owner)
{
  return idset_contains (&ids->euids, 0)
         || idset_contains (&ids->euids, owner);
}

/* Is each id of SET among those that one of HOLDERS contains?  */
static bool
holders_contain (const struct ids *const *holders, size_t count,
                 const struct idset *set,
                 bool (*contain) (const struct ids *, uint32_t))
{
  for (size_t i = 0; i < set->count; i++)
    {
      size_t holder = 0;

      while (holder < count && !contain (holders[holder], set->ids[i]))
        holder++;
      if (holder == count)
        return false;
    }
  return true;
}

bool
ids_are_held (const struct ids *const *holders, size_t count,
              const struct ids *wanted)
{
  return holders_contain (holders, count, &wanted->euids, ids_contain_uid)
         && holders_contain (holders, count, &wanted->auids, ids_contain_uid)
         && holders_contain (holders, count, &wanted->egids, ids_contain_gid)
         && holders_contain (holders, count, &wanted->agids, ids_contain_gid);
}

bool
ids_may_make (const struct ids *const *holders, size_t count,
              const struct ids *wanted)
{
  for (size_t i = 0; i < count; i++)
    if (ids_is_root (holders[i]))
      return true;
  return ids_are_held (holders, count, wanted);
}

error_t
ids_set_root (struct ids *ids)
{
  static const uint32_t zero[] = { 0 };
  struct ids root = IDS_INIT;
  error_t err = 0;

  for (size_t i = 0; i < SETS && !err; i++)
    err = idset_set (ids_set (&root, i), zero, 1);
  if (err)
    {
      ids_finish (&root);
      return err;
    }
  ids_finish (ids);
  *ids = root;
  return 0;
}
