/* helper_master.c -- is there a device master for us?
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <device/device.h>
#include <hurd.h>
#include <stdio.h>
#include <string.h>

int
main (void)
{
  mach_port_t master, device;
  error_t err = get_privileged_ports (NULL, &master);

  if (!err)
    err = device_open (master, D_READ, "time", &device);
  puts (err ? strerror (err) : "opened");
  return 0;
}
