/* main.c -- hurdle-env: make one environment from a manifest and serve it
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <malloc.h>

#include "env/control.h"
#include "env/maker.h"
#include "env/nested_environment.h"
#include "env/options.h"
#include "env/root_environment.h"

int
main (int argc, char **argv)
{
  struct options options;

  /* An arena for each thread would be pages for each, and all but one of our
     threads rarely ask for memory.  */
  (void)mallopt (M_ARENA_MAX, 1);
  options_parse (argc, argv, &options);
  if (options.dump)
    return control_print_dump (options.control ? options.control
                                               : "/servers/hurdle");
  if (options.maker)
    return maker_run (options.maker);
  if (options.bare)
    return root_environment_run (&options);
  return nested_environment_run (&options);
}
