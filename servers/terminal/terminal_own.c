/* terminal_own.c -- the role terminal on terminals of our own

   Variant: own.  /dev/console stands on the kernel's console, /dev/tty sends
   each opener to the terminal that controls it, and the ptys stand on their
   masters.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "servers/terminal/console.h"
#include "servers/terminal/role.h"

#define MEMORY_MAX (16 * 1024 * 1024) /* handles and parked requests */
#define KEPT (O_READ | O_WRITE | O_APPEND | O_NONBLOCK)

static error_t
console_open_node (void *role, int flags, const struct ids *ids,
                   struct object **ret_object)
{
  struct terminals *terminals = role;
  struct terminal_handle *handle;
  error_t err;

  if (terminals->terminal.exclusive && (flags & (O_READ | O_WRITE))
      && !ids_is_root (ids))
    return EBUSY;
  err = terminal_open (&terminals->terminal, flags & KEPT, ids, false,
                       &handle);
  if (!err)
    *ret_object = &handle->handle.object;
  return err;
}

error_t
terminal_open_console (struct environment *env, int flags,
                       const struct ids *ids, struct object **ret_handle)
{
  return env->terminal_state
             ? console_open_node (env->terminal_state, flags, ids, ret_handle)
             : ENXIO;
}

struct object *
terminal_console_id (struct environment *env)
{
  struct terminals *role = env->terminal_state;

  return role ? &role->terminal.id : NULL;
}

error_t
terminals_attach (struct environment *env, struct terminals *role)
{
  const struct service_node console = { .path = "/dev/console",
                                        .mode = S_IFCHR | 0620,
                                        .rdev = role->terminal.rdev,
                                        .open = console_open_node,
                                        .shows_itself = true,
                                        .role = role };
  const struct service_node tty = { .path = "/dev/tty",
                                    .mode = S_IFCHR | 0666,
                                    .rdev = gnu_dev_makedev (5, 0),
                                    .magic = "tty" };
  error_t err;

  if (!env->root || !env->root->attach)
    return 0;
  err = env->root->attach (env, &console);
  if (!err || err == EBUSY) /* the role console has another source */
    err = env->root->attach (env, &tty);
  if (!err)
    err = ptys_create (env, &role->generation);
  return err;
}

/* Without a console (a nested environment that was given none) its terminal
   swallows what is written and never has input.  */
static void
swallow_output (struct terminal *terminal)
{
  discipline_flush_output (&terminal->discipline);
}

static const struct terminal_bottom no_bottom
    = { .type = TERM_ON_MACHDEV, .update = swallow_output };

error_t
terminals_create (struct environment *env, const struct tty_modes *modes,
                  struct terminals **ret_role)
{
  struct terminals *role = calloc (1, sizeof *role);
  error_t err;

  if (!role)
    return ENOMEM;
  generation_init (&role->generation, "terminal", env);
  role->generation.bytes_max = MEMORY_MAX;
  err = terminal_init (&role->terminal, env, &role->generation, "/dev/console",
                       modes);
  if (err)
    return err; /* the environment does not start */

  role->terminal.rdev = gnu_dev_makedev (5, 1);
  role->terminal.number = 1;
  role->terminal.bottom = &no_bottom;
  env->terminal_state = *ret_role = role;
  return 0;
}

error_t
terminal_own_create (struct environment *env, enum terminal_style style)
{
  struct terminals *role;
  error_t err = terminals_create (
      env, style == TERMINAL_EXACT ? &tty_modes_exact : &tty_modes_cooked,
      &role);

  if (err)
    return err;
  role->terminal.stream = style == TERMINAL_EXACT;
  if (MACH_PORT_VALID (env->device_master)
      && !console_create (env, &role->generation, &role->console))
    {
      role->terminal.bottom = &console_bottom;
      role->terminal.bottom_state = role->console;
      console_attach (role->console, &role->terminal);
    }
  return terminals_attach (env, role);
}
