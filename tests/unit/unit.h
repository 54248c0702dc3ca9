/* unit.h -- tests on the host, one process each

   A file of tests has functions without arguments and one table of them.
   Each test runs in a process of its own, so that a crash, a sanitizer's
   verdict and a leak belong to the test that made them.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef UNIT_H
#define UNIT_H

#include <stddef.h>

struct unit_test
{
  const char *name; /* a claim, in words joined by _ */
  void (*run) (void);
};

#define UNIT_TEST(function)                                                   \
  {                                                                           \
#function, function                                                       \
  }

/* End the test if CONDITION does not hold.  */
#define CHECK(condition)                                                      \
  ((condition) ? (void)0 : unit_fail (__FILE__, __LINE__, #condition))

/* End the test if the texts differ, and show both.  */
#define CHECK_TEXT(got, wanted)                                               \
  unit_check_text (__FILE__, __LINE__, (got), (wanted))

_Noreturn void unit_fail (const char *file, int line, const char *condition);
void unit_check_text (const char *file, int line, const char *got,
                      const char *wanted);

/* Run RUN in a process of its own and print "ok NAME" or "not ok NAME".  */
void unit_run (const char *name, void (*run) (const void *), const void *what);
void unit_run_table (const struct unit_test *tests, size_t count);

/* The tests of one file.  */
struct unit_group
{
  struct unit_group *next;
  const char *name;
  void (*run) (void);
};

/* Keep GROUP (borrowed, for ever) for unit_run_groups.  */
void unit_announce (struct unit_group *group);

/* Run the group NAME, or all if NAME is null, in the order of the names.  */
void unit_run_groups (const char *name);

/* 0 if no test failed so far, and one was run.  */
int unit_status (void);

#endif /* UNIT_H */
