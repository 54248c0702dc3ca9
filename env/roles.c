/* roles.c -- the table of roles and sources
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "env/roles.h"

#include "env/handed.h"
#include "servers/auth/auth.h"
#include "servers/crash/crash.h"
#include "servers/devices/devices.h"
#include "servers/exec/exec.h"
#include "servers/inet/inet.h"
#include "servers/password/password.h"
#include "servers/proc/proc.h"
#include "servers/procfs/procfs.h"
#include "servers/sockets/sockets.h"
#include "servers/startup/startup.h"
#include "servers/terminal/terminal.h"
#include "servers/time/time.h"

static error_t
console_create_own (struct environment *env)
{
  return terminal_own_create (env, env->console_exact ? TERMINAL_EXACT
                                                      : TERMINAL_COOKED);
}

struct role_row
{
  enum role role;
  role_create_t *create[SOURCES];
};

/* In the order in which they are made.  */
static const struct role_row rows[] = {
  { ROLE_AUTH,
    { [SOURCE_OWN] = auth_own_create,
      [SOURCE_FAKE] = auth_fake_create,
      [SOURCE_PARENT] = auth_parent_create } },
  /* A proxy is our own and a view (env/view.c).  */
  { ROLE_PROC,
    { [SOURCE_OWN] = proc_own_create,
      [SOURCE_PROXY] = proc_own_create,
      [SOURCE_FAKE] = proc_fake_create } },
  { ROLE_EXEC,
    { [SOURCE_OWN] = exec_own_create,
      [SOURCE_FAKE] = exec_fake_create,
      [SOURCE_ABSENT] = exec_absent_create } },
  /* Before the terminal, which serves it where nobody else does.  */
  { ROLE_CONSOLE, { [SOURCE_FAKE] = console_fake_create } },
  { ROLE_TERMINAL,
    { [SOURCE_OWN] = console_create_own,
      [SOURCE_PROXY] = terminal_proxy_create,
      [SOURCE_FAKE] = terminal_fake_create,
      [SOURCE_PARENT] = terminal_parent_create } },
  { ROLE_LOCAL,
    { [SOURCE_OWN] = sockets_own_create,
      [SOURCE_FAKE] = sockets_fake_create } },
  { ROLE_INET, { [SOURCE_FAKE] = inet_fake_create } },
  { ROLE_DEVICES,
    { [SOURCE_OWN] = devices_own_create,
      [SOURCE_FAKE] = devices_fake_create,
      [SOURCE_PARENT] = devices_parent_create } },
  { ROLE_STARTUP,
    { [SOURCE_OWN] = startup_own_create,
      [SOURCE_FAKE] = startup_fake_create } },
  { ROLE_CRASH,
    { [SOURCE_OWN] = crash_own_create, [SOURCE_FAKE] = crash_fake_create } },
  { ROLE_PASSWORD, { [SOURCE_FAKE] = password_fake_create } },
  { ROLE_PROCFS, { [SOURCE_FAKE] = procfs_fake_create } },
  { ROLE_TIME, { [SOURCE_OWN] = time_own_create } },
};

static error_t
role_create (struct environment *env, const struct role_row *row,
             struct text *problem)
{
  enum source source = env->manifest->roles[row->role].source;
  error_t err;

  if (!row->create[source])
    return source == SOURCE_PARENT ? handed_role (env, row->role, problem) : 0;
  err = row->create[source](env);
  if (err)
    text_printf (problem, "role %s%s", role_names[row->role],
                 source == SOURCE_PARENT
                     ? ": the parent does not give it to the starter (the way "
                       "out: source = own)"
                     : "");
  return err;
}

error_t
roles_create (struct environment *env, struct text *problem)
{
  error_t err = 0;

  for (size_t i = 0; !err && i < sizeof rows / sizeof *rows; i++)
    err = role_create (env, &rows[i], problem);
  return err;
}
