/* bench.h -- the operations that are measured, and how
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_BENCH_H
#define HURDLE_BENCH_H

#include <errno.h>
#include <stdint.h>

/* What M and its multiples are made of: upstream's differ.  */
enum yardstick
{
  YARDSTICK_TIME, /* under TCG */
  YARDSTICK_INSTRUCTIONS,
  YARDSTICKS
};

/* One thing that a program does, and what it should cost.  */
struct operation
{
  const char *name;
  /* Once, before and after.  May be NULL.  */
  error_t (*setup) (void);
  void (*teardown) (void);
  /* The operation, COUNT times.  An error ends the measurement.  */
  error_t (*run) (unsigned int count);

  /* In multiples of M; 0 where nobody has said.  */
  double floor, goal;          /* no goal: half of upstream's */
  double upstream[YARDSTICKS]; /* GNU/Hurd of June 2026, this program */
};

/* Ended by a NULL name.  */
extern const struct operation operations[];

/* Messages that the servers of this environment have received and sent so far,
   notifications included; 0: they do not say.  */
uint64_t messages_seen (void);

/* The floors that everything else is compared with.  */
extern const struct operation floor_message; /* M */
extern const struct operation floor_kernel;  /* k */

/* Where programs of ours are that operations run; ends in a slash.  */
extern char bench_programs[];

#endif
