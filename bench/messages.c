/* messages.c -- how many messages the servers have seen

   hurdle-env counts what its loops receive and send; --dump's text says so.
   The control loop, which answers us, is left out.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <mach.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/bench.h"
#include "lib/client/client.h"

#include "hurdle_U.h"

/* The sum of all lines of TEXT that are about a loop.  */
static uint64_t
messages_sum (const char *text)
{
  unsigned long long in, fast, apart;
  uint64_t sum = 0;
  char name[32];

  for (; text; text = strchr (text, '\n'))
    {
      text += *text == '\n';
      if (sscanf (text,
                  "loop %31[^:]: %llu requests, %llu replies in the same "
                  "trap, %llu apart",
                  name, &in, &fast, &apart)
              == 4
          && strcmp (name, "control"))
        sum += in + fast + apart;
    }
  return sum;
}

uint64_t
messages_seen (void)
{
  static mach_port_t control;
  char room[8192];
  data_t text = room;
  mach_msg_type_number_t size = sizeof room - 1;
  uint64_t sum = 0;

  if (!control)
    (void)client_open ("/servers/hurdle", O_READ, &control);
  if (!control || hurdle_dump (control, &text, &size))
    return 0;
  if (text == room)
    {
      text[size] = '\0';
      sum = messages_sum (text);
    }
  else
    {
      char *copy = strndup (text, size);

      (void)vm_deallocate (mach_task_self (), (vm_address_t)text, size);
      sum = copy ? messages_sum (copy) : 0;
      free (copy);
    }
  return sum;
}
