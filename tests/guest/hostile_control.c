/* hostile_control.c -- every request, wrong in every way, to the controls of
   an environment, to a maker, and to what an environment was given

   By somebody who may do everything, by one who may only ask, and by one who
   may not.  Outside we hold the environment's control and count what its
   servers hold; the third part runs inside one, which was given files.
   usage: hostile_control [control|maker|given]
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <grp.h>
#include <stdio.h>
#include <sys/stat.h>

#include "lib/client/client.h"
#include "tests/guest/hostile_work.h"

#define WORK_MS 1500
#define HURDLE_GIVE 45004
#define HURDLE_STOP 45007
#define STRANGER 1000
#define MAKER_SETTLES_S 20
#define WARM_UPS 2
#define SPARES 300 /* more than are kept, and than some nodes allow */

static char here[64], tests[128];

/* ---- targets ---- */

/* The one that is asked.  */
static const char *node;

/* From now on this process is nobody that anybody knows.  */
static bool
become_stranger (void)
{
  return !setgroups (0, NULL) && !setgid (STRANGER) && !setuid (STRANGER);
}

static mach_port_t
get_node (void)
{
  return file_name_lookup (node, O_RDWR, 0);
}

static mach_port_t
get_node_reader (void)
{
  return file_name_lookup (node, O_READ, 0);
}

static mach_port_t
get_node_stranger (void)
{
  return become_stranger () ? file_name_lookup (node, 0, 0) : MACH_PORT_NULL;
}

/* What sits on the file, for its owner.  */
static mach_port_t
get_node_server (void)
{
  mach_port_t file = file_name_lookup (node, O_NOTRANS, 0), server;

  return file_get_translator_cntl (file, &server) ? MACH_PORT_NULL : server;
}

static mach_port_t
get_given_file (void)
{
  return file_name_lookup ("/given/file", O_RDWR, 0);
}

static mach_port_t
get_given_directory (void)
{
  return file_name_lookup ("/given", O_READ, 0);
}

static mach_port_t
get_own_control (void)
{
  return file_name_lookup ("/servers/hurdle", O_READ, 0);
}

static const struct target controls[] = {
  { "control", get_node, "hurdle", 0 },
  { "control_for_reading", get_node_reader, "hurdle io fs", 0 },
  { "control_for_a_stranger", get_node_stranger, "hurdle io fs", 0 },
  { "control_server", get_node_server, "fsys", 0 },
  { NULL, NULL, NULL, 0 },
};

static const struct target makers[] = {
  { "maker", get_node, "maker", 0 },
  { "maker_for_reading", get_node_reader, "maker io", 0 },
  { "maker_for_a_stranger", get_node_stranger, "maker io", 0 },
  { "maker_server", get_node_server, "fsys", 0 },
  { NULL, NULL, NULL, 0 },
};

static const struct target givens[] = {
  { "given_file", get_given_file, "given", 0 },
  { "given_directory", get_given_directory, "given", 0 },
  { NULL, NULL, NULL, 0 },
};

/* ---- what is sent ---- */

static io_statbuf_t lie; /* what an honest giver would say */

/* Half of what is given looks right, but for the right.  */
static void
give_well (void)
{
  static unsigned int number;

  if (descriptors_count != 7 || one_in (2))
    return;
  memcpy (descriptors[1] + 1, &lie, sizeof lie);
  snprintf ((char *)(descriptors[2] + 1), 32, "/lie/%u", number++ % 64);
  *(int *)(descriptors[4] + 1) = O_READ | O_WRITE;
}

/* Nobody is to end what we count, unless he asks wrongly.  */
static void
change (void)
{
  if (draft.header.msgh_id == HURDLE_GIVE)
    give_well ();
  if (draft.header.msgh_id == HURDLE_STOP)
    draft.header.msgh_size = sizeof draft.header + 8;
}

/* ---- environments ---- */

struct scene
{
  pid_t pid;
  int from;            /* what its program says */
  mach_port_t control; /* send right */
};

static bool
file_write (const char *name, const char *text, const char *argument)
{
  FILE *file = fopen (name, "w");

  if (file)
    fprintf (file, text, argument);
  return file && !fclose (file);
}

static bool
files_make (void)
{
  char command[1024];

  snprintf (here, sizeof here, "/tmp/hostile_control.%d", (int)getpid ());
  snprintf (command, sizeof command,
            "mkdir -p %s/given %s/tree %s/work && chmod 777 %s/work && "
            "cp %s/helper_static_waits %s/tree/waits && : > %s/given/file",
            here, here, here, here, tests, here, here);
  return !system (command) && !chdir (here)
         && file_write ("copy.hurdle",
                        "environment \"hostile\" {\n"
                        "  role \"auth\" { source = own }\n"
                        "  role \"proc\" { source = own }\n"
                        "  role \"exec\" { source = own }\n"
                        "  mount \"/\" { from = \"%1$s/tree\" mode = copy }\n"
                        "  mount \"/given\" { from = \"%1$s/given\" "
                        "mode = read-write }\n"
                        "}\n",
                        here)
         && file_write ("given.hurdle",
                        "environment \"given\" {\n"
                        "  identity = root-inside\n"
                        "  role \"auth\"    { source = own }\n"
                        "  role \"proc\"    { source = own }\n"
                        "  role \"exec\"    { source = own }\n"
                        "  role \"local\"   { source = own }\n"
                        "  role \"devices\" { source = own }\n"
                        "  role \"control\" { source = own }\n"
                        "  mount \"/\" { from = \"/\" mode = read-only }\n"
                        "  mount \"/tmp\" { from = \"%1$s/work\" "
                        "mode = read-write }\n"
                        "  mount \"/given\" { from = \"%1$s/given\" "
                        "mode = read-write }\n"
                        "  variables { PATH = \"/bin\" }\n"
                        "}\n",
                        here)
         && !chdir ("work");
}

static pid_t
command_start (const char *const *argv, int output)
{
  pid_t pid = fork ();

  if (pid)
    return pid;
  if (output >= 0)
    dup2 (output, 1);
  execv ("/bin/hurdle-env", (char **)argv);
  _exit (126);
}

static bool
scene_begin (struct scene *scene)
{
  const char *argv[]
      = { "hurdle-env", "--control", "../node", "../copy.hurdle",
          "--",         "/waits",    NULL };
  int said[2];
  char line[6];

  REQUIRE (!pipe2 (said, O_CLOEXEC));
  scene->pid = command_start (argv, said[1]);
  scene->from = said[0];
  close (said[1]);
  REQUIRE (!client_await ("../node", O_RDWR, 30, &scene->control));
  REQUIRE (read (scene->from, line, sizeof line) == sizeof line);
  return true;
}

static void
scene_end (struct scene *scene)
{
  int status;

  (void)hurdle_stop (scene->control, 0);
  if (waitpid (scene->pid, &status, 0) == scene->pid && WIFEXITED (status)
      && WEXITSTATUS (status) == 137)
    claim_say (true, "hostile_environment_still_ends_when_told");
  else
    claim_say (false, "hostile_environment_still_ends_when_told status %x",
               status);
  close (scene->from);
}

/* ---- the three parts ---- */

static void
targets_run (const struct target *targets, bool claims, unsigned int seed)
{
  for (unsigned int i = 0; targets[i].name; i++)
    {
      unsigned int answered = survives (&targets[i], i + seed);

      if (claims && !board->found)
        claim_say (false, "hostile_to_%s there is none", targets[i].name);
      else if (claims && !answered)
        claim_say (false, "hostile_to_%s nothing was answered",
                   targets[i].name);
      else if (claims)
        claim_say (true, "hostile_to_%s %u answers", targets[i].name,
                   answered);
    }
}

/* Nothing is given any more, and all goes on.  */
static bool
all_revoked (mach_port_t control)
{
  unsigned int left;
  error_t err = 0;

  REQUIRE (!hurdle_thaw (control));
  for (unsigned int id = 1; !err; id++)
    err = hurdle_narrow (control, id, 0, &left);
  errno = err;
  REQUIRE (err == ESRCH);
  return true;
}

/* Each target, unjudged: what is only had from the first time on is had
   then.  */
static void
targets_warm_up (const struct target *targets)
{
  for (unsigned int i = 0; i < WARM_UPS; i++)
    targets_run (targets, false, 100 * (i + 1));
}

static bool
control_settled (mach_port_t control, struct holding *holding)
{
  return all_revoked (control) && holding_settled (control, holding);
}

/* A leak of one name would be seen: so is a handle that we keep.  */
static void
check_counting (mach_port_t control, const struct holding *before)
{
  mach_port_t kept = get_node_reader ();
  struct holding after;

  if (holding_settled (control, &after))
    claim_say (
        after.names == before->names + 1,
        "hostile_control_is_counted_to_the_name %u without, %u with one",
        before->names, after.names);
  else
    claim_say (false, "hostile_control_is_counted_to_the_name %s",
               claim_reason);
  (void)mach_port_deallocate (mach_task_self (), kept);
}

static void
part_control (void)
{
  struct scene scene;
  struct holding before, after;

  node = "../node";
  if (!scene_begin (&scene))
    {
      claim_say (false, "hostile_control_begins %s", claim_reason);
      return;
    }
  targets_warm_up (controls);
  if (!control_settled (scene.control, &before))
    claim_say (false, "hostile_control_can_be_counted %s", claim_reason);
  targets_run (controls, true, 0);
  if (control_settled (scene.control, &after))
    {
      check_holdings ("control_", &before, &after);
      check_counting (scene.control, &after);
    }
  else
    claim_say (false, "hostile_control_still_answers %s", claim_reason);
  scene_end (&scene);
}

static unsigned int
names_of (task_t task)
{
  mach_port_name_t *names;
  mach_port_type_t *types;
  mach_msg_type_number_t count, types_count;

  if (mach_port_names (task, &names, &count, &types, &types_count))
    return 0;
  (void)vm_deallocate (mach_task_self (), (vm_address_t)names,
                       count * sizeof *names);
  (void)vm_deallocate (mach_task_self (), (vm_address_t)types,
                       types_count * sizeof *types);
  return count;
}

/* Servers keep some receive rights for their next objects: have as many of
   them made as are kept, by opening PATH as often.  A maker has no dump that
   says how many these are.  */
static void
spares_fill (const char *path)
{
  mach_port_t ports[SPARES];

  for (int i = 0; i < SPARES; i++)
    ports[i] = file_name_lookup (path, O_READ, 0);
  for (int i = 0; i < SPARES; i++)
    if (MACH_PORT_VALID (ports[i]))
      (void)mach_port_deallocate (mach_task_self (), ports[i]);
}

/* What the maker TASK holds, and the tasks around us, once it is no more than
   WANTED (where not 0), or time is over.  */
static bool
maker_settled (task_t task, mach_port_t around, const struct holding *wanted,
               struct holding *holding)
{
  for (int i = 0; i < MAKER_SETTLES_S; i++)
    {
      spares_fill (node);
      usleep (1000000);
      if (!holding_ask (around, holding))
        return false;
      holding->names = names_of (task);
      if (wanted && holding->names <= wanted->names
          && holding->tasks <= wanted->tasks)
        break;
      if (!wanted && i == 3)
        break;
    }
  return holding->names != 0;
}

static bool
maker_makes (void)
{
  char command[256];

  snprintf (command, sizeof command,
            "hurdle-control ../maker run ../given.hurdle -- /bin/true");
  return system (command) == 0;
}

static void
part_maker (mach_port_t around)
{
  const char *argv[] = { "hurdle-env", "--maker", "../maker", NULL };
  pid_t pid = command_start (argv, -1);
  task_t task = pid2task (pid);
  struct holding before, after;

  node = argv[2];
  for (int i = 0; i < 100 && !MACH_PORT_VALID (get_node ()); i++)
    usleep (100000);
  targets_warm_up (makers);
  (void)maker_makes ();
  if (!maker_settled (task, around, NULL, &before))
    claim_say (false, "hostile_maker_can_be_counted %s", claim_reason);
  targets_run (makers, true, 0);
  claim_say (maker_makes (), "hostile_maker_still_makes");
  if (maker_settled (task, around, &before, &after))
    {
      check_holding ("maker_leaves_no_names", before.names, after.names);
      check_holding ("maker_leaves_no_tasks", before.tasks, after.tasks);
    }
  else
    claim_say (false, "hostile_maker_still_runs %s", claim_reason);
  (void)kill (pid, SIGTERM);
  (void)waitpid (pid, NULL, 0);
}

static void
part_given (void)
{
  char program[192];
  const char *argv[]
      = { "hurdle-env", "../given.hurdle", "--", program, "inside", NULL };
  pid_t pid;
  int status = -1;

  snprintf (program, sizeof program, "%s/hostile_control", tests);
  pid = command_start (argv, -1);
  (void)waitpid (pid, &status, 0);
  claim_say (!status, "hostile_environment_ends_with_its_program status %x",
             status);
}

/* What is asked for its identity has one from then on, as long as somebody has
   it open.  */
static void
identity_have (mach_port_t file)
{
  mach_port_t identity, file_system;
  ino64_t number;

  if (!io_identity (file, &identity, &file_system, &number))
    {
      mach_port_deallocate (mach_task_self (), identity);
      mach_port_deallocate (mach_task_self (), file_system);
    }
}

/* A copy of memory that is refused, or that never comes, is given up by
   threads of the servers, each of which has a port for answers from the first
   time on: have them have it.  */
static bool
copies_give_up (void)
{
  vm_size_t written;
  int fds[2], status = -1;
  pid_t pid = pipe (fds) ? -1 : fork ();

  if (pid == 0)
    {
      mach_port_t pipe_port = getdport (fds[1]);

      worker_supply (pipe_port);
      _exit (!io_write (pipe_port, (char *)refusing, 2 * vm_page_size, -1,
                        &written)
             || !io_write (pipe_port, (char *)silent, 2 * vm_page_size, -1,
                           &written));
    }
  alarm (PATIENCE_S);
  (void)waitpid (pid, &status, 0);
  alarm (0);
  (void)close (fds[0]);
  (void)close (fds[1]);
  return status == 0;
}

static int
part_inside (void)
{
  mach_port_t control = get_own_control ();
  mach_port_t files[] = { get_given_file (), get_given_directory () };
  struct holding before, after;

  for (size_t i = 0; i < sizeof files / sizeof *files; i++)
    identity_have (files[i]);
  if (!holding_ask (control, &before) || !copies_give_up () || chdir ("/tmp"))
    return 1;
  targets_warm_up (givens);
  if (!holding_settled (control, &before))
    claim_say (false, "hostile_inside_can_be_counted %s", claim_reason);
  targets_run (givens, true, 0);
  if (holding_settled (control, &after))
    check_holdings ("inside_", &before, &after);
  else
    claim_say (false, "hostile_inside_still_answers %s", claim_reason);
  return claims_status ();
}

int
main (int argc, char **argv)
{
  mach_port_t around = get_own_control ();
  char *slash = strrchr (argv[0], '/');
  char command[128];

  snprintf (tests, sizeof tests, "%.*s", (int)(slash ? slash - argv[0] : 0),
            argv[0]);
  work_ms = WORK_MS;
  draft_change = change;
  if (!prepared ())
    return 1;
  if (task_create (mach_task_self (), FALSE, &bystander) == 0)
    (void)task2pid (bystander);
  if (argc > 1 && !strcmp (argv[1], "inside"))
    return part_inside ();
  if (!files_make ())
    return 1;
  lie = (io_statbuf_t){ .st_mode = S_IFDIR | 0777, .st_nlink = 2 };
  if (argc < 2 || !strcmp (argv[1], "control"))
    part_control ();
  if (argc < 2 || !strcmp (argv[1], "maker"))
    part_maker (around);
  if (argc < 2 || !strcmp (argv[1], "given"))
    part_given ();
  (void)task_terminate (bystander);
  snprintf (command, sizeof command, "cd /; rm -rf %s", here);
  return system (command) ? 2 : claims_status ();
}
