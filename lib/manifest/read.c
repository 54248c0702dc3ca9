/* read.c -- from the sections of a text to what a manifest says
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <stdlib.h>
#include <string.h>

#include "lib/manifest/insides.h"
#include "lib/manifest/reading.h"
#include "lib/manifest/values.h"

#define COUNT(array) (sizeof (array) / sizeof *(array))

/* Roles.  */

/* In the order in which they are told.  */
static const char *const source_choices[SOURCES]
    = { "own", "proxy", "fake", "parent", "absent" };

/* What a role may be given beside its source, and for which roles.  */
static const struct role_option
{
  const char *key;
  bool proxied; /* says what passes: makes no sense with another source */
  bool roles[ROLES];
} role_options[] = {
  { .key = "device", .roles = { [ROLE_CONSOLE] = true } },
  { .key = "allow",
    .proxied = true,
    .roles
    = { [ROLE_LOCAL] = true, [ROLE_INET] = true, [ROLE_DEVICES] = true } },
  { .key = "see", .proxied = true, .roles = { [ROLE_PROC] = true } },
  { .key = "signal", .proxied = true, .roles = { [ROLE_PROC] = true } },
  { .key = "unsafe", .roles = { [ROLE_DEVICES] = true } },
};

static void
role_options_judge (struct reading *r, const struct part *part, size_t role,
                    enum source source)
{
  struct text text = TEXT_INIT;
  const char *names[ROLES];
  struct place place;

  for (size_t i = 0; i < COUNT (role_options); i++)
    {
      const struct role_option *option = &role_options[i];

      if (!reading_given (r, part, option->key, &place))
        continue;
      for (size_t n = 0; n < ROLES; n++)
        names[n] = option->roles[n] ? role_names[n] : NULL;
      text_clear (&text);
      text_add_words (&text, names, ROLES, "and");
      if (!option->roles[role])
        reading_complain (r, part, place,
                          "\"%s\" means nothing for this role, only for %s",
                          option->key, text_string (&text));
      else if (option->proxied && source != SOURCE_PROXY
               && source != SOURCE_UNKNOWN)
        reading_complain (
            r, part, place,
            "\"%s\" says what a proxy lets through, and the source is "
            "%s; expected source = proxy",
            option->key, source_names[source]);
    }
  text_finish (&text);
}

static void
role_get (struct reading *r, const struct part *part)
{
  size_t index = value_word (part->title, role_names, ROLES);
  struct manifest_role *role = &r->manifest->roles[index % ROLES];
  struct place place = { r->file, 0 };
  const char *device;
  size_t source;

  (void)reading_given (r, part, NULL, &place);
  if (index == ROLES)
    {
      mistake_add_word (r->mistakes, place, "unknown role", part->title,
                        role_names, ROLES);
      return;
    }
  role_finish (role);
  role->place = place;
  role->source = SOURCE_UNKNOWN;
  source = reading_word (r, part, "source", "unknown source", source_choices,
                         SOURCES, &role->place);
  if (source < SOURCES)
    role->source = (enum source)value_word (source_choices[source],
                                            source_names, SOURCES);
  else if (!reading_tried (r, part, "source"))
    reading_complain (
        r, part, place,
        "no source; expected source = own, proxy, fake, parent or "
        "absent");
  role_options_judge (r, part, index, role->source);
  device = reading_string (r, part, "device", &place);
  if (device)
    reading_set_string (r, &role->device, device);
  reading_words (r, part, "allow", &role->allow);
  reading_words (r, part, "see", &role->see);
  reading_words (r, part, "signal", &role->signal);
  reading_answer (r, part, "unsafe", &role->unsafe, &place);
}

/* Mounts.  */

/* The entry for the mount at PATH (consumed), emptied if there was one.  */
static struct manifest_mount *
mount_entry (struct reading *r, const struct part *part, char *path,
             struct place place)
{
  struct manifest *manifest = r->manifest;
  struct manifest_mount *mount = NULL;

  for (size_t i = 0; i < manifest->mount_count; i++)
    if (strcmp (manifest->mounts[i].path, path) == 0)
      mount = &manifest->mounts[i];
  if (mount && mount->place.file == r->file)
    reading_complain (r, part, place, "given twice; the first is on line %u",
                      mount->place.line);
  if (!mount)
    {
      mount = realloc (manifest->mounts,
                       (manifest->mount_count + 1) * sizeof *mount);
      if (!mount)
        {
          reading_out_of_memory (r);
          free (path);
          return NULL;
        }
      manifest->mounts = mount;
      mount += manifest->mount_count++;
      *mount = (struct manifest_mount){ .path = NULL };
    }
  mount_finish (mount);
  mount->path = path;
  mount->place = place;
  return mount;
}

static void
mount_from_get (struct reading *r, const struct part *part,
                struct manifest_mount *mount)
{
  struct text why = TEXT_INIT;
  struct place place = mount->place;
  const char *from = reading_string (r, part, "from", &place);

  mount->kind = MOUNT_UNKNOWN;
  if (!from)
    {
      if (reading_tried (r, part, "from"))
        return;
      reading_complain (r, part, place,
                        "from nowhere; expected from = memory, "
                        "\"archive:DEVICE\", \"template:NAME\" or \"/PATH\"");
    }
  else if (!value_from (from, &mount->kind, &mount->argument, &why))
    {
      mount->kind = MOUNT_UNKNOWN;
      reading_complain_why (r, part, place, "from", &why);
    }
}

static void
mount_get (struct reading *r, const struct part *part)
{
  struct manifest_mount *mount;
  struct text why = TEXT_INIT;
  struct place place = { r->file, 0 };
  char *path;
  size_t mode;

  (void)reading_given (r, part, NULL, &place);
  if (!value_path (part->title, &path, &why))
    {
      mistake_add (r->mistakes, place, "mount: %s", text_string (&why));
      text_finish (&why);
      return;
    }
  mount = mount_entry (r, part, path, place);
  if (!mount)
    return;
  mount_from_get (r, part, mount);
  mode = reading_word (r, part, "mode", "unknown mode", mode_names, MODES,
                       &place);
  if (mode == SIZE_MAX)
    mount->mode
        = mount->kind == MOUNT_MEMORY ? MODE_READ_WRITE : MODE_READ_ONLY;
  else
    mount->mode = (enum mount_mode)mode;
  reading_answer (r, part, "nosuid", &mount->nosuid, &place);
  reading_answer (r, part, "noexec", &mount->noexec, &place);
  reading_words (r, part, "hide", &mount->hide);
  for (size_t i = 0; i < mount->hide.count; i++)
    if (strchr (mount->hide.words[i], '/') || !*mount->hide.words[i])
      reading_complain (
          r, part, place,
          "\"hide\" lists names, and \"%s\" is none; expected one "
          "without \"/\"",
          mount->hide.words[i]);
}

/* The rest.  */

static void
identity_get (struct reading *r, const struct part *part)
{
  struct manifest *manifest = r->manifest;
  size_t identity
      = reading_word (r, part, "identity", "unknown identity", identity_names,
                      IDENTITIES, &manifest->identity_place);

  if (identity != SIZE_MAX)
    manifest->identity = (enum identity_kind)identity;
}

static void
map_get (struct reading *r, const struct part *part, const char *key,
         struct idmap *map, struct place *ret_place)
{
  struct text why = TEXT_INIT;
  struct place place;
  unsigned int count;

  if (!reading_given (r, part, key, &place))
    return;
  *ret_place = place;
  count = cfg_size (part->cfg, key);
  free (map->ranges);
  map->count = 0;
  map->ranges = calloc (count ? count : 1, sizeof *map->ranges);
  if (!map->ranges)
    {
      reading_out_of_memory (r);
      return;
    }
  for (unsigned int i = 0; i < count; i++)
    if (value_range (cfg_getnstr (part->cfg, key, i), &map->ranges[map->count],
                     &why))
      map->count++;
    else
      reading_complain_why (r, part, place, key, &why);
}

static void
limits_get (struct reading *r, const struct part *part)
{
  struct manifest *manifest = r->manifest;
  struct text why = TEXT_INIT;

  for (size_t i = 0; i < LIMITS; i++)
    {
      const char *value = reading_string (r, part, limit_names[i],
                                          &manifest->limit_places[i]);

      if (value && !value_number (value, &manifest->limits[i], &why))
        reading_complain_why (r, part, manifest->limit_places[i],
                              limit_names[i], &why);
    }
}

static void
variable_set (struct reading *r, const char *name, const char *value)
{
  struct manifest *manifest = r->manifest;
  struct manifest_variable *variables;

  for (size_t i = 0; i < manifest->variable_count; i++)
    if (strcmp (manifest->variables[i].name, name) == 0)
      {
        reading_set_string (r, &manifest->variables[i].value, value);
        return;
      }
  variables = realloc (manifest->variables,
                       (manifest->variable_count + 1) * sizeof *variables);
  if (!variables)
    {
      reading_out_of_memory (r);
      return;
    }
  manifest->variables = variables;
  variables += manifest->variable_count;
  variables->name = strdup (name);
  variables->value = strdup (value);
  if (variables->name && variables->value)
    {
      manifest->variable_count++;
      return;
    }
  free (variables->name);
  free (variables->value);
  reading_out_of_memory (r);
}

static void
variables_get (struct reading *r, const struct part *part)
{
  for (unsigned int i = 0; i < cfg_num (part->cfg); i++)
    {
      cfg_opt_t *opt = cfg_getnopt (part->cfg, i);
      struct place place;

      if (reading_given (r, part, cfg_opt_name (opt), &place))
        variable_set (r, cfg_opt_name (opt), cfg_opt_getstr (opt));
    }
}

static void
directory_get (struct reading *r, const struct part *part)
{
  struct text why = TEXT_INIT;
  struct place place;
  const char *value = reading_string (r, part, "directory", &place);
  char *path;

  if (!value)
    return;
  if (!value_path (value, &path, &why))
    {
      reading_complain_why (r, part, place, "directory", &why);
      return;
    }
  free (r->manifest->directory);
  r->manifest->directory = path;
}

static void
name_get (struct reading *r, const struct part *part)
{
  static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";

  (void)reading_given (r, part, NULL, &r->manifest->place);
  if (!*part->title || *part->title == '.' || strlen (part->title) > 63
      || part->title[strspn (part->title, letters)])
    reading_complain (
        r, part, r->manifest->place,
        "\"%s\" cannot be the name of an environment; expected at most "
        "63 letters, digits, \"-\", \"_\" and \".\"",
        part->title);
  reading_set_string (r, &r->manifest->name, part->title);
}

void
environment_read (struct reading *r, const struct part *part)
{
  name_get (r, part);
  identity_get (r, part);
  map_get (r, part, "uids", &r->manifest->uids, &r->manifest->uids_place);
  map_get (r, part, "gids", &r->manifest->gids, &r->manifest->gids_place);
  reading_sections (r, part, "role", role_get);
  reading_sections (r, part, "mount", mount_get);
  reading_sections (r, part, "variables", variables_get);
  reading_sections (r, part, "limits", limits_get);
  directory_get (r, part);
  reading_words (r, part, "command", &r->manifest->command);
  reading_answer (r, part, "contained", &r->manifest->contained,
                  &r->manifest->contained_place);
}

static int
mount_compare (const void *a, const void *b)
{
  const struct manifest_mount *x = a, *y = b;

  return strcmp (x->path, y->path);
}

/* Mounts are what role root serves, so they bring it along; and role root as
   a proxy is the parent's root directory wherever nothing is mounted.  */
static void
root_complete (struct reading *r)
{
  struct manifest *manifest = r->manifest;
  struct manifest_role *root = &manifest->roles[ROLE_ROOT];
  struct part part = { NULL, "mount", "/" };
  struct manifest_mount *mount;
  char *path;

  if (manifest->mount_count && !root->place.file)
    {
      root->source = SOURCE_OWN;
      root->place = manifest->mounts[0].place;
    }
  if (root->source != SOURCE_PROXY || manifest_find_mount (manifest, "/"))
    return;
  path = strdup ("/");
  mount = path ? mount_entry (r, &part, path, root->place) : NULL;
  if (!mount)
    return;
  mount->kind = MOUNT_PARENT;
  reading_set_string (r, &mount->argument, "/");
}

void
environment_complete (struct reading *r)
{
  struct manifest *manifest = r->manifest;

  root_complete (r);
  if (manifest->mount_count)
    qsort (manifest->mounts, manifest->mount_count, sizeof *manifest->mounts,
           mount_compare);
}
