/* cover.h -- answer at a plain file of the parent, as its translator

   Whose it is and who may use it the file says, as it was when it was found,
   in the parent's ids; who comes, the parent's file system and auth say.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_ENV_COVER_H
#define HURDLE_ENV_COVER_H

#include <hurd/hurd_types.h>
#include <stdbool.h>
#include <sys/stat.h>

#include "lib/base/ids.h"
#include "lib/base/text.h"

struct cover
{
  mach_port_t file;      /* send right */
  mach_port_t directory; /* send right, if we made the file */
  string_t name;
  io_statbuf_t stat;
};

/* The file at PATH without what sits on it, made with mode 0600 if it is not
   there.  Asks the parent and waits, as all of these do.  On an error PROBLEM
   has PATH and what to do about it, and nothing is held.  */
error_t cover_find (struct cover *cover, const char *path,
                    struct text *problem);
/* CONTROL (borrowed) answers there from now on.  On an error the file is as it
   was, and PROBLEM says more.  */
error_t cover_set (struct cover *cover, mach_port_t control,
                   struct text *problem);
/* Remove the file if we made it.  What sits on another one goes with us.  */
void cover_leave (struct cover *cover);

/* May IDS open for FLAGS what has the permissions MODE and is UID's and
   GID's?  It is nothing to be run.  */
bool cover_allows (mode_t mode, uid_t uid, gid_t gid, const struct ids *ids,
                   int flags);

#endif
