/* exec_fake.c -- the first program runs, and no other

   Sources: fake and absent.  The command that an environment was made for is
   started by the environment itself, before anybody can ask; from then on
   whoever asks is refused, as by a system without the server (absent) or by
   one that says no (fake).  A program that is refused lives on.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "servers/exec/exec.h"

static void
run_first (struct environment *env, struct exec_request *request,
           exec_done_t *done, void *cookie,
           struct exec_operation **ret_operation, error_t refusal)
{
  struct exec *exec = env->exec_state;

  if (!exec->begun)
    {
      exec->begun = true;
      exec_run (env, request, done, cookie, ret_operation);
      return;
    }
  exec_request_free (env, request);
  done (cookie, environment_refuse (env, "exec", refusal));
}

static void
fake_run (struct environment *env, struct exec_request *request,
          exec_done_t *done, void *cookie,
          struct exec_operation **ret_operation)
{
  run_first (env, request, done, cookie, ret_operation, EPERM);
}

static void
absent_run (struct environment *env, struct exec_request *request,
            exec_done_t *done, void *cookie,
            struct exec_operation **ret_operation)
{
  run_first (env, request, done, cookie, ret_operation, EOPNOTSUPP);
}

static const struct exec_service fake_service
    = { .run = fake_run, .cancel = exec_cancel };
static const struct exec_service absent_service
    = { .run = absent_run, .cancel = exec_cancel };

error_t
exec_fake_create (struct environment *env)
{
  return exec_start (env, &fake_service, true);
}

error_t
exec_absent_create (struct environment *env)
{
  return exec_start (env, &absent_service, false);
}
