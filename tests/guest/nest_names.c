/* nest_names.c -- law 2: no right of the parent is named by a task inside

   Root outside can have the task of every process, those inside environments
   too.  We look at all their names: each right must be the kernel's, or have
   its receiver in the task that makes the environment, or inside.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <hurd.h>
#include <hurd/process.h>
#include <mach.h>
#include <mach/mig_support.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/guest/claim.h"

#define PIDS_MAX 256
#define RIGHTS_MAX 8192
#define SERVER_RIGHTS                                                         \
  20 /* hurdle-env has more receive rights, programs less */
#define KERNEL_OBJECT 3018 /* mach_port_kernel_object */
#define TREE "/tmp/nest_names"

struct rights
{
  mach_port_t names[RIGHTS_MAX]; /* in our space */
  size_t count;
};

static struct rights inside; /* whose receiver is where it may be */
static size_t looked_at;

static bool
make_tree (void)
{
  return system (
             "mkdir -p " TREE "/bin " TREE "/etc && cd /bin && "
             "cp hurdle-env sh cat sleep " TREE "/bin/ && cp -a /lib " TREE "/"
             " && for from in / " TREE "; do "
             "echo 'environment \"names\" { identity = root-inside'; "
             "for role in auth proc exec local devices terminal time crash; do"
             "  echo \"role \\\"$role\\\" { source = own }\"; done; "
             "echo \"mount \\\"/\\\" { from = \\\"$from\\\" mode = copy } }\";"
             "echo; done > " TREE "/both; "
             "head -n 10 " TREE "/both > " TREE "/etc/inner.hurdle; "
             "tail -n +12 " TREE "/both > " TREE "/outer.hurdle")
         == 0;
}

/* What kind of kernel object RIGHT is, 0 for a plain port; by hand, as no
   library has <mach_debug/mach_debug.defs>.  */
static kern_return_t
kernel_object (mach_port_t right, unsigned int *ret_type)
{
  struct
  {
    mach_msg_header_t header;
    mach_msg_type_t name_type;
    mach_port_name_t name;
    char pad[4 + 64]; /* for the answer */
  } message = {
    .header = { .msgh_bits = MACH_MSGH_BITS (MACH_MSG_TYPE_COPY_SEND,
                                             MACH_MSG_TYPE_MAKE_SEND_ONCE),
                .msgh_size = 48,
                .msgh_remote_port = mach_task_self (),
                .msgh_local_port = mig_get_reply_port (),
                .msgh_id = KERNEL_OBJECT },
    .name_type = { .msgt_name = MACH_MSG_TYPE_PORT_NAME,
                   .msgt_size = 32,
                   .msgt_number = 1,
                   .msgt_inline = TRUE },
    .name = right,
  };
  const int *words = (const int *)(&message.header + 1);
  kern_return_t err = mach_msg (
      &message.header, MACH_SEND_MSG | MACH_RCV_MSG, 48, sizeof message,
      message.header.msgh_local_port, 0, MACH_PORT_NULL);

  if (err)
    return err;
  if (words[2])
    return words[2];
  *ret_type = (unsigned int)words[6];
  return 0;
}

/* ---- who is there ---- */

static size_t
list_pids (pid_t *pids)
{
  pid_t room[PIDS_MAX], *list = room;
  mach_msg_type_number_t count = PIDS_MAX;

  if (proc_getallpids (getproc (), &list, &count))
    return 0;
  if (count > PIDS_MAX)
    count = PIDS_MAX;
  memcpy (pids, list, count * sizeof *pids);
  return count;
}

/* The tasks of those in AFTER that are not in BEFORE, by pid.  */
static size_t
new_tasks (const pid_t *before, size_t before_count, task_t *tasks)
{
  pid_t after[PIDS_MAX];
  size_t after_count = list_pids (after), count = 0;

  for (size_t i = 0; i < after_count; i++)
    {
      bool old = false;

      for (size_t j = 0; j < before_count; j++)
        old = old || before[j] == after[i];
      if (!old && !proc_pid2task (getproc (), after[i], &tasks[count])
          && MACH_PORT_VALID (tasks[count]))
        count++;
    }
  return count;
}

/* ---- their names ---- */

struct names
{
  mach_port_name_t *names;
  mach_port_type_t *types;
  mach_msg_type_number_t count;
};

static bool
names_of (task_t task, struct names *ret_names)
{
  mach_msg_type_number_t types_count;

  return !mach_port_names (task, &ret_names->names, &ret_names->count,
                           &ret_names->types, &types_count);
}

static size_t
count_receivers (task_t task)
{
  struct names n;
  size_t count = 0;

  if (!names_of (task, &n))
    return 0;
  for (size_t i = 0; i < n.count; i++)
    count += !!(n.types[i] & MACH_PORT_TYPE_RECEIVE);
  return count;
}

/* What TASK receives on may be named by those inside.  */
static void
allow_receivers (task_t task)
{
  struct names n;

  if (!names_of (task, &n))
    return;
  for (size_t i = 0; i < n.count && inside.count < RIGHTS_MAX; i++)
    {
      mach_port_t right;
      mach_msg_type_name_t type;

      if (n.types[i] & MACH_PORT_TYPE_RECEIVE
          && !mach_port_extract_right (task, n.names[i],
                                       MACH_MSG_TYPE_MAKE_SEND, &right, &type))
        inside.names[inside.count++] = right;
    }
}

static bool
is_allowed (mach_port_t right)
{
  for (size_t i = 0; i < inside.count; i++)
    if (inside.names[i] == right)
      return true;
  return false;
}

static bool
is_the_kernels (mach_port_t right)
{
  unsigned int type = 0;

  return !kernel_object (right, &type) && type != 0;
}

/* How many rights of TASK are neither the kernel's nor allowed, or are one of
   the COUNT OUTSIDERS.  */
static size_t
count_foreign (task_t task, const mach_port_t *outsiders, size_t count)
{
  struct names n;
  size_t foreign = 0;

  if (!names_of (task, &n))
    return 1;
  for (size_t i = 0; i < n.count; i++)
    {
      mach_port_t right;
      mach_msg_type_name_t type;
      bool bad;

      if (!(n.types[i] & MACH_PORT_TYPE_SEND)
          || mach_port_extract_right (task, n.names[i],
                                      MACH_MSG_TYPE_COPY_SEND, &right, &type)
          || !MACH_PORT_VALID (right))
        continue;
      looked_at++;
      bad = !is_the_kernels (right) && !is_allowed (right);
      for (size_t j = 0; j < count; j++)
        bad = bad || right == outsiders[j];
      foreign += bad;
    }
  return foreign;
}

/* ---- the claims ---- */

/* An environment with another in it, DEPTH of them, and a few programs in the
   innermost.  */
static pid_t
start_chain (int depth)
{
  char *argv[64] = { "hurdle-env", TREE "/outer.hurdle", "--" };
  int argc = 3;
  pid_t pid;

  for (int i = 1; i < depth; i++)
    {
      argv[argc++] = "/bin/hurdle-env";
      argv[argc++] = "/etc/inner.hurdle";
      argv[argc++] = "--";
    }
  argv[argc++] = "/bin/sh";
  argv[argc++] = "-c";
  argv[argc++] = "exec 5</etc/inner.hurdle 6<>/dev/null; cd /etc; "
                 "sleep 1000 | cat & (sleep 1000 | cat) & sleep 1000";
  argv[argc] = NULL;
  pid = fork ();
  if (pid == 0)
    {
      execv ("/bin/hurdle-env", argv);
      _exit (127);
    }
  return pid;
}

static void
end_chain (pid_t pid)
{
  int status;

  kill (pid, SIGKILL);
  (void)!waitpid (pid, &status, 0);
}

/* TASKS are the makers, the outermost first, and then the programs.  */
static bool
walk (const task_t *tasks, size_t count, int depth)
{
  size_t makers = 0;
  /* Kernel's rights that are not theirs.  */
  mach_port_t outsiders[PIDS_MAX];

  while (makers < count && count_receivers (tasks[makers]) > SERVER_RIGHTS)
    makers++;
  REQUIRE (makers == (size_t)depth);
  REQUIRE (count >= makers + 4);
  REQUIRE (!proc_getprivports (getproc (), &outsiders[0], &outsiders[1]));
  outsiders[2] = mach_task_self ();
  memcpy (outsiders + 3, tasks, makers * sizeof *tasks);

  /* The programs: their own maker, and each other.  */
  inside.count = 0;
  for (size_t i = makers; i < count; i++)
    allow_receivers (tasks[i]);
  /* Without their maker they must look guilty, or we see nothing.  */
  REQUIRE (count_foreign (tasks[makers], outsiders, 0) > 3);
  allow_receivers (tasks[makers - 1]);
  looked_at = 0;
  for (size_t i = makers; i < count; i++)
    REQUIRE (count_foreign (tasks[i], outsiders, makers + 3) == 0);
  REQUIRE (looked_at > 10 * (count - makers));

  /* Each maker is a program of the one before.  */
  for (size_t i = 1; i < makers; i++)
    {
      inside.count = 0;
      for (size_t j = i - 1; j < count; j++)
        allow_receivers (tasks[j]);
      REQUIRE (count_foreign (tasks[i], outsiders, i + 3) == 0);
    }
  return true;
}

static bool
walk_at (int depth)
{
  pid_t before[PIDS_MAX];
  size_t before_count = list_pids (before), count = 0;
  task_t tasks[PIDS_MAX];
  pid_t pid = start_chain (depth);
  bool holds;

  /* hurdle-env, its like, a shell and four programs, two shells maybe.  */
  for (int i = 0; i < 60 && count < (size_t)depth + 5; i++)
    {
      sleep (1);
      count = new_tasks (before, before_count, tasks);
    }
  sleep (2);
  count = new_tasks (before, before_count, tasks);
  holds = walk (tasks, count, depth);
  end_chain (pid);
  return holds;
}

static bool
names_at_depth_1_are_inside (void)
{
  REQUIRE (make_tree ());
  return walk_at (1);
}

static bool
names_at_depth_3_are_inside (void)
{
  return walk_at (3);
}

static const struct claim claims[] = {
  CLAIM (names_at_depth_1_are_inside),
  CLAIM (names_at_depth_3_are_inside),
};

CLAIMS_MAIN (claims)
