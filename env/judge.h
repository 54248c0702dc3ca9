/* judge.h -- read a manifest, with what it includes, and say what is wrong
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_ENV_JUDGE_H
#define HURDLE_ENV_JUDGE_H

#include "lib/manifest/manifest.h"

/* Where files come from.  */
struct judge
{
  /* The text of the file PATH, given; NULL and a code.  */
  char *(*read) (void *cookie, const char *path, error_t *ret_err);
  void *cookie;
  const char *const *settings; /* KEY=VALUE, on top of the manifest */
  size_t settings_count;
};

/* The manifest PATH, if an environment may be made from it (given); else NULL
   and a code.  What is to be told, mistakes or warnings, is added to SAID, a
   line each.  */
struct manifest *judge_manifest (const struct judge *judge, const char *path,
                                 struct text *said, error_t *ret_err);

#endif
