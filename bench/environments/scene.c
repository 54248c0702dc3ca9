/* scene.c -- environments that are made to be measured
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <errno.h>
#include <fcntl.h>
#include <hurd.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/environments/environments.h"

char programs[256] = "/hurdle/bench/programs/";
static char here[64];

const char *const manifest_names[MANIFESTS] = {
  [MANIFEST_PARENT] = "parent",
  [MANIFEST_PROXIED] = "proxied",
  [MANIFEST_OWN] = "own",
};

/* "%1$s" is our directory.  */
static const char *const manifest_texts[MANIFESTS] = {
  [MANIFEST_PARENT] = "environment \"parent\" {\n"
                      "  contained = no\n"
                      "  role \"auth\" { source = parent }\n"
                      "  role \"proc\" { source = parent }\n"
                      "  role \"exec\" { source = parent }\n"
                      "  role \"root\" { source = parent }\n"
                      "}\n",
  [MANIFEST_PROXIED]
  = "environment \"proxied\" {\n"
    "  role \"auth\"  { source = own }\n"
    "  role \"proc\"  { source = own }\n"
    "  role \"exec\"  { source = own }\n"
    "  role \"local\" { source = own }\n"
    "  mount \"/\"      { from = \"/\" mode = read-only }\n"
    "  mount \"/given\" { from = \"%1$s/given\" mode = read-write }\n"
    "}\n",
  [MANIFEST_OWN] = "environment \"own\" {\n"
                   "  role \"auth\"  { source = own }\n"
                   "  role \"proc\"  { source = own }\n"
                   "  role \"exec\"  { source = own }\n"
                   "  role \"local\" { source = own }\n"
                   "  mount \"/\" { from = \"%1$s/tree\" mode = copy }\n"
                   "}\n",
};

/* ---- files ---- */

static bool
manifest_write (enum manifest manifest, const char *name, const char *place)
{
  FILE *file = fopen (name, "w");

  if (!file)
    return false;
  fprintf (file, manifest_texts[manifest], place);
  return fclose (file) == 0;
}

/* The next one in sees what this one gave.  */
static bool
manifests_write (void)
{
  char name[64];

  for (int i = 0; i < MANIFESTS; i++)
    {
      snprintf (name, sizeof name, "%s.hurdle", manifest_names[i]);
      if (!manifest_write ((enum manifest)i, name, here))
        return false;
    }
  return manifest_write (MANIFEST_PROXIED, "given/inner.hurdle", "");
}

static bool
file_fill (const char *name, size_t size)
{
  static char block[65536];
  int descriptor = open (name, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  bool filled = descriptor >= 0;

  for (size_t done = 0; filled && done < size; done += sizeof block)
    filled = write (descriptor, block, sizeof block) == sizeof block;
  if (descriptor >= 0)
    close (descriptor);
  return filled;
}

static bool
file_copy (const char *from, const char *to)
{
  char command[512];

  snprintf (command, sizeof command, "cp %s %s", from, to);
  return system (command) == 0;
}

bool
scene_files (void)
{
  char path[300];

  snprintf (here, sizeof here, "/tmp/bench.%d", (int)getpid ());
  if (mkdir (here, 0755) || chdir (here) || mkdir ("given", 0755)
      || mkdir ("tree", 0755))
    return false;
  snprintf (path, sizeof path, "%sstatic", programs);
  return file_fill ("given/file", 1 << 20) && file_fill ("given/big", 40 << 20)
         && file_copy (path, "tree/static") && manifests_write ();
}

void
scene_remove (void)
{
  char command[128];

  snprintf (command, sizeof command, "cd /; rm -rf %s", here);
  (void)!system (command);
}

/* ---- environments ---- */

#define ARGUMENTS_MAX 64

pid_t
scene_start (enum manifest manifest, int depth, const char *node,
             const char *const *argv, int input, int output)
{
  const char *all[ARGUMENTS_MAX], **at = all;
  posix_spawn_file_actions_t actions;
  char name[64];
  pid_t pid = -1;

  snprintf (name, sizeof name, "%s.hurdle", manifest_names[manifest]);
  for (int i = 0; i < depth; i++)
    {
      *at++ = "/bin/hurdle-env";
      if (!i && node)
        {
          *at++ = "--control";
          *at++ = node;
        }
      *at++ = i ? "/given/inner.hurdle" : name;
      *at++ = "--";
    }
  while (*argv && at < all + ARGUMENTS_MAX - 1)
    *at++ = *argv++;
  *at = NULL;
  posix_spawn_file_actions_init (&actions);
  if (input >= 0)
    posix_spawn_file_actions_adddup2 (&actions, input, 0);
  if (output >= 0)
    posix_spawn_file_actions_adddup2 (&actions, output, 1);
  /* What cannot be taken back is warned of, each time.  */
  if (manifest == MANIFEST_PARENT)
    posix_spawn_file_actions_addopen (&actions, 2, "/dev/null", O_WRONLY, 0);
  if (posix_spawn (&pid, all[0], &actions, NULL, (char **)all, environ))
    pid = -1;
  posix_spawn_file_actions_destroy (&actions);
  return pid;
}

int
scene_wait (pid_t pid)
{
  int status;

  return pid > 0 && waitpid (pid, &status, 0) == pid ? status : -1;
}

bool
scene_run (enum manifest manifest, int depth, const char *const *argv)
{
  return scene_wait (scene_start (manifest, depth, NULL, argv, -1, -1)) == 0;
}
