/* time.h -- /dev/time: the kernel's clock as a page to map
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_TIME_TIME_H
#define HURDLE_TIME_TIME_H

#include "lib/role/environment.h"

error_t time_own_create (struct environment *env);

#endif
