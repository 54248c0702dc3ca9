/* start.h -- the steps that make an environment, one after the other

   Both kinds of environment, the one on bare GNU Mach and the nested one, are
   made by a table of steps; those that are the same for both are here.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_ENV_START_H
#define HURDLE_ENV_START_H

#include "env/options.h"
#include "lib/base/text.h"
#include "lib/role/environment.h"

struct start
{
  struct environment *env;
  const struct options *options;
  struct text problem; /* what to say, if a step has more than a code */
};

/* One thing that has to be done before the environment is there.  WHAT is for
   the message when it fails.  */
struct step
{
  const char *what;
  error_t (*run) (struct start *start);
};

/* Take the COUNT STEPS in order.  On failure *RET_FAILED is the one that
   failed.  */
error_t start_steps (struct start *start, const struct step *steps,
                     size_t count, const struct step **ret_failed);
/* "hurdle-env: WHAT: PROBLEM: why" as a line.  */
void start_describe (const struct start *start, const struct step *failed,
                     error_t err, struct text *line);

/* Why a program that is there does not run, more than the code ERR says; or
   NULL.  */
const char *start_explain_program (error_t err);
/* "hurdle-env: starting WHAT: why" as a line.  */
void start_describe_program (const char *what, error_t err, struct text *line);

/* Set the limits of ENV from its manifest.  */
void start_limits (struct environment *env);

/* Steps.  */
error_t start_loops (struct start *start);
error_t start_roles (struct start *start);

/* The manifest's variables as NAME=VALUE, NULL at the end.  NULL: no
   memory.  */
char **start_variables (const struct manifest *manifest);

/* Serve: the control on a thread of its own, the roles on this one.  Returns
   when the loop was stopped.  */
void start_serve (struct environment *env);

#endif
