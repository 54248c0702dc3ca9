/* helper_dosync.c -- ask to be told before the end, and say when told

   For tests/typing: it needs an environment that ends.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <hurd.h>
#include <hurd/paths.h>
#include <hurd/startup.h>
#include <mach.h>
#include <mach/mig_errors.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#define STARTUP_DOSYNC 29500

static void
say_terminated (int signo)
{
  static const char text[] = "terminated\n";

  (void)signo;
  (void)write (1, text, sizeof text - 1);
  _exit (0);
}

int
main (void)
{
  mach_port_t startup = file_name_lookup (_SERVERS_STARTUP, 0, 0);
  mach_port_t port = mach_reply_port ();
  char name[1024] = "helper";
  mig_reply_header_t message;

  signal (SIGTERM, say_terminated);
  if (startup_request_notification (startup, port, MACH_MSG_TYPE_MAKE_SEND,
                                    name))
    return 1;
  puts ("registered");
  fflush (stdout);
  if (mach_msg (&message.Head, MACH_RCV_MSG, 0, sizeof message, port, 0,
                MACH_PORT_NULL)
      || message.Head.msgh_id != STARTUP_DOSYNC)
    return 2;
  puts ("told");
  fflush (stdout);

  message.Head.msgh_bits
      = MACH_MSGH_BITS (MACH_MSGH_BITS_REMOTE (message.Head.msgh_bits), 0);
  message.Head.msgh_size = sizeof message;
  message.Head.msgh_local_port = MACH_PORT_NULL;
  message.Head.msgh_id += 100;
  message.RetCodeType
      = (mach_msg_type_t){ .msgt_name = MACH_MSG_TYPE_INTEGER_32,
                           .msgt_size = 32,
                           .msgt_number = 1,
                           .msgt_inline = 1 };
  message.RetCode = 0;
  if (mach_msg (&message.Head, MACH_SEND_MSG, sizeof message, 0,
                MACH_PORT_NULL, 0, MACH_PORT_NULL))
    return 3;
  for (;;)
    pause ();
}
