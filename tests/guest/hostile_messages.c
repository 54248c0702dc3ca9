/* hostile_messages.c -- every request, wrong in every way, to every server

   For each kind of port that a program can get there is a worker: a process
   that sends it messages for a few seconds.  A worker may well lose its own
   life by what it asks for; the servers may not.  After each of them ordinary
   calls must be answered, and at the end the servers must hold what they held
   before.
   usage: hostile_messages [TARGET [ROUTINE|each [verbose]]]
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <hurd.h>
#include <hurd/fs.h>
#include <hurd/io.h>
#include <mach/mach_port.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/guest/claim.h"
#include "tests/guest/hostile_build.h"

#define WORK_MS 600
#define WARM_MS 250
#define TRIES 2       /* for workers that end before their time */
#define PATIENCE_S 30 /* for servers to answer */
#define WARM_DIRECTORY "/tmp/hostile.warm"
#define DIRECTORY "/tmp/hostile"

/* ---- targets ---- */

static mach_port_t
port_of (int fd)
{
  return fd < 0 ? MACH_PORT_NULL : getdport (fd);
}

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
get_file (void)
{
  return port_of (open ("file", O_RDWR | O_CREAT, 0600));
}

static mach_port_t
get_directory (void)
{
  return port_of (open (".", O_RDONLY));
}

static mach_port_t
get_unopened (void)
{
  return file_name_lookup ("file", O_NOTRANS, 0);
}

static mach_port_t
get_memory (void)
{
  mach_port_t read = MACH_PORT_NULL, write = MACH_PORT_NULL;

  (void)io_map (get_file (), &read, &write);
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

static const struct target
{
  const char *name;
  mach_port_t (*get) (void);
  const char *interfaces; /* sent more often than others */
  mach_msg_id_t spared;   /* an honest way to end what all need */
} targets[] = {
  { "auth", get_auth, "auth", 0 },
  { "proc", get_proc, "process", 0 },
  { "exec", get_exec, "exec fs io", 0 },
  { "startup", get_startup, "startup fs io", 0 },
  { "crash", get_crash, "crash fs io", 0 },
  { "control", get_control, "io", 0 },
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

/* ---- the worker ---- */

static bool verbose;          /* print each message before it is sent */
static int work_ms = WARM_MS; /* how long a worker sends */
static const char *only;      /* this routine, where not NULL */

/* Shared with the workers.  */
static struct board
{
  volatile unsigned int sent, answered;
  const char *volatile routine; /* asked last */
  volatile int found;           /* the target has a port */
} * board;

/* A task without threads, for servers to do to it what we ask.  */
static mach_port_t bystander;

/* A pager that says it is ready, and then only no.  */
static void *
pager_refuse (void *cookie)
{
  struct
  {
    mach_msg_header_t header;
    uint64_t words[120];
  } in;
  mach_port_t port = (uintptr_t)cookie;

  for (;;)
    {
      if (mach_msg (&in.header, MACH_RCV_MSG, 0, sizeof in, port, 0,
                    MACH_PORT_NULL))
        continue;
      if (in.header.msgh_id == 2200)
        (void)memory_object_ready (in.words[1], FALSE,
                                   MEMORY_OBJECT_COPY_DELAY);
      else if (in.header.msgh_id == 2203)
        (void)memory_object_data_error (in.words[1], in.words[3], in.words[5],
                                        KERN_FAILURE);
    }
  return NULL;
}

static vm_address_t
page_of (mach_port_t object)
{
  vm_address_t address = 0;

  if (object)
    (void)mach_port_insert_right (mach_task_self (), object, object,
                                  MACH_MSG_TYPE_MAKE_SEND);
  if (vm_map (mach_task_self (), &address, 16 * vm_page_size, 0, TRUE, object,
              0, FALSE, VM_PROT_ALL, VM_PROT_ALL, VM_INHERIT_NONE))
    return 0;
  return address;
}

static void
worker_supply (mach_port_t target)
{
  mach_port_t pager = right_new (), dead = right_new ();
  pthread_t thread;

  (void)mach_port_insert_right (mach_task_self (), dead, dead,
                                MACH_MSG_TYPE_MAKE_SEND);
  (void)mach_port_mod_refs (mach_task_self (), dead, MACH_PORT_RIGHT_RECEIVE,
                            -1);
  ports[ports_count++] = target;
  ports[ports_count++] = dead;
  /* A server that is asked for it may well end or replace a task.  */
  ports[ports_count++] = one_in (4) ? mach_task_self () : bystander;
  ports[ports_count++] = mach_thread_self ();
  ports[ports_count++] = mach_host_self ();
  ports[ports_count++] = getauth ();
  ports[ports_count++] = getproc ();
  ports[ports_count++] = get_file ();
  ports[ports_count++] = get_directory ();
  /* Some messages move rights away.  */
  for (unsigned int i = 0; i < ports_count; i++)
    (void)mach_port_mod_refs (mach_task_self (), ports[i],
                              MACH_PORT_RIGHT_SEND, 10000);
  plain = page_of (MACH_PORT_NULL);
  silent = page_of (right_new ());
  silent_left = 1;
  refusing = page_of (pager);
  if (pthread_create (&thread, NULL, pager_refuse, (void *)(uintptr_t)pager))
    refusing = 0;
}

/* One that TARGET's server has an interest in, mostly.  */
static const struct routine *
routine_pick (const struct target *target)
{
  for (int i = 0; i < (only ? 10000 : 64); i++)
    {
      const struct routine *routine = &routines[chance () % ROUTINES];

      if (only ? !strcmp (only, routine->name)
               : strstr (target->interfaces, routine->interface)
                     && routine->id != target->spared)
        return routine;
    }
  return &routines[chance () % ROUTINES];
}

/* Take what came back, and the rights in it, back to the kernel.  */
static void
answers_drop (mach_port_t reply, unsigned int ms)
{
  static struct draft in;

  while (!mach_msg (&in.header, MACH_RCV_MSG | MACH_RCV_TIMEOUT, 0, sizeof in,
                    reply, ms, MACH_PORT_NULL))
    {
      board->answered++;
      mach_msg_destroy (&in.header);
      ms = 0;
    }
}

static double
now_ms (void)
{
  struct timespec now;

  (void)clock_gettime (CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

static void
draft_print (const char *name)
{
  printf ("# %s id %d bits %x size %u", name, draft.header.msgh_id,
          draft.header.msgh_bits, draft.header.msgh_size);
  for (unsigned int i = 0; i < descriptors_count; i++)
    printf (" (%u %u x%u%s%s)", descriptors[i]->msgt_name,
            descriptors[i]->msgt_size, descriptors[i]->msgt_number,
            descriptors[i]->msgt_inline ? "" : " out",
            descriptors[i]->msgt_deallocate ? " gone" : "");
  putchar ('\n');
}

static void
worker_send (const struct target *target, mach_port_t port, mach_port_t reply)
{
  const struct routine *routine = routine_pick (target);

  draft_make (routine, port, reply);
  board->routine = routine->name;
  board->sent++;
  if (verbose)
    draft_print (routine->name);
  /* What the kernel refuses is not sent, and what it made of it stays with
     us: we end soon.  */
  (void)mach_msg (&draft.header, MACH_SEND_MSG | MACH_SEND_TIMEOUT,
                  draft.header.msgh_size, 0, MACH_PORT_NULL, 100,
                  MACH_PORT_NULL);
}

static void __attribute__ ((noreturn))
worker_run (const struct target *target, unsigned int seed)
{
  mach_port_t port = target->get (), reply = mach_reply_port ();
  double end;

  if (!MACH_PORT_VALID (port))
    _exit (1);
  board->found = 1;
  chance_state = 0x9e3779b97f4a7c15 * (seed + 1);
  worker_supply (port);
  /* Nothing that we ask for may cost others their standard files.  */
  if (!verbose)
    for (int i = 0; i < 3; i++)
      (void)close (i);
  end = now_ms () + (verbose ? 20 : 1) * work_ms;
  while (now_ms () < end)
    for (int i = 0; i < 16; i++)
      {
        worker_send (target, port, reply);
        answers_drop (reply, one_in (8) ? 10 : 0);
      }
  _exit (0);
}

/* ---- the servers afterwards ---- */

static bool
child_ends (pid_t pid, unsigned int ms)
{
  double end = now_ms () + ms;

  while (now_ms () < end)
    {
      if (waitpid (pid, NULL, WNOHANG) == pid)
        return true;
      usleep (20000);
    }
  (void)kill (pid, SIGKILL);
  (void)waitpid (pid, NULL, 0);
  return false;
}

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

static void
too_late (int number)
{
  static const char text[]
      = "not ok servers_answer_in_time nothing came back\n";

  (void)number;
  (void)!write (1, text, sizeof text - 1);
  _exit (1);
}

/* ---- what the servers hold ---- */

struct holding
{
  unsigned int names, objects, parked, tasks;
};

#define HURDLE_COUNT 45001

/* hurdle_count of <hurdle/hurdle.defs>, sent by hand: libc does not know it.
 */
static bool
holding_ask (struct holding *holding)
{
  struct
  {
    mach_msg_header_t header;
    mach_msg_type_t code_type;
    kern_return_t code;
    struct
    {
      mach_msg_type_t type;
      unsigned int number __attribute__ ((aligned (8)));
    } answers[4];
    char trailer[64];
  } message = { .header = { 0 } };
  mach_port_t reply = mach_reply_port (), control = get_control ();

  message.header = (mach_msg_header_t){
    .msgh_bits
    = MACH_MSGH_BITS (MACH_MSG_TYPE_COPY_SEND, MACH_MSG_TYPE_MAKE_SEND_ONCE),
    .msgh_size = sizeof message.header,
    .msgh_remote_port = control,
    .msgh_local_port = reply,
    .msgh_id = HURDLE_COUNT,
  };
  REQUIRE (mach_msg (&message.header,
                     MACH_SEND_MSG | MACH_RCV_MSG | MACH_RCV_TIMEOUT,
                     sizeof message.header, sizeof message, reply, 10000,
                     MACH_PORT_NULL)
           == 0);
  errno = message.code;
  REQUIRE (message.code == 0);
  *holding
      = (struct holding){ message.answers[0].number, message.answers[1].number,
                          message.answers[2].number,
                          message.answers[3].number };
  printf ("# the servers hold %u names, %u objects, %u parked requests, %u "
          "tasks\n",
          holding->names, holding->objects, holding->parked, holding->tasks);
  (void)mach_port_mod_refs (mach_task_self (), reply, MACH_PORT_RIGHT_RECEIVE,
                            -1);
  (void)mach_port_deallocate (mach_task_self (), control);
  return true;
}

/* Servers keep some receive rights for their next objects: have as many of
   them made as are kept.  */
static void
spares_fill (void)
{
  int fds[400];

  for (int i = 0; i < 400; i++)
    fds[i] = open ("/dev/null", O_RDONLY);
  for (int i = 0; i < 400; i++)
    if (fds[i] >= 0)
      close (fds[i]);
}

/* A rendezvous at a port that never dies waits for good, and only so many are
   let wait at one port: have them waiting.  */
static void
waits_fill (void)
{
  mach_port_t directory = get_directory ();

  for (int i = 0; i < 32; i++)
    {
      (void)io_reauthenticate (directory, mach_host_self (),
                               MACH_MSG_TYPE_COPY_SEND);
      (void)io_reauthenticate (directory, bystander, MACH_MSG_TYPE_COPY_SEND);
    }
}

static bool
holding_settled (struct holding *holding)
{
  spares_fill ();
  usleep (5000000);
  return holding_ask (holding);
}

/* ---- claims ---- */

static unsigned int
survives (const struct target *target, unsigned int number)
{
  unsigned int answered = 0;

  board->found = 0;
  for (unsigned int i = 0; i < TRIES; i++)
    {
      mach_port_t task;
      pid_t pid;

      board->sent = board->answered = 0;
      pid = fork ();
      if (pid == 0)
        worker_run (target, number * TRIES + i);
      /* It may have told proc that it is dead, and been stopped.  */
      task = pid2task (pid);
      (void)child_ends (pid, 4 * work_ms);
      (void)task_terminate (task);
      (void)mach_port_deallocate (mach_task_self (), task);
      printf ("# %s: %u sent, %u answered, the last was %s\n", target->name,
              board->sent, board->answered,
              board->routine ? board->routine : "none");
      answered += board->answered;
      if (board->sent > 500)
        break;
    }
  return answered;
}

static void
check_target (unsigned int number)
{
  const struct target *target = &targets[number];
  unsigned int answered = survives (target, number);
  struct holding holding;

  claim_reason[0] = '\0';
  if (!board->found)
    printf ("not ok hostile_to_%s there is none\n", target->name);
  else if (!servers_answer ())
    printf ("not ok hostile_to_%s %s\n", target->name, claim_reason);
  else
    printf ("ok hostile_to_%s %u answers\n", target->name, answered);
  (void)holding_ask (&holding); /* which one to look at */
}

/* Most of what a kind of message leaves behind once (rights that are kept for
   the next objects) is there after the warm-up.  This is for the nodes of the
   second directory whose identities were asked for, and for what proc knows
   of the dead until we end.  A leak for each message of a kind would be
   hundreds.  */
#define SLACK 16

static void
check_holding (const char *what, unsigned int before, unsigned int after)
{
  if (after <= before + SLACK)
    printf ("ok hostile_leaves_no_%s %u before, %u after\n", what, before,
            after);
  else
    printf ("not ok hostile_leaves_no_%s %u before, %u after\n", what, before,
            after);
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
        spares_fill ();
        usleep (300000);
        (void)holding_ask (&before);
        (void)survives (&targets[number], number);
        spares_fill ();
        usleep (300000);
        (void)holding_ask (&after);
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

/* Each target once, for what only the first messages of a kind cost.  */
static bool
warm_up (void)
{
  bool entered = enter (WARM_DIRECTORY);

  waits_fill ();
  for (unsigned int i = 0; i < TARGETS; i++)
    (void)survives (&targets[i], TARGETS + i);
  work_ms = WORK_MS;
  return entered && enter (DIRECTORY);
}

static bool
prepared (void)
{
  board = mmap (NULL, sizeof *board, PROT_READ | PROT_WRITE,
                MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  setvbuf (stdout, NULL, _IOLBF, 0);
  signal (SIGALRM, too_late);
  return board != MAP_FAILED;
}

int
main (int argc, char **argv)
{
  struct holding before = { 0 }, after = { 0 };
  bool counted;

  only = argc > 2 ? argv[2] : NULL;
  verbose = argc > 3;
  if (!prepared ())
    return 1;
  (void)servers_answer ();
  /* Known to proc from now on, and to nobody who waits for it.  */
  if (task_create (mach_task_self (), FALSE, &bystander) == 0)
    (void)task2pid (bystander);
  if (!warm_up ())
    return 1;
  counted = holding_settled (&before);
  if (!counted)
    printf ("not ok hostile_leaves_can_be_counted %s\n", claim_reason);
  for (unsigned int i = 0; i < TARGETS; i++)
    if (argc < 2 || !strcmp (targets[i].name, argv[1]))
      {
        if (only && !strcmp (only, "each"))
          check_each (i);
        else
          check_target (i);
      }
  counted = counted && holding_settled (&after);
  (void)task_terminate (bystander);
  if (!counted)
    return 0;
  check_holding ("names", before.names, after.names);
  check_holding ("objects", before.objects, after.objects);
  check_holding ("parked_requests", before.parked, after.parked);
  check_holding ("tasks", before.tasks, after.tasks);
  return 0;
}
