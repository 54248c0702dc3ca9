/* proc_hostile.c -- the process interface under messages made to break it

   Children send; the parent sees that proc still works, that all children can
   be ended, and that nothing of them is left.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <hurd.h>
#include <hurd/process.h>
#include <mach.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/guest/claim.h"

#define FIRST 23998
#define LAST 24070
#define CHILDREN 12
#define MESSAGES 1500

static uint32_t seed;

static uint32_t
any (uint32_t below)
{
  seed = seed * 1664525 + 1013904223;
  return (seed >> 8) % below;
}

/* ---- port names of the servers, by their own count ---- */

static long
dump_number (const char *what)
{
  FILE *dump = popen ("/bin/hurdle-env --dump", "r");
  char line[256];
  long number = -1;

  while (dump && fgets (line, sizeof line, dump))
    if (!strncmp (line, what, strlen (what)))
      number = atol (line + strlen (what));
  if (dump)
    pclose (dump);
  return number;
}

/* ---- messages ---- */

struct message
{
  mach_msg_header_t header;
  uint64_t body[256];
};

static mach_port_t
any_port (void)
{
  mach_port_t port = MACH_PORT_NULL;

  switch (any (8))
    {
    case 0:
      return MACH_PORT_NULL;
    case 1:
      return MACH_PORT_DEAD;
    case 2:
      return mach_task_self ();
    case 3:
      return getproc ();
    case 4:
      return getcrdir ();
    case 5:
      return mach_host_self ();
    default:
      mach_port_allocate (mach_task_self (), MACH_PORT_RIGHT_RECEIVE, &port);
      mach_port_insert_right (mach_task_self (), port, port,
                              MACH_MSG_TYPE_MAKE_SEND);
      return port;
    }
}

/* One item at BODY; returns how many words it takes.  */
static size_t
any_item (uint64_t *body)
{
  static const unsigned char names[]
      = { MACH_MSG_TYPE_INTEGER_32, MACH_MSG_TYPE_INTEGER_64,
          MACH_MSG_TYPE_CHAR,       MACH_MSG_TYPE_COPY_SEND,
          MACH_MSG_TYPE_MAKE_SEND,  MACH_MSG_TYPE_MAKE_SEND_ONCE,
          MACH_MSG_TYPE_COPY_SEND,  MACH_MSG_TYPE_MAKE_SEND,
          MACH_MSG_TYPE_STRING_C,   MACH_MSG_TYPE_PORT_NAME };
  mach_msg_type_t *type = (mach_msg_type_t *)body;
  unsigned int name = names[any (sizeof names)];
  bool right = MACH_MSG_TYPE_PORT_ANY (name);
  size_t words = 1;

  memset (type, 0, sizeof *type);
  type->msgt_name = name;
  type->msgt_size = right || name == MACH_MSG_TYPE_INTEGER_64 ? 64
                    : name == MACH_MSG_TYPE_CHAR              ? 8
                                                              : 32;
  type->msgt_inline = any (8) != 0;
  type->msgt_longform = any (4) == 0;
  type->msgt_deallocate = any (16) == 0;
  type->msgt_number = any (4) ? 1 : any (9);
  if (!type->msgt_inline)
    {
      body[1] = any (2) ? (uint64_t)(uintptr_t)body : any (1 << 30);
      return 2;
    }
  for (size_t i = 0; i < type->msgt_number * type->msgt_size; i += 64)
    body[words++] = right ? any_port () : any (3) ? any (64) : seed;
  return words;
}

static void
any_message (mach_port_t to)
{
  struct message message;
  mach_port_t reply = mach_reply_port ();
  size_t words = 0, items = any (6);

  memset (&message, 0, sizeof message);
  for (size_t i = 0; i < items && words < 200; i++)
    words += any_item (message.body + words);
  message.header.msgh_bits
      = MACH_MSGH_BITS (MACH_MSG_TYPE_COPY_SEND, MACH_MSG_TYPE_MAKE_SEND_ONCE)
        | (any (4) ? MACH_MSGH_BITS_COMPLEX : 0);
  message.header.msgh_size
      = sizeof message.header + 8 * (any (20) ? words : any (250));
  message.header.msgh_remote_port = to;
  message.header.msgh_local_port = reply;
  message.header.msgh_id = FIRST + any (LAST - FIRST);
  (void)mach_msg (&message.header,
                  MACH_SEND_MSG | MACH_RCV_MSG | MACH_SEND_TIMEOUT
                      | MACH_RCV_TIMEOUT,
                  message.header.msgh_size, sizeof message, reply,
                  any (10) ? 5 : 0, MACH_PORT_NULL);
  mach_port_mod_refs (mach_task_self (), reply, MACH_PORT_RIGHT_RECEIVE, -1);
}

/* ---- well-formed requests with bad arguments ---- */

static void
bad_pids (mach_port_t proc)
{
  static const pid_t pids[] = { 0, -1, 1, INT32_MAX, INT32_MIN, 30000, 2 };
  pid_t pid = pids[any (7)], one;
  mach_port_t port;
  mach_msg_type_number_t count = 0;
  int status, sigcode;
  struct rusage usage;

  proc_getsid (proc, pid, &one);
  proc_getpgrp (proc, pid, &one);
  proc_setpgrp (proc, pid, pids[any (7)]);
  proc_pid2task (proc, pid, &port);
  proc_pid2proc (proc, pid, &port);
  proc_getloginid (proc, pid, &one);
  proc_getnports (proc, pid, &count);
  proc_wait (proc, pid, 1 | any (64), &status, &sigcode, &usage, &one);
}

static void
bad_ports (mach_port_t proc)
{
  natural_t state[64] = { 0 };
  mach_port_t port = any_port (), old;

  proc_reauthenticate (proc, port, MACH_MSG_TYPE_COPY_SEND);
  proc_reauthenticate_reassign (proc, port, MACH_MSG_TYPE_COPY_SEND,
                                any_port ());
  proc_reauthenticate_complete (proc);
  proc_child (proc, any_port ());
  proc_task2proc (proc, any_port (), &old);
  proc_handle_exceptions (proc, any_port (), any_port (),
                          MACH_MSG_TYPE_COPY_SEND, any (10), state, any (65));
  proc_execdata_notify (proc, any_port (), MACH_MSG_TYPE_COPY_SEND);
  if (any (4) == 0)
    proc_setmsgport (proc, any_port (), &old);
  if (any (8) == 0)
    proc_make_task_namespace (proc, any_port (), MACH_MSG_TYPE_COPY_SEND);
}

static void
child_body (uint32_t number)
{
  mach_port_t proc = getproc ();

  seed = number * 7919 + 1;
  alarm (0);
  for (int i = 0; i < MESSAGES; i++)
    {
      if (any (20) == 0)
        bad_pids (proc);
      if (any (20) == 0)
        bad_ports (proc);
      any_message (proc);
    }
  task_terminate (mach_task_self ());
}

/* ---- claims ---- */

static bool
proc_works (void)
{
  int status;
  pid_t pid = fork ();

  if (pid == 0)
    _exit (setsid () == getpid () ? 6 : 7);
  REQUIRE (pid > 0);
  REQUIRE (waitpid (pid, &status, 0) == pid);
  REQUIRE (WIFEXITED (status) && WEXITSTATUS (status) == 6);
  return true;
}

/* It may be stopped, deaf or somebody else's by now: only its task counts.  */
static bool
child_ends (pid_t pid, mach_port_t task)
{
  for (int i = 0; i < 1500; i++)
    {
      mach_port_type_t type;

      if (mach_port_type (mach_task_self (), task, &type)
          || (type & MACH_PORT_TYPE_DEAD_NAME))
        {
          mach_port_deallocate (mach_task_self (), task);
          (void)waitpid (pid, NULL, WNOHANG);
          return true;
        }
      if (i == 1000)
        task_terminate (task);
      usleep (10000);
    }
  return claim_failed (__FILE__, __LINE__, "a hostile child stays");
}

static bool
random_messages_do_no_harm (void)
{
  for (uint32_t i = 0; i < CHILDREN; i++)
    {
      mach_port_t task;
      pid_t pid = fork ();

      if (pid == 0)
        {
          setpgid (0, 0);
          child_body (i);
        }
      REQUIRE (pid > 0);
      task = pid2task (pid);
      if (MACH_PORT_VALID (task) && !child_ends (pid, task))
        return false;
      if (!proc_works ())
        return false;
    }
  return true;
}

static bool
nothing_is_left (void)
{
  long names, tasks;

  names = dump_number ("port names:");
  tasks = dump_number ("tasks:");
  REQUIRE (names > 0 && tasks > 0);
  if (!random_messages_do_no_harm ())
    return false;
  for (int i = 0; i < 50 && dump_number ("tasks:") > tasks; i++)
    usleep (20000);
  REQUIRE (dump_number ("tasks:") == tasks);
  errno = dump_number ("port names:") - names;
  REQUIRE (dump_number ("port names:") <= names + 2);
  return true;
}

int
main (void)
{
  static const struct claim claims[] = {
    CLAIM (random_messages_do_no_harm),
    CLAIM (nothing_is_left),
    CLAIM (proc_works),
  };

  signal (SIGCHLD, SIG_DFL);
  return claims_check (claims, sizeof claims / sizeof claims[0]);
}
