/* procfs.h -- /proc
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_PROCFS_PROCFS_H
#define HURDLE_PROCFS_PROCFS_H

#include "lib/role/environment.h"

/* An empty directory that nobody can change.  */
error_t procfs_fake_create (struct environment *env);

#endif
