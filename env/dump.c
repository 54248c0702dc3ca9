/* dump.c -- hurdle-env --dump: ask a running environment about itself
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <mach.h>
#include <stdio.h>
#include <string.h>

#include "env/control.h"
#include "env/options.h"
#include "lib/client/client.h"
#include "lib/port/right.h"

#include "hurdle_U.h"

int
control_print_dump (const char *node)
{
  cleanup_send mach_port_t control = MACH_PORT_NULL;
  char room[2048];
  data_t text = room;
  mach_msg_type_number_t size = sizeof room;
  error_t err = client_open (node, O_READ, &control);

  if (!err)
    err = hurdle_dump (control, &text, &size);
  if (err)
    {
      const char *why = client_no_control (node, err);

      fprintf (stderr, "hurdle-env: --dump: %s: %s\n", node,
               why ? why : strerror (err));
      return STATUS_NO_CONTROL;
    }
  fwrite (text, 1, size, stdout);
  if (text != room)
    (void)vm_deallocate (mach_task_self (), (vm_address_t)text, size);
  return 0;
}
