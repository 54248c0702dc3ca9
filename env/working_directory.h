/* working_directory.h -- where the command of an environment starts
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_ENV_WORKING_DIRECTORY_H
#define HURDLE_ENV_WORKING_DIRECTORY_H

#include <stdbool.h>

#include "lib/role/environment.h"

/* Is the directory PATH inside ENV, for IDS?  ENOENT: nothing is.  See
   find_now.  */
error_t working_directory_find (struct environment *env, const struct ids *ids,
                                const char *path);

/* What our own working directory is called outside is where the command of ENV
   starts.  If nothing of that name is inside for IDS, it is given: mounted
   there to be read, an implicit grant, and *RET_GIVEN.  Where ENV has no files
   of ours to mount on, or we stand in what has no name, it is "/".  *RET_PATH
   is given.  The roles but root need not be there; see find_now.  */
error_t working_directory_give (struct environment *env, const struct ids *ids,
                                char **ret_path, bool *ret_given);

#endif
