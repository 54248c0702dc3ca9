/* clock.c -- how fast the processor's counter is
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "bench/clock.h"

#include <time.h>

static double
clock_us (void)
{
  struct timespec now;

  (void)clock_gettime (CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1e6 + now.tv_nsec / 1e3;
}

static double
clock_edge (void)
{
  double start = clock_us (), now;

  while ((now = clock_us ()) == start)
    ;
  return now;
}

double
ticks_per_us (void)
{
  static double ratio;
  uint64_t start;
  double us;

  if (ratio > 0)
    return ratio;
  us = clock_edge ();
  start = ticks ();
  while (clock_us () < us + 300000)
    ;
  ratio = (ticks () - start) / (clock_us () - us);
  return ratio;
}
