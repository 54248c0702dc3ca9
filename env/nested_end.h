/* nested_end.h -- the end of a nested environment, and the signals before it
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_ENV_NESTED_END_H
#define HURDLE_ENV_NESTED_END_H

#include "lib/base/text.h"
#include "lib/role/environment.h"

/* Before the first thread is made: none of them gets those signals but the one
   that is for them.  */
void nested_end_block (void);
/* From now on SIGINT, SIGTERM and SIGHUP end ENV in order.  */
error_t nested_end_prepare (struct environment *env);

/* For struct environment: end all tasks, then exit with STATUS (as from
   wait) the way a shell tells it.  */
void nested_end (struct environment *env, int status);
/* In order, as SIGTERM does it, or with no SECONDS at once.  */
void nested_stop (struct environment *env, unsigned int seconds);
/* The parent's proc is not Hurdle's.  */
void nested_end_under_stranger (void);
/* At the end, when this process may wait for whoever reads it, say LINE, which
   is consumed.  */
void nested_end_say (struct text *line);
/* The last thing before this process exits, whatever came of it.  */
void nested_end_leave (void);

#endif
