/* reboot.c -- end the environment in order, to start it again
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "tools/guest/end.h"

int
main (void)
{
  return environment_end_by ("reboot", RB_AUTOBOOT);
}
