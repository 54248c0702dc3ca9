/* maker_child.c -- from a copy of the maker to the environment asked for

   It has the maker's identity and is of no session of anybody's: what is typed
   at the maker's terminal is not for it, and the client's terminal is only
   what its descriptors lead to.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <hurd.h>
#include <hurd/fd.h>
#include <hurd/port.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "env/maker.h"
#include "env/nested_environment.h"
#include "env/options.h"

extern char **environ;

/* A port of ours of the standard ones becomes PORT, unless that is null.  */
static void
port_take (unsigned int which, mach_port_t port)
{
  if (MACH_PORT_VALID (port))
    _hurd_port_set (&_hurd_ports[which], port);
}

/* Those of the maker are open, all of them.  */
static void
descriptors_take (const mach_port_t descriptors[MAKER_DESCRIPTORS])
{
  for (int i = 0; i < MAKER_DESCRIPTORS; i++)
    if (MACH_PORT_VALID (descriptors[i]))
      _hurd_port2fd (_hurd_fd_get (i), descriptors[i], O_IGNORE_CTTY);
    else
      close (i);
}

/* Pointers to the strings in SIZE bytes at DATA, behind FIRST if there is one,
   NULL at the end.  They are copied: the client's memory may go.  */
static char **
strings_split (char *first, const char *data, size_t size, int *ret_count)
{
  char *copy = malloc (size + 1);
  char **strings;
  size_t count = 0;

  if (!copy)
    return NULL;
  memcpy (copy, data, size);
  copy[size] = '\0';
  for (size_t i = 0; i < size; i++)
    count += copy[i] == '\0';
  strings = calloc (count + 3, sizeof *strings);
  if (!strings)
    return NULL;
  count = 0;
  if (first)
    strings[count++] = first;
  for (size_t at = 0; at < size; at += strlen (copy + at) + 1)
    strings[count++] = copy + at;
  *ret_count = (int)count;
  return strings;
}

static void
signals_reset (void)
{
  static const int handled[] = { SIGINT, SIGTERM, SIGHUP };

  for (size_t i = 0; i < sizeof handled / sizeof *handled; i++)
    signal (handled[i], SIG_DFL);
}

static int
child_run (const struct order *order, int argc, char **argv)
{
  struct options options;

  options_parse (argc, argv, &options);
  if (options.bare || options.dump || options.maker)
    {
      fputs ("hurdle-env: a maker makes environments; --maker, --dump and "
             "--bare are for a hurdle-env that is started\n",
             stderr);
      return STATUS_NOT_MADE;
    }
  options.made_by = order->maker;
  options.background = order->background;
  return nested_environment_run (&options);
}

void
maker_child (const struct order *order)
{
  static char name[] = "hurdle-env";
  char **argv, **envp;
  int argc, count;

  signals_reset ();
  (void)setsid ();
  descriptors_take (order->descriptors);
  port_take (INIT_PORT_CWDIR, order->directory);
  port_take (INIT_PORT_CRDIR, order->root);
  argv = strings_split (name, order->arguments, order->arguments_size, &argc);
  envp = strings_split (NULL, order->environment, order->environment_size,
                        &count);
  if (!argv || !envp)
    exit (STATUS_NOT_MADE);
  environ = envp;
  exit (child_run (order, argc, argv));
}
