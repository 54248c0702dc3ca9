/* support.c -- what can be at all, and what this version can do

   A source that works is moved from LATER to NOW here, and nowhere else.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "lib/manifest/manifest.h"

#define NEVER SUPPORT_NEVER
#define LATER SUPPORT_LATER
#define NOW SUPPORT_NOW

/* clang-format off */
#define ROLE_SOURCES(own, proxy, fake, parent)                                \
  { [SOURCE_ABSENT] = NOW, [SOURCE_OWN] = own, [SOURCE_PROXY] = proxy,        \
    [SOURCE_FAKE] = fake, [SOURCE_PARENT] = parent }
#define MOUNT_MODES(read_only, read_write, copy, overlay)                     \
  { [MODE_READ_ONLY] = read_only, [MODE_READ_WRITE] = read_write,             \
    [MODE_COPY] = copy, [MODE_OVERLAY] = overlay }

const struct manifest_support support_now =
{
  .roles =
  {
    /*                               own    proxy  fake   parent */
    [ROLE_AUTH]     = ROLE_SOURCES (NOW,   NEVER, NOW,   NOW),
    [ROLE_PROC]     = ROLE_SOURCES (NOW,   NOW,   NOW,   NOW),
    [ROLE_EXEC]     = ROLE_SOURCES (NOW,   NEVER, NOW,   NOW),
    [ROLE_ROOT]     = ROLE_SOURCES (NOW,   NOW,   NOW,   NOW),
    [ROLE_LOCAL]    = ROLE_SOURCES (NOW,   LATER, NOW,   NOW),
    [ROLE_INET]     = ROLE_SOURCES (LATER, LATER, NOW,   LATER),
    [ROLE_TERMINAL] = ROLE_SOURCES (NOW,   NOW,   NOW,   NOW),
    [ROLE_CONSOLE]  = ROLE_SOURCES (NOW,   LATER, NOW,   NOW),
    [ROLE_DEVICES]  = ROLE_SOURCES (NOW,   LATER, NOW,   NOW),
    [ROLE_STARTUP]  = ROLE_SOURCES (NOW,   NEVER, NOW,   NOW),
    [ROLE_PASSWORD] = ROLE_SOURCES (LATER, NEVER, NOW,   LATER),
    [ROLE_CRASH]    = ROLE_SOURCES (NOW,   NEVER, NOW,   NOW),
    [ROLE_TIME]     = ROLE_SOURCES (NOW,   NEVER, NEVER, NOW),
    [ROLE_PROCFS]   = ROLE_SOURCES (LATER, NEVER, NOW,   LATER),
    [ROLE_CONTROL]  = ROLE_SOURCES (NOW,   NEVER, NEVER, NEVER),
  },
  .mounts =
  {
    /*                              r-only r-write copy  overlay */
    [MOUNT_MEMORY]   = MOUNT_MODES (NEVER, NOW,   NEVER, NEVER),
    [MOUNT_ARCHIVE]  = MOUNT_MODES (LATER, NEVER, NOW,   LATER),
    [MOUNT_TEMPLATE] = MOUNT_MODES (LATER, NEVER, LATER, LATER),
    [MOUNT_PARENT]   = MOUNT_MODES (NOW,   NOW,   NOW,   NOW),
  },
  .identities = { [IDENTITY_ROOT_INSIDE] = true, [IDENTITY_MYSELF] = true,
                  [IDENTITY_TABLE] = true },
  .limits = { [LIMIT_TASKS] = true, [LIMIT_HANDLES] = true,
              [LIMIT_MEMORY] = true },
  .hide = true,
  .nested = true,
};
/* clang-format on */

/* What is not written yet depends on us; what the kernel lacks does not.  */
static const char *const limit_reasons[LIMITS] = {
  [LIMIT_TASKS] = "is not available yet in this version",
  [LIMIT_HANDLES] = "is not available yet in this version",
  [LIMIT_MEMORY] = "is not available yet in this version",
  [LIMIT_TASK_MEMORY]
  = "cannot be enforced: the kernel limits the memory of no task",
};

static void
roles_check (const struct manifest *manifest,
             const struct manifest_support *support, struct mistakes *mistakes)
{
  for (size_t i = 0; i < ROLES; i++)
    {
      const struct manifest_role *role = &manifest->roles[i];

      if (role->source < SOURCES
          && support->roles[i][role->source] != SUPPORT_NOW)
        mistake_add (mistakes, role->place,
                     "source \"%s\" of role \"%s\" is not available yet in "
                     "this version",
                     source_names[role->source], role_names[i]);
      if (role->device && !support->device)
        mistake_add (mistakes, role->place,
                     "\"device\" of role \"%s\" is not available yet in "
                     "this version: it is the kernel's console; expected no "
                     "\"device\"",
                     role_names[i]);
    }
}

static void
mounts_check (const struct manifest *manifest,
              const struct manifest_support *support,
              struct mistakes *mistakes)
{
  for (size_t i = 0; i < manifest->mount_count; i++)
    {
      const struct manifest_mount *mount = &manifest->mounts[i];

      if (mount->kind < MOUNT_KINDS && mount->mode < MODES
          && support->mounts[mount->kind][mount->mode] != SUPPORT_NOW)
        mistake_add (mistakes, mount->place,
                     "mount \"%s\": %s with mode %s is not available yet in "
                     "this version",
                     mount->path, mount_kind_names[mount->kind],
                     mode_names[mount->mode]);
      if (mount->hide.count
          && (!support->hide || mount->kind == MOUNT_ARCHIVE))
        mistake_add (mistakes, mount->place,
                     "mount \"%s\": \"hide\" is not available yet in this "
                     "version",
                     mount->path);
    }
}

void
manifest_check_support (const struct manifest *manifest,
                        const struct manifest_support *support,
                        struct mistakes *mistakes)
{
  roles_check (manifest, support, mistakes);
  mounts_check (manifest, support, mistakes);
  for (size_t i = 0; i < LIMITS; i++)
    if (manifest->limits[i] && !support->limits[i])
      mistake_add (mistakes, manifest->limit_places[i], "limits: \"%s\" %s",
                   limit_names[i], limit_reasons[i]);
  if (manifest->identity < IDENTITIES
      && !support->identities[manifest->identity])
    mistake_add (mistakes,
                 manifest->identity_place.file ? manifest->identity_place
                                               : manifest->place,
                 "identity \"%s\" is not available yet in this version",
                 identity_names[manifest->identity]);
  if (!manifest->contained && !support->nested)
    mistake_add (mistakes, manifest->contained_place,
                 "\"contained = no\" is not available yet in this version");
}
