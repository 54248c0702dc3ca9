/* exec_request.h -- make and end the requests that exec runs

   Whoever is asked to run a file (a file handle, /servers/exec) turns the
   arguments of the message into a request of exec with these.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_ENV_EXEC_REQUEST_H
#define HURDLE_ENV_EXEC_REQUEST_H

#include "lib/role/environment.h"
#include "lib/io/handle.h"

#define EXEC_BYTES_MAX (4 << 20) /* of arguments, and of variables */
#define EXEC_FDS_MAX 16384
#define EXEC_NAMES_MAX 65536

/* Copy ARGUMENTS into a new request to run FILE (borrowed: the request takes
   its own reference).  On success the rights of ARGUMENTS are the request's;
   on failure they stay where they are.  E2BIG, ENOMEM, or what touching the
   client's memory said.  */
error_t exec_request_create (struct environment *env, struct node *file,
                             const struct exec_arguments *arguments,
                             struct exec_request **ret_request);

/* An empty request to run FILE, for requests that come from no message.  */
struct exec_request *exec_request_new (struct environment *env,
                                       struct node *file);

/* Give the memory of ARGUMENTS back after MIG_NO_REPLY.  */
void exec_arguments_release (struct environment *env,
                             const struct exec_arguments *arguments);

/* Drop every right and free everything.  Accepts NULL.  */
void exec_request_free (struct environment *env, struct exec_request *request);

#endif
