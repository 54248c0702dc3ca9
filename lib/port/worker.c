/* worker.c -- a bounded pool of threads that may be lost
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <mach/mach_traps.h>
#include <mach/mig_support.h>
#include <mach/thread_switch.h>
#include <pthread.h>
#include <stdlib.h>

#include "lib/port/worker.h"

#define LOST_AFTER_NS UINT64_C (3000000000) /* 3 s in one kernel call */
#define LOOK_AGAIN_MS 1000

struct workers
{
  /* Guards everything below.  Not held while a job runs.  */
  pthread_mutex_t lock;
  pthread_cond_t work;
  struct list jobs;     /* struct job.post.link */
  struct list busy;     /* struct worker.link */
  unsigned int waiting; /* jobs */
  unsigned int able;    /* threads that have none, or will in a moment */
  unsigned int threads, lost, max;
  bool supervised; /* a thread looks for lost ones: jobs wait, and nobody is
                      able */
};

struct worker
{
  struct list link;
  struct workers *workers;
  uint64_t since_ns;
  bool lost;
};

struct workers *
workers_create (unsigned int max)
{
  struct workers *workers = calloc (1, sizeof *workers);

  if (!workers)
    return NULL;
  pthread_mutex_init (&workers->lock, NULL);
  pthread_cond_init (&workers->work, NULL);
  list_init (&workers->jobs);
  list_init (&workers->busy);
  workers->max = max;
  return workers;
}

static struct job *
worker_next (struct worker *worker)
{
  struct workers *workers = worker->workers;

  while (list_empty (&workers->jobs))
    pthread_cond_wait (&workers->work, &workers->lock);
  workers->able--;
  workers->waiting--;
  worker->since_ns = clock_now_ns ();
  list_insert_tail (&workers->busy, &worker->link);
  return list_entry (list_pop (&workers->jobs), struct job, post.link);
}

static void
job_done (struct post *post)
{
  struct job *job = list_entry (post, struct job, post);

  job->done (job);
}

static void *
worker_run (void *argument)
{
  struct worker *worker = argument;
  struct workers *workers = worker->workers;

  /* What a thread costs in names it costs from its beginning, not from the
     first job that needs an answer: what is held can be compared.  */
  (void)mig_get_reply_port ();
  pthread_mutex_lock (&workers->lock);
  while (!worker->lost)
    {
      struct job *job = worker_next (worker);
      bool told = job->done != NULL;

      pthread_mutex_unlock (&workers->lock);
      job->run (job);
      if (told)
        {
          job->post.run = job_done;
          loop_post (job->loop, &job->post);
        }
      pthread_mutex_lock (&workers->lock);
      list_remove (&worker->link);
      workers->able += !worker->lost;
    }
  /* It came back after its place had been given away.  */
  workers->lost--;
  pthread_mutex_unlock (&workers->lock);
  free (worker);
  return NULL;
}

static void
worker_create_locked (struct workers *workers)
{
  struct worker *worker = calloc (1, sizeof *worker);
  pthread_t thread;

  if (!worker)
    return;
  worker->workers = workers;
  list_init (&worker->link);
  if (pthread_create (&thread, NULL, worker_run, worker))
    free (worker);
  else
    {
      pthread_detach (thread);
      workers->threads++;
      workers->able++;
    }
}

/* Whoever is in one job for too long has lost its place in the pool.  */
static void
workers_count_lost_locked (struct workers *workers)
{
  uint64_t now = clock_now_ns ();

  list_for_each (node, following, &workers->busy)
  {
    struct worker *worker = list_entry (node, struct worker, link);

    if (worker->lost || now - worker->since_ns < LOST_AFTER_NS)
      continue;
    worker->lost = true;
    workers->lost++;
    workers->threads--;
  }
}

/* A thread for each job that waits, as far as there may be so many.  */
static void
workers_grow_locked (struct workers *workers)
{
  unsigned int missing = workers->waiting - workers->able;

  if (workers->threads + missing > workers->max)
    workers_count_lost_locked (workers);
  for (; missing && workers->threads < workers->max; missing--)
    worker_create_locked (workers);
}

/* All may be in calls that do not return, and nobody comes with another job:
   those that wait must not do so for ever.  */
static void *
supervisor_run (void *argument)
{
  struct workers *workers = argument;

  pthread_mutex_lock (&workers->lock);
  while (workers->waiting > workers->able)
    {
      pthread_mutex_unlock (&workers->lock);
      (void)thread_switch (MACH_PORT_NULL, SWITCH_OPTION_WAIT, LOOK_AGAIN_MS);
      pthread_mutex_lock (&workers->lock);
      if (workers->waiting > workers->able)
        workers_grow_locked (workers);
    }
  workers->supervised = false;
  pthread_mutex_unlock (&workers->lock);
  return NULL;
}

static void
workers_supervise_locked (struct workers *workers)
{
  pthread_t thread;

  if (workers->supervised
      || pthread_create (&thread, NULL, supervisor_run, workers))
    return;
  pthread_detach (thread);
  workers->supervised = true;
}

void
workers_submit (struct workers *workers, struct loop *loop, struct job *job)
{
  job->loop = loop;
  pthread_mutex_lock (&workers->lock);
  list_insert_tail (&workers->jobs, &job->post.link);
  workers->waiting++;
  if (workers->waiting > workers->able)
    workers_grow_locked (workers);
  if (workers->waiting > workers->able)
    workers_supervise_locked (workers);
  pthread_cond_signal (&workers->work);
  pthread_mutex_unlock (&workers->lock);
}

unsigned int
workers_lost (const struct workers *workers)
{
  return workers->lost;
}
