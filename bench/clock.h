/* clock.h -- the processor's counter; libc's clock has a grain of 10 ms
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_BENCH_CLOCK_H
#define HURDLE_BENCH_CLOCK_H

#include <stdint.h>

static inline uint64_t
ticks (void)
{
  return __builtin_ia32_rdtsc ();
}

/* Found out once, in a third of a second.  */
double ticks_per_us (void);

/* Microseconds since START, of ticks.  */
static inline double
us_since (uint64_t start)
{
  return (double)(ticks () - start) / ticks_per_us ();
}

#endif
