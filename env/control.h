/* control.h -- the control of an environment, on a thread of its own
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_ENV_CONTROL_H
#define HURDLE_ENV_CONTROL_H

#include "lib/base/text.h"
#include "lib/role/environment.h"

/* Whose a node is, in the numbers of those who come to it.  */
struct control_owner
{
  mode_t mode;
  uid_t uid;
  gid_t gid;
  bool outside; /* the environment's limit of handles is not for it */
};

/* Serve <hurdle/hurdle.defs> with env->control to those who may open a node
   of OWNER.  AUTH (send right, consumed on success; may be null) is who knows
   them.  *RET_PORT is the control port to put behind the node, given.  */
error_t control_create (struct environment *env, mach_port_t auth,
                        const struct control_owner *owner,
                        mach_port_t *ret_port);

/* At /servers/hurdle of ENV itself: whoever is root inside may use it.  */
error_t control_create_inside (struct environment *env);

/* At NODE of the parent, a plain file, made with mode 0600 if it is not there.
   Before the loops run.  PROBLEM says what is wrong.  */
error_t control_create_outside (struct environment *env, const char *node,
                                struct text *problem);
/* Remove the file if we made it.  We may wait again.  */
void control_leave_outside (void);

/* Whatever was frozen goes on.  On the server loop.  */
void control_thaw (struct environment *env);

/* Ask the control at NODE for its dump and print it.  Exit status.  */
int control_print_dump (const char *node);

#endif
