/* show.c -- say what is said about a manifest, then print it

   For whoever adds to the corpus: `make manifest-show' builds it.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/files.h"

int
main (int argc, char **argv)
{
  struct mistakes mistakes = MISTAKES_INIT;
  struct text said = TEXT_INIT;
  struct manifest *manifest = NULL;

  for (int i = 1; i < argc; i++)
    {
      char *folder = strdup (argv[i]), *name = strdup (argv[i]);
      struct manifest_reader reader = { dirname (folder), folder_read };
      char *text = file_read (reader.cookie, basename (name));

      if (text)
        manifest = manifest_parse (basename (name), text, &reader, &mistakes);
      mistakes_print (&mistakes, &said);
      fputs (text_string (&said), stderr);
      text_clear (&said);
      if (manifest)
        manifest_print (manifest, &said);
      fputs (text_string (&said), stdout);
      text_clear (&said);
      mistakes_finish (&mistakes);
      manifest_destroy (manifest);
      free (folder);
      free (name);
      free (text);
    }
  text_finish (&said);
  return manifest ? EXIT_SUCCESS : EXIT_FAILURE;
}
