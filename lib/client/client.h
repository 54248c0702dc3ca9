/* client.h -- find the control of an environment, and call it

   For programs, which may wait: hurdle-control, tests and benchmarks.  What
   can be asked is <hurdle/hurdle.defs>.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_CLIENT_CLIENT_H
#define HURDLE_CLIENT_CLIENT_H

#include <errno.h>
#include <mach.h>
#include <stddef.h>

/* A send right (given) to the control at NODE, open for MODES (O_READ,
   O_WRITE).  Whether a control answers there is seen when it is asked.  */
error_t client_open (const char *node, int modes, mach_port_t *ret_control);

/* The same once a control does answer there; ETIMEDOUT after SECONDS.  MODES
   have O_READ.  */
error_t client_await (const char *node, int modes, unsigned int seconds,
                      mach_port_t *ret_control);

/* Why no control is to be asked at NODE, where ERR was heard: NULL if that is
   no sign of it.  */
const char *client_no_control (const char *node, error_t err);

/* What hurdle_list says of WHAT; given (vm_deallocate it).  */
error_t client_list (mach_port_t control, const char *what, char **ret_data,
                     size_t *ret_size);

/* The grants of the name NAME: those that are in force, or if none is, those
   that were taken back.  At most MOST ids, and how many there are.  ESRCH:
   none.  */
error_t client_grants (mach_port_t control, const char *name,
                       unsigned int *ids, size_t most, size_t *ret_count);

/* Whatever is at NAME in the environment of CONTROL now; 0: nothing, or not
   one thing.  */
unsigned int client_grant (mach_port_t control, const char *name);

#endif
