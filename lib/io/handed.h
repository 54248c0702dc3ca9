/* handed.h -- a name whose server is the parent's

   For the source `parent' of a role beside files of our own: each opener gets
   a right of its own from the parent, and is the parent's client from then on.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_IO_HANDED_H
#define HURDLE_IO_HANDED_H

#include "lib/role/environment.h"

/* What the node PATH inside (static) stands for.  */
struct handed_server
{
  const char *path;
  mach_port_t directory;    /* where the parent has it (borrowed) … */
  const char *name;         /* … and as what */
  const io_statbuf_t *stat; /* whose it is, and who may open it; outside */
  bool prove;               /* openers prove at our auth who they are */
};

/* Attach the node, if there is a root.  Openers get what the starter gets from
   the parent's lookup, if the node's mode lets them; without PROVE, with the
   starter's authority.  */
error_t handed_attach (struct environment *env,
                       const struct handed_server *server);

#endif
