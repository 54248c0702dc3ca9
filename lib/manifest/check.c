/* check.c -- what cannot work together, why, and the way out

   The reasons are the Hurd's: whoever opens something proves its identity at
   one auth, task ports are authority, process group numbers have no meaning
   elsewhere.  A combination that is not here either works or is refused by a
   single role (support.c).
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <string.h>

#include "lib/manifest/manifest.h"

#define COUNT(array) (sizeof (array) / sizeof *(array))

#define R(role) (1u << ROLE_##role)
#define S(source) (1u << SOURCE_##source)

/* Some of these roles have some of these sources.  */
struct side
{
  unsigned int roles;
  unsigned int sources;
};

/* HERE cannot be with THERE.  The first rule that a role breaks is the one
   that is told, so the order is that of importance.  */
static const struct rule
{
  struct side here;
  struct side there;
  const char *reason;
  const char *remedy;
  bool warning;
} rules[] = {
  { .here = { R (TERMINAL), S (PARENT) },
    .there = { R (PROC), S (OWN) | S (PROXY) | S (FAKE) },
    .reason = "process group numbers inside mean strangers outside, whom ^C "
              "would hit",
    .remedy = "source = proxy" },
  { .here = { R (CONSOLE), S (PARENT) },
    .there = { R (PROC), S (OWN) | S (PROXY) | S (FAKE) },
    .reason = "process group numbers inside mean strangers outside, whom ^C "
              "would hit",
    .remedy = "source = own or fake" },
  { .here = { R (EXEC), S (PARENT) },
    .there
    = { R (AUTH) | R (PROC) | R (ROOT), S (OWN) | S (PROXY) | S (FAKE) },
    .reason = "the parent's exec would be handed the tasks inside, and would "
              "give programs the parent's ports",
    .remedy = "source = own" },
  { .here = { R (CRASH), S (PARENT) },
    .there = { R (PROC), S (OWN) | S (PROXY) },
    .reason = "the task of each program that crashes would be handed to the "
              "parent's server",
    .remedy = "source = own or fake" },
  { .here = { R (PASSWORD), S (PARENT) },
    .there = { R (AUTH), S (OWN) },
    .reason = "it answers with identities of the parent's auth, which mean "
              "nothing inside",
    .remedy = "source = own" },
  { .here = { R (PASSWORD), S (OWN) | S (PARENT) },
    .there = { R (AUTH), S (FAKE) },
    .reason = "a fake auth knows one identity only, and a password is for "
              "becoming another",
    .remedy = "source = fake, or source = own for auth" },
  { .here = { R (ROOT) | R (PROC) | R (LOCAL) | R (INET) | R (TERMINAL)
                  | R (CONSOLE) | R (PROCFS) | R (TIME),
              S (PARENT) },
    .there = { R (AUTH), S (OWN) | S (FAKE) },
    .reason = "programs inside would prove who they are at one auth and the "
              "server would ask another, and both would wait for ever",
    .remedy = "another source, or source = parent for auth with identity = "
              "myself" },
  { .here = { R (ROOT), S (PARENT) },
    .there = { R (AUTH), S (ABSENT) },
    .reason = "the parent's files ask for an identity of the parent's auth",
    .remedy = "source = parent for auth with identity = myself" },
  { .here = { R (EXEC), S (OWN) | S (FAKE) | S (ABSENT) },
    .there = { R (ROOT), S (PARENT) },
    .reason = "the parent's files are run by the parent's exec, whatever is "
              "said here",
    .remedy = "source = parent for exec" },
  { .here = { R (EXEC), S (OWN) },
    .there = { R (ROOT), S (ABSENT) },
    .reason = "there are no files that it could run",
    .remedy = "a mount \"/\"" },
  { .here = { R (EXEC), S (PARENT) },
    .there = { R (PROC), S (ABSENT) },
    .reason = "the parent's exec gives programs the parent's ports, that of "
              "its proc too",
    .remedy = "source = parent for proc with contained = no" },
  { .here = { R (LOCAL) | R (INET) | R (TERMINAL) | R (CONSOLE) | R (DEVICES)
                  | R (STARTUP) | R (PASSWORD) | R (CRASH) | R (TIME)
                  | R (PROCFS) | R (CONTROL),
              S (OWN) | S (PROXY) | S (FAKE) },
    .there = { R (ROOT), S (PARENT) },
    .reason = "programs look for it in the parent's files, and find the "
              "parent's",
    .remedy = "source = parent" },
  { .here = { R (PROCFS), S (OWN) },
    .there = { R (PROC), S (FAKE) | S (ABSENT) },
    .reason = "there are no processes that it could show",
    .remedy = "source = fake or absent, or source = own for proc" },
  { .here = { R (TERMINAL), S (OWN) | S (PROXY) },
    .there = { R (PROC), S (FAKE) | S (ABSENT) },
    .reason = "there are no process groups, so neither ^C nor job control",
    .remedy = "source = own for proc",
    .warning = true },
};

/* The first role of SIDE that is as it says, or ROLES.  */
static size_t
side_find (const struct manifest *manifest, const struct side *side)
{
  size_t i = 0;

  while (i < ROLES
         && !(side->roles & 1u << i
              && side->sources & 1u << manifest->roles[i].source))
    i++;
  return i;
}

/* A role that was left out is absent from the environment's first line on. */
static struct place
role_place (const struct manifest *manifest, size_t role)
{
  return manifest->roles[role].place.file ? manifest->roles[role].place
                                          : manifest->place;
}

static void
rule_tell (const struct manifest *manifest, const struct rule *rule,
           size_t here, size_t there, struct mistakes *mistakes)
{
  void (*add) (struct mistakes *, struct place, const char *, ...)
      = rule->warning ? warning_add : mistake_add;

  add (mistakes, role_place (manifest, here),
       "role \"%s\": source %s %s source %s of role \"%s\": %s; the way out: "
       "%s",
       role_names[here], source_names[manifest->roles[here].source],
       rule->warning ? "does not go well with" : "cannot work with",
       source_names[manifest->roles[there].source], role_names[there],
       rule->reason, rule->remedy);
}

static void
rules_check (const struct manifest *manifest, struct mistakes *mistakes)
{
  unsigned int told = 0;

  for (size_t i = 0; i < COUNT (rules); i++)
    for (size_t role = 0; role < ROLES; role++)
      {
        struct side here = rules[i].here;
        size_t there = side_find (manifest, &rules[i].there);

        here.roles &= 1u << role;
        if (there == ROLES || side_find (manifest, &here) == ROLES
            || told & 1u << role)
          continue;
        rule_tell (manifest, &rules[i], role, there, mistakes);
        told |= 1u << role;
      }
}

/* Why a role can never have a source, where that is not obvious.  */
static const char *const never_reasons[ROLES][SOURCES] = {
  [ROLE_AUTH]
  = { [SOURCE_PROXY] = "identities of two auths cannot be translated" },
  [ROLE_EXEC] = { [SOURCE_PROXY] = "tasks inside would be handed out" },
  [ROLE_TIME]
  = { [SOURCE_FAKE] = "programs ask the kernel's clock, which cannot be faked",
      [SOURCE_PROXY] = "programs read the kernel's clock themselves" },
  [ROLE_CONTROL]
  = { [SOURCE_PARENT]
      = "who controls the parent's environment is not inside this one" },
};

static void
sources_check (const struct manifest *manifest, struct mistakes *mistakes)
{
  for (size_t i = 0; i < ROLES; i++)
    {
      const struct manifest_role *role = &manifest->roles[i];
      const char *names[SOURCES];
      struct text expected = TEXT_INIT;

      if (role->source == SOURCE_PARENT)
        warning_add (mistakes, role->place,
                     "role \"%s\": source parent cannot be taken back",
                     role_names[i]);
      if (role->source == SOURCE_UNKNOWN
          || support_now.roles[i][role->source] != SUPPORT_NEVER)
        continue;
      for (size_t n = 1; n <= SOURCES; n++)
        names[n - 1] = support_now.roles[i][n % SOURCES] != SUPPORT_NEVER
                           ? source_names[n % SOURCES]
                           : NULL;
      text_add_words (&expected, names, SOURCES, "or");
      mistake_add (
          mistakes, role->place,
          "role \"%s\": source %s is impossible%s%s; expected %s",
          role_names[i], source_names[role->source],
          never_reasons[i][role->source] ? ": " : "",
          never_reasons[i][role->source] ? never_reasons[i][role->source] : "",
          text_string (&expected));
      text_finish (&expected);
    }
}

static void
hide_check (const struct manifest *manifest, struct mistakes *mistakes)
{
  for (size_t i = 0; i < manifest->mount_count; i++)
    {
      const struct manifest_mount *mount = &manifest->mounts[i];

      if (mount->kind == MOUNT_MEMORY && mount->hide.count)
        mistake_add (mistakes, mount->place,
                     "mount \"%s\": \"hide\" hides nothing: memory is empty "
                     "at first; expected no \"hide\"",
                     mount->path);
    }
}

static void
mounts_check (const struct manifest *manifest, struct mistakes *mistakes)
{
  static const char *const reasons[MOUNT_KINDS] = {
    [MOUNT_MEMORY] = "memory is empty at first",
    [MOUNT_ARCHIVE] = "an archive is never written to",
    [MOUNT_TEMPLATE] = "a template is never written to",
  };
  const struct manifest_role *root = &manifest->roles[ROLE_ROOT];

  for (size_t i = 0; i < manifest->mount_count; i++)
    {
      const struct manifest_mount *mount = &manifest->mounts[i];
      const char *names[MODES];
      struct text expected = TEXT_INIT;

      if (mount->kind == MOUNT_UNKNOWN || mount->mode == MODE_UNKNOWN
          || support_now.mounts[mount->kind][mount->mode] != SUPPORT_NEVER)
        continue;
      for (size_t n = 0; n < MODES; n++)
        names[n] = support_now.mounts[mount->kind][n] != SUPPORT_NEVER
                       ? mode_names[n]
                       : NULL;
      text_add_words (&expected, names, MODES, "or");
      mistake_add (mistakes, mount->place,
                   "mount \"%s\": mode %s is impossible: %s; expected %s",
                   mount->path, mode_names[mount->mode], reasons[mount->kind],
                   text_string (&expected));
      text_finish (&expected);
    }
  if ((root->source == SOURCE_OWN || root->source == SOURCE_PROXY)
      && !manifest_find_mount (manifest, "/"))
    mistake_add (mistakes, root->place,
                 "nothing is mounted at \"/\"; expected mount \"/\" { ... }");
  if (manifest->mount_count
      && (root->source == SOURCE_FAKE || root->source == SOURCE_PARENT
          || root->source == SOURCE_ABSENT))
    mistake_add (mistakes, manifest->mounts[0].place,
                 "mount \"%s\": role \"root\" with source %s has no mounts; "
                 "expected source = own",
                 manifest->mounts[0].path, source_names[root->source]);
}

static void
range_add (struct text *text, const struct id_range *range)
{
  text_printf (text, "%u:%u", range->outside, range->inside);
  if (range->count > 1)
    text_printf (text, ":%u", range->count);
}

/* An id that is two, or two that are one, would let one act for the other.  */
static void
map_check (const char *key, const struct idmap *map, struct place place,
           struct mistakes *mistakes)
{
  static const char *const sides[] = { "outside", "inside" };

  for (size_t i = 0; i < map->count; i++)
    for (int inside = 0; inside < 2; inside++)
      {
        const struct id_range *other = idmap_find_overlap (map, i, inside);
        struct text both = TEXT_INIT;

        if (!other)
          continue;
        text_add_char (&both, '"');
        range_add (&both, other);
        text_add (&both, "\" and \"");
        range_add (&both, &map->ranges[i]);
        mistake_add (mistakes, place,
                     "\"%s\": %s\" share ids %s; expected each id once", key,
                     text_string (&both), sides[inside]);
        text_finish (&both);
      }
}

static void
tables_check (const struct manifest *manifest, struct mistakes *mistakes)
{
  struct place place = manifest->identity_place.file ? manifest->identity_place
                                                     : manifest->place;

  if (manifest->identity != IDENTITY_TABLE)
    return;
  if (!manifest->uids.ranges)
    mistake_add (mistakes, place,
                 "identity table is empty; expected uids = { "
                 "\"OUTSIDE:INSIDE\" } and gids");
  else if (!manifest->gids.ranges)
    mistake_add (mistakes, place,
                 "identity table has no gids; expected gids = { "
                 "\"OUTSIDE:INSIDE\" }");
  map_check ("uids", &manifest->uids, manifest->uids_place, mistakes);
  map_check ("gids", &manifest->gids, manifest->gids_place, mistakes);
}

/* All that has a name comes along with the parent's files, and nothing that we
   keep sees what is done there.  */
static void
parent_check (const struct manifest *manifest, struct mistakes *mistakes)
{
  const struct manifest_role *root = &manifest->roles[ROLE_ROOT];

  if (root->source != SOURCE_PARENT)
    return;
  warning_add (mistakes, root->place,
               "role \"root\": source parent brings along every role that has "
               "a name in the parent's files, also where nothing is said of "
               "it");
  for (size_t i = 0; i < LIMITS; i++)
    if (manifest->limits[i])
      mistake_add (mistakes, manifest->limit_places[i],
                   "limits: \"%s\" cannot be enforced with source parent of "
                   "role \"root\": the parent's servers serve the programs; "
                   "the way out: source = own for root",
                   limit_names[i]);
}

static void
identity_check (const struct manifest *manifest, struct mistakes *mistakes)
{
  enum source auth = manifest->roles[ROLE_AUTH].source;
  enum source startup = manifest->roles[ROLE_STARTUP].source;
  enum identity_kind identity = manifest->identity;
  struct place place = manifest->identity_place.file ? manifest->identity_place
                                                     : manifest->place;

  if (auth == SOURCE_PARENT
      && (identity == IDENTITY_ROOT_INSIDE || identity == IDENTITY_TABLE))
    mistake_add (mistakes, place,
                 "identity %s cannot work with source parent of role "
                 "\"auth\": the parent's auth knows everybody by the outside "
                 "ids; the way out: identity = myself, or source = own for "
                 "auth",
                 identity_names[identity]);
  if (auth == SOURCE_FAKE && identity == IDENTITY_TABLE)
    mistake_add (mistakes, place,
                 "identity table cannot work with source fake of role "
                 "\"auth\": a fake auth knows one identity only; the way out: "
                 "source = own for auth");
  if (startup == SOURCE_PARENT && identity == IDENTITY_ROOT_INSIDE)
    mistake_add (mistakes, manifest->roles[ROLE_STARTUP].place,
                 "role \"startup\": source parent cannot work with identity "
                 "root-inside: who is root inside only could end the system "
                 "outside; the way out: source = own or fake");
  if (identity < IDENTITY_TABLE
      && (manifest->uids.ranges || manifest->gids.ranges))
    mistake_add (mistakes, place,
                 "\"uids\" and \"gids\" only mean something with identity = "
                 "table");
}

static void
processes_check (const struct manifest *manifest, struct mistakes *mistakes)
{
  const struct manifest_role *proc = &manifest->roles[ROLE_PROC];
  const struct manifest_role *devices = &manifest->roles[ROLE_DEVICES];

  if (proc->source == SOURCE_PARENT && manifest->contained)
    mistake_add (mistakes, proc->place,
                 "role \"proc\": source parent cannot work in a contained "
                 "environment: no program inside could fork; the way out: "
                 "source = own or proxy, or contained = no");
  if (devices->source == SOURCE_PARENT && !devices->unsafe)
    mistake_add (mistakes, devices->place,
                 "role \"devices\": source parent hands out the whole "
                 "machine; the way out: source = proxy with allow, or, if it "
                 "is meant, unsafe = yes");
  if (!manifest->contained)
    warning_add (mistakes, manifest->contained_place,
                 "nothing ends what an environment that is not contained "
                 "leaves behind");
  if (!manifest->command.count)
    return;
  if (manifest->roles[ROLE_ROOT].source == SOURCE_ABSENT)
    mistake_add (mistakes, manifest->place,
                 "there are no files to find the command in; expected mount "
                 "\"/\" { ... }");
  if (manifest->roles[ROLE_EXEC].source == SOURCE_ABSENT)
    warning_add (mistakes, role_place (manifest, ROLE_EXEC),
                 "role \"exec\" is absent: the command runs, and can run no "
                 "other program");
  if (proc->source == SOURCE_ABSENT || proc->source == SOURCE_FAKE)
    warning_add (mistakes, role_place (manifest, ROLE_PROC),
                 "role \"proc\" is %s: the command cannot fork",
                 source_names[proc->source]);
}

void
manifest_check (const struct manifest *manifest, struct mistakes *mistakes)
{
  /* Nothing could be read: everything would be absent.  */
  if (!manifest->name)
    return;
  sources_check (manifest, mistakes);
  rules_check (manifest, mistakes);
  mounts_check (manifest, mistakes);
  hide_check (manifest, mistakes);
  parent_check (manifest, mistakes);
  identity_check (manifest, mistakes);
  tables_check (manifest, mistakes);
  processes_check (manifest, mistakes);
}
