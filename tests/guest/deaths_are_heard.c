/* deaths_are_heard.c -- a task's end is heard, whoever was to answer it there

   The kernel tells one port of a task's end, and the servers have it told to
   the ledger.  A client that gives its own task for a reply port, to another
   thread of the servers, must not take that away.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <hurd.h>
#include <hurd/interrupt.h>
#include <mach.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/guest/claim.h"

#include "hurdle_U.h"

#define HURDLE_EVENTS 45008
#define REQUESTS 4
#define PATIENCE_MS 5000
#define STEP_MS 20

/* hurdle_events, to be answered at REPLY, of which a send right is given.  */
static bool
events_ask (mach_port_t control, loff_t since, mach_port_t reply)
{
  struct
  {
    mach_msg_header_t header;
    mach_msg_type_t type;
    loff_t since;
  } message = {
    .header = { .msgh_bits = MACH_MSGH_BITS (MACH_MSG_TYPE_COPY_SEND,
                                             MACH_MSG_TYPE_COPY_SEND),
                .msgh_size = sizeof message,
                .msgh_remote_port = control,
                .msgh_local_port = reply,
                .msgh_id = HURDLE_EVENTS },
    .type = { .msgt_name = MACH_MSG_TYPE_INTEGER_64,
              .msgt_size = 64,
              .msgt_number = 1,
              .msgt_inline = TRUE },
    .since = since,
  };

  return !mach_msg (&message.header, MACH_SEND_MSG, sizeof message, 0,
                    MACH_PORT_NULL, 0, MACH_PORT_NULL);
}

/* The number of the newest event; there is one, for somebody has died.  */
static bool
events_last (mach_port_t control, loff_t *last)
{
  char room[4096];
  data_t listing = room;
  mach_msg_type_number_t size = sizeof room;
  int lost;

  return !hurdle_events (control, 0, last, &lost, &listing, &size);
}

static pid_t
somebody_who_dies (void (*before) (mach_port_t control), int status)
{
  mach_port_t control = file_name_lookup ("/servers/hurdle", O_READ, 0);
  pid_t pid = fork ();

  if (pid == 0)
    {
      if (before)
        before (control);
      _exit (status);
    }
  (void)mach_port_deallocate (mach_task_self (), control);
  return pid;
}

static bool
is_heard (pid_t pid, int want)
{
  int status = -1;

  for (int ms = 0; ms < PATIENCE_MS; ms += STEP_MS)
    {
      if (waitpid (pid, &status, WNOHANG) == pid)
        {
          REQUIRE (WIFEXITED (status) && WEXITSTATUS (status) == want);
          return true;
        }
      usleep (STEP_MS * 1000);
    }
  return claim_failed (__FILE__, __LINE__, "nobody heard of its end");
}

static void
asks_at_its_task (mach_port_t control)
{
  loff_t last;

  if (!events_last (control, &last))
    _exit (90);
  for (int i = 0; i < REQUESTS; i++)
    if (!events_ask (control, last, mach_task_self ()))
      _exit (91);
  /* One that is answered behind them, so that they have been served.  */
  if (!events_last (control, &last))
    _exit (92);
}

static void
asks_and_takes_it_back (mach_port_t control)
{
  asks_at_its_task (control);
  (void)interrupt_operation (control, 0);
  (void)mach_port_deallocate (mach_task_self (), control);
  usleep (100000);
}

static bool
who_asks_at_his_task_is_heard_to_die (void)
{
  REQUIRE (is_heard (somebody_who_dies (NULL, 3), 3)); /* an event */
  return is_heard (somebody_who_dies (asks_at_its_task, 4), 4);
}

static bool
who_asked_at_his_task_is_heard_to_die (void)
{
  return is_heard (somebody_who_dies (asks_and_takes_it_back, 5), 5);
}

static const struct claim claims[] = {
  CLAIM (who_asks_at_his_task_is_heard_to_die),
  CLAIM (who_asked_at_his_task_is_heard_to_die),
};

CLAIMS_MAIN (claims)
