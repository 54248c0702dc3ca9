/* crash.h -- /servers/crash: what to do with a task that dies of a signal
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_CRASH_CRASH_H
#define HURDLE_CRASH_CRASH_H

#include "lib/role/environment.h"

error_t crash_own_create (struct environment *env);

#endif
