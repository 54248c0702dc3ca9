/* answers_unsent.c -- an answer that nobody takes costs the servers nothing

   What an answer lends is part of a server's heap; it must be there still when
   the answer could not be sent.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <hurd.h>
#include <mach.h>
#include <mach/mach_traps.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/guest/claim.h"

#include "hurdle_U.h"

#define HURDLE_LIST 45002
#define ROUNDS 400
#define ASKED_MAX 16
#define CHILDREN 60
#define IN_LINE_MAX 2048 /* bytes, of data_t */

/* hurdle_list of WHAT, to be answered at REPLY.  */
static bool
list_ask (mach_port_t control, const char *what, mach_port_t reply)
{
  struct
  {
    mach_msg_header_t header;
    mach_msg_type_t type;
    string_t what;
  } message = {
    .header = { .msgh_bits = MACH_MSGH_BITS (MACH_MSG_TYPE_COPY_SEND,
                                             MACH_MSG_TYPE_MAKE_SEND_ONCE),
                .msgh_size = sizeof message,
                .msgh_remote_port = control,
                .msgh_local_port = reply,
                .msgh_id = HURDLE_LIST },
    .type = { .msgt_name = MACH_MSG_TYPE_STRING_C,
              .msgt_size = 8,
              .msgt_number = sizeof message.what,
              .msgt_inline = TRUE },
  };

  strcpy (message.what, what);
  return !mach_msg (&message.header, MACH_SEND_MSG, sizeof message, 0,
                    MACH_PORT_NULL, 0, MACH_PORT_NULL);
}

/* Ask more than the queue has room for, and be gone when some of it has been
   received and not yet answered.  */
static bool
ask_and_be_gone (mach_port_t control, int asked, int yields)
{
  mach_port_t reply;

  REQUIRE (!mach_port_allocate (mach_task_self (), MACH_PORT_RIGHT_RECEIVE,
                                &reply));
  for (int i = 0; i < asked; i++)
    REQUIRE (list_ask (control, "processes", reply));
  while (yields--)
    (void)swtch_pri (0);
  return !mach_port_mod_refs (mach_task_self (), reply,
                              MACH_PORT_RIGHT_RECEIVE, -1);
}

/* A row each, in the listing of processes.  */
static bool
children_make (pid_t *children)
{
  for (int i = 0; i < CHILDREN; i++)
    {
      children[i] = fork ();
      if (children[i] == 0)
        for (;;)
          pause ();
      REQUIRE (children[i] > 0);
    }
  return true;
}

static void
children_end (const pid_t *children)
{
  for (int i = 0; i < CHILDREN; i++)
    if (children[i] > 0)
      {
        (void)kill (children[i], SIGKILL);
        (void)waitpid (children[i], NULL, 0);
      }
}

static bool
listings_are_forgotten (mach_port_t control)
{
  mach_msg_type_number_t size = 0;

  for (int i = 0; i < ROUNDS; i++)
    {
      data_t listing = NULL;

      REQUIRE (
          ask_and_be_gone (control, 1 + i % ASKED_MAX, i / ASKED_MAX % 4));
      if (i % 8)
        continue;
      REQUIRE (!hurdle_list (control, "processes", &listing, &size));
      REQUIRE (size > IN_LINE_MAX);
      (void)vm_deallocate (mach_task_self (), (vm_address_t)listing, size);
    }
  return true;
}

static bool
a_long_listing_that_nobody_takes_is_harmless (void)
{
  mach_port_t control = file_name_lookup ("/servers/hurdle", O_READ, 0);
  pid_t children[CHILDREN] = { 0 };
  bool holds;

  REQUIRE (control);
  holds = children_make (children) && listings_are_forgotten (control);
  children_end (children);
  return holds;
}

static const struct claim claims[] = {
  CLAIM (a_long_listing_that_nobody_takes_is_harmless),
};

CLAIMS_MAIN (claims)
