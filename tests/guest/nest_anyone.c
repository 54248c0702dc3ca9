/* nest_anyone.c -- whoever is nobody outside makes environments too
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <grp.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/guest/claim.h"

#define NOBODY 1234
#define MANIFEST "/tmp/nest_anyone.hurdle"
#define TREE "/tmp/nest_anyone"

static bool
write_manifest (const char *identity)
{
  FILE *file = fopen (MANIFEST, "w");

  if (!file)
    return false;
  fprintf (file,
           "environment \"anyone\" {\n"
           "  identity = %s\n"
           "  role \"auth\" { source = own }\n"
           "  role \"proc\" { source = own }\n"
           "  role \"exec\" { source = own }\n"
           "  mount \"/\" { from = \"" TREE "\" mode = copy }\n"
           "}\n",
           identity);
  return fclose (file) == 0;
}

static bool
make_tree (void)
{
  return system (
             "mkdir -p " TREE "/bin && cp /bin/hurdle-env /bin/id /bin/cat "
             "/bin/touch " TREE "/bin/ && cp -a /lib " TREE
             "/ && echo secret > " TREE "/secret && chmod 600 " TREE "/secret")
         == 0;
}

/* Run hurdle-env with COMMAND as NOBODY; its output into TEXT.  */
static int
run_as_nobody (const char *command, const char *argument, char *text,
               size_t size)
{
  int ends[2], status;
  size_t got = 0;
  ssize_t n;
  pid_t pid;

  if (pipe (ends))
    return -1;
  pid = fork ();
  if (pid == 0)
    {
      dup2 (ends[1], 1);
      close (ends[0]);
      if (setgroups (0, NULL) || setgid (NOBODY) || setuid (NOBODY))
        _exit (99);
      execl ("/bin/hurdle-env", "hurdle-env", MANIFEST, "--", command,
             argument, NULL);
      _exit (98);
    }
  close (ends[1]);
  while (got < size - 1
         && (n = read (ends[0], text + got, size - 1 - got)) > 0)
    got += (size_t)n;
  text[got] = '\0';
  close (ends[0]);
  if (pid < 0 || waitpid (pid, &status, 0) != pid || !WIFEXITED (status))
    return -1;
  return WEXITSTATUS (status);
}

static bool
anyone_is_root_inside (void)
{
  char text[512];

  REQUIRE (make_tree ());
  REQUIRE (write_manifest ("root-inside"));
  REQUIRE (run_as_nobody ("id", "-u", text, sizeof text) == 0);
  REQUIRE (!strcmp (text, "0\n"));
  return true;
}

static bool
anyone_stays_the_same_with_myself (void)
{
  char text[512];

  REQUIRE (write_manifest ("myself"));
  REQUIRE (run_as_nobody ("id", "-u", text, sizeof text) == 0);
  REQUIRE (!strcmp (text, "1234\n"));
  return true;
}

/* What the starter may not read is not copied, whoever he is inside.  */
static bool
root_inside_is_nobody_outside (void)
{
  char text[512];

  REQUIRE (write_manifest ("root-inside"));
  REQUIRE (run_as_nobody ("cat", "/secret", text, sizeof text) == 1);
  REQUIRE (!strcmp (text, ""));
  return true;
}

static bool
anyone_cannot_touch_the_outside (void)
{
  char text[512];

  REQUIRE (run_as_nobody ("touch", TREE "/bin/new", text, sizeof text) == 1);
  REQUIRE (run_as_nobody ("touch", "/bin/new", text, sizeof text) == 0);
  REQUIRE (access (TREE "/bin/new", F_OK) == -1);
  return true;
}

static const struct claim claims[] = {
  CLAIM (anyone_is_root_inside),
  CLAIM (anyone_stays_the_same_with_myself),
  CLAIM (root_inside_is_nobody_outside),
  CLAIM (anyone_cannot_touch_the_outside),
};

CLAIMS_MAIN (claims)
