/* clock.h -- what time it is
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_PORT_CLOCK_H
#define HURDLE_PORT_CLOCK_H

#include <stdint.h>
#include <time.h>

struct mapped_time_value;

/* Read the kernel's clocks in MAPPED, which stays mapped, from now on.  */
void clock_use_page (const volatile struct mapped_time_value *mapped);

struct timespec clock_realtime (void);
uint64_t clock_now_ns (void); /* uptime */

#endif
