/* terminal_proxy.c -- the role terminal on the terminal of the starter

   Variant: proxy.  As `own', but /dev/console stands on the parent's terminal,
   and starts with its modes and its size.  Without one it stands on nothing.

   What the parent gave is one grant.  The terminal inside is not of it: what
   is taken back is its bottom, and whoever has it open sees a hang-up.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>

#include "servers/terminal/outer_private.h"
#include "servers/terminal/role.h"

static struct outer *
outer_of_grant (struct grant *grant)
{
  return list_entry (grant, struct outer, grant);
}

static void
proxy_revoke (struct grant *grant, grant_done_t *done, void *cookie)
{
  outer_drop (outer_of_grant (grant));
  done (cookie, 0, 0);
}

static void
proxy_lower (struct grant *grant, grant_done_t *done, void *cookie)
{
  outer_lower (outer_of_grant (grant));
  done (cookie, 0, 0);
}

static const struct grant_ops proxy_grant_ops
    = { .revoke = proxy_revoke, .lower = proxy_lower };

error_t
terminal_proxy_create (struct environment *env)
{
  struct outer *outer = env->outer;
  struct terminals *role;
  error_t err = terminals_create (
      env, outer ? &outer->initial : &tty_modes_cooked, &role);

  if (err || !outer)
    return err ? err : terminals_attach (env, role);
  generation_init (&outer->generation, "outer terminal", env);
  freezer_init (&outer->freezer, env);
  err = grant_init (&outer->grant, &proxy_grant_ops, env, env->loop,
                    &env->grants, &env->events, "terminal",
                    role->terminal.name, "the starter's terminal",
                    outer->modes);
  if (err)
    return err;
  role->terminal.size = outer->size;
  role->terminal.bottom = &outer_bottom;
  role->terminal.bottom_state = outer;
  outer->terminal = &role->terminal;
  return terminals_attach (env, role);
}
