/* strings.h -- what is between the quotes of a manifest
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef MANIFEST_STRINGS_H
#define MANIFEST_STRINGS_H

#include "lib/manifest/lexer.h"

/* Will libConfuse understand the word or string as whoever wrote it meant?
   If not, append why to WHY.  */
bool token_sound (const struct token *token, struct text *why);

/* What the word or string says, for the names of sections; given.  NULL, and
   why not in WHY, if it cannot be a name.  */
char *token_title (const struct token *token, struct text *why);

/* Append `role "auth": ' and the like; nothing for the environment.  */
void section_describe (struct text *text, const char *name, const char *title);

#endif /* MANIFEST_STRINGS_H */
