/* copy_in.h -- a directory of the parent, copied into the root's memory

   For mounts with `mode = copy'.  Everything here waits for the parent's
   servers, so it runs before the environment serves anybody.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_ENV_COPY_IN_H
#define HURDLE_ENV_COPY_IN_H

#include "lib/role/environment.h"
#include "lib/manifest/manifest.h"

#define COPY_BYTES_MAX (UINT64_C (1) << 30) /* of all mounts together */
#define COPY_NODES_MAX 262144
#define COPY_DEPTH_MAX 128

struct copy
{
  struct environment *env;         /* borrowed */
  const struct manifest *manifest; /* borrowed: what other mounts serve is
                                      left out */
  struct text *problem; /* borrowed: what could not be copied, and why */

  size_t files, directories, links; /* copied so far */
  size_t left_out; /* devices, sockets and what may not be read */
  uint64_t bytes;
};

/* Copy what the parent has at MOUNT's directory to MOUNT's path.  E2BIG: more
   than the most there is room for.  */
error_t copy_in_directory (struct copy *copy,
                           const struct manifest_mount *mount);
/* The same from a tar archive, a file of the parent.  */
error_t copy_in_archive (struct copy *copy,
                         const struct manifest_mount *mount);

/* The whole file at PATH of the parent, with a NUL behind it that SIZE does
   not count (given); NULL and a code.  */
char *parent_read_file (const char *path, size_t *ret_size, error_t *ret_err);

#endif
