/* manifest.c -- what a manifest says, and letting go of it
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <stdlib.h>
#include <string.h>

#include "lib/manifest/insides.h"

void
words_finish (struct words *words)
{
  for (size_t i = 0; i < words->count; i++)
    free (words->words[i]);
  free (words->words);
  *words = (struct words){ NULL, 0 };
}

bool
words_add (struct words *words, const char *word)
{
  char **longer;
  char *copy = strdup (word);

  longer = copy ? realloc (words->words, (words->count + 2) * sizeof *longer)
                : NULL;
  if (!longer)
    {
      free (copy);
      return false;
    }
  longer[words->count++] = copy;
  longer[words->count] = NULL;
  words->words = longer;
  return true;
}

void
role_finish (struct manifest_role *role)
{
  free (role->device);
  words_finish (&role->allow);
  words_finish (&role->see);
  words_finish (&role->signal);
  *role = (struct manifest_role){ .source = SOURCE_ABSENT };
}

void
mount_finish (struct manifest_mount *mount)
{
  free (mount->path);
  free (mount->argument);
  words_finish (&mount->hide);
  *mount = (struct manifest_mount){ .path = NULL };
}

struct manifest *
manifest_create (void)
{
  struct manifest *manifest = calloc (1, sizeof *manifest);

  if (manifest)
    manifest->contained = true;
  return manifest;
}

void
manifest_destroy (struct manifest *manifest)
{
  if (!manifest)
    return;
  for (size_t i = 0; i < ROLES; i++)
    role_finish (&manifest->roles[i]);
  for (size_t i = 0; i < manifest->mount_count; i++)
    mount_finish (&manifest->mounts[i]);
  for (size_t i = 0; i < manifest->variable_count; i++)
    {
      free (manifest->variables[i].name);
      free (manifest->variables[i].value);
    }
  for (size_t i = 0; i < manifest->file_count; i++)
    free (manifest->files[i]);
  free (manifest->mounts);
  free (manifest->variables);
  free (manifest->files);
  free (manifest->uids.ranges);
  free (manifest->gids.ranges);
  free (manifest->name);
  free (manifest->directory);
  words_finish (&manifest->command);
  free (manifest);
}

const char *
manifest_add_file (struct manifest *manifest, const char *file)
{
  char **files
      = realloc (manifest->files, (manifest->file_count + 1) * sizeof *files);

  if (!files)
    return NULL;
  manifest->files = files;
  files[manifest->file_count] = strdup (file);
  return files[manifest->file_count] ? files[manifest->file_count++] : NULL;
}

/* Is PATH below DIRECTORY, or the same?  */
static bool
path_below (const char *path, const char *directory)
{
  size_t length = strlen (directory);

  if (strcmp (directory, "/") == 0)
    return true;
  return strncmp (path, directory, length) == 0
         && (path[length] == '/' || path[length] == '\0');
}

const struct manifest_mount *
manifest_find_mount (const struct manifest *manifest, const char *path)
{
  const struct manifest_mount *deepest = NULL;

  for (size_t i = 0; i < manifest->mount_count; i++)
    {
      const struct manifest_mount *mount = &manifest->mounts[i];

      if (path_below (path, mount->path)
          && (!deepest || strlen (mount->path) > strlen (deepest->path)))
        deepest = mount;
    }
  return deepest;
}
