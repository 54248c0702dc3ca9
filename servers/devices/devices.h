/* devices.h -- /dev/null and the devices like it
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_DEVICES_DEVICES_H
#define HURDLE_DEVICES_DEVICES_H

#include "lib/role/environment.h"

/* Attach them all under /dev.  Fills env->devices_state.  */
error_t devices_own_create (struct environment *env);
/* The same names; opening one for use is ENXIO.  */
error_t devices_fake_create (struct environment *env);

/* Our own, and the parent's device master for env->device_master; EPERM if the
   starter is not root outside.  Waits: before the loop runs.  */
error_t devices_parent_create (struct environment *env);

#endif
