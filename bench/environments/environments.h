/* environments.h -- what environments cost
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_BENCH_ENVIRONMENTS_H
#define HURDLE_BENCH_ENVIRONMENTS_H

#include <mach.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "lib/base/error.h"

/* ---- report.c ---- */

/* A figure: VALUE in UNIT; GOAL 0: nobody has said.  */
void report (const char *name, double value, const char *unit, double goal);
/* The same could not be had.  */
void report_failure (const char *name, const char *why);
void report_begin (bool json);
/* Could all be had?  */
bool report_end (void);
/* A line for people who wait.  */
void progress (const char *what);

/* ---- scene.c: environments that run ---- */

/* All in a directory of our own below /tmp, which is where we are.  */
bool scene_files (void);
void scene_remove (void);

enum manifest
{
  MANIFEST_PARENT,  /* everything is the parent's */
  MANIFEST_PROXIED, /* the parent's files; "/given" to write */
  MANIFEST_OWN,     /* copies of nothing but the program */
  MANIFESTS
};
extern const char *const manifest_names[MANIFESTS];

/* hurdle-env, DEPTH times in each other, and ARGV (ended by NULL) in it. NODE:
   where the first is controlled, or NULL.  INPUT and OUTPUT: descriptors, or
   -1.  */
pid_t scene_start (enum manifest manifest, int depth, const char *node,
                   const char *const *argv, int input, int output);
/* The status as from wait; -1: it could not be had.  */
int scene_wait (pid_t pid);
/* Start it and wait.  False: it did not end with 0.  */
bool scene_run (enum manifest manifest, int depth, const char *const *argv);

extern char programs[256]; /* where ours are; ends in a slash */
extern char *program_name; /* this one */

/* ---- resident.c: the same by a resident maker ---- */

bool resident_start (void);
/* As scene_run, at depth 1, of a program without arguments.  */
bool resident_run (enum manifest manifest, const char *const *argv);
void resident_end (void);

/* ---- inside.c: what is measured inside ---- */

/* One thing that is done with the file "/given/file".  */
struct inside
{
  const char *name;
  double goals[4]; /* proxied / direct at depth 1 to 4; 0: none said */
};
extern const struct inside insides[];
extern const size_t insides_count;
/* Print microseconds of each of INSIDES, a line each, for files below
   DIRECTORY.  Exit status.  */
int inside_measure (const char *directory);
/* Hold COUNT handles, or pages, of "/given/big"; say so, and wait.  */
int inside_hold (const char *what, unsigned int count);

/* ---- the groups ---- */

void measure_making (void);
void measure_depth (void);
void measure_idle (void);
void measure_revoke (void);
void measure_cycles (void);

#endif
