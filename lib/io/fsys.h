/* fsys.h -- the control port of something that answers at a node

   Whoever has it speaks for anybody: the ids of fsys_getroot are believed.  So
   it is given to root, or to a file system that asks for its clients.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_IO_FSYS_H
#define HURDLE_IO_FSYS_H

#include "lib/io/handle.h"

struct fsys;

struct fsys_ops
{
  const char *source; /* what fsys_get_source says */
  /* A handle for IDS, as FLAGS (O_*) want it: one reference given.  */
  error_t (*getroot) (struct fsys *fsys, const struct ids *ids, int flags,
                      struct object **ret_handle);
};

/* First member of every control port; its class answers fsys_interface.  */
struct fsys
{
  struct object object;
  const struct fsys_ops *ops;
};

extern const struct interface fsys_interface;

#endif
