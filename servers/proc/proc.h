/* proc.h -- processes: the inside of role proc, source own

   A process is what programs see of a member of the ledger: a pid, a parent,
   a place in a group and a session, somebody's ids.  It outlives its task as
   a zombie until its parent has asked, and may go on in another task (exec).

   Everything here is on the environment's loop.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_PROC_H
#define HURDLE_PROC_H

#include <hurd/hurd_types.h>
#include <sys/resource.h>

#include "lib/base/ids.h"
#include "lib/base/table.h"
#include "lib/role/environment.h"
#include "lib/env/ledger.h"
#include "lib/port/park.h"

#define PID_INIT 1

struct exception_port;
struct proc_port;
struct process;

/* Text and ids that a family shares; NULL stands for none.  */
struct shared_text
{
  unsigned int refs;
  char text[];
};

struct identity
{
  unsigned int refs;
  struct ids ids;
};

/* The id port of a session: its name is all it is good for.  */
struct session
{
  pid_t id;
  struct object *port; /* reference; NULL until somebody asks */
  struct list groups;  /* struct group.link */
};

struct group
{
  pid_t id;
  struct session *session;
  struct list link;
  struct list members;  /* struct process.group_link, zombies too */
  unsigned int anchors; /* live members whose parent is in another group of
                           the session; 0: the group is orphaned */
};

/* What a parent has not yet been told.  */
enum process_event
{
  EVENT_NONE,
  EVENT_STOPPED,
  EVENT_CONTINUED,
  EVENT_EXITED
};

struct process
{
  struct proc *proc;
  unsigned int refs; /* one while it is in the tables */
  struct list link;  /* in proc->all */
  pid_t pid;
  struct member *member;  /* NULL once dead */
  struct proc_port *port; /* reference; NULL once dead */

  struct process *parent; /* NULL: nobody waits for it */
  struct list children;   /* struct process.sibling */
  struct list sibling;
  struct group *group;
  struct list group_link;
  bool anchor; /* counted in group->anchors */

  struct identity *identity; /* reference */
  struct shared_text *login, *exe;
  vm_address_t argv, envp, start_code, end_code, entry;

  mach_port_t msgport;  /* send right, or null */
  bool msgport_awaited; /* it died with the old program; a new one comes */
  struct list msgport_waits; /* struct msgport_wait.link: who asks for it */
  struct list owed;          /* struct owed.link: what its queue had no room
                                for, or what waits for the new msgport */
  unsigned int owed_count;
  struct list owing;      /* in proc->owing */
  struct list holds;      /* struct hold.link: execs that replace it */
  struct list exceptions; /* struct exception_port.link */

  enum process_event event;
  int status, sigcode; /* of the event */
  struct rusage rusage, children_rusage;
  struct list waits; /* struct wait.link: its own waits for its children */
  struct list exit_watches;

  bool asked_ids; /* its library has ids that may become wrong */
  bool signalled; /* we have sent this program a signal, or others may have */
  bool claimed;   /* proc_child was called for it */
  bool executed;  /* has run a new program since it was claimed */
  bool stopped;
  bool traced;
  bool marked_exit; /* STATUS is what it said itself */
  bool dead;        /* the task is gone */
  bool important;
  bool login_leader;
  bool stop_silently; /* no SIGCHLD when a child stops */
};

/* What clients have of a process.  A reauthentication makes a new one, which
   becomes the process's when the client says `complete' on it.  */
struct proc_port
{
  struct object object;    /* first */
  struct process *process; /* NULL: of no use any more, or not yet */
  /* While it is not yet: */
  struct process *future;    /* reference */
  struct identity *identity; /* reference; NULL until auth has answered */
  mach_port_t task;          /* send right: goes on there; or null */
};

struct version
{
  struct list link;
  char name[64], release[64], version[64];
};

/* The role.  */
struct proc
{
  struct environment *env; /* borrowed */
  struct generation generation;
  bool alone;          /* a fake: no child ever runs */
  struct table pids;   /* pid -> struct process */
  struct table groups; /* pgrp -> struct group */
  struct table sessions;
  struct list all;
  struct process *init; /* NULL until it is adopted and once it is dead */
  pid_t next_pid;
  struct identity *nobody;
  struct list owing;
  struct timer owed_retry;
  struct list versions;
  unsigned int versions_count;
  mach_port_t *exec_ports; /* send rights */
  int *exec_ints;
  size_t exec_ports_count, exec_ints_count;
  bool exec_data_set;
  struct list view;        /* struct view_process.link: of the parent */
  mach_port_t view_parent; /* borrowed: the parent's proc */
  uid_t view_owner;        /* who may send signals out, beside root */
};

error_t proc_own_create (struct environment *env);
/* One process, and no other that runs.  */
error_t proc_fake_create (struct environment *env);
/* Fill env->proc and env->proc_state.  */
error_t proc_start (struct environment *env);
extern const struct proc_service proc_own_service;

/* ---- proc_process.c: making and ending ---- */

/* A process for MEMBER, which has none.  PID 0: the next free one.  */
error_t process_create (struct proc *proc, struct member *member, pid_t pid,
                        struct process **ret_process);
struct process *process_ref (struct process *process);
void process_drop (struct process *process);
/* It was never anybody's: forget it without a word.  */
void process_discard (struct process *process);
/* The zombie was waited for, or nobody will.  */
void process_reap (struct process *process);
void process_died (struct process *process);
void process_set_parent (struct process *process, struct process *parent);
/* CHILD becomes PARENT's.  EBUSY: it is somebody's.  */
error_t process_claim (struct process *parent, struct process *child);
/* Call DONE when PROCESS has ended, at once if it has.  */
void process_on_exit (struct process *process,
                      void (*done) (void *cookie, int status), void *cookie);
void proc_member_born (void *proc, struct member *member);
void proc_member_died (void *proc, struct member *member);
/* The process in TASK (borrowed, any name); made at first sight.  */
struct process *process_of_task (struct proc *proc, mach_port_t task);
struct process *process_of_pid (struct proc *proc, pid_t pid);
mach_port_t process_task (const struct process *process); /* borrowed */

/* ---- proc_port.c ---- */

extern const struct object_class proc_port_class;
error_t proc_port_create (struct proc *proc, struct proc_port **ret_port);
/* Both consume the reference.  `cut' makes it a dead name for all who have it;
   `forget' keeps the receive right for the next process, which is cheaper and
   good enough when the only one who mattered is dead.  */
void proc_port_cut (struct proc_port *port);
void proc_port_forget (struct proc_port *port);
/* The process that the request was sent to, or NULL.  */
struct process *process_of_object (struct object *object);
/* The process PID that the one behind OBJECT asks about: ESRCH.  */
error_t process_asked (struct object *object, pid_t pid,
                       struct process **ret_process);
/* The nearest ancestor, itself included, that leads a login collection.  */
pid_t process_login_leader (const struct process *process);

/* ---- proc_share.c ---- */

struct shared_text *shared_text_create (const char *text, size_t max);
struct shared_text *shared_text_ref (struct shared_text *text);
void shared_text_drop (struct shared_text *text);
struct identity *identity_create (const struct ids *ids); /* NULL: nobody */
struct identity *identity_ref (struct identity *identity);
void identity_drop (struct identity *identity);
/* May CALLER do to TARGET what needs its authority?  */
bool process_may_control (const struct process *caller,
                          const struct process *target);

/* ---- proc_group.c ---- */

error_t process_new_session (struct process *process);
error_t process_join_new_group (struct process *process, pid_t id);
void process_join_group (struct process *process, struct group *group);
void process_leave_group (struct process *process);
/* Its parent, its parent's group or its life has changed.  */
void process_update_anchor (struct process *process);
bool group_is_orphaned (const struct group *group);
struct group *group_of_id (const struct proc *proc, pid_t id);
struct session *session_of_id (const struct proc *proc, pid_t id);
void session_release (struct proc *proc, struct session *session);

/* ---- proc_signal.c ---- */

/* Tell its library about new ids, as soon as there is room.  */
void process_send_ids (struct process *process);
/* REFPORT (borrowed) is what the receiver takes for the permission.  */
void process_signal (struct process *process, int signo, int code,
                     mach_port_t refport);
void process_set_msgport (struct process *process, mach_port_t msgport);
/* The program is another now: its msgport and exception ports are dead.  */
void process_forget_program (struct process *process);
void process_owed_clear (struct process *process);
/* Send what is owed, unless somebody holds it.  */
void process_pay (struct process *process);
void proc_owed_retry (struct timer *timer);
void process_check_msgport (struct process *process);
/* It will never have a message port again, or has one now.  */
void process_answer_msgport_waits (struct process *process);

/* ---- proc_hold.c ---- */

/* As `hold' and `release' of the service.  */
error_t process_hold (struct process *process, held_t *done, void *cookie,
                      struct hold **ret_hold);
void process_release (struct hold *hold);
/* Whoever asked for the other holds is no more: ESRCH.  */
void process_end_holds (struct process *process);

/* ---- proc_wait.c ---- */

/* An event for its parent, with SIGCHLD of CODE unless 0.  */
void process_tell_parent (struct process *process, enum process_event event,
                          int code);
void process_wake_waits (struct process *parent);
void process_sample_rusage (struct process *process);
void rusage_add (struct rusage *sum, const struct rusage *more);

/* ---- proc_exception.c ---- */

void process_drop_exceptions (struct process *process);

/* ---- proc_auth.c ---- */

/* PROCESS goes on in TASK (send right, consumed on success).  */
error_t process_reassign (struct process *process, mach_port_t task,
                          struct identity *identity);

/* ---- proc_errand.c: what only a worker may do ---- */

struct errand
{
  struct job job;
  struct parked parked;
  bool answered;    /* cancelled: nobody waits for it any more */
  mach_port_t task; /* send right */
  error_t err;
  void (*answer) (struct errand *errand); /* on the loop, if not cancelled */
  void (*finish) (struct errand *errand); /* release what is behind; or NULL */
};

/* ERRAND (zeroed but for RUN, ANSWER and FINISH; malloc'ed) works on TASK
   (borrowed) for whoever asked OBJECT.  Consumes REPLY; it frees itself.  */
kern_return_t errand_start (struct errand *errand, struct object *object,
                            mach_port_t task, mach_port_t reply,
                            mach_msg_type_name_t reply_type,
                            void (*run) (struct job *job));

/* ---- proc_list.c: arrays of pids ---- */

struct pid_list
{
  pid_t *pids;
  size_t count, room;
  bool failed;
};
void pid_list_add (struct pid_list *list, pid_t pid);
/* Into MIG's buffer for it, or out of line.  LIST is empty afterwards.  */
error_t pid_list_answer (struct pid_list *list, pidarray_t *pids,
                         mach_msg_type_number_t *count);

/* ---- proc_view.c: chosen processes of the parent ---- */

/* Show PID, a process of PARENT (the starter's proc port, borrowed for ever)
   that came to be at BORN and is called NAME, and let it be sent signals if
   MODES has O_WRITE, as STARTER's.  */
error_t view_add (struct environment *env, mach_port_t parent, uid_t starter,
                  pid_t pid, const char *name, const rpc_time_value_t *born,
                  int modes);
void view_list (const struct proc *proc, struct pid_list *list);
/* ESRCH: it is none of them.  MIG_NO_REPLY: the answer comes later.  */
error_t view_getprocinfo (struct object *object, struct proc *proc,
                          mach_port_t reply, mach_msg_type_name_t reply_type,
                          pid_t pid, int flags);
error_t view_getprocargs (struct object *object, struct proc *proc,
                          mach_port_t reply, mach_msg_type_name_t reply_type,
                          pid_t pid);
/* What CALLER sends signals to PID through; borrowed.  EPERM, ESRCH.  */
error_t view_port (const struct process *caller, pid_t pid,
                   mach_port_t *ret_port);

/* ---- proc_fake.c ---- */

/* OBJECT's process has made CHILD: end it, and then answer the proc_child.
   Consumes REPLY.  */
kern_return_t process_end_child (struct process *child, struct object *object,
                                 mach_port_t reply,
                                 mach_msg_type_name_t reply_type);

extern const struct interface process_interface;

#endif
