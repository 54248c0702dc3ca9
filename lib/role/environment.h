/* environment.h -- one environment: its loops, its roles, what it was given

   There is no global that is not in here; several environments may live in
   one task.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_ROLE_ENVIRONMENT_H
#define HURDLE_ROLE_ENVIRONMENT_H

#include "lib/base/budget.h"
#include "lib/base/events.h"
#include "lib/base/idmap.h"
#include "lib/role/services.h"
#include "lib/port/loop.h"
#include "lib/port/worker.h"

struct ledger;
struct manifest;
struct outer;

struct environment
{
  const char *name;
  const struct manifest *manifest; /* borrowed */

  /* Who is who outside; set before any role is made.  */
  struct idmap uid_map, gid_map;

  /* What clients may use up, by the manifest's limits: what is a descriptor or
     an identity, and the bytes of files in memory and of sockets.  */
  struct budget handles, memory;

  struct loop *loop;    /* all roles */
  struct loop *pagers;  /* memory objects; takes no lock of LOOP's */
  struct loop *control; /* list, kill, dump: works while LOOP is flooded */
  struct workers *workers;
  struct ledger *ledger;
  struct list grants;   /* struct grant.link: what the parent gave */
  struct events events; /* what has happened; the server loop's */
  struct controlling *controlling; /* what its control does; NULL: none */

  struct outer *outer; /* the parent's terminal, for the source proxy */

  /* What the bottom environment alone has; null when nested.  */
  mach_port_t host_priv;     /* send right */
  mach_port_t device_master; /* send right; also where it is given on */
  mach_port_t kernel_task;   /* send right */
  bool processes_outside;    /* the parent's proc has them */
  bool console_exact; /* what programs write to it stays byte for byte */

  /* The services of the roles (the table is the source's), and their private
     state.  */
  const struct auth_service *auth;
  const struct proc_service *proc;
  const struct exec_service *exec;
  const struct root_service *root;
  void *auth_state, *proc_state, *exec_state, *root_state;
  void *sockets_state, *terminal_state, *devices_state, *startup_state;

  /* How it ends: whoever made it knows.  */
  void (*on_end) (struct environment *env, int status);
  /* In order, with SECONDS of patience.  NULL: not by its control.  */
  void (*on_stop) (struct environment *env, unsigned int seconds);
};

/* A fake of ROLE (static) has refused, with WHY, which is returned.  On the
   server loop.  */
static inline error_t
environment_refuse (struct environment *env, const char *role, error_t why)
{
  events_deny (&env->events, DENIED_ROLE, role, role, clock_now_ns ());
  return why;
}

/* The environment has run its course: say so, and let the parent have back
   what it gave.  STATUS as from wait.  Does not wait.  */
void environment_end (struct environment *env, int status);

static inline struct environment *
object_environment (const struct object *object)
{
  return object->generation->environment;
}

#endif
