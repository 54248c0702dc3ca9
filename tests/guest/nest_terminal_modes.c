/* nest_terminal_modes.c -- whatever ends an environment, or takes the terminal
   from it, the starter's terminal has the modes that it had before

   The terminal outside is a pty with modes of its own kind, kept open by us.
   What runs there is a job; its leader plays a shell that never sets modes.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "tests/guest/claim.h"

#define OUT "/tmp/nest_terminal_modes"
#define MANIFEST OUT "/manifest"
#define NODE OUT "/node"
#define MAKER OUT "/maker"
#define SECONDS 20
#define WAITS "echo here; read x; exit 7"

struct scene
{
  int master, terminal;
  char name[64];
  pid_t leader, job, maker; /* 0: there is none */
  int says;                 /* what the leader says of its job */
  struct termios before;
};

/* A way out.  */
struct way
{
  const char *name;
  const char *const *argv; /* what is the job */
  bool (*take) (struct scene *scene, const struct way *way);
  int number;       /* of a signal */
  const char *text; /* typed, or a command outside */
  bool goes_on;     /* the job is only stopped by it */
};

static const char *const started[]
    = { "/bin/hurdle-env", MANIFEST, "--", "/bin/sh", "-c", WAITS, NULL };
static const char *const twice[] = { "/bin/hurdle-env",
                                     MANIFEST,
                                     "--",
                                     "/bin/hurdle-env",
                                     MANIFEST,
                                     "--",
                                     "/bin/sh",
                                     "-c",
                                     WAITS,
                                     NULL };
static const char *const dies[]
    = { "/bin/hurdle-env",    MANIFEST, "--", "/bin/sh", "-c",
        "read x; kill -9 $$", NULL };
static const char *const is_not_there[]
    = { "/bin/hurdle-env", MANIFEST, "--", "/bin/is_not_there", NULL };
static const char *const is_no_program[]
    = { "/bin/hurdle-env", MANIFEST, "--", OUT "/no_program", NULL };
static const char *const controlled[]
    = { "/bin/hurdle-env", "--control", NODE,  MANIFEST, "--",
        "/bin/sh",         "-c",        WAITS, NULL };
static const char *const made[] = { "/bin/hurdle-control",
                                    MAKER,
                                    "run",
                                    MANIFEST,
                                    "--",
                                    "/bin/sh",
                                    "-c",
                                    WAITS,
                                    NULL };

/* ---- the scene ---- */

static bool
file_write (const char *name, const char *text)
{
  FILE *file = fopen (name, "w");

  return file && fputs (text, file) >= 0 && !fclose (file);
}

static bool
files_make (void)
{
  if (mkdir (OUT, 0777) && errno != EEXIST)
    return false;
  return file_write (OUT "/no_program", "\177ELF\n")
         && !chmod (OUT "/no_program", 0755)
         && file_write (MANIFEST,
                        "environment \"modes\" {\n"
                        "  identity = root-inside\n"
                        "  role \"auth\" { source = own }\n"
                        "  role \"proc\" { source = own }\n"
                        "  role \"exec\" { source = own }\n"
                        "  role \"terminal\" { source = proxy }\n"
                        "  mount \"/\" { from = \"/\" mode = read-only }\n"
                        "  variables { PATH = \"/bin\" }\n"
                        "}\n");
}

/* Modes that nobody would set by himself.  */
static bool
terminal_make (struct scene *scene)
{
  scene->master = posix_openpt (O_RDWR | O_NOCTTY | O_CLOEXEC);
  REQUIRE (scene->master >= 0);
  snprintf (scene->name, sizeof scene->name, "%s", ptsname (scene->master));
  scene->terminal = open (scene->name, O_RDWR | O_NOCTTY | O_CLOEXEC);
  REQUIRE (scene->terminal >= 0);
  REQUIRE (!tcgetattr (scene->terminal, &scene->before));
  scene->before.c_iflag |= IXANY;
  scene->before.c_lflag &= ~(tcflag_t)ECHOK;
  scene->before.c_cc[VERASE] = 8;
  scene->before.c_cc[VMIN] = 3;
  REQUIRE (!tcsetattr (scene->terminal, TCSANOW, &scene->before));
  return true;
}

static void __attribute__ ((noreturn))
job_run (const struct way *way, int terminal)
{
  (void)setpgid (0, 0);
  (void)tcsetpgrp (terminal, getpid ());
  (void)signal (SIGTTOU, SIG_DFL);
  for (int i = 0; i < 3; i++)
    dup2 (terminal, i);
  execv (way->argv[0], (char **)way->argv);
  _exit (91);
}

/* Says the job's pid, and what becomes of it.  */
static void __attribute__ ((noreturn))
leader_run (const struct scene *scene, const struct way *way, int says)
{
  int terminal, status = 0;
  pid_t job;

  (void)setsid ();
  terminal = open (scene->name, O_RDWR);
  if (terminal < 0 || ioctl (terminal, TIOCSCTTY, 0))
    _exit (90);
  (void)signal (SIGTTOU, SIG_IGN);
  job = fork ();
  if (job == 0)
    job_run (way, terminal);
  (void)!write (says, &job, sizeof job);
  while (waitpid (job, &status, WUNTRACED) == job)
    {
      (void)!write (says, &status, sizeof status);
      if (!WIFSTOPPED (status))
        break;
    }
  _exit (0);
}

/* What the leader says next.  */
static bool
hear (struct scene *scene, int *ret_said)
{
  struct pollfd fd = { .fd = scene->says, .events = POLLIN };

  return poll (&fd, 1, SECONDS * 1000) == 1
         && read (scene->says, ret_said, sizeof *ret_said) == sizeof *ret_said;
}

static bool
job_start (struct scene *scene, const struct way *way)
{
  int fds[2];

  REQUIRE (!pipe2 (fds, O_CLOEXEC));
  scene->leader = fork ();
  if (scene->leader == 0)
    leader_run (scene, way, fds[1]);
  (void)close (fds[1]);
  scene->says = fds[0];
  REQUIRE (scene->leader > 0 && hear (scene, &scene->job));
  return true;
}

static bool
maker_start (struct scene *scene)
{
  struct stat node;

  (void)unlink (MAKER);
  scene->maker = fork ();
  if (scene->maker == 0)
    {
      (void)setsid ();
      execl ("/bin/hurdle-env", "hurdle-env", "--maker", MAKER, NULL);
      _exit (92);
    }
  for (int i = 0; i < SECONDS * 10 && stat (MAKER, &node); i++)
    usleep (100000);
  usleep (500000); /* until it sits on the node */
  return true;
}

/* The leader knows when its job is over; only what has not ended is killed. */
static void
scene_end (struct scene *scene, bool ended)
{
  const pid_t ours[] = { scene->leader, scene->maker };

  if (!ended && scene->job > 0)
    (void)kill (scene->job, SIGKILL);
  for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
    if (ours[i] > 0)
      {
        (void)kill (ours[i], SIGKILL);
        (void)waitpid (ours[i], NULL, 0);
      }
  (void)close (scene->says);
  (void)close (scene->terminal);
  (void)close (scene->master);
}

/* ---- modes ---- */

static bool
modes_are_as_before (const struct scene *scene)
{
  const struct termios *before = &scene->before;
  struct termios now;

  return !tcgetattr (scene->terminal, &now) && now.c_iflag == before->c_iflag
         && now.c_oflag == before->c_oflag && now.c_cflag == before->c_cflag
         && now.c_lflag == before->c_lflag
         && !memcmp (now.c_cc, before->c_cc, sizeof now.c_cc);
}

static bool
modes_are_raw (const struct scene *scene)
{
  struct termios now;

  return !tcgetattr (scene->terminal, &now) && !(now.c_lflag & ICANON);
}

/* The guardian acts when all else is over.  */
static bool
comes (bool (*is_so) (const struct scene *scene), const struct scene *scene)
{
  for (int i = 0; i < SECONDS * 20; i++)
    {
      if (is_so (scene))
        return true;
      usleep (50000);
    }
  return false;
}

/* ---- ways out ---- */

static bool
typed (struct scene *scene, const struct way *way)
{
  return write (scene->master, way->text, strlen (way->text))
         == (ssize_t)strlen (way->text);
}

static bool
signalled (struct scene *scene, const struct way *way)
{
  return !kill (scene->job, way->number);
}

/* And whoever is of its group.  */
static bool
job_signalled (struct scene *scene, const struct way *way)
{
  return !kill (-scene->job, way->number);
}

/* SIGSTOP it cannot take: it halts, and has the terminal.  */
static bool
halted_and_signalled (struct scene *scene, const struct way *way)
{
  int status;

  REQUIRE (!kill (scene->job, SIGSTOP));
  REQUIRE (hear (scene, &status) && WIFSTOPPED (status));
  return signalled (scene, way);
}

static bool
maker_signalled (struct scene *scene, const struct way *way)
{
  return !kill (scene->maker, way->number);
}

static bool
told (struct scene *scene, const struct way *way)
{
  (void)scene;
  return !system (way->text);
}

/* It ends by itself, perhaps before the terminal is its own.  */
static bool
awaited (struct scene *scene, const struct way *way)
{
  (void)scene, (void)way;
  return true;
}

static bool
stopped (struct scene *scene)
{
  int status;

  REQUIRE (write (scene->master, "\032", 1) == 1);
  REQUIRE (hear (scene, &status) && WIFSTOPPED (status));
  REQUIRE (comes (modes_are_as_before, scene));
  return true;
}

static bool
stopped_and_signalled (struct scene *scene, const struct way *way)
{
  return stopped (scene) && signalled (scene, way);
}

static bool
continued_and_signalled (struct scene *scene, const struct way *way)
{
  if (!stopped (scene))
    return false;
  REQUIRE (!kill (scene->job, SIGCONT));
  REQUIRE (comes (modes_are_raw, scene));
  return signalled (scene, way);
}

static const struct way ways[] = {
  { "the_command_ends", started, typed, .text = "\n" },
  { "the_command_is_killed", dies, typed, .text = "\n" },
  { "the_command_is_not_there", is_not_there, .take = awaited },
  { "the_command_is_no_program", is_no_program, .take = awaited },
  { "it_is_terminated", started, signalled, .number = SIGTERM },
  { "it_is_interrupted", started, signalled, .number = SIGINT },
  { "it_is_hung_up_on", started, signalled, .number = SIGHUP },
  { "it_quits", started, signalled, .number = SIGQUIT },
  { "it_is_killed", started, signalled, .number = SIGKILL },
  { "it_fails", started, signalled, .number = SIGSEGV },
  { "its_group_is_terminated", started, job_signalled, .number = SIGTERM },
  { "its_group_is_killed", started, job_signalled, .number = SIGKILL },
  { "it_is_killed_when_halted", started, halted_and_signalled,
    .number = SIGKILL },
  { "the_outer_of_two_is_killed", twice, signalled, .number = SIGKILL },
  { "the_command_of_two_ends", twice, typed, .text = "\n" },
  { "its_control_ends_it", controlled, told,
    .text = "hurdle-control " NODE " kill" },
  { "its_control_stops_it", controlled, told,
    .text = "hurdle-control " NODE " stop 1" },
  { "its_control_takes_the_terminal", controlled, told,
    .text = "hurdle-control " NODE " revoke /dev/console" },
  { "its_client_is_killed", made, signalled, .number = SIGKILL },
  { "its_client_is_terminated", made, signalled, .number = SIGTERM },
  { "its_maker_is_killed", made, maker_signalled, .number = SIGKILL },
  { "its_maker_is_terminated", made, maker_signalled, .number = SIGTERM },
  { "it_is_stopped", started, typed, .text = "\032", .goes_on = true },
  { "it_is_told_to_stop", started, signalled, .number = SIGTSTP,
    .goes_on = true },
  { "it_is_killed_when_stopped", started, stopped_and_signalled,
    .number = SIGKILL },
  { "it_is_terminated_when_stopped", started, stopped_and_signalled,
    .number = SIGTERM },
  { "it_is_killed_when_continued", started, continued_and_signalled,
    .number = SIGKILL },
};

/* ---- the claims ---- */

static bool
way_holds (struct scene *scene, const struct way *way)
{
  int status;

  REQUIRE (terminal_make (scene));
  if (way->argv == made)
    REQUIRE (maker_start (scene));
  if (!job_start (scene, way))
    return false;
  if (way->take != awaited)
    REQUIRE (comes (modes_are_raw, scene));
  claim_reason[0] = '\0';
  if (!way->take (scene, way))
    {
      if (claim_reason[0])
        return false;
      REQUIRE (!"the way could be taken");
    }
  REQUIRE (hear (scene, &status));
  REQUIRE (!WIFSTOPPED (status) == !way->goes_on);
  REQUIRE (comes (modes_are_as_before, scene));
  return true;
}

static void
way_check (const struct way *way)
{
  struct scene scene = { .says = -1 };
  bool holds = way_holds (&scene, way);

  claim_say (holds, "the_terminal_is_as_before_when_%s %s", way->name,
             holds ? "" : claim_reason);
  scene_end (&scene, holds && !way->goes_on);
}

/* At any moment of its start.  */
static bool
early_deaths_hold (struct scene *scene)
{
  static const struct way way = { .argv = started };

  REQUIRE (terminal_make (scene));
  for (useconds_t i = 0; i < 40; i++)
    {
      int status;

      if (!job_start (scene, &way))
        return false;
      usleep (i * 10000);
      REQUIRE (!kill (scene->job, i % 2 ? SIGTERM : SIGKILL));
      REQUIRE (hear (scene, &status) && !WIFSTOPPED (status));
      REQUIRE (comes (modes_are_as_before, scene));
      REQUIRE (waitpid (scene->leader, NULL, 0) == scene->leader);
      (void)close (scene->says);
    }
  return true;
}

static void
early_deaths_check (void)
{
  struct scene scene = { .says = -1 };
  bool holds = early_deaths_hold (&scene);

  claim_say (holds, "the_terminal_is_as_before_when_it_ends_early %s",
             holds ? "" : claim_reason);
  if (holds)
    scene.leader = 0;
  scene_end (&scene, holds);
}

/* usage: nest_terminal_modes [PART_OF_A_NAME]  */
int
main (int argc, char **argv)
{
  setvbuf (stdout, NULL, _IOLBF, 0);
  if (!files_make ())
    return 2;
  for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
    if (argc < 2 || strstr (ways[i].name, argv[1]))
      way_check (&ways[i]);
  if (argc < 2 || strstr ("it_ends_early", argv[1]))
    early_deaths_check ();
  return claims_status ();
}
