/* print.c -- a manifest as text again
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <string.h>

#include "lib/manifest/manifest.h"

static void
words_print (const char *indent, const char *key, const struct words *words,
             struct text *text)
{
  if (!words->count)
    return;
  text_printf (text, "%s%s = {", indent, key);
  for (size_t i = 0; i < words->count; i++)
    {
      text_add (text, i ? ", " : " ");
      text_add_quoted (text, words->words[i]);
    }
  text_add (text, " }\n");
}

static void
map_print (const char *key, const struct idmap *map, struct text *text)
{
  if (!map->count)
    return;
  text_printf (text, "  %s = {", key);
  for (size_t i = 0; i < map->count; i++)
    {
      const struct id_range *range = &map->ranges[i];

      text_printf (text, "%s\"%u:%u", i ? ", " : " ", range->outside,
                   range->inside);
      if (range->count != 1)
        text_printf (text, ":%u", range->count);
      text_add_char (text, '"');
    }
  text_add (text, " }\n");
}

static void
role_print (const char *name, const struct manifest_role *role,
            struct text *text)
{
  if (!role->place.file || role->source == SOURCE_UNKNOWN)
    return;
  text_printf (text, "  role \"%s\" {\n    source = %s\n", name,
               source_names[role->source]);
  if (role->device)
    {
      text_add (text, "    device = ");
      text_add_quoted (text, role->device);
      text_add_char (text, '\n');
    }
  words_print ("    ", "allow", &role->allow, text);
  words_print ("    ", "see", &role->see, text);
  words_print ("    ", "signal", &role->signal, text);
  if (role->unsafe)
    text_add (text, "    unsafe = yes\n");
  text_add (text, "  }\n");
}

static void
from_print (const struct manifest_mount *mount, struct text *text)
{
  struct text from = TEXT_INIT;

  if (mount->kind == MOUNT_ARCHIVE || mount->kind == MOUNT_TEMPLATE)
    text_printf (&from, "%s:", mount_kind_names[mount->kind]);
  text_add (&from, mount->kind == MOUNT_MEMORY ? "memory" : mount->argument);
  text_add_quoted (text, text_string (&from));
  text_finish (&from);
}

static void
mount_print (const struct manifest_mount *mount, struct text *text)
{
  if (mount->kind == MOUNT_UNKNOWN || mount->mode == MODE_UNKNOWN)
    return;
  text_add (text, "  mount ");
  text_add_quoted (text, mount->path);
  text_add (text, " {\n    from = ");
  from_print (mount, text);
  text_printf (text, "\n    mode = %s\n", mode_names[mount->mode]);
  if (mount->nosuid)
    text_add (text, "    nosuid = yes\n");
  if (mount->noexec)
    text_add (text, "    noexec = yes\n");
  words_print ("    ", "hide", &mount->hide, text);
  text_add (text, "  }\n");
}

static void
variables_print (const struct manifest *manifest, struct text *text)
{
  if (!manifest->variable_count)
    return;
  text_add (text, "  variables {\n");
  for (size_t i = 0; i < manifest->variable_count; i++)
    {
      text_printf (text, "    %s = ", manifest->variables[i].name);
      text_add_quoted (text, manifest->variables[i].value);
      text_add_char (text, '\n');
    }
  text_add (text, "  }\n");
}

static void
limits_print (const struct manifest *manifest, struct text *text)
{
  bool open = false;

  for (size_t i = 0; i < LIMITS; i++)
    {
      if (!manifest->limits[i])
        continue;
      if (!open)
        text_add (text, "  limits {\n");
      open = true;
      text_printf (text, "    %s = %llu\n", limit_names[i],
                   (unsigned long long)manifest->limits[i]);
    }
  if (open)
    text_add (text, "  }\n");
}

void
manifest_print (const struct manifest *manifest, struct text *text)
{
  text_add (text, "environment ");
  text_add_quoted (text, manifest->name);
  text_add (text, " {\n");
  if (manifest->identity != IDENTITY_MYSELF)
    text_printf (text, "  identity = %s\n",
                 identity_names[manifest->identity]);
  map_print ("uids", &manifest->uids, text);
  map_print ("gids", &manifest->gids, text);
  if (!manifest->contained)
    text_add (text, "  contained = no\n");
  for (size_t i = 0; i < ROLES; i++)
    role_print (role_names[i], &manifest->roles[i], text);
  for (size_t i = 0; i < manifest->mount_count; i++)
    mount_print (&manifest->mounts[i], text);
  variables_print (manifest, text);
  limits_print (manifest, text);
  if (manifest->directory)
    {
      text_add (text, "  directory = ");
      text_add_quoted (text, manifest->directory);
      text_add_char (text, '\n');
    }
  words_print ("  ", "command", &manifest->command, text);
  text_add (text, "}\n");
}
