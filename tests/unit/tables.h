/* tables.h -- every table of tests, and what a file of tests starts with
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef UNIT_TABLES_H
#define UNIT_TABLES_H

#include <stddef.h>

#include "tests/unit/unit.h"

/* A file of tests ends with it.  */
#define UNIT_TABLE(name, table)                                               \
  void name (void)                                                            \
  {                                                                           \
    unit_run_table (table, sizeof table / sizeof table[0]);                   \
  }

void unit_list (void);
void unit_table (void);
void unit_text (void);
void unit_diag (void);
void unit_ids (void);
void unit_discipline (void);
void unit_load (void);
void unit_buffer (void);

#endif /* UNIT_TABLES_H */
