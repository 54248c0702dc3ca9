/* exec_call.h -- somebody who waits for an exec

   Whoever was replaced hears nothing, but one who made a new program in
   another task is told, and so is everybody of a failure.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_ENV_EXEC_CALL_H
#define HURDLE_ENV_EXEC_CALL_H

#include "lib/env/exec_request.h"
#include "lib/port/park.h"

struct exec_call
{
  struct parked parked;
  struct environment *env;      /* borrowed */
  struct exec_request *request; /* owned until it is run */
  struct exec_operation *operation;
  bool answered; /* only exec still knows of the call */
  /* Interrupted when it was too late: the answer comes at the end.  */
  mach_port_t reply; /* owned, or null */
};

/* Park what OBJECT is asked: to run FILE (borrowed) with ARGUMENTS, whose
   rights and memory are consumed, and so is REPLY.  Then `run' it, or `fail'.
   On an error nothing is consumed: E2BIG, ENOMEM, or what touching the
   client's memory said.  */
error_t exec_call_begin (struct environment *env, struct object *object,
                         mach_port_t reply, mach_msg_type_name_t reply_type,
                         struct node *file,
                         const struct exec_arguments *arguments,
                         struct exec_call **ret_call);
/* Either frees CALL, now or later.  */
void exec_call_run (struct exec_call *call);
void exec_call_fail (struct exec_call *call, error_t err);

#endif
