/* halt.c -- end the environment in order
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "tools/guest/end.h"

int
main (void)
{
  return environment_end_by ("halt", RB_HALT);
}
