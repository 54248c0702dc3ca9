/* main.c -- run every test that needs no Mach, or those of one file

   Prints one line per test, "ok NAME" or "not ok NAME", and exits with
   failure if one failed.  `unit unit_text' runs those of one table.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "tests/unit/unit.h"

int
main (int argc, char **argv)
{
  unit_run_groups (argc > 1 ? argv[1] : NULL);
  return unit_status ();
}
