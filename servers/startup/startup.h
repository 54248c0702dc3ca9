/* startup.h -- /servers/startup: taking the environment down in order
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_STARTUP_STARTUP_H
#define HURDLE_STARTUP_STARTUP_H

#include "lib/role/environment.h"

error_t startup_own_create (struct environment *env);
/* Accepts the same from the same, and does nothing.  */
error_t startup_fake_create (struct environment *env);

/* Begin an orderly shutdown, as startup_reboot does; REBOOT_CODE as in
   <sys/reboot.h>.  The second call does nothing.  */
void startup_shut_down (struct environment *env, int reboot_code);

#endif
