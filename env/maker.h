/* maker.h -- a hurdle-env without an environment, which makes them for others

   It makes each in a process of its own, a copy of itself, so there is nothing
   to be loaded and the environment is like any other: it has a ledger of its
   own, and what happens to it happens to none of the others.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_ENV_MAKER_H
#define HURDLE_ENV_MAKER_H

#include <mach.h>
#include <stddef.h>
#include <sys/types.h>

#include "lib/base/text.h"
#include "lib/port/loop.h"

#define MAKER_BACKGROUND 1
#define MAKER_DESCRIPTORS 3

/* Serve <hurdle/maker.defs> at NODE.  Exit status; returns if it cannot.  */
int maker_run (const char *node);

/* ---- the node, maker_node.c ---- */

struct maker_door
{
  /* For whoever may open the node with FLAGS (O_*); a reference, given.
     NULL: no memory.  */
  struct object *(*open) (int flags);
  struct generation *generation;
  struct loop *loop;
};

/* Answer at PATH, a file of the parent's (cover.h).  On an error PROBLEM has
   PATH and what to do about it.  */
error_t maker_node_cover (const struct maker_door *door, const char *path,
                          struct text *problem);
/* Remove the file if we made it.  Waits.  */
void maker_node_uncover (void);
/* For struct object_class of what `open' gives.  True: MESSAGE was io_stat,
   and is consumed.  */
bool maker_node_stat (struct object *object, mach_msg_header_t *message);

/* ---- the copy, maker_child.c ---- */

/* What was asked for.  Rights are borrowed send rights, or null.  The texts
   may lie in memory that the client serves.  */
struct order
{
  mach_port_t descriptors[MAKER_DESCRIPTORS];
  mach_port_t directory, root;
  const char *arguments, *environment;
  size_t arguments_size, environment_size;
  bool background;
  pid_t maker;
};

/* In the new process: be what was ordered.  */
void maker_child (const struct order *order) __attribute__ ((noreturn));

#endif
