/* hostile_messages.c -- every request, wrong in every way, to every server

   For each kind of port that a program can get there is a worker: a process
   that sends it messages for a few seconds.  A worker may well lose its own
   life by what it asks for; the servers may not.  After each of them ordinary
   calls must be answered, and at the end the servers must hold what they held
   before.
   usage: hostile_messages [TARGET [ROUTINE|each [verbose]]]
          hostile_messages TARGET|all long [SEED [verbose]]
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "tests/guest/hostile_work.h"

#define WORK_MS 600
#define LONG_MS 150
#define WARM_MS 250
#define WARM_DIRECTORY "/tmp/hostile.warm"
#define DIRECTORY "/tmp/hostile"

/* ---- targets ---- */

static mach_port_t
get_auth (void)
{
  return getauth ();
}

static mach_port_t
get_proc (void)
{
  return getproc ();
}

static mach_port_t
get_exec (void)
{
  return file_name_lookup ("/servers/exec", 0, 0);
}

static mach_port_t
get_startup (void)
{
  return file_name_lookup ("/servers/startup", 0, 0);
}

static mach_port_t
get_crash (void)
{
  return file_name_lookup ("/servers/crash", 0, 0);
}

static mach_port_t
get_control (void)
{
  return file_name_lookup ("/servers/hurdle", O_READ, 0);
}

static mach_port_t
get_sockets (void)
{
  return file_name_lookup ("/servers/socket/1", 0, 0);
}

static mach_port_t
get_unopened (void)
{
  (void)get_file ();
  return file_name_lookup ("file", O_NOTRANS, 0);
}

/* Of a file of its own: the others' workers may have put translators on
   theirs, or worse.  */
static mach_port_t
get_memory (void)
{
  mach_port_t read = MACH_PORT_NULL, write = MACH_PORT_NULL;

  (void)io_map (port_of (open ("memory", O_RDWR | O_CREAT, 0600)), &read,
                &write);
  return write ? write : read;
}

static mach_port_t
get_file_system (void)
{
  mach_port_t control = MACH_PORT_NULL;

  (void)file_getcontrol (get_directory (), &control);
  return control;
}

static mach_port_t
get_socket (void)
{
  return port_of (socket (AF_LOCAL, SOCK_STREAM, 0));
}

static mach_port_t
get_listener (void)
{
  struct sockaddr_un name = { .sun_family = AF_LOCAL, .sun_path = "socket" };
  int fd = socket (AF_LOCAL, SOCK_STREAM, 0);

  (void)unlink ("socket");
  if (bind (fd, (struct sockaddr *)&name, sizeof name) || listen (fd, 5))
    return MACH_PORT_NULL;
  return port_of (fd);
}

static mach_port_t
get_pair (void)
{
  int fds[2];

  return socketpair (AF_LOCAL, SOCK_DGRAM, 0, fds) ? MACH_PORT_NULL
                                                   : port_of (fds[0]);
}

static mach_port_t
get_socket_node (void)
{
  (void)get_listener ();
  return file_name_lookup ("socket", 0, 0);
}

static mach_port_t
get_pipe (void)
{
  int fds[2];

  return pipe (fds) ? MACH_PORT_NULL : port_of (fds[1]);
}

static mach_port_t
get_fifo (void)
{
  (void)mkfifo ("fifo", 0600);
  return port_of (open ("fifo", O_RDWR | O_NONBLOCK));
}

static mach_port_t
get_master (void)
{
  return port_of (posix_openpt (O_RDWR | O_NOCTTY));
}

static mach_port_t
get_slave (void)
{
  int master = posix_openpt (O_RDWR | O_NOCTTY);

  if (master < 0 || grantpt (master) || unlockpt (master))
    return MACH_PORT_NULL;
  return port_of (open (ptsname (master), O_RDWR | O_NOCTTY));
}

static mach_port_t
get_null (void)
{
  return port_of (open ("/dev/null", O_RDWR));
}

static mach_port_t
get_random (void)
{
  return port_of (open ("/dev/random", O_RDWR));
}

static const struct target targets[] = {
  { "auth", get_auth, "auth", 0 },
  { "proc", get_proc, "process", 0 },
  { "exec", get_exec, "exec fs io", 0 },
  { "startup", get_startup, "startup fs io", 0 },
  { "crash", get_crash, "crash fs io", 0 },
  { "control", get_control, "hurdle io", 0 },
  { "file", get_file, "fs io", 0 },
  { "directory", get_directory, "fs io", 0 },
  { "unopened_node", get_unopened, "fs io", 0 },
  { "memory_object", get_memory, "default_pager", 0 },
  { "file_system", get_file_system, "fsys", 22001 },
  { "socket_server", get_sockets, "socket fs io", 0 },
  { "socket", get_socket, "socket io", 0 },
  { "listener", get_listener, "socket io", 0 },
  { "datagrams", get_pair, "socket io", 0 },
  { "socket_node", get_socket_node, "ifsock fs io", 0 },
  { "pipe", get_pipe, "socket io fs", 0 },
  { "fifo", get_fifo, "io fs", 0 },
  { "terminal_master", get_master, "term tioctl io fs", 0 },
  { "terminal", get_slave, "term tioctl io fs", 0 },
  { "null_device", get_null, "io fs", 0 },
  { "random_device", get_random, "io fs", 0 },
};
#define TARGETS (sizeof targets / sizeof *targets)

static mach_port_t control; /* send right, to count */

/* ---- the servers afterwards ---- */

static bool
files_answer (void)
{
  struct stat st;
  char c = 0;
  int fd = open ("healthy", O_RDWR | O_CREAT, 0600);

  REQUIRE (fd >= 0);
  REQUIRE (write (fd, "x", 1) == 1 && pread (fd, &c, 1, 0) == 1 && c == 'x');
  REQUIRE (fstat (fd, &st) == 0 && close (fd) == 0);
  REQUIRE (unlink ("healthy") == 0);
  REQUIRE (stat ("/", &st) == 0 && S_ISDIR (st.st_mode));
  return true;
}

static bool
sockets_answer (void)
{
  int fds[2];
  char c = 0;

  REQUIRE (pipe (fds) == 0);
  REQUIRE (write (fds[1], "x", 1) == 1 && read (fds[0], &c, 1) == 1);
  close (fds[0]);
  close (fds[1]);
  REQUIRE (socketpair (AF_LOCAL, SOCK_STREAM, 0, fds) == 0);
  REQUIRE (write (fds[1], "x", 1) == 1 && read (fds[0], &c, 1) == 1);
  close (fds[0]);
  close (fds[1]);
  return true;
}

static bool
processes_answer (void)
{
  int status = -1;
  pid_t pid = fork ();

  if (pid == 0)
    {
      execl ("/bin/true", "true", (char *)NULL);
      _exit (127);
    }
  REQUIRE (pid > 0 && waitpid (pid, &status, 0) == pid && status == 0);
  REQUIRE (getsid (0) >= 0 && setreuid (-1, -1) == 0);
  return true;
}

static bool
terminals_answer (void)
{
  int master = posix_openpt (O_RDWR | O_NOCTTY), slave;
  char room[16];

  REQUIRE (master >= 0 && grantpt (master) == 0 && unlockpt (master) == 0);
  slave = open (ptsname (master), O_RDWR | O_NOCTTY);
  REQUIRE (slave >= 0);
  REQUIRE (write (master, "x\n", 2) == 2);
  REQUIRE (read (slave, room, sizeof room) == 2);
  close (slave);
  close (master);
  return true;
}

static bool
servers_answer (void)
{
  bool fine;

  alarm (PATIENCE_S);
  fine = files_answer () && sockets_answer () && processes_answer ()
         && terminals_answer ();
  alarm (0);
  return fine;
}

/* ---- what the servers hold ---- */

/* A rendezvous at a port that never dies waits for good, and only so many are
   let wait at one port: have them waiting.  */
static void
waits_fill (void)
{
  mach_port_t directory = file_name_lookup (".", O_READ, 0);

  for (int i = 0; i < 32; i++)
    {
      (void)io_reauthenticate (directory, mach_host_self (),
                               MACH_MSG_TYPE_COPY_SEND);
      (void)io_reauthenticate (directory, bystander, MACH_MSG_TYPE_COPY_SEND);
    }
  (void)mach_port_deallocate (mach_task_self (), directory);
}

/* Known to proc from now on, and to nobody who waits for it.  */
static void
bystander_make (void)
{
  if (task_create (mach_task_self (), FALSE, &bystander) == 0)
    (void)task2pid (bystander);
}

static bool
settled (struct holding *holding)
{
  /* What waits at the bystander goes with it, whether or not a worker has
     ended it.  */
  (void)task_terminate (bystander);
  /* Workers that made themselves or others our children, and dead.  Their
     sessions are kept with them.  */
  while (waitpid (-1, NULL, WNOHANG) > 0)
    ;
  return holding_settled (control, holding);
}

/* ---- claims ---- */

static void
check_target (unsigned int number)
{
  const struct target *target = &targets[number];
  unsigned int answered = survives (target, number);
  struct holding holding;

  claim_reason[0] = '\0';
  if (!board->found)
    claim_say (false, "hostile_to_%s there is none", target->name);
  else if (!servers_answer ())
    claim_say (false, "hostile_to_%s %s", target->name, claim_reason);
  else
    claim_say (true, "hostile_to_%s %u answers", target->name, answered);
  (void)holding_ask (control, &holding); /* which one to look at */
}

/* Each routine that TARGET's interfaces have by itself: which of them leaves
   something behind?  For whoever looks for a leak.  */
static void
check_each (unsigned int number)
{
  struct holding before = { 0 }, after = { 0 };

  for (size_t i = 0; i < ROUTINES; i++)
    if (strstr (targets[number].interfaces, routines[i].interface))
      {
        only = routines[i].name;
        usleep (300000);
        (void)holding_ask (control, &before);
        (void)survives (&targets[number], number);
        usleep (300000);
        (void)holding_ask (control, &after);
        if (after.objects > before.objects || after.names > before.names)
          printf ("# LEFT %s: %d objects, %d names\n", only,
                  (int)(after.objects - before.objects),
                  (int)(after.names - before.names));
      }
}

/* What workers do to a directory lasts, so each round has its own.  */
static bool
enter (const char *directory)
{
  (void)mkdir (directory, 0700);
  return chdir (directory) == 0;
}

/* Nodes keep the objects that were asked of them (identities, addresses of
   sockets), so they go before it is counted.  */
static void
leave (const char *directory)
{
  char command[64];

  snprintf (command, sizeof command, "chmod 700 %s; rm -rf %s", directory,
            directory);
  (void)!chdir ("/");
  (void)!system (command);
}

/* Each target once, for what only the first messages of a kind cost.  */
static bool
warm_up (void)
{
  bool entered = enter (WARM_DIRECTORY);

  waits_fill ();
  for (unsigned int i = 0; i < TARGETS; i++)
    (void)survives (&targets[i], TARGETS + i);
  work_ms = WORK_MS;
  leave (WARM_DIRECTORY);
  return entered;
}

/* Other messages each time, from SEED on, until a server does not answer.  For
   whoever looks for what chance has not found yet.  */
static bool
check_long (const char *name, unsigned int seed)
{
  bool fine = enter (DIRECTORY);

  work_ms = LONG_MS;
  for (only = NULL; fine; seed++)
    {
      const struct target *target = &targets[seed % TARGETS];

      if (strcmp (name, "all") && strcmp (name, target->name))
        continue;
      (void)survives (target, seed);
      (void)task_terminate (bystander);
      bystander_make ();
      fine = servers_answer ();
      printf ("# seed %u, %s: %s\n", seed, target->name,
              fine ? "the servers answer" : claim_reason);
    }
  return fine;
}

int
main (int argc, char **argv)
{
  struct holding before = { 0 }, after = { 0 };
  bool counted;

  only = argc > 2 ? argv[2] : NULL;
  verbose = argc > 3;
  work_ms = WARM_MS;
  control = get_control ();
  if (!prepared ())
    return 1;
  (void)servers_answer ();
  bystander_make ();
  if (only && !strcmp (only, "long"))
    {
      verbose = argc > 4;
      return !check_long (argv[1],
                          argc > 3 ? (unsigned int)atoi (argv[3]) : 0);
    }
  if (!warm_up ())
    return 1;
  counted = settled (&before) && enter (DIRECTORY);
  bystander_make ();
  if (!counted)
    claim_say (false, "hostile_leaves_can_be_counted %s", claim_reason);
  for (unsigned int i = 0; i < TARGETS; i++)
    if (argc < 2 || !strcmp (targets[i].name, argv[1]))
      {
        if (only && !strcmp (only, "each"))
          check_each (i);
        else
          check_target (i);
      }
  leave (DIRECTORY);
  counted = counted && settled (&after);
  if (counted)
    check_holdings ("", &before, &after);
  return claims_status ();
}
