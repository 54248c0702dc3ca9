/* files.c -- manifests from a folder, for the tests
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/files.h"

char *
file_read (const char *folder, const char *name)
{
  struct text path = TEXT_INIT, contents = TEXT_INIT;
  char block[4096];
  size_t length;
  FILE *file;

  text_printf (&path, "%s/%s", folder, name);
  file = fopen (text_string (&path), "r");
  text_finish (&path);
  if (!file)
    return NULL;
  while ((length = fread (block, 1, sizeof block, file)) > 0)
    text_add_bytes (&contents, block, length);
  fclose (file);
  if (contents.data)
    manifest_text (contents.data, contents.length);
  return text_steal (&contents);
}

error_t
folder_read (void *cookie, const char *name, const char *from, char **ret_text,
             char **ret_name)
{
  char *text = file_read (cookie, name);

  (void)from;
  if (!text)
    return ENOENT;
  *ret_name = strdup (name);
  if (!*ret_name)
    {
      free (text);
      return ENOMEM;
    }
  *ret_text = text;
  return 0;
}
