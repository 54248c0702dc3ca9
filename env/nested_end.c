/* nested_end.c -- in order, then by force, and then exit

   A signal handler may not touch anything of ours, so it posts a message to a
   port of the loop, on a thread that does nothing but take signals.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "env/nested_end.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "env/control.h"
#include "env/options.h"
#include "lib/env/ledger.h"
#include "lib/port/right.h"
#include "servers/terminal/outer.h"

#define SIGNAL_BASE 1000 /* message ids: plus the signal's number */
#define SIGNALS_MAX 64
#define SECOND_NS UINT64_C (1000000000)
#define PATIENCE_NS UINT64_C (3000000000)

static const int ending_signals[] = { SIGINT, SIGTERM, SIGHUP };
/* Stopping the ledger would stop the parent's (and what stops the tasks
   inside is theirs to decide); nobody reads our pipes.  */
static const int ignored_signals[] = { SIGTSTP, SIGTTIN, SIGTTOU, SIGPIPE };
/* What they mean is a matter of the starter's terminal, if we have it.  */
static const int job_signals[] = { SIGTSTP, SIGCONT, SIGWINCH };

/* There is one nested environment in a process, and signals come to the
   process.  */
static struct
{
  struct environment *env;
  struct generation generation;
  struct object signals; /* where the handler sends to */
  mach_port_t right;     /* send right to it */
  struct timer patience;
  int signo; /* that we end by; 0: none yet */
  int status;
  size_t left;   /* tasks that the kernel could not end */
  char *line;    /* to be said at the end, or NULL */
  bool ending;   /* by force */
  bool stranger; /* is the parent's proc */
} end;

/* ---- the end ---- */

static int
status_for_shell (int status)
{
  if (end.signo)
    return STATUS_SIGNAL + end.signo;
  return WIFSIGNALED (status) ? STATUS_SIGNAL + WTERMSIG (status)
                              : WEXITSTATUS (status);
}

void
nested_end_under_stranger (void)
{
  end.stranger = true;
}

/* The Hurd's proc has no status of who made a task namespace, for anybody to
   wait for, unless a task of it is left for proc to end.  */
void
nested_end_leave (void)
{
  mach_port_t task;

  control_leave_outside ();
  if (end.stranger)
    (void)task_create (mach_task_self (), FALSE, &task);
}

void
nested_end_say (struct text *line)
{
  end.line = text_steal (line);
}

/* Nothing is served any more, so we may wait for the parent again.  */
static void
all_over (void *cookie)
{
  char line[96];
  int size;

  (void)cookie;
  if (end.line)
    (void)!write (STDERR_FILENO, end.line, strlen (end.line));
  if (end.left)
    {
      size = snprintf (line, sizeof line,
                       "hurdle-env: %zu task%s could not be ended by the "
                       "kernel\n",
                       end.left, end.left == 1 ? "" : "s");
      (void)!write (STDERR_FILENO, line, (size_t)size);
    }
  nested_end_leave ();
  _exit (status_for_shell (end.status));
}

static void
all_ended (void *cookie, size_t left)
{
  (void)cookie;
  end.left = left;
  if (end.env->outer)
    outer_finish (end.env->outer, all_over, NULL);
  else
    all_over (NULL);
}

void
nested_end (struct environment *env, int status)
{
  if (end.ending)
    return;
  end.ending = true;
  end.status = status;
  timer_stop (&end.patience);
  ledger_end_all (env->ledger, all_ended, NULL);
}

/* ---- signals ---- */

static void
member_signal (struct member *member, void *cookie)
{
  struct environment *env = cookie;

  /* Everyone trusts a signal that comes with his own task.  */
  if (member->process && env->proc)
    (void)env->proc->signal (env, env->proc->pid (member->process), end.signo,
                             member->task);
}

static void
patience_over (struct timer *timer)
{
  (void)timer;
  nested_end (end.env, W_EXITCODE (0, end.signo));
}

/* All of it gets SIGNO and has PATIENCE_NS.  */
static void
end_in_order (int signo, uint64_t patience_ns)
{
  end.signo = signo;
  if (!patience_ns || !end.env->proc)
    {
      patience_over (&end.patience);
      return;
    }
  if (end.env->outer)
    freezer_thaw (&end.env->outer->freezer);
  control_thaw (end.env);
  ledger_each (end.env->ledger, member_signal, end.env);
  timer_start (end.env->loop, &end.patience, clock_now_ns () + patience_ns);
}

static void
signal_received (int signo)
{
  end_in_order (signo, end.signo ? 0 : PATIENCE_NS);
}

void
nested_stop (struct environment *env, unsigned int seconds)
{
  (void)env;
  if (!end.ending)
    end_in_order (seconds ? SIGTERM : SIGKILL, seconds * SECOND_NS);
}

static bool
signal_is_about_jobs (int signo)
{
  for (size_t i = 0; i < sizeof job_signals / sizeof *job_signals; i++)
    if (job_signals[i] == signo)
      return true;
  return false;
}

/* Nobody but the handler has a right to the port.  */
static bool
signals_take (struct object *object, mach_msg_header_t *message)
{
  int signo = message->msgh_id - SIGNAL_BASE;

  (void)object;
  if (signo <= 0 || signo >= SIGNALS_MAX)
    return false;
  message->msgh_local_port = MACH_PORT_NULL;
  mach_msg_destroy (message);
  if (end.ending)
    return true;
  if (signal_is_about_jobs (signo))
    outer_signal (end.env->outer, signo);
  else
    signal_received (signo);
  return true;
}

static void
signals_free (struct object *object)
{
  (void)object; /* lives as long as the process */
}

static const struct interface *const no_interfaces[] = { NULL };

static const struct object_class signals_class = {
  .name = "signals",
  .interfaces = no_interfaces,
  .raw = signals_take,
  .free = signals_free,
};

static void
signal_post (int signo)
{
  mach_msg_header_t message = {
    .msgh_bits = MACH_MSGH_BITS (MACH_MSG_TYPE_COPY_SEND, 0),
    .msgh_size = sizeof message,
    .msgh_remote_port = end.right,
    .msgh_id = SIGNAL_BASE + signo,
  };

  (void)mach_msg (&message, MACH_SEND_MSG | MACH_SEND_TIMEOUT, sizeof message,
                  0, MACH_PORT_NULL, 0, MACH_PORT_NULL);
}

static void
signals_set (sigset_t *set)
{
  sigemptyset (set);
  for (size_t i = 0; i < sizeof ending_signals / sizeof *ending_signals; i++)
    sigaddset (set, ending_signals[i]);
  for (size_t i = 0; i < sizeof job_signals / sizeof *job_signals; i++)
    sigaddset (set, job_signals[i]);
}

/* Takes signals and does nothing else: whatever a handler interrupts here is
   nothing.  */
static void *
signal_thread (void *cookie)
{
  mach_port_t never = MACH_PORT_NULL;
  mach_msg_header_t message;
  sigset_t set;

  (void)cookie;
  signals_set (&set);
  (void)mach_port_allocate (mach_task_self (), MACH_PORT_RIGHT_RECEIVE,
                            &never);
  pthread_sigmask (SIG_UNBLOCK, &set, NULL);
  for (;;)
    (void)mach_msg (&message, MACH_RCV_MSG, 0, sizeof message, never, 0,
                    MACH_PORT_NULL);
  return NULL;
}

void
nested_end_block (void)
{
  sigset_t set;

  signals_set (&set);
  pthread_sigmask (SIG_BLOCK, &set, NULL);
}

/* The command is of our own job outside: ^C is for it, and when it ends we do;
   ^Z stops us with it, and no ledger of the parent's waits for ours.  Who
   reads in the background is stopped with its job, but we read nothing.  */
static void
signals_leave_to_job (void)
{
  static const int others[] = { SIGINT, SIGQUIT, SIGPIPE, SIGTTIN, SIGTTOU };

  for (size_t i = 0; i < sizeof others / sizeof *others; i++)
    signal (others[i], SIG_IGN);
}

static error_t
signals_start (void)
{
  struct sigaction action = { .sa_handler = signal_post };
  pthread_t thread;
  error_t err;

  if (end.env->processes_outside)
    signals_leave_to_job ();
  else
    for (size_t i = 0; i < sizeof ignored_signals / sizeof *ignored_signals;
         i++)
      signal (ignored_signals[i], SIG_IGN);
  for (size_t i = 0; i < sizeof ending_signals / sizeof *ending_signals; i++)
    if (!end.env->processes_outside || ending_signals[i] != SIGINT)
      (void)sigaction (ending_signals[i], &action, NULL);
  for (size_t i = 0;
       end.env->outer && i < sizeof job_signals / sizeof *job_signals; i++)
    (void)sigaction (job_signals[i], &action, NULL);
  err = pthread_create (&thread, NULL, signal_thread, NULL);
  if (!err)
    pthread_detach (thread);
  return err;
}

error_t
nested_end_prepare (struct environment *env)
{
  error_t err;

  end.env = env;
  generation_init (&end.generation, "signals", env);
  end.patience.run = patience_over;
  list_init (&end.patience.link);
  err = object_init (&end.signals, &signals_class, &end.generation, env->loop);
  if (err)
    return err;
  end.right = object_send_right (&end.signals);
  return signals_start ();
}
