/* files.h -- manifests from a folder, for the tests
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef UNIT_FILES_H
#define UNIT_FILES_H

#include "lib/manifest/manifest.h"

/* The contents of FOLDER/NAME, given; NULL if there is none.  */
char *file_read (const char *folder, const char *name);

/* A reader that finds what is included in the folder its cookie names.  */
error_t folder_read (void *cookie, const char *name, const char *from,
                     char **ret_text, char **ret_name);

#endif /* UNIT_FILES_H */
