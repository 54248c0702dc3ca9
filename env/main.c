/* main.c -- hurdle-env: make one environment from a manifest and serve it
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "env/control.h"
#include "env/maker.h"
#include "env/nested_environment.h"
#include "env/options.h"
#include "env/root_environment.h"

int
main (int argc, char **argv)
{
  struct options options;

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
