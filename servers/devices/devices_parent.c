/* devices_parent.c -- the parent's device master

   Source: parent, which the manifest must call unsafe.  Root inside gets it
   from proc, as root does outside.  /dev/null and its like are our own: there
   is no authority in them.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <hurd.h>

#include "servers/devices/devices.h"

error_t
devices_parent_create (struct environment *env)
{
  error_t err = get_privileged_ports (NULL, &env->device_master);

  return err ? err : devices_own_create (env);
}
