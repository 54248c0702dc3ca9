/* exec.h -- the inside of the role exec

   One operation per request.  It is prepared on the loop (exec_prepare.c,
   exec_ports.c), carried out by a worker, which alone touches the client's
   task (exec_replace.c), and completed on the loop (exec_own.c).  What the
   new program is told waits in a startup object (exec_startup.c).
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_EXEC_EXEC_H
#define HURDLE_EXEC_EXEC_H

#include "lib/role/environment.h"
#include "lib/env/exec_request.h"
#include "lib/env/load_task.h"

/* Arguments wait in our memory until the new program asks for them, which is
   up to it.  Big ones have a budget, so that who hoards them gets ENOMEM;
   ordinary ones are not worth counting, so that nobody else does.  */
#define EXEC_BUDGET (128 << 20)
#define EXEC_UNCOUNTED (64 << 10)

struct exec
{
  struct environment *environment; /* borrowed */
  struct generation generation;
  bool begun; /* a fake: the first program was run */
};

/* A file to be loaded.  */
struct exec_file
{
  struct node *node; /* reference, or NULL */
  uint64_t size;
  struct load_image image;
  struct load_source source;
};

/* What the parent has to be asked for before an operation can go on: the
   ASKER, where a PATH leads, or bytes of NODE.  */
struct exec_wanted
{
  bool asker;
  char *path;                  /* owned */
  mach_port_t directory, root; /* borrowed, as `find' wants them */
  struct node *node;           /* reference */
  uint64_t offset;
  size_t size;
};

/* Where a path has been found to lead.  */
struct exec_found
{
  struct list link; /* in operation->found */
  char *path;
  struct node *node; /* reference */
};

struct exec_operation
{
  struct job job; /* first: the worker knows us by it */
  struct exec *exec;
  struct environment *env;
  struct exec_request *request; /* owned */
  exec_done_t *done;
  void *cookie;

  struct ids ids; /* whose authority finds and reads files */
  bool ids_known;
  struct exec_wanted wanted;
  struct list found;
  unsigned int waits; /* for the parent, so far */
  bool cancelled;     /* before it was committed */
  bool committed;     /* the old program is lost */
  struct exec_file program;
  struct exec_file interpreter; /* node NULL: none */
  struct startup *startup;      /* reference */

  void (*again) (struct exec_operation *operation);
  void (*end) (struct exec_operation *operation, error_t err);

  struct hold *hold;         /* of the process's signals, or NULL */
  uint32_t pending;          /* what the new program is sent, a mask */
  bool fresh;                /* a new task, not request->task */
  mach_port_t task;          /* send right: where the program goes */
  mach_port_t startup_right; /* send right to STARTUP */
  thread_t thread;           /* send right, not yet running */
  vm_address_t stack_base;
  error_t err; /* of the worker */
};

/* What exec_startup_get_info tells, once.  */
struct startup
{
  struct object object;
  vm_address_t entry, headers, stack_base;
  vm_size_t headers_size, stack_size;
  int flags;
  char *argv, *envp; /* owned */
  size_t argv_size, envp_size;
  mach_port_t *fds; /* owned, send rights or null */
  size_t fds_count;
  mach_port_t ports[INIT_PORT_MAX]; /* send rights or null */
  int ints[INIT_INT_MAX];
  bool dynamic;   /* an interpreter receives it */
  size_t charged; /* bytes of the generation's budget */
  bool told;
};

/* exec_startup.c: an empty one, with one reference.  */
error_t startup_create (struct exec *exec, struct startup **ret_startup);
/* Take everything out of REQUEST that the program will be told.  ENOMEM: it
   is too much now, and nothing is taken.  */
error_t startup_take (struct startup *startup, struct exec_request *request);

/* exec_wait.c: find and read, or say EINPROGRESS and know what is wanted.  */
error_t exec_find (struct exec_operation *operation, mach_port_t directory,
                   mach_port_t root, const char *path, struct node **ret_node);
error_t exec_read (struct exec_operation *operation, struct node *node,
                   uint64_t offset, void *to, size_t size, size_t *ret_read);
error_t exec_map (struct exec_operation *operation, struct node *node,
                  mach_port_t *ret_object);
error_t exec_want_ids (struct exec_operation *operation);
/* Get what is wanted, then call AGAIN, or END with an error.  */
void exec_wait (struct exec_operation *operation,
                void (*again) (struct exec_operation *operation),
                void (*end) (struct exec_operation *operation, error_t err));
void exec_wait_finish (struct exec_operation *operation);

/* exec_prepare.c: find and check the files.  EINPROGRESS: again, after
   exec_wait.  */
error_t exec_prepare_files (struct exec_operation *operation);
void exec_file_finish (struct environment *env, struct exec_file *file);

/* exec_ports.c: whose ids, and the ports that the program gets.  */
error_t exec_prepare_ids (struct exec_operation *operation);
error_t exec_prepare_ports (struct exec_operation *operation);

/* exec_replace.c: the job.  Sets operation->err.  */
void exec_replace (struct job *job);

/* exec_own.c  */
void exec_run (struct environment *env, struct exec_request *request,
               exec_done_t *done, void *cookie,
               struct exec_operation **ret_operation);
bool exec_cancel (struct exec_operation *operation);

/* exec_rpc.c: /servers/exec.  */
error_t exec_attach (struct exec *exec);

/* Make the role with source `own': fills env->exec and env->exec_state.
   Needs env->root; attaches /servers/exec there.  */
error_t exec_own_create (struct environment *env);
/* The first program is run, and no other: EPERM.  */
error_t exec_fake_create (struct environment *env);
/* The same without a name: EOPNOTSUPP.  */
error_t exec_absent_create (struct environment *env);
/* Fill env->exec and env->exec_state; NAMED: attach /servers/exec.  */
error_t exec_start (struct environment *env,
                    const struct exec_service *service, bool named);

#endif
