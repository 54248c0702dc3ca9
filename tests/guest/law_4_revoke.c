/* law_4_revoke.c -- what was given is taken back while programs use it

   Laws 4 and 5: at the moment of a revoke, or of lowering, the directory is
   read, walked, mapped (shared, private, inherited, wired), run from, locked
   and written to by programs inside (helper_victims.c, which says what each
   must come to); nothing of it works afterwards, and everything else goes on.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <hurd.h>
#include <hurd/io.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/client/client.h"
#include "tests/guest/claim.h"

#include "hurdle_U.h"

#define ROUNDS 20 /* law_4_revoke TRIAL COUNT for more */
#define ROUNDS_SLOW 1
#define ROUNDS_DEEP 1
#define ANSWER_MS 60000
#define SAID_MAX 1024

static char here[128]; /* our scratch directory */
static char tests[128];
static const char *const kinds[]
    = { "read",    "names", "directory", "shared",       "private", "forked",
        "program", "lock",  "write",     "shared-write", "others",  NULL };
static const char *const kinds_lowered[]
    = { "read",    "names", "directory",    "shared", "private", "forked",
        "program", "write", "shared-write", "others", NULL };
static const char *const kinds_slow[]
    = { "wired", "libc", "names", "others", NULL };
static const char *const kinds_many[]
    = { "wired-many", "read", "names", "others", NULL };

/* ---- the files ---- */

static void file_write (const char *name, const char *format, ...)
    __attribute__ ((format (printf, 2, 3)));
static void
file_write (const char *name, const char *format, ...)
{
  va_list arguments;
  FILE *file = fopen (name, "w");

  if (!file)
    exit (1);
  va_start (arguments, format);
  vfprintf (file, format, arguments);
  va_end (arguments);
  fclose (file);
}

static void
manifest_write (const char *name, const char *mount)
{
  file_write (name,
              "environment \"victims\" {\n"
              "  identity = myself\n"
              "  role \"auth\"    { source = own }\n"
              "  role \"proc\"    { source = own }\n"
              "  role \"exec\"    { source = own }\n"
              "  role \"local\"   { source = own }\n"
              "  role \"devices\" { source = own }\n"
              "  mount \"/\" { from = \"/\" mode = read-only }\n"
              "  %s\n"
              "  variables { PATH = \"/bin\" }\n"
              "}\n",
              mount);
}

static bool
files_make (void)
{
  char command[1024];

  snprintf (here, sizeof here, "/tmp/law_4.%d", (int)getpid ());
  if (mkdir (here, 0755) || chdir (here))
    return false;
  snprintf (command, sizeof command,
            "mkdir -p given/deep/er && : > given/locked && "
            "head -c 65536 /dev/zero > given/file && "
            "head -c 65536 /dev/zero > given/written && "
            "mkdir given/many && cd given/many && touch $(seq 0 19) && "
            "truncate -s 65536 * && cd ../.. && "
            "cp %s/helper_bare_spin given/spin && "
            "cp %s/helper_victims given/victims",
            tests, tests);
  if (system (command))
    return false;
  manifest_write ("flat.hurdle", "");
  snprintf (command, sizeof command,
            "mount \"/given\" { from = \"%s/given\" mode = read-write }",
            here);
  manifest_write ("outer.hurdle", command);
  manifest_write ("inner.hurdle",
                  "mount \"/given\" { from = \"/given\" mode = read-write }");
  return true;
}

/* Somebody outside holds it all the time.  */
static bool
lock_hold (void)
{
  struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
  int descriptor = open ("given/locked", O_RDWR | O_CLOEXEC);

  return descriptor >= 0 && !fcntl (descriptor, F_SETLK, &lock);
}

/* ---- the environment, and the programs in it ---- */

struct scene
{
  pid_t pid;
  int to, from;
  mach_port_t control; /* send right */
};

static void
command_run (const char *manifest, bool deep, const char *const *wanted)
{
  const char *argv[32], **at = argv;
  char victims[160], inner[160];

  snprintf (victims, sizeof victims, "%s/helper_victims", tests);
  snprintf (inner, sizeof inner, "%s/inner.hurdle", here);
  *at++ = "hurdle-env";
  *at++ = "--control";
  *at++ = "node";
  *at++ = manifest;
  *at++ = "--";
  for (int i = 0; deep && i < 2; i++)
    {
      *at++ = "hurdle-env";
      *at++ = inner;
      *at++ = "--";
    }
  *at++ = victims;
  if (deep)
    *at++ = "--deep";
  *at++ = *wanted ? "/given" : "--wait";
  while (*wanted)
    *at++ = *wanted++;
  *at = NULL;
  execv ("/bin/hurdle-env", (char **)argv);
  _exit (126);
}

static bool
scene_begin (struct scene *scene, const char *manifest, bool deep,
             const char *const *wanted)
{
  int commands[2], answers[2];

  if (pipe2 (commands, O_CLOEXEC) || pipe2 (answers, O_CLOEXEC))
    return false;
  scene->pid = fork ();
  if (!scene->pid)
    {
      dup2 (commands[0], 0);
      dup2 (answers[1], 1);
      command_run (manifest, deep, wanted);
    }
  close (commands[0]);
  close (answers[1]);
  scene->to = commands[1];
  scene->from = answers[0];
  scene->control = MACH_PORT_NULL;
  return scene->pid > 0 && !client_await ("node", O_RDWR, 30, &scene->control);
}

static void
scene_end (struct scene *scene)
{
  close (scene->to);
  waitpid (scene->pid, NULL, 0);
  close (scene->from);
  if (MACH_PORT_VALID (scene->control))
    mach_port_deallocate (mach_task_self (), scene->control);
}

/* Is the next line WANTED?  What came instead is in WRONG.  */
static bool
scene_hear (struct scene *scene, const char *wanted, char wrong[SAID_MAX])
{
  struct pollfd poll_fd = { .fd = scene->from, .events = POLLIN };
  size_t size = 0;

  while (size < SAID_MAX - 1 && poll (&poll_fd, 1, ANSWER_MS) > 0
         && read (scene->from, wrong + size, 1) == 1 && wrong[size] != '\n')
    size++;
  wrong[size] = '\0';
  return !strcmp (wrong, wanted);
}

static bool
scene_say (struct scene *scene, char command, const char *wanted,
           char wrong[SAID_MAX])
{
  return write (scene->to, &command, 1) == 1
         && scene_hear (scene, wanted, wrong);
}

/* ---- giving and taking ---- */

static mach_port_t directory;
static io_statbuf_t directory_stat;

static bool
directory_open (void)
{
  directory = file_name_lookup ("given", 0, 0);
  return MACH_PORT_VALID (directory) && !io_stat (directory, &directory_stat);
}

static error_t
give (struct scene *scene, unsigned int *ret_grant)
{
  string_t path = "/given", from = "given";

  return hurdle_give (scene->control, directory, MACH_MSG_TYPE_COPY_SEND,
                      directory_stat, path, from, O_READ | O_WRITE, 0, 0,
                      ret_grant);
}

/* At any moment of what they do.  */
static void
wait_a_little (void)
{
  static unsigned int seed = 4711;

  for (int i = rand_r (&seed) % 10; i; i--)
    sched_yield ();
}

struct trial
{
  const char *name; /* of the claims */
  const char *manifest;
  const char *const *kinds;
  int rounds;
  int modes; /* that are left: O_READ, or 0 */
  bool deep; /* two more environments, and new ones for each round */
};

static bool
round_once (struct scene *scene, const struct trial *trial, unsigned int grant,
            char wrong[SAID_MAX])
{
  unsigned int left;
  error_t err;

  if (!scene_say (scene, 'g', "ready", wrong))
    return false;
  wait_a_little ();
  err = hurdle_narrow (scene->control, grant, trial->modes, &left);
  if (err)
    {
      snprintf (wrong, SAID_MAX, "narrow: %s", strerror (err));
      return false;
    }
  if (!scene_say (scene, trial->modes ? 'l' : 'r', "right", wrong))
    return false;
  return !trial->modes || !hurdle_narrow (scene->control, grant, 0, &left);
}

/* Given again and again.  */
static int
rounds_again (const struct trial *trial, int wanted, char wrong[SAID_MAX])
{
  struct scene scene;
  int round = 0;

  if (!scene_begin (&scene, trial->manifest, false, trial->kinds))
    snprintf (wrong, SAID_MAX, "no environment");
  else
    for (; round < wanted; round++)
      {
        unsigned int grant = 0;
        error_t err = give (&scene, &grant);

        if (err)
          snprintf (wrong, SAID_MAX, "give: %s", strerror (err));
        if (err || !round_once (&scene, trial, grant, wrong))
          break;
      }
  scene_end (&scene);
  return round;
}

static int
rounds_anew (const struct trial *trial, int wanted, char wrong[SAID_MAX])
{
  int round = 0;

  for (; round < wanted; round++)
    {
      struct scene scene;
      bool right
          = scene_begin (&scene, trial->manifest, trial->deep, trial->kinds);

      if (!right)
        snprintf (wrong, SAID_MAX, "no environment");
      right = right
              && round_once (&scene, trial,
                             client_grant (scene.control, "/given"), wrong);
      scene_end (&scene);
      if (!right)
        break;
    }
  return round;
}

static void
trial_run (const struct trial *trial, int wanted)
{
  char wrong[SAID_MAX] = "";
  int rounds = trial->deep ? rounds_anew (trial, wanted, wrong)
                           : rounds_again (trial, wanted, wrong);

  printf ("# %s: %d rounds\n", trial->name, rounds);
  if (rounds == wanted)
    claim_say (true, "%s", trial->name);
  else
    claim_say (false, "%s round %d: %s", trial->name, rounds, wrong);
}

/* The starter's descriptors are grants, too.  */
static void
trial_select (void)
{
  static const char *const none[] = { NULL };
  struct scene scene;
  char wrong[SAID_MAX] = "no environment";
  unsigned int left;
  bool right = scene_begin (&scene, "flat.hurdle", false, none);

  right = right && scene_hear (&scene, "ready", wrong);
  usleep (200000);
  right = right
          && !hurdle_narrow (scene.control,
                             client_grant (scene.control, "descriptor 0"), 0,
                             &left)
          && scene_hear (&scene, "read: EIO", wrong);
  scene_end (&scene);
  claim_say (right, "revoke_ends_a_parked_select %s", right ? "" : wrong);
}

static const struct trial trials[] = {
  { "revoke_reaches_all", "flat.hurdle", kinds, ROUNDS, 0, false },
  { "lowering_reaches_all", "flat.hurdle", kinds_lowered, ROUNDS / 2, O_READ,
    false },
  { "revoke_reaches_wired_pages", "flat.hurdle", kinds_slow, ROUNDS_SLOW, 0,
    false },
  { "revoke_does_not_wait_for_lost_workers", "flat.hurdle", kinds_many, 1, 0,
    false },
  { "revoke_at_depth_3_reaches_all", "outer.hurdle", kinds, ROUNDS_DEEP, 0,
    true },
  { "lowering_at_depth_3_reaches_all", "outer.hurdle", kinds_lowered,
    ROUNDS_DEEP, O_READ, true },
};

int
main (int argc, char **argv)
{
  char *slash = strrchr (argv[0], '/');
  char command[160];

  setvbuf (stdout, NULL, _IOLBF, 0);
  signal (SIGPIPE, SIG_IGN);
  snprintf (tests, sizeof tests, "%.*s", (int)(slash ? slash - argv[0] : 1),
            slash ? argv[0] : ".");
  if (!files_make () || !lock_hold () || !directory_open ())
    {
      claim_say (false, "law_4 the files could not be made");
      return claims_status ();
    }
  for (size_t i = 0; i < sizeof trials / sizeof *trials; i++)
    if (argc < 2 || strstr (trials[i].name, argv[1]))
      trial_run (&trials[i], argc > 2 ? atoi (argv[2]) : trials[i].rounds);
  if (argc < 2 || strstr ("select", argv[1]))
    trial_select ();
  snprintf (command, sizeof command, "cd /; rm -rf %s", here);
  return system (command) ? 2 : claims_status ();
}
