/* startup_fake.c -- /servers/startup: accepts, and does nothing

   Source: fake.  Whoever may not ask is refused as by the own one; who may
   hears that all is well.  Nobody is told before the end, no task's death is
   the end, and a reboot does not come.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <errno.h>

#include "lib/port/right.h"
#include "servers/startup/startup_private.h"

static error_t
fake_accept (struct startup *startup, mach_port_t port)
{
  (void)startup;
  if (!MACH_PORT_VALID (port))
    return EINVAL;
  send_drop (&port);
  return 0;
}

static void
fake_reboot (struct startup *startup, int reboot_code)
{
  (void)startup, (void)reboot_code;
}

static const struct startup_ops fake_ops
    = { .essential_task = fake_accept,
        .request_notification = fake_accept,
        .reboot = fake_reboot };

error_t
startup_fake_create (struct environment *env)
{
  return startup_start (env, &fake_ops);
}
