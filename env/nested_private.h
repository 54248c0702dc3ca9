/* nested_private.h -- the parts of making a nested environment
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_ENV_NESTED_PRIVATE_H
#define HURDLE_ENV_NESTED_PRIVATE_H

#include "env/start.h"
#include "lib/manifest/manifest.h"
#include "lib/env/spawn.h"
#include "servers/descriptor/descriptor.h"

struct nested
{
  struct environment env; /* first */
  struct ids ids;         /* of the command, inside */
  struct descriptor *descriptors[SPAWN_DESCRIPTORS]; /* NULL: closed … */
  int terminals[SPAWN_DESCRIPTORS]; /* … or, if it has modes, the terminal */
  /* Or, from the parent, the terminal itself, and its id: send rights.  */
  mach_port_t descriptor_rights[SPAWN_DESCRIPTORS], cttyid;
  char *directory;          /* where the command starts, inside */
  char *command;            /* the path of its program, inside */
  struct death_watch maker; /* the resident maker's task, if one made us */
};

static inline struct nested *
nested_of (const struct start *start)
{
  return (struct nested *)start->env;
}

static inline bool
nested_root_is_fake (const struct start *start)
{
  return start->env->manifest->roles[ROLE_ROOT].source == SOURCE_FAKE;
}

/* For --verbose.  */
void say (const struct start *start, const char *format, ...)
    __attribute__ ((format (printf, 2, 3)));
/* The value of the manifest's variable NAME, borrowed; NULL: there is none. */
const char *variable_find (const struct manifest *manifest, const char *name);

/* ---- nested_identity.c ---- */

error_t start_identity (struct start *start);

/* ---- nested_files.c ---- */

error_t start_root (struct start *start);

/* ---- nested_given.c ---- */

/* While we are still a program like any other: the guardian is a child of
   ours, in the parent's environment.  */
error_t start_terminal (struct start *start);
/* Once everything else is there.  */
error_t start_taking (struct start *start);
error_t start_descriptors (struct start *start);
error_t start_directory (struct start *start);

/* ---- nested_command.c ---- */

error_t start_command (struct start *start);

#endif
