/* proc_share.c -- names and ids that a family of processes shares
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <stdlib.h>
#include <string.h>

#include "servers/proc/proc.h"

struct shared_text *
shared_text_create (const char *text, size_t max)
{
  size_t length = strnlen (text, max);
  struct shared_text *shared = malloc (sizeof *shared + length + 1);

  if (!shared)
    return NULL;
  shared->refs = 1;
  memcpy (shared->text, text, length);
  shared->text[length] = '\0';
  return shared;
}

struct shared_text *
shared_text_ref (struct shared_text *text)
{
  if (text)
    text->refs++;
  return text;
}

void
shared_text_drop (struct shared_text *text)
{
  if (text && !--text->refs)
    free (text);
}

struct identity *
identity_create (const struct ids *ids)
{
  struct identity *identity = malloc (sizeof *identity);

  if (!identity)
    return NULL;
  identity->refs = 1;
  ids_init (&identity->ids);
  if (ids)
    ids_copy (&identity->ids, ids);
  return identity;
}

struct identity *
identity_ref (struct identity *identity)
{
  identity->refs++;
  return identity;
}

void
identity_drop (struct identity *identity)
{
  if (!identity || --identity->refs)
    return;
  ids_finish (&identity->ids);
  free (identity);
}

static bool
idset_all_in (const struct idset *set, const struct ids *holder)
{
  for (size_t i = 0; i < set->count; i++)
    if (!ids_contain_uid (holder, set->ids[i]))
      return false;
  return true;
}

/* Each uid of the target must be the caller's.  A process that is nobody's may
   hold what its holder lost the ids for, so only root may touch it.  */
bool
process_may_control (const struct process *caller,
                     const struct process *target)
{
  const struct ids *mine = &caller->identity->ids;
  const struct ids *theirs = &target->identity->ids;

  if (caller == target || ids_is_root (mine))
    return true;
  if (!theirs->euids.count && !theirs->auids.count)
    return false;
  return idset_all_in (&theirs->euids, mine)
         && idset_all_in (&theirs->auids, mine);
}
