/* helper_static_view.c -- ask of a process of the outside what is not given

   Runs inside an environment that may send signals to process ARGV[1].
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <errno.h>
#include <hurd.h>
#include <hurd/msg.h>
#include <hurd/process.h>
#include <mach.h>
#include <mach/mig_errors.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/guest/claim.h"

#define FLOOD 1000

struct message
{
  mach_msg_header_t head;
  char body[256];
};

/* Send SIZE bytes of body with ID to PORT; the code of the answer.  */
static int
ask (mach_port_t port, mach_msg_id_t id, int complex, size_t size,
     struct message *message)
{
  mach_port_t reply = mach_reply_port ();
  mach_msg_return_t err;

  message->head.msgh_bits
      = MACH_MSGH_BITS (MACH_MSG_TYPE_COPY_SEND, MACH_MSG_TYPE_MAKE_SEND_ONCE)
        | (complex ? MACH_MSGH_BITS_COMPLEX : 0);
  message->head.msgh_remote_port = port;
  message->head.msgh_local_port = reply;
  message->head.msgh_id = id;
  message->head.msgh_size = sizeof message->head + size;
  err = mach_msg (
      &message->head, MACH_SEND_MSG | MACH_RCV_MSG | MACH_RCV_TIMEOUT,
      message->head.msgh_size, sizeof *message, reply, 5000, MACH_PORT_NULL);
  mach_port_mod_refs (mach_task_self (), reply, MACH_PORT_RIGHT_RECEIVE, -1);
  return err ? err : ((mig_reply_header_t *)message)->RetCode;
}

/* A body of whatever comes, but never a signal that arrives.  */
static int
wrong_bodies_refused (mach_port_t port)
{
  int wrong = 0;

  srandom (4711);
  for (int i = 0; i < 500; i++)
    {
      struct message message;
      size_t size = (size_t)(random () % 24) * 8;

      for (size_t b = 0; b < sizeof message.body; b++)
        message.body[b] = (char)random ();
      wrong += ask (port, 23000, 0, size, &message) != MIG_BAD_ARGUMENTS;
    }
  return !wrong;
}

static int
other_requests_refused (mach_port_t port)
{
  static const mach_msg_id_t ids[]
      = { 23001, 23012, 23022, 2009, 2012, 2021, 3200, 24019, 21014, 28000 };
  int wrong = 0;

  for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
    {
      struct message message = { .head = { 0 } };

      wrong += ask (port, ids[i], 0, 0, &message) != MIG_BAD_ID;
    }
  return !wrong;
}

static int
is_no_task (mach_port_t port)
{
  struct task_basic_info info;
  mach_msg_type_number_t count = TASK_BASIC_INFO_COUNT;
  vm_address_t address = 0;
  struct message message = { .head = { 0 } };

  return task_info (port, TASK_BASIC_INFO, (task_info_t)&info, &count)
         && vm_allocate (port, &address, vm_page_size, 1)
         && task_suspend (port)
         && ask (port, 2008, 0, 8, &message) == MIG_BAD_ARGUMENTS;
}

static int
nothing_else_of (pid_t pid)
{
  mach_port_t port;
  char *env = NULL;
  mach_msg_type_number_t size = 0;
  pid_t id;

  return proc_pid2proc (getproc (), pid, &port) == ESRCH
         && proc_getprocenv (getproc (), pid, &env, &size) == ESRCH
         && proc_setpgrp (getproc (), pid, 0)
         && proc_getsid (getproc (), pid, &id)
         && proc_getloginid (getproc (), pid, &id) && setpgid (0, pid) < 0
         && kill (-pid, 0) < 0;
}

/* Signals for somebody who never takes one, without waiting for answers: so
   many are refused at once.  */
static int
flood (pid_t deaf)
{
  mach_port_t port, reply = mach_reply_port ();
  struct message message;
  int refused = 0;

  if (proc_getmsgport (getproc (), deaf, &port))
    return -1;
  for (int i = 0; i < FLOOD; i++)
    {
      static const mach_msg_type_t integer
          = { .msgt_name = MACH_MSG_TYPE_INTEGER_32,
              .msgt_size = 32,
              .msgt_number = 1,
              .msgt_inline = 1 };
      struct
      {
        mach_msg_header_t head;
        mach_msg_type_t sig_type;
        long sig;
        mach_msg_type_t code_type;
        long code;
        mach_msg_type_t refport_type;
        mach_port_name_inlined_t refport;
      } post = { .sig_type = integer, .sig = SIGTERM, .code_type = integer };

      post.head.msgh_bits = MACH_MSGH_BITS_COMPLEX
                            | MACH_MSGH_BITS (MACH_MSG_TYPE_COPY_SEND,
                                              MACH_MSG_TYPE_MAKE_SEND_ONCE);
      post.head.msgh_remote_port = port;
      post.head.msgh_local_port = reply;
      post.head.msgh_id = 23000;
      post.head.msgh_size = sizeof post;
      post.refport_type
          = (mach_msg_type_t){ .msgt_name = MACH_MSG_TYPE_COPY_SEND,
                               .msgt_size = 8 * sizeof post.refport,
                               .msgt_number = 1,
                               .msgt_inline = 1 };
      mach_msg (&post.head, MACH_SEND_MSG, sizeof post, 0, MACH_PORT_NULL, 0,
                MACH_PORT_NULL);
      while (!mach_msg (&message.head, MACH_RCV_MSG | MACH_RCV_TIMEOUT, 0,
                        sizeof message, reply, 0, MACH_PORT_NULL))
        refused += ((mig_reply_header_t *)&message)->RetCode != 0;
    }
  while (!mach_msg (&message.head, MACH_RCV_MSG | MACH_RCV_TIMEOUT, 0,
                    sizeof message, reply, 1000, MACH_PORT_NULL))
    refused += ((mig_reply_header_t *)&message)->RetCode != 0;
  printf ("# %d of %d were refused\n", refused, FLOOD);
  return refused;
}

int
main (int argc, char **argv)
{
  pid_t pid = argc > 1 ? atoi (argv[1]) : 0;
  mach_port_t port = MACH_PORT_NULL, task = MACH_PORT_NULL;

  claim_say (!proc_getmsgport (getproc (), pid, &port),
             "view_gives_a_port_for_kill");
  claim_say (!proc_pid2task (getproc (), pid, &task) && is_no_task (task),
             "view_port_is_no_task");
  claim_say (wrong_bodies_refused (port), "view_port_refuses_wrong_bodies");
  claim_say (other_requests_refused (port),
             "view_port_refuses_other_requests");
  claim_say (nothing_else_of (pid), "view_gives_nothing_else");
  if (argc > 2)
    {
      int refused = flood (atoi (argv[2]));

      claim_say (refused >= FLOOD / 4 && refused < FLOOD,
                 "view_keeps_only_so_many_waiting");
    }
  claim_say (!kill (pid, 0), "view_process_is_still_there");
  claim_say (!setuid (1000) && kill (pid, 0) < 0 && errno == EPERM
                 && kill (pid, SIGKILL) < 0 && errno == EPERM,
             "view_obeys_only_the_starter_and_root");
  return claims_status ();
}
