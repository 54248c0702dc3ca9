/* exec_script.h -- the first line of a script

   No Mach here: built and tested on the host.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_EXEC_SCRIPT_H
#define HURDLE_EXEC_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/error.h"

#define SCRIPT_LINE_MAX 1024 /* bytes of the first line, with `#!' */

struct script
{
  char interpreter[SCRIPT_LINE_MAX];
  char argument[SCRIPT_LINE_MAX]; /* "": none */
};

bool script_is (const char *data, size_t size);

/* Take the line apart that the SIZE first bytes of a file begin with.
   ENOEXEC: no interpreter named, or the line is too long.  */
error_t script_parse (const char *data, size_t size,
                      struct script *ret_script);

/* INTERPRETER [ARGUMENT] NAME, then what follows the first string of ARGV
   (strings ended by NULs; ARGV_SIZE 0: nothing).  *RET_ARGV is allocated.  */
error_t script_argv (const struct script *script, const char *name,
                     const char *argv, size_t argv_size, char **ret_argv,
                     size_t *ret_size);

#endif
