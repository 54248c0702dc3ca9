/* nested_given.c -- what the starter gives without being asked

   Terminal, descriptors and working directory, each a grant.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "env/nested_private.h"

#include <fcntl.h>
#include <hurd.h>
#include <hurd/fd.h>
#include <string.h>
#include <unistd.h>

#include "env/working_directory.h"
#include "lib/port/right.h"
#include "servers/terminal/outer.h"

/* ---- its terminal ---- */

/* While we are still a program like any other: the guardian is a child of
   ours, in the parent's environment.  */
error_t
start_terminal (struct start *start)
{
  struct environment *env = start->env;
  error_t err;

  if (env->manifest->roles[ROLE_TERMINAL].source != SOURCE_PROXY
      || start->options->background)
    return 0;
  err = outer_find (env, &env->outer);
  if (!err && env->outer)
    err = outer_guard (env->outer);
  say (start, "terminal: %s",
       env->outer ? "the starter's, with a guardian outside that sets it back"
                  : "none, for no descriptor is one");
  return err;
}

error_t
start_taking (struct start *start)
{
  if (start->env->outer)
    outer_take (start->env->outer);
  return 0;
}

/* ---- descriptors and working directory ---- */

static const char *const descriptor_names[SPAWN_DESCRIPTORS]
    = { "descriptor 0", "descriptor 1", "descriptor 2" };

static const char *
modes_describe (int modes)
{
  static const char *const words[]
      = { "nothing", "read", "write", "read and write" };

  return words[(modes & O_READ ? 1 : 0) | (modes & O_WRITE ? 2 : 0)];
}

static bool
terminal_is_handed (const struct start *start)
{
  return start->env->manifest->roles[ROLE_TERMINAL].source == SOURCE_PARENT;
}

error_t
start_descriptors (struct start *start)
{
  struct nested *nested = nested_of (start);

  if (terminal_is_handed (start))
    nested->cttyid = getcttyid ();

  for (int i = 0; i < SPAWN_DESCRIPTORS; i++)
    {
      int modes = fcntl (i, F_GETFL);
      cleanup_send mach_port_t port = getdport (i);
      error_t err;

      if (modes < 0 || !MACH_PORT_VALID (port))
        continue;
      modes &= O_READ | O_WRITE;
      if (terminal_is_handed (start) && isatty (i))
        {
          nested->descriptor_rights[i] = send_steal (&port);
          say (start, "%s: the starter's terminal itself",
               descriptor_names[i]);
          continue;
        }
      if (nested->env.outer && outer_is_descriptor (nested->env.outer, i))
        {
          nested->terminals[i] = modes;
          say (start, "%s: the terminal inside (%s)", descriptor_names[i],
               modes_describe (modes));
          continue;
        }
      err = descriptor_proxy_create (&nested->env, descriptor_names[i], port,
                                     modes, &nested->descriptors[i]);
      if (err)
        return err;
      (void)send_steal (&port);
      say (start, "%s: the starter's, through a caretaker (%s)",
           descriptor_names[i], modes_describe (modes));
    }
  return 0;
}

error_t
start_directory (struct start *start)
{
  struct nested *nested = nested_of (start);
  const char *said = start->env->manifest->directory;
  bool given = false;
  error_t err;

  if (said)
    {
      nested->directory = strdup (said);
      err = nested->directory
                ? working_directory_find (start->env, &nested->ids, said)
                : ENOMEM;
      if (err)
        text_printf (&start->problem, "there is no directory %s inside", said);
      return err;
    }
  err = working_directory_give (start->env, &nested->ids, &nested->directory,
                                &given);
  if (!err)
    say (start, "directory: %s%s", nested->directory,
         given ? ", the starter's, through a caretaker (read)" : "");
  return err;
}
