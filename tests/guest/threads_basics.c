/* threads_basics.c -- POSIX threads on the environment's servers
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/guest/claim.h"

#define THREADS 8
#define ROUNDS 10000

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int counter;

static void *
count_up (void *unused)
{
  (void)unused;
  for (int i = 0; i < ROUNDS; i++)
    {
      pthread_mutex_lock (&lock);
      counter++;
      pthread_mutex_unlock (&lock);
    }
  return NULL;
}

static bool
a_mutex_excludes (void)
{
  pthread_t threads[THREADS];

  counter = 0;
  for (int i = 0; i < THREADS; i++)
    REQUIRE (pthread_create (&threads[i], NULL, count_up, NULL) == 0);
  for (int i = 0; i < THREADS; i++)
    REQUIRE (pthread_join (threads[i], NULL) == 0);
  REQUIRE (counter == THREADS * ROUNDS);
  return true;
}

static void *
answer (void *value)
{
  return (char *)value + 1;
}

static bool
join_gets_the_result (void)
{
  char room[2];
  pthread_t thread;
  void *result;

  REQUIRE (pthread_create (&thread, NULL, answer, room) == 0);
  REQUIRE (pthread_join (thread, &result) == 0 && result == room + 1);
  return true;
}

static void *
wait_for_ten (void *unused)
{
  (void)unused;
  pthread_mutex_lock (&lock);
  while (counter != 10)
    pthread_cond_wait (&changed, &lock);
  counter = 11;
  pthread_mutex_unlock (&lock);
  return NULL;
}

static bool
a_condition_wakes_its_waiter (void)
{
  pthread_t thread;

  counter = 0;
  REQUIRE (pthread_create (&thread, NULL, wait_for_ten, NULL) == 0);
  for (int i = 0; i < 10; i++)
    {
      pthread_mutex_lock (&lock);
      counter++;
      pthread_cond_broadcast (&changed);
      pthread_mutex_unlock (&lock);
    }
  REQUIRE (pthread_join (thread, NULL) == 0 && counter == 11);
  return true;
}

static bool
a_timed_wait_ends (void)
{
  struct timespec when;
  int err;

  clock_gettime (CLOCK_REALTIME, &when);
  when.tv_sec++;
  pthread_mutex_lock (&lock);
  err = pthread_cond_timedwait (&changed, &lock, &when);
  pthread_mutex_unlock (&lock);
  REQUIRE (err == ETIMEDOUT);
  return true;
}

static bool cleaned;

static void
clean (void *unused)
{
  (void)unused;
  cleaned = true;
}

static void *
read_for_ever (void *fd)
{
  char byte;

  pthread_cleanup_push (clean, NULL);
  (void)!read (*(int *)fd, &byte, 1);
  pthread_cleanup_pop (0);
  return NULL;
}

static bool
a_thread_is_cancelled_in_a_read (void)
{
  pthread_t thread;
  void *result;
  int fds[2];

  REQUIRE (pipe (fds) == 0);
  REQUIRE (pthread_create (&thread, NULL, read_for_ever, &fds[0]) == 0);
  usleep (100000);
  REQUIRE (pthread_cancel (thread) == 0);
  REQUIRE (pthread_join (thread, &result) == 0);
  REQUIRE (result == PTHREAD_CANCELED && cleaned);
  close (fds[0]);
  close (fds[1]);
  return true;
}

static __thread int mine;

static void *
set_mine (void *value)
{
  mine = *(int *)value;
  usleep (20000);
  return mine == *(int *)value ? value : NULL;
}

static bool
thread_variables_are_apart (void)
{
  pthread_t threads[THREADS];
  int values[THREADS];
  void *result;

  for (int i = 0; i < THREADS; i++)
    {
      values[i] = i;
      REQUIRE (pthread_create (&threads[i], NULL, set_mine, &values[i]) == 0);
    }
  for (int i = 0; i < THREADS; i++)
    REQUIRE (pthread_join (threads[i], &result) == 0 && result == &values[i]);
  return true;
}

static bool
many_threads_come_and_go (void)
{
  char room[2];

  for (int i = 0; i < 300; i++)
    {
      pthread_t thread;

      REQUIRE (pthread_create (&thread, NULL, answer, room) == 0);
      REQUIRE (pthread_join (thread, NULL) == 0);
    }
  return true;
}

static void *
fork_and_wait (void *unused)
{
  pid_t child = fork ();
  int status;

  (void)unused;
  if (child == 0)
    _exit (9);
  if (child < 0 || waitpid (child, &status, 0) != child)
    return NULL;
  return WIFEXITED (status) && WEXITSTATUS (status) == 9 ? (void *)&mine
                                                         : NULL;
}

static bool
a_thread_can_fork (void)
{
  pthread_t thread;
  void *result;

  REQUIRE (pthread_create (&thread, NULL, fork_and_wait, NULL) == 0);
  REQUIRE (pthread_join (thread, &result) == 0 && result != NULL);
  return true;
}

static const struct claim claims[] = {
  CLAIM (a_mutex_excludes),
  CLAIM (join_gets_the_result),
  CLAIM (a_condition_wakes_its_waiter),
  CLAIM (a_timed_wait_ends),
  CLAIM (a_thread_is_cancelled_in_a_read),
  CLAIM (thread_variables_are_apart),
  CLAIM (many_threads_come_and_go),
  CLAIM (a_thread_can_fork),
};

CLAIMS_MAIN (claims)
