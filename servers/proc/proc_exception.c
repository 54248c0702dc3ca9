/* proc_exception.c -- faults of a program's own signal thread

   The library cannot handle those itself, so it gives us the receive right
   that the kernel reports them to, where to pass the report on, and a state in
   which the thread will pick it up there.  Anybody may have a right to the
   port, so a report is believed only if its thread is one of the process's,
   which a worker finds out.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <mach.h>
#include <mach/exception.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "lib/port/right.h"
#include "servers/proc/proc.h"

#include "process_S.h"

#define EXCEPTION_RAISE 2400
#define STATE_MAX 256 /* ints; the longest state of a thread is shorter */
#define PORTS_MAX 4   /* of one process */

struct exception_port
{
  struct object object;    /* first */
  struct process *process; /* NULL: its program is gone */
  struct list link;        /* in process->exceptions */
  mach_port_t forward;     /* send right */
  int flavor;
  mach_msg_type_number_t state_count;
  natural_t state[STATE_MAX];
};

struct report
{
  mach_msg_header_t header;
  mach_msg_type_t thread_type;
  mach_port_name_inlined_t thread;
  mach_msg_type_t task_type;
  mach_port_name_inlined_t task;
  mach_msg_type_t exception_type;
  integer_t exception, exception_pad;
  mach_msg_type_t code_type;
  integer_t code, code_pad;
  mach_msg_type_t subcode_type;
  rpc_long_integer_t subcode;
};

/* A report on its way; a worker has it.  */
struct faulting
{
  struct job job;
  struct exception_port *port; /* reference */
  struct report report;        /* its rights are ours */
  error_t err;
};

/* ---- on a worker ---- */

static bool
thread_is_in (mach_port_t thread, mach_port_t task)
{
  thread_array_t threads;
  mach_msg_type_number_t count;
  bool found = false;

  if (task_threads (task, &threads, &count))
    return false;
  for (size_t i = 0; i < count; i++)
    {
      thread_t one = threads[i];

      found = found || one == thread;
      send_drop (&one);
    }
  (void)vm_deallocate (mach_task_self (), (vm_address_t)threads,
                       count * sizeof threads[0]);
  return found;
}

/* The reply right goes along: whoever handles it answers the kernel.  */
static error_t
report_forward (struct faulting *faulting)
{
  struct report message = faulting->report;
  mach_msg_type_name_t reply_type
      = MACH_MSGH_BITS_REMOTE (message.header.msgh_bits);
  error_t err;

  message.header.msgh_bits
      = MACH_MSGH_BITS (MACH_MSG_TYPE_COPY_SEND, reply_type)
        | MACH_MSGH_BITS_COMPLEX;
  message.header.msgh_local_port = faulting->report.header.msgh_remote_port;
  message.header.msgh_remote_port = faulting->port->forward;
  message.thread_type.msgt_name = MACH_MSG_TYPE_COPY_SEND;
  message.task_type.msgt_name = MACH_MSG_TYPE_COPY_SEND;
  err = mach_msg (&message.header, MACH_SEND_MSG | MACH_SEND_TIMEOUT,
                  sizeof message, 0, MACH_PORT_NULL, 0, MACH_PORT_NULL);
  if (!err)
    faulting->report.header.msgh_remote_port = MACH_PORT_NULL;
  if (err == MACH_SEND_TIMED_OUT)
    {
      /* It has come back with rights of its own, and the reply right.  */
      faulting->report.header.msgh_remote_port = MACH_PORT_NULL;
      mach_msg_destroy (&message.header);
    }
  return err;
}

static void
faulting_run (struct job *job)
{
  struct faulting *faulting = list_entry (job, struct faulting, job);
  const struct exception_port *port = faulting->port;
  mach_port_t thread = faulting->report.thread.name;

  if (!thread_is_in (thread, faulting->report.task.name))
    {
      faulting->err = EPERM;
      return;
    }
  faulting->err = report_forward (faulting);
  if (!faulting->err)
    faulting->err = thread_set_state (
        thread, port->flavor, (thread_state_t)port->state, port->state_count);
}

/* ---- on the loop ---- */

static int
exception_signal (int exception)
{
  static const int signals[] = {
    [EXC_BAD_ACCESS] = SIGSEGV, [EXC_BAD_INSTRUCTION] = SIGILL,
    [EXC_ARITHMETIC] = SIGFPE,  [EXC_EMULATION] = SIGEMT,
    [EXC_SOFTWARE] = SIGEMT,    [EXC_BREAKPOINT] = SIGTRAP,
  };
  const int count = sizeof signals / sizeof signals[0];

  return exception > 0 && exception < count ? signals[exception] : SIGKILL;
}

/* The thread did not even pick up the last one: it will never handle any.  */
static void
process_crash (struct process *process, const struct report *report)
{
  process->marked_exit = true;
  process->status = W_EXITCODE (0, exception_signal (report->exception));
  process->sigcode = report->code;
  if (process->member)
    member_end (process->member);
}

static void
report_drop (struct report *report)
{
  send_drop (&report->header.msgh_remote_port);
  send_drop (&report->thread.name);
  send_drop (&report->task.name);
}

static void
faulting_done (struct job *job)
{
  struct faulting *faulting = list_entry (job, struct faulting, job);
  struct process *process = faulting->port->process;

  if (faulting->err && faulting->err != EPERM && process)
    process_crash (process, &faulting->report);
  report_drop (&faulting->report);
  object_drop (&faulting->port->object);
  free (faulting);
}

static bool
type_is (mach_msg_type_t type, unsigned int name)
{
  return type.msgt_name == name && type.msgt_number == 1 && type.msgt_inline;
}

/* All of it: a right in the place of a number would be ours for ever.  */
static bool
report_is_sound (const mach_msg_header_t *in)
{
  const struct report *report = (const struct report *)in;

  return in->msgh_id == EXCEPTION_RAISE && in->msgh_size == sizeof *report
         && (in->msgh_bits & MACH_MSGH_BITS_COMPLEX)
         && type_is (report->thread_type, MACH_MSG_TYPE_PORT_SEND)
         && type_is (report->task_type, MACH_MSG_TYPE_PORT_SEND)
         && type_is (report->exception_type, MACH_MSG_TYPE_INTEGER_32)
         && type_is (report->code_type, MACH_MSG_TYPE_INTEGER_32)
         && type_is (report->subcode_type, MACH_MSG_TYPE_INTEGER_64);
}

static bool
exception_take (struct object *object, mach_msg_header_t *in)
{
  struct exception_port *port = (struct exception_port *)object;
  const struct report *report = (const struct report *)in;
  struct faulting *faulting;

  if (!report_is_sound (in) || !port->process
      || report->task.name != process_task (port->process))
    return false;
  faulting = calloc (1, sizeof *faulting);
  if (!faulting)
    return false;
  object_ref (object);
  faulting->port = port;
  faulting->report = *report;
  faulting->job.run = faulting_run;
  faulting->job.done = faulting_done;
  workers_submit (object_environment (object)->workers, object->loop,
                  &faulting->job);
  return true;
}

static void
exception_free (struct object *object)
{
  struct exception_port *port = (struct exception_port *)object;

  send_drop (&port->forward);
  free (port);
}

static const struct interface *const exception_interfaces[] = { NULL };

static const struct object_class exception_class = {
  .name = "exceptions",
  .interfaces = exception_interfaces,
  .raw = exception_take,
  .free = exception_free,
};

void
process_drop_exceptions (struct process *process)
{
  struct list *node;

  while ((node = list_pop (&process->exceptions)))
    {
      struct exception_port *port
          = list_entry (node, struct exception_port, link);

      port->process = NULL;
      object_destroy (&port->object, EINTR);
      object_drop (&port->object);
    }
}

static size_t
process_count_exceptions (const struct process *process)
{
  size_t count = 0;

  list_for_each (node, following, &process->exceptions) count++;
  return count;
}

/* The library asserts that this succeeds.  */
kern_return_t
S_proc_handle_exceptions (struct object *object, mach_port_t reply,
                          mach_msg_type_name_t reply_type, mach_port_t receive,
                          mach_port_t forward, int flavor,
                          const thread_state_t state,
                          mach_msg_type_number_t state_count)
{
  struct process *process = process_of_object (object);
  struct exception_port *port;
  error_t err;

  (void)reply, (void)reply_type;
  if (!process)
    return EOPNOTSUPP;
  if (state_count > STATE_MAX || !MACH_PORT_VALID (receive)
      || process_count_exceptions (process) >= PORTS_MAX)
    return EINVAL;
  port = calloc (1, sizeof *port);
  if (!port)
    return ENOMEM;
  err = object_init_on (&port->object, &exception_class,
                        &process->proc->generation, process->proc->env->loop,
                        receive);
  if (err)
    {
      free (port);
      return err;
    }
  port->process = process;
  port->forward = forward;
  port->flavor = flavor;
  port->state_count = state_count;
  memcpy (port->state, state, state_count * sizeof port->state[0]);
  list_insert_tail (&process->exceptions, &port->link);
  return 0;
}
