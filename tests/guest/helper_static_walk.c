/* helper_static_walk.c -- law 2, beside a test of environments

   helper_static_walk TEST: until SIGTERM look at the names of all tasks inside
   the environments that TEST makes, and say whether all are as they should be.
   Each environment is looked at when something runs in it, and from then on
   again and again until it ends.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "tests/guest/claim.h"
#include "tests/guest/walk/walk.h"

#define LOOK_US 100000
#define LOOK_SOON_US 30000
#define SECOND_NS INT64_C (1000000000)
#define PAUSE 20 /* so many times as long as a walk took, and a second */

static volatile sig_atomic_t told;

static void
on_told (int signal)
{
  (void)signal;
  told = 1;
}

static int64_t
now_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_REALTIME, &now);
  return now.tv_sec * SECOND_NS + now.tv_nsec;
}

static void
say_foreign (const struct walk_result *result)
{
  for (size_t i = 0; i < result->foreign_count; i++)
    printf ("# process %d inside names %u, which is not theirs\n",
            result->foreign[i].pid, result->foreign[i].name);
}

/* Walk until told; what was seen in all.  */
static void
watch (struct walk_result *total, size_t *ret_walks)
{
  int64_t next = 0;

  while (!told)
    {
      struct walk_result result;
      int64_t began = now_ns ();
      bool soon, new = walk_has_fresh (&soon);

      if (new || (*ret_walks && began > next))
        {
          walk_make (new, &result);
          next = now_ns () + SECOND_NS + PAUSE * (now_ns () - began);
          *ret_walks += result.makers > 0;
          total->makers += result.makers;
          total->inside += result.inside;
          total->rights += result.rights;
          total->makers_rights += result.makers_rights;
          total->foreign_count += result.foreign_count;
          say_foreign (&result);
        }
      usleep (soon ? LOOK_SOON_US : LOOK_US);
    }
}

int
main (int argc, char **argv)
{
  struct walk_result total = { 0 };
  size_t walks = 0;
  bool holds;

  if (argc != 2)
    return 2;
  signal (SIGTERM, on_told);
  if (!walk_begin ())
    {
      claim_say (false, "%s_names_only_what_is_inside cannot look", argv[1]);
      return claims_status ();
    }
  watch (&total, &walks);
  printf (
      "# %zu walks: %zu environments, %zu tasks inside, %zu rights, %zu of "
      "them to whoever made it\n",
      walks, total.makers, total.inside, total.rights, total.makers_rights);
  /* Who sees no right to the makers sees nothing.  */
  holds = !total.foreign_count && total.makers_rights > 0;
  claim_say (holds, "%s_names_only_what_is_inside", argv[1]);
  return claims_status ();
}
