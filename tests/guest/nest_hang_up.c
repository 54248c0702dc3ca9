/* nest_hang_up.c -- the starter's terminal hangs up, or goes away

   A pty is the terminal outside, so what happens there is ours to say.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "tests/guest/claim.h"

#define MASTER "/dev/ptyp6"
#define TERMINAL "/dev/ttyp6"
#define OUT "/tmp/nest_hang_up"
#define MANIFEST OUT "/manifest"
#define SECONDS 20

static bool
write_manifest (void)
{
  FILE *file;

  if (mkdir (OUT, 0777) && errno != EEXIST)
    return false;
  file = fopen (MANIFEST, "w");
  if (!file)
    return false;
  fputs ("environment \"hung\" {\n"
         "  identity = root-inside\n"
         "  role \"auth\" { source = own }\n"
         "  role \"proc\" { source = own }\n"
         "  role \"exec\" { source = own }\n"
         "  role \"terminal\" { source = proxy }\n"
         "  mount \"/\" { from = \"/\" mode = read-only }\n"
         "  mount \"/out\" { from = \"" OUT "\" mode = read-write }\n"
         "  variables { PATH = \"/bin\" }\n"
         "}\n",
         file);
  return fclose (file) == 0;
}

/* A process that was waited for may still have the other side for a moment. */
static int
master_open (void)
{
  int master = -1;

  for (int i = 0; master < 0 && i < SECONDS * 10; i++)
    {
      master = open (MASTER, O_RDWR);
      if (master < 0 && errno != EBUSY)
        break;
      if (master < 0)
        usleep (100000);
    }
  return master;
}

/* hurdle-env with the shell's COMMAND, the pty its controlling terminal, and
   nobody but us at the other side.  */
static pid_t
start (int master, const char *command)
{
  pid_t pid = fork ();

  if (pid == 0)
    {
      int terminal;

      close (master);
      setsid ();
      terminal = open (TERMINAL, O_RDWR);
      if (terminal < 0)
        _exit (90);
      for (int i = 0; i < 3; i++)
        dup2 (terminal, i);
      execl ("/bin/hurdle-env", "hurdle-env", MANIFEST, "--", "/bin/sh", "-c",
             command, NULL);
      _exit (91);
    }
  return pid;
}

static bool
wait_end (pid_t pid, int *ret_status)
{
  for (int i = 0; i < SECONDS * 10; i++)
    {
      if (waitpid (pid, ret_status, WNOHANG) == pid)
        return true;
      usleep (100000);
    }
  kill (pid, SIGKILL);
  (void)!waitpid (pid, ret_status, 0);
  return false;
}

/* Read MASTER until WORD has come.  */
static bool
hear (int master, const char *word)
{
  char text[512];
  size_t got = 0;
  ssize_t n;

  while (got < sizeof text - 1
         && (n = read (master, text + got, sizeof text - 1 - got)) > 0)
    {
      got += (size_t)n;
      text[got] = '\0';
      if (strstr (text, word))
        return true;
    }
  return false;
}

static bool
said (const char *word)
{
  char text[256];
  ssize_t n = -1;
  int file = open (OUT "/said", O_RDONLY);

  if (file >= 0)
    n = read (file, text, sizeof text - 1);
  close (file);
  text[n < 0 ? 0 : n] = '\0';
  return strstr (text, word) != NULL;
}

static bool
hanging_up_reaches_all_inside (void)
{
  int master, status;
  pid_t pid;

  REQUIRE (write_manifest ());
  master = master_open ();
  REQUIRE (master >= 0);
  (void)unlink (OUT "/said");
  pid = start (
      master,
      "trap 'echo hup >>/out/said' HUP; echo here; "
      "while read x; do :; done; sleep 1; echo end >>/out/said; exit 7");
  REQUIRE (hear (master, "here"));
  close (master);
  REQUIRE (wait_end (pid, &status));
  REQUIRE (said ("hup"));
  REQUIRE (said ("end"));
  REQUIRE (WIFEXITED (status) && WEXITSTATUS (status) == 7);
  return true;
}

static bool
who_ignores_it_reads_the_end_and_cannot_write (void)
{
  int master = master_open (), status;
  pid_t pid;

  REQUIRE (master >= 0);
  (void)unlink (OUT "/said");
  pid = start (master, "trap '' HUP; echo here; read x; echo end >>/out/said; "
                       "echo lost || echo refused >>/out/said; exit 8");
  REQUIRE (hear (master, "here"));
  close (master);
  REQUIRE (wait_end (pid, &status));
  REQUIRE (said ("end"));
  REQUIRE (said ("refused"));
  REQUIRE (WIFEXITED (status) && WEXITSTATUS (status) == 8);
  return true;
}

/* Whoever has the other side never reads: what is left to say is waited for
   only for a moment.  */
static bool
a_terminal_that_takes_nothing_does_not_hold_up_the_end (void)
{
  int master = master_open (), status;
  pid_t pid;

  REQUIRE (master >= 0);
  pid = start (master,
               "echo here; read x; while :; do echo "
               "more more more more more more more; done & sleep 2; exit 9");
  REQUIRE (hear (master, "here"));
  REQUIRE (write (master, "\n", 1) == 1);
  REQUIRE (wait_end (pid, &status));
  close (master);
  REQUIRE (WIFEXITED (status) && WEXITSTATUS (status) == 9);
  return true;
}

static const struct claim claims[] = {
  CLAIM (hanging_up_reaches_all_inside),
  CLAIM (who_ignores_it_reads_the_end_and_cannot_write),
  CLAIM (a_terminal_that_takes_nothing_does_not_hold_up_the_end),
};

CLAIMS_MAIN (claims)
