/* spawn.h -- start the first program of an environment

   Everything after it comes from file_exec; the first has nobody to inherit
   from, so its ports are made here.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_ENV_SPAWN_H
#define HURDLE_ENV_SPAWN_H

#include "lib/role/environment.h"

#define SPAWN_DESCRIPTORS 3 /* 0, 1 and 2 */

/* A process of the parent's proc.  Send rights, given.  */
struct spawn_process
{
  mach_port_t proc;   /* its own */
  pid_t pid;          /* as its parent calls it … */
  mach_port_t waiter; /* … who is told here how it ended */
};

/* All borrowed.  */
struct spawn_request
{
  const char *path;        /* of the program, absolute */
  struct node *program;    /* what is run as PATH; NULL: what is there */
  const char *const *argv; /* NULL at the end */
  const char *const *envp;
  const struct ids *ids;
  struct object *descriptors[SPAWN_DESCRIPTORS]; /* NULL: closed */
  struct object *cttyid; /* of the controlling terminal, or NULL */
  /* Rights of the parent's instead of these objects, or null.  */
  mach_port_t descriptor_rights[SPAWN_DESCRIPTORS], cttyid_right;
  /* Where the role proc is the parent's: make TASK a process.  */
  error_t (*adopt) (mach_port_t task, struct spawn_process *ret_process);
  const char *directory; /* to start in, absolute; NULL: the root */
  int umask;
};

/* The program has ended, STATUS as from wait.  With ERR it did not start after
   all, for that reason, and STATUS is 126 or 127 as an exit code.  */
typedef void spawn_ended_t (void *cookie, int status, error_t err);

/* Start REQUEST's program in ENV.  ENDED is called once, on the loop.  ENOENT
   and the like at once: ENDED is not called.  */
error_t spawn_first (struct environment *env,
                     const struct spawn_request *request, spawn_ended_t *ended,
                     void *cookie);

#endif
