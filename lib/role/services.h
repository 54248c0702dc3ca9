/* services.h -- how the roles of one environment talk to each other

   Roles live in one task, so they never send messages to themselves and never
   wait: each offers a table of calls that finish now, or later through a
   completion.  Every source of a role fills the same table.  Names of ports
   in arguments are borrowed unless a comment says otherwise.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_ROLE_SERVICES_H
#define HURDLE_ROLE_SERVICES_H

#include <hurd/hurd_types.h>
#include <mach.h>
#include <stdbool.h>
#include <sys/types.h>

#include "lib/base/ids.h"
#include "lib/port/object.h"

struct environment;
struct node;
struct process;
struct request;

/* ---- auth ---- */

/* The user half came: IDS (borrowed) are the user's, or ERR (EINVAL: the
   rendezvous port died; EINTR).  Called exactly once, on the loop, possibly
   before `join' returns.  */
typedef void auth_joined_t (void *cookie, error_t err, const struct ids *ids);

struct auth_service
{
  /* The server half of a rendezvous.  RENDEZVOUS is consumed.  The user gets
     a right to NEW_OBJECT (referenced until done; NULL: a null port).  */
  void (*join) (struct environment *env, mach_port_t rendezvous,
                struct object *new_object, auth_joined_t *done, void *cookie);
  /* The ids behind HANDLE if it is a handle of this auth, else NULL.  NULL
     itself where the handles are elsewhere: `learn' finds out.  */
  const struct ids *(*ids_of) (struct environment *env, mach_port_t handle);
  /* The ids of whoever has HANDLE, which may be any port.  NULL where there is
     `ids_of'.  */
  void (*learn) (struct environment *env, mach_port_t handle,
                 auth_joined_t *done, void *cookie);
  /* A right to a handle with IDS (copied), given.  EPERM: these ids are not
     ours to give.  */
  error_t (*make) (struct environment *env, const struct ids *ids,
                   mach_port_t *ret_handle);
};

/* ---- proc ---- */

struct program_facts
{
  vm_address_t start_code, end_code, entry;
  const char *path; /* absolute if known, else "" */
  uint32_t pending; /* signals that the program before it had not taken, and
                       that the new one does not block: a mask */
};

/* The program may be replaced now, and has not taken the signals PENDING (a
   mask).  ESRCH: it is no more.  */
typedef void held_t (void *cookie, error_t err, uint32_t pending);
struct hold;

struct proc_service
{
  /* The process that lives in TASK; made on first sight if TASK is a task of
     this environment (verified without a message to it).  NULL: none.  */
  struct process *(*of_task) (struct environment *env, mach_port_t task);
  struct process *(*of_pid) (struct environment *env, pid_t pid);
  struct process *(*of_object) (struct environment *env, mach_port_t name);
  struct object *(*object) (struct process *process); /* borrowed */
  pid_t (*pid) (struct process *process);
  mach_port_t (*task) (struct process *process); /* borrowed */
  const struct ids *(*ids) (struct process *process);

  /* PROCESS's program is to be replaced: until `release', signals are kept
     for whoever is there then.  DONE is called once, on the loop, perhaps
     before this returns and after *RET_HOLD is set; not after `release'.  Of
     several at a time the second waits for the first.  */
  error_t (*hold) (struct process *process, held_t *done, void *cookie,
                   struct hold **ret_hold);
  void (*release) (struct hold *hold); /* consumed */
  /* PROCESS has just been given a new program in its present task.  */
  void (*executed) (struct process *process,
                    const struct program_facts *facts);
  /* PROCESS goes on in NEW_TASK (a send right, consumed), with IDS unless
     NULL.  Its old task is terminated by a worker, the old proc port dies
     with it and `object' answers with a fresh one.  */
  error_t (*reassign) (struct process *process, mach_port_t new_task,
                       const struct ids *ids);
  /* Make a process for TASK (send right, consumed) as child of PARENT, or
     without parent when NULL (the init program).  */
  error_t (*adopt) (struct environment *env, mach_port_t task,
                    struct process *parent, struct process **ret_process);
  /* Call DONE on the loop when PROCESS has ended; STATUS as from wait.  */
  void (*on_exit) (struct process *process,
                   void (*done) (void *cookie, int status), void *cookie);

  /* Job control.  Signals are sent with REFPORT as reference, without
     waiting.  ESRCH: nobody there.  */
  error_t (*signal_group) (struct environment *env, pid_t pgrp, int signo,
                           mach_port_t refport);
  error_t (*signal) (struct environment *env, pid_t pid, int signo,
                     mach_port_t refport);
  error_t (*group_of) (struct environment *env, pid_t pid, pid_t *ret_pgrp,
                       pid_t *ret_session);
  bool (*group_in_session) (struct environment *env, pid_t pgrp,
                            pid_t session);
  /* Is there nobody who could continue what is stopped in PGRP?  */
  bool (*group_is_orphaned) (struct environment *env, pid_t pgrp);
};

/* ---- exec ---- */

/* Everything a new program is made of.  Allocated with calloc by the asker,
   owned by exec from `run' on: rights are dropped and memory freed there.  */
struct exec_request
{
  struct node *file; /* reference */
  mach_port_t task;  /* send right: the task to be replaced, or null */
  int flags;         /* EXEC_NEWTASK, EXEC_SECURE … */
  char *path, *abspath;
  char *argv, *envp; /* '\0' separated */
  size_t argv_size, envp_size;
  mach_port_t *fds; /* send rights, null for holes */
  size_t fds_count;
  mach_port_t ports[INIT_PORT_MAX]; /* send rights or null */
  int ints[INIT_INT_MAX];
  mach_port_name_t *dealloc_names, *destroy_names; /* names in TASK */
  size_t dealloc_count, destroy_count;
  const struct ids *new_ids; /* set-id: the ids from now on (owned), or NULL */
};

typedef void exec_done_t (void *cookie, error_t err);
struct exec_operation;

struct exec_service
{
  /* Consumes REQUEST.  DONE is called once on the loop, perhaps before this
     returns.  ENOEXEC, EACCES, ENOENT (no interpreter), ENOMEM …
     *RET_OPERATION (unless NULL) is for `cancel', until DONE is called.  */
  void (*run) (struct environment *env, struct exec_request *request,
               exec_done_t *done, void *cookie,
               struct exec_operation **ret_operation);
  /* Have it fail with EINTR, if it is not too late: false.  */
  bool (*cancel) (struct exec_operation *operation);
};

/* ---- root ---- */

/* A node that another role serves (/dev/null, /servers/socket/1, …).  Of a
   device, those who open it for nothing (stat, chown) get the bare node.  */
struct service_node
{
  const char *path; /* absolute; missing directories are made */
  mode_t mode;      /* S_IFMT and permissions, as io_stat shows the bare node*/
  uint64_t rdev;
  /* A new object for an opener with IDS and FLAGS (O_*): one reference is
     given, root makes the right.  Permission was checked by root.  */
  error_t (*open) (void *role, int flags, const struct ids *ids,
                   struct object **ret_object);
  /* Or NULL and this: the request, a dir_lookup, is parked and answered when
     somebody else has; REST of the path remains.  MIG_NO_REPLY, or why not. */
  error_t (*open_later) (void *role, int flags, const char *rest,
                         const struct request *request);
  uid_t uid; /* whose it is then, inside */
  gid_t gid;
  /* Or the control port (lib/io/fsys.h; a send right, borrowed) of
     what answers at the node on a loop of its own …  */
  mach_port_t control;
  /* … or a retry for the client: FS_RETRY_MAGICAL name ("tty").  */
  const char *magic;
  /* Ask `open' even for those who only look, and for a magic directory that
     is named itself: it has something of its own to show.  */
  bool shows_itself;
  void *role;
};

/* NODE (a reference, given) is what was found, or ERR says why not.  */
typedef void root_found_t (void *cookie, error_t err, struct node *node);
typedef void root_fetched_t (void *cookie, error_t err);

struct root_service
{
  error_t (*attach) (struct environment *env,
                     const struct service_node *service);
  /* A handle on the root directory for IDS: one reference given.  */
  error_t (*open_root) (struct environment *env, const struct ids *ids,
                        struct object **ret_handle);
  /* Resolve PATH from the directory handle DIR (one of our own objects;
     MACH_PORT_NULL: the root), following symlinks inside, checking search
     permission for IDS.  *RET_NODE is referenced.  ENOTSUP: the way leads to
     a server that is not ours.  EINPROGRESS: it leads over the parent's files;
     `find' takes as long as that takes.  */
  error_t (*lookup) (struct environment *env, mach_port_t dir,
                     mach_port_t root, const char *path, const struct ids *ids,
                     struct node **ret_node);
  /* The same; FOUND is called once on the loop, possibly before `find'
     returns. IDS must last until then.  */
  void (*find) (struct environment *env, mach_port_t dir, mach_port_t root,
                const char *path, const struct ids *ids, root_found_t *found,
                void *cookie);
  /* The node behind a file handle of ours, else NULL; borrowed.  */
  struct node *(*node_of) (struct environment *env, mach_port_t handle);
  struct node *(*node_ref) (struct node *node);
  void (*node_drop) (struct node *node);
  /* Facts for exec: type, mode, owner, size.  `read' and `map' say EINPROGRESS
     of a file of the parent's that is not here yet: `fetch' the bytes, and ask
     again.  FETCHED is called once on the loop.  */
  error_t (*stat) (struct node *node, io_statbuf_t *ret_stat);
  error_t (*read) (struct node *node, off_t offset, void *to, size_t size,
                   size_t *ret_read);
  void (*fetch) (struct node *node, off_t offset, size_t size,
                 root_fetched_t *fetched, void *cookie);
  /* May IDS do WANT (O_READ | O_WRITE | O_EXEC) to NODE?  */
  error_t (*access) (struct node *node, const struct ids *ids, int want);
  /* A memory object with the content; a send right is given.  */
  error_t (*map) (struct node *node, vm_prot_t prot,
                  mach_port_t *ret_memory_object);
  /* A new file handle on NODE for IDS and FLAGS: one reference given.  */
  error_t (*open) (struct node *node, const struct ids *ids, int flags,
                   struct object **ret_handle);
};

#endif
