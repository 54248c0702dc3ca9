/* static_exec.c -- a static program, run by exec_claims and by itself
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "tests/guest/exec_target.h"

int
main (int argc, char **argv)
{
  if (target_wanted (argc, argv))
    return target_main (argc, argv);
  puts ("ok static_program_runs");
  return 0;
}
