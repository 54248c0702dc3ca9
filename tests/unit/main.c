/* main.c -- run every test that needs no Mach

   Prints one line per test, "ok NAME" or "not ok NAME", and exits with
   failure if one failed.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "tests/unit/tables.h"

int
main (void)
{
  unit_list ();
  unit_table ();
  unit_text ();
  unit_diag ();
  unit_ids ();
  unit_discipline ();
  unit_load ();
  unit_buffer ();
  return unit_status ();
}
