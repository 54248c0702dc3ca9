/* exec_target.h -- what the programs that are run by exec_claims say

   A program that is asked to be a target prints one line about itself and
   what it was given.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef EXEC_TARGET_H
#define EXEC_TARGET_H

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A script's line may have put its words together with ours.  */
static inline bool
target_wanted (int argc, char **argv)
{
  return argc > 1 && strncmp (argv[1], "target", 6) == 0;
}

static inline void
target_arguments (int argc, char **argv)
{
  for (int i = 1; i < argc; i++)
    if (strlen (argv[i]) > 200)
      printf ("[%zu bytes]", strlen (argv[i]));
    else
      printf ("[%s]", argv[i]);
}

static inline void
target_descriptors (void)
{
  for (int fd = 3; fd < 32; fd++)
    if (fcntl (fd, F_GETFD) >= 0)
      printf (" %d", fd);
}

static inline void
target_signals (void)
{
  struct sigaction action;
  sigset_t blocked;

  sigaction (SIGUSR1, NULL, &action);
  sigprocmask (SIG_BLOCK, NULL, &blocked);
  printf ("usr1 %s, usr2 %s", action.sa_handler == SIG_IGN ? "ignored" : "not",
          sigismember (&blocked, SIGUSR2) ? "blocked" : "not");
}

static inline void
target_ids (void)
{
  printf ("uid %d euid %d secure %s", getuid (), geteuid (),
          secure_getenv ("EXEC_CLAIM") ? "no" : "yes");
}

static inline void
target_umask (void)
{
  printf ("umask %03o", umask (0));
}

static inline void
target_pid (void)
{
  printf ("pid %d", getpid ());
}

static inline void
target_variable (void)
{
  const char *value = getenv ("EXEC_CLAIM");

  if (value && strlen (value) > 200)
    printf ("%zu bytes", strlen (value));
  else
    printf ("%s", value ? value : "none");
}

/* Initialised, zero, and read-only data, and the heap and a deep stack.  */
static inline void
target_memory (void)
{
  static char zeros[100000];
  static volatile int data[5000] = { [0] = 7, [4999] = 9 };
  volatile char stack[4 << 20];
  char *heap = malloc (1 << 20);
  size_t sum = 0;

  for (size_t i = 0; i < sizeof zeros; i++)
    sum += zeros[i];
  memset (heap, 1, 1 << 20);
  stack[0] = stack[sizeof stack - 1] = 1;
  printf ("%zu %d %d %d", sum, data[0] + data[4999], heap[12345],
          stack[0] + stack[sizeof stack - 1]);
  free (heap);
}

/* Down and down.  */
static inline void
target_overflow (void)
{
  volatile char page[4096];
  void (*volatile again) (void) = target_overflow;

  page[0] = 1;
  again ();
  page[1] = page[0];
}

static inline int
target_main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    void (*say) (void);
  } says[] = {
    { "descriptors", target_descriptors },
    { "signals", target_signals },
    { "ids", target_ids },
    { "umask", target_umask },
    { "pid", target_pid },
    { "variable", target_variable },
    { "memory", target_memory },
    { "overflow", target_overflow },
  };

  /* For ever, unless somebody has enough of it.  */
  if (argc > 2 && strcmp (argv[2], "again") == 0)
    execv (argv[0], argv);
  for (size_t i = 0; argc > 2 && i < sizeof says / sizeof says[0]; i++)
    if (strcmp (argv[2], says[i].name) == 0)
      {
        says[i].say ();
        putchar ('\n');
        return 0;
      }
  target_arguments (argc, argv);
  putchar ('\n');
  return 0;
}

#endif
