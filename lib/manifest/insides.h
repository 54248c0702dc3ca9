/* insides.h -- what the files of lib/manifest share and nobody else needs
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef MANIFEST_INSIDES_H
#define MANIFEST_INSIDES_H

#include "lib/manifest/manifest.h"

/* An empty manifest: everything absent, contained, in "/".  NULL without
   memory.  */
struct manifest *manifest_create (void);

/* Keep a copy of FILE for places to point at.  NULL without memory.  */
const char *manifest_add_file (struct manifest *manifest, const char *file);

/* Append a copy of WORD.  False without memory.  */
bool words_add (struct words *words, const char *word);
void words_finish (struct words *words);

/* Back to absent, and back to nothing.  */
void role_finish (struct manifest_role *role);
void mount_finish (struct manifest_mount *mount);

#endif /* MANIFEST_INSIDES_H */
