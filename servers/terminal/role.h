/* role.h -- the state of the role terminal
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_TERMINAL_ROLE_H
#define HURDLE_TERMINAL_ROLE_H

#include "servers/terminal/terminal.h"

struct terminals
{
  struct generation generation;
  struct console *console;  /* NULL: none */
  struct terminal terminal; /* on the console */
};

/* The role with a terminal of MODES (borrowed for good) that stands on nothing
   yet; then, where clients find it.  */
error_t terminals_create (struct environment *env,
                          const struct tty_modes *modes,
                          struct terminals **ret_role);
error_t terminals_attach (struct environment *env, struct terminals *role);

/* NULL: there is none (yet).  */
static inline struct console *
terminal_console (struct environment *env)
{
  struct terminals *role = env->terminal_state;

  return role ? role->console : NULL;
}

#endif
