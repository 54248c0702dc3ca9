/* hostile_work.h -- processes that send such messages, and what they cost

   A worker sends one target messages for a while.  It may well lose its own
   life by what it asks for; the servers may not, and must hold afterwards what
   they held before.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_TESTS_HOSTILE_WORK_H
#define HURDLE_TESTS_HOSTILE_WORK_H

#include <fcntl.h>
#include <hurd.h>
#include <hurd/fs.h>
#include <hurd/io.h>
#include <mach/mach_port.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/guest/claim.h"
#include "tests/guest/hostile_build.h"

#include "hurdle_U.h"

#define TRIES 2       /* for workers that end before their time */
#define PATIENCE_S 30 /* for servers to answer */

/* Where messages go.  */
struct target
{
  const char *name;
  mach_port_t (*get) (void);
  const char *interfaces; /* sent more often than others */
  mach_msg_id_t spared;   /* an honest way to end what all need */
};

static bool verbose;                /* print each message before it is sent */
static int work_ms;                 /* how long a worker sends */
static const char *only;            /* this routine, where not NULL */
static void (*draft_change) (void); /* at the end, where not NULL */

/* Shared with the workers.  */
static struct board
{
  volatile unsigned int sent, answered;
  const char *volatile routine; /* asked last */
  volatile int found;           /* the target has a port */
} * board;

/* A task without threads, for servers to do to it what we ask.  */
static mach_port_t bystander;

/* ---- ports ---- */

static mach_port_t
port_of (int fd)
{
  return fd < 0 ? MACH_PORT_NULL : getdport (fd);
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

/* ---- the worker ---- */

struct pager
{
  mach_port_t port; /* receive right */
  bool refuses;
};

/* A pager that says it is ready, and then only no, or nothing.  (Whoever sends
   pages of one that is not ready waits for it, and the servers see none.)  */
static void *
pager_serve (void *cookie)
{
  const struct pager *pager = cookie;
  struct
  {
    mach_msg_header_t header;
    uint64_t words[120];
  } in;

  for (;;)
    {
      if (mach_msg (&in.header, MACH_RCV_MSG, 0, sizeof in, pager->port, 0,
                    MACH_PORT_NULL))
        continue;
      if (in.header.msgh_id == 2200)
        (void)memory_object_ready (in.words[1], FALSE,
                                   MEMORY_OBJECT_COPY_DELAY);
      else if (in.header.msgh_id == 2203 && pager->refuses)
        (void)memory_object_data_error (in.words[1], in.words[3], in.words[5],
                                        KERN_FAILURE);
    }
  return NULL;
}

static vm_address_t
page_map (mach_port_t object)
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

static vm_address_t
page_of (struct pager *pager)
{
  pthread_t thread;

  pager->port = right_new ();
  if (pthread_create (&thread, NULL, pager_serve, pager))
    return 0;
  return page_map (pager->port);
}

static void
worker_supply (mach_port_t target)
{
  static struct pager refuser = { .refuses = true }, dumb;
  mach_port_t dead = right_new ();

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
  plain = page_map (MACH_PORT_NULL);
  silent = page_of (&dumb);
  silent_left = 1;
  refusing = page_of (&refuser);
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
  if (draft_change)
    draft_change ();
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

/* ---- from outside ---- */

/* Its task is asked for anew each time: it may have moved to another.  It may
   also have told proc that it is dead, or sent away the right by which it
   would hear of a signal.  */
static void
child_end (pid_t pid)
{
  pid_t ended;

  while ((ended = waitpid (pid, NULL, WNOHANG)) == 0
         || (ended < 0 && errno == EINTR))
    {
      task_t task = pid2task (pid);

      (void)task_terminate (task);
      (void)mach_port_deallocate (mach_task_self (), task);
      usleep (20000);
    }
}

static void
child_wait (pid_t pid, unsigned int ms)
{
  double end = now_ms () + ms;

  while (now_ms () < end)
    {
      if (waitpid (pid, NULL, WNOHANG) == pid)
        return;
      usleep (20000);
    }
  child_end (pid);
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
  unsigned int names, objects, parked, tasks, threads;
};

/* The number behind WHERE in TEXT, from *REST on; *REST is then behind it.  */
static bool
number_find (const char *text, const char *where, const char **rest,
             unsigned int *ret_number)
{
  const char *found = strstr (*rest ? *rest : text, where);
  char *end;

  if (!found)
    return false;
  *ret_number = (unsigned int)strtoul (found + strlen (where), &end, 10);
  *rest = end;
  return true;
}

/* What only the dump says: the threads, and how many names there are without
   the receive rights that each loop keeps for its next objects.  How many
   these are is chance, and would hide as many that are lost.  */
static error_t
dump_ask (mach_port_t control, struct holding *holding)
{
  static const char spare[] = " receive rights, ";
  char room[2048], copy[sizeof room];
  data_t text = room;
  mach_msg_type_number_t size = sizeof room;
  error_t err = hurdle_dump (control, &text, &size);
  const char *rest = NULL;
  unsigned int spares[2];

  if (err)
    return err;
  snprintf (copy, sizeof copy, "%.*s", (int)size, text);
  if (text != room)
    (void)vm_deallocate (mach_task_self (), (vm_address_t)text, size);
  if (!number_find (copy, spare, &rest, &spares[0])
      || !number_find (copy, spare, &rest, &spares[1])
      || !number_find (copy, "\nthreads: ", &rest, &holding->threads)
      || !number_find (copy, "\nport names: ", &rest, &holding->names))
    return EIO;
  holding->names -= spares[0] + spares[1];
  return 0;
}

/* What the servers of the environment behind CONTROL hold.  The first who asks
   starts the clock that limits how long he waits: it is no use to count by. */
static bool
holding_ask (mach_port_t control, struct holding *holding)
{
  unsigned int all;
  error_t err;

  alarm (PATIENCE_S);
  err = dump_ask (control, holding);
  if (!err)
    err = hurdle_count (control, &all, &holding->objects, &holding->parked,
                        &holding->tasks);
  alarm (0);
  errno = err;
  REQUIRE (!err);
  printf ("# the servers hold %u names, %u objects, %u parked requests, %u "
          "tasks, %u threads\n",
          holding->names, holding->objects, holding->parked, holding->tasks,
          holding->threads);
  return true;
}

#define SETTLE_S 5

/* The same when what was under way has come to its end.  */
static bool
holding_settled (mach_port_t control, struct holding *holding)
{
  sleep (SETTLE_S);
  return holding_ask (control, holding);
}

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
      task = pid2task (pid);
      child_wait (pid, 4 * work_ms);
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
check_holding (const char *claim, unsigned int before, unsigned int after)
{
  claim_say (after <= before, "hostile_%s %u before, %u after", claim, before,
             after);
}

/* Kernel calls that may not return are made by a pool of threads, which grows
   to 16 with how many are made at once, and stays.  Each has names: the
   thread's, what wakes it, and where it is answered.  */
#define THREAD_NAMES 3

/* The claims begin with PART.  */
static void
check_holdings (const char *part, const struct holding *before,
                const struct holding *after)
{
  unsigned int threads = after->threads > before->threads
                             ? after->threads - before->threads
                             : 0;
  const struct
  {
    const char *what;
    unsigned int before, after;
  } rows[] = {
    { "names", before->names + threads * THREAD_NAMES, after->names },
    { "objects", before->objects, after->objects },
    { "parked_requests", before->parked, after->parked },
    { "tasks", before->tasks, after->tasks },
  };

  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    {
      char claim[64];

      snprintf (claim, sizeof claim, "%sleaves_no_%s", part, rows[i].what);
      check_holding (claim, rows[i].before, rows[i].after);
    }
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

#endif
