/* maker.c -- who asked for which environment, and how it ended

   The maker waits for nobody but its parent's servers (fork, wait), as any
   program does.  A client's rights and memory go to the copy, which alone
   touches them.

   An environment belongs to the open of the node that it was made through.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "env/maker.h"

#include <errno.h>
#include <fcntl.h>
#include <hurd.h>
#include <hurd/process.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "env/options.h"
#include "lib/port/park.h"
#include "lib/port/right.h"
#include "lib/port/worker.h"

#include "maker_S.h"
#include "maker_reply_U.h"

#define MADE_MAX 1024 /* environments at once, those not waited for too */
#define WORKERS_MAX 4

/* An open of the node.  */
struct opening
{
  struct object object; /* first */
  bool may_make;
  struct list made; /* struct made.link */
};

/* An environment.  */
struct made
{
  struct list link;        /* in opening->made */
  struct opening *opening; /* borrowed; NULL: nobody wants it any more */
  pid_t pid;
  mach_port_t task; /* send right, or null */
  struct death_watch death;
  struct job reaping; /* if there is no task to watch */
  bool over;          /* STATUS is there */
  int status;
  struct parked parked; /* maker_wait, if WAITED */
  bool waited;
};

/* There is one in a process.  */
static struct
{
  struct generation generation;
  struct loop *loop;
  struct workers *workers;
  size_t made;
  pid_t pid;
} maker;

/* ---- ending one ---- */

static void
made_free (struct made *made)
{
  list_remove (&made->link);
  death_watch_stop (&made->death);
  send_drop (&made->task);
  maker.made--;
  free (made);
}

static void
made_answer (struct made *made)
{
  mach_msg_type_name_t type = made->parked.reply_type;

  (void)maker_wait_reply (parked_take_reply (&made->parked), type, 0,
                          made->status);
  made_free (made);
}

struct ending
{
  struct job job;
  mach_port_t task; /* send right */
};

/* It may be in a fault that is never served, in memory of its client.  */
static void
ending_run (struct job *job)
{
  struct ending *ending = list_entry (job, struct ending, job);

  (void)task_terminate (ending->task);
  send_drop (&ending->task);
  free (ending);
}

/* The parent's ledger ends what is inside.  */
static void
made_end (struct made *made)
{
  struct ending *ending = calloc (1, sizeof *ending);

  if (!ending)
    {
      (void)task_terminate (made->task);
      return;
    }
  ending->task = send_copy (made->task);
  ending->job.run = ending_run;
  workers_submit (maker.workers, maker.loop, &ending->job);
}

/* ---- the end of one ---- */

static void
made_reap (struct job *job)
{
  struct made *made = list_entry (job, struct made, reaping);

  while (waitpid (made->pid, &made->status, 0) < 0 && errno == EINTR)
    ;
}

static void
made_over (struct job *job)
{
  struct made *made = list_entry (job, struct made, reaping);

  made->over = true;
  if (made->waited)
    made_answer (made);
  else if (!made->opening)
    made_free (made);
}

static error_t
made_watch (struct made *made)
{
  cleanup_send mach_port_t proc = getproc ();
  error_t err = proc_pid2task (proc, made->pid, &made->task);

  if (!err && !MACH_PORT_VALID (made->task))
    err = ESRCH;
  if (!err)
    err = death_watch_start (maker.loop, &made->death, made->task);
  if (err)
    send_drop (&made->task);
  return err;
}

/* The parent has the status of who has no task any more.  A command that
   became somebody else (set-id) is out of our sight until it ends.  */
static void
made_follow (struct made *made)
{
  error_t err = made_watch (made);

  if (!err)
    return;
  if (err == ESRCH)
    {
      made_reap (&made->reaping);
      made_over (&made->reaping);
      return;
    }
  made->reaping.run = made_reap;
  made->reaping.done = made_over;
  workers_submit (maker.workers, maker.loop, &made->reaping);
}

/* Where all is the parent's it has made way for its command, which may have a
   task of its own.  */
static void
made_died (struct death_watch *watch)
{
  struct made *made = list_entry (watch, struct made, death);

  send_drop (&made->task);
  if (!made->opening && !made_watch (made))
    made_end (made);
  else
    made_follow (made);
}

/* Nobody wants it any more.  */
static void
made_abandon (struct made *made)
{
  made->opening = NULL;
  list_remove (&made->link);
  if (made->over)
    made_free (made);
  else if (MACH_PORT_VALID (made->task))
    made_end (made);
}

/* ---- making one ---- */

static error_t
made_create (struct opening *opening, const struct order *order,
             pid_t *ret_pid)
{
  struct made *made = calloc (1, sizeof *made);

  if (!made)
    return ENOMEM;
  made->pid = fork ();
  if (!made->pid)
    maker_child (order);
  if (made->pid < 0)
    {
      free (made);
      return errno;
    }
  made->death.run = made_died;
  made->opening = opening;
  list_insert_tail (&opening->made, &made->link);
  maker.made++;
  *ret_pid = made->pid;
  made_follow (made);
  return 0;
}

kern_return_t
S_maker_make (object_t object, mach_port_t reply,
              mach_msg_type_name_t reply_type, mach_port_t input,
              mach_port_t output, mach_port_t errors, mach_port_t directory,
              mach_port_t root, const_data_t arguments,
              mach_msg_type_number_t arguments_size, const_data_t environment,
              mach_msg_type_number_t environment_size, int flags, pid_t *pid)
{
  struct opening *opening = (struct opening *)object;
  struct order order = { .descriptors = { input, output, errors },
                         .directory = directory,
                         .root = root,
                         .arguments = arguments,
                         .arguments_size = arguments_size,
                         .environment = environment,
                         .environment_size = environment_size,
                         .background = flags & MAKER_BACKGROUND,
                         .maker = maker.pid };
  error_t err = opening->may_make ? 0 : EBADF;

  (void)reply, (void)reply_type;
  if (!err && maker.made >= MADE_MAX)
    err = EAGAIN;
  if (!err)
    err = made_create (opening, &order, pid);
  if (err)
    return err;
  for (int i = 0; i < MAKER_DESCRIPTORS; i++)
    send_drop (&order.descriptors[i]);
  send_drop (&directory);
  send_drop (&root);
  return 0;
}

/* ---- waiting for one ---- */

static struct made *
made_find (const struct opening *opening, pid_t pid)
{
  list_for_each (node, following, &opening->made)
  {
    struct made *made = list_entry (node, struct made, link);

    if (made->pid == pid)
      return made;
  }
  return NULL;
}

static void
wait_cancel (struct parked *parked, error_t why)
{
  list_entry (parked, struct made, parked)->waited = false;
  parked_fail (parked, why);
}

kern_return_t
S_maker_wait (object_t object, mach_port_t reply,
              mach_msg_type_name_t reply_type, pid_t pid, int *status)
{
  struct opening *opening = (struct opening *)object;
  struct made *made = made_find (opening, pid);

  if (!opening->may_make)
    return EBADF;
  if (!made)
    return ECHILD;
  if (made->waited)
    return EBUSY;
  if (made->over)
    {
      *status = made->status;
      made_free (made);
      return 0;
    }
  made->waited = true;
  parked_start (&made->parked, object, reply, reply_type, wait_cancel);
  return MIG_NO_REPLY;
}

/* ---- openings ---- */

static void
opening_no_senders (struct object *object)
{
  struct opening *opening = (struct opening *)object;

  list_for_each (node, following, &opening->made)
      made_abandon (list_entry (node, struct made, link));
}

static void
opening_free (struct object *object)
{
  free (object);
}

static const struct interface maker_interface
    = { "maker", 45700, 2, maker_server_routine };
static const struct interface *const interfaces[] = { &maker_interface, NULL };

static const struct object_class opening_class = {
  .name = "maker",
  .interfaces = interfaces,
  .raw = maker_node_stat,
  .no_senders = opening_no_senders,
  .free = opening_free,
};

static struct object *
opening_create (int flags)
{
  struct opening *opening = calloc (1, sizeof *opening);

  if (!opening)
    return NULL;
  opening->may_make = flags & O_WRITE;
  list_init (&opening->made);
  if (!object_init (&opening->object, &opening_class, &maker.generation,
                    maker.loop))
    return &opening->object;
  free (opening);
  return NULL;
}

/* ---- the maker itself ---- */

/* Not in a copy, which is no maker yet that it has the handler.  */
static void
leave (int signo)
{
  if (getpid () != maker.pid)
    return;
  maker_node_uncover ();
  _exit (STATUS_SIGNAL + signo);
}

static void
signals_set (void)
{
  static const int ending[] = { SIGINT, SIGTERM, SIGHUP };

  signal (SIGPIPE, SIG_IGN);
  for (size_t i = 0; i < sizeof ending / sizeof *ending; i++)
    signal (ending[i], leave);
}

/* Copies replace them.  */
static void
descriptors_open (void)
{
  int fd;

  do
    fd = open ("/dev/null", O_RDWR);
  while (fd >= 0 && fd < MAKER_DESCRIPTORS);
  if (fd >= 0)
    close (fd);
}

int
maker_run (const char *node)
{
  static struct maker_door door
      = { .open = opening_create, .generation = &maker.generation };
  struct text problem = TEXT_INIT;
  error_t err;

  maker.pid = getpid ();
  generation_init (&maker.generation, "maker", NULL);
  maker.loop = door.loop = loop_create ("maker");
  maker.workers = workers_create (WORKERS_MAX);
  descriptors_open ();
  err = maker.loop && maker.workers ? maker_node_cover (&door, node, &problem)
                                    : ENOMEM;
  if (err)
    {
      fprintf (stderr, "hurdle-env: --maker %s: %s\n",
               problem.length ? text_string (&problem) : node, strerror (err));
      return STATUS_NOT_MADE;
    }
  signals_set ();
  loop_run (maker.loop);
  return STATUS_NOT_MADE;
}
