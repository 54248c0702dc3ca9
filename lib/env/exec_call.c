/* exec_call.c -- somebody who waits for an exec
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <stdlib.h>

#include "lib/env/exec_call.h"
#include "lib/port/right.h"

/* A library waits for the answer before it lets a signal have its way, and an
   exec that cannot be stopped any more ends both.  */
static void
call_cancel (struct parked *parked, error_t why)
{
  struct exec_call *call = (struct exec_call *)parked;
  bool stopped = call->env->exec->cancel (call->operation);

  if (why == EINTR && !stopped)
    {
      call->reply = parked_take_reply (parked);
      return;
    }
  call->answered = true;
  parked_fail (parked, why);
}

static void
call_done (void *cookie, error_t err)
{
  struct exec_call *call = cookie;

  if (MACH_PORT_VALID (call->reply))
    reply_error (send_steal (&call->reply), call->parked.reply_type,
                 call->parked.id, err);
  else if (!call->answered)
    parked_fail (&call->parked, err); /* 0 has the same form */
  free (call);
}

error_t
exec_call_begin (struct environment *env, struct object *object,
                 mach_port_t reply, mach_msg_type_name_t reply_type,
                 struct node *file, const struct exec_arguments *arguments,
                 struct exec_call **ret_call)
{
  struct exec_call *call = calloc (1, sizeof *call);
  error_t err;

  if (!call)
    return ENOMEM;
  err = exec_request_create (env, file, arguments, &call->request);
  if (err)
    {
      free (call);
      return err;
    }
  call->env = env;
  parked_start (&call->parked, object, reply, reply_type, call_cancel);
  exec_arguments_release (env, arguments);
  *ret_call = call;
  return 0;
}

void
exec_call_run (struct exec_call *call)
{
  struct exec_request *request = call->request;

  call->request = NULL;
  call->env->exec->run (call->env, request, call_done, call, &call->operation);
}

void
exec_call_fail (struct exec_call *call, error_t err)
{
  exec_request_free (call->env, call->request);
  call_done (call, err);
}
