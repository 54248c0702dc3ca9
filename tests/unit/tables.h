/* tables.h -- what a file of tests starts with

   A file that ends with UNIT_TABLE is run; there is no list of them to edit.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef UNIT_TABLES_H
#define UNIT_TABLES_H

#include <stddef.h>

#include "tests/unit/unit.h"

/* A file of tests ends with it: the tests of the array TABLE, together called
   NAME.  */
#define UNIT_TABLE(name, table)                                               \
  static void name (void)                                                     \
  {                                                                           \
    unit_run_table (table, sizeof table / sizeof table[0]);                   \
  }                                                                           \
  UNIT_GROUP (name)

/* Or with this one, where tests are made from data.  */
#define UNIT_GROUP(name)                                                      \
  __attribute__ ((constructor)) static void name##_announce (void)            \
  {                                                                           \
    static struct unit_group group = { NULL, #name, name };                   \
    unit_announce (&group);                                                   \
  }

#endif /* UNIT_TABLES_H */
