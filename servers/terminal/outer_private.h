/* outer_private.h -- what the parts of the parent's terminal share
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_TERMINAL_OUTER_PRIVATE_H
#define HURDLE_TERMINAL_OUTER_PRIVATE_H

#include <hurd.h>

#include "servers/terminal/outer.h"
#include "servers/terminal/terminal.h"

/* call_begin, with what all calls to the parent's terminal have.  */
error_t outer_call (struct outer *outer, struct call *call, call_done_t *done,
                    mach_port_t *ret_reply);
/* Take what output there is room for, and write if no write is outstanding and
   we may.  */
void outer_write_on (struct outer *outer);
/* Read on, if it is our turn and no read is outstanding.  */
void outer_read_next (struct outer *outer);
/* There is no terminal any more: hang up inside.  */
void outer_gone (struct outer *outer);
/* Is it somebody else's turn while somebody inside reads?  */
bool outer_is_wanted (const struct outer *outer);
/* ^Z is for the environment around us: let the parent's terminal see it.  */
void outer_pass_stop (struct outer *outer);
/* Somebody else has the foreground.  */
void outer_lost (struct outer *outer);
/* Go on with the end, if that is under way.  */
void outer_check_finished (struct outer *outer);

#endif
