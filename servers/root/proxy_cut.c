/* proxy_cut.c -- take pages back from those who have mapped them

   From the first moment on nothing is supplied any more.  What the kernel has
   it is told to forget; it waits in that for pages that somebody has wired, so
   after a moment whoever still maps the object is ended.  Pages that were
   copied before, by writing to a private mapping, are the task's own.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <mach.h>
#include <stdlib.h>

#include "lib/env/ledger.h"
#include "lib/membrane/pass.h"
#include "lib/port/right.h"
#include "servers/root/proxy_pages.h"

#define IO_WRITE 21000
#define FILE_SET_SIZE 20006
#define PATIENCE_NS UINT64_C (1000000000) /* for wired pages to be let go */

struct cut
{
  struct job flush;    /* first */
  struct pages *pages; /* reference */
  struct timer patience;
  grant_done_t *done; /* NULL: called */
  void *cookie;
  size_t ended; /* tasks */
};

static void
cut_tell (struct cut *cut)
{
  grant_done_t *done = cut->done;

  timer_stop (&cut->patience);
  cut->done = NULL;
  if (done)
    done (cut->cookie, 0, cut->ended);
}

static void
cut_run (struct job *job)
{
  struct cut *cut = (struct cut *)job;

  (void)pager_flush (cut->pages->pager, (vm_size_t)cut->pages->end, false);
}

static void
cut_done (struct job *job)
{
  struct cut *cut = (struct cut *)job;

  cut->pages->flushing = false;
  pages_abandon (cut->pages);
  cut_tell (cut);
  pages_drop (cut->pages);
  free (cut);
}

/* ---- those who do not let go ---- */

/* Which of the tasks map the object is asked of the kernel, on a worker: it
   may wait for a task's map.  */
struct search
{
  struct job job;  /* first */
  struct cut *cut; /* only compared: it may be gone */
  struct environment *env;
  mach_port_t name; /* send right */
  task_t *tasks;    /* send rights; those that do not map it become null */
  size_t count;
};

static bool
task_maps (task_t task, mach_port_t name)
{
  vm_address_t address = 0;
  bool found = false;

  while (!found)
    {
      cleanup_send mach_port_t object = MACH_PORT_NULL;
      vm_prot_t protection, maximum;
      vm_inherit_t inheritance;
      boolean_t shared;
      vm_offset_t offset;
      vm_size_t size;

      if (vm_region (task, &address, &size, &protection, &maximum,
                     &inheritance, &shared, &object, &offset))
        return false;
      found = object == name;
      address += size;
    }
  return true;
}

static void
search_run (struct job *job)
{
  struct search *search = (struct search *)job;

  for (size_t i = 0; i < search->count; i++)
    if (!task_maps (search->tasks[i], search->name))
      send_drop (&search->tasks[i]);
}

static void
search_done (struct job *job)
{
  struct search *search = (struct search *)job;

  for (size_t i = 0; i < search->count; i++)
    {
      struct member *member
          = MACH_PORT_VALID (search->tasks[i])
                ? ledger_find (search->env->ledger, search->tasks[i])
                : NULL;

      if (member)
        member_end (member);
      send_drop (&search->tasks[i]);
    }
  send_drop (&search->name);
  free (search->tasks);
  free (search);
}

static void
search_add (struct member *member, void *cookie)
{
  struct search *search = cookie;

  search->tasks[search->count++] = send_copy (member->task);
}

static void
cut_impatient (struct timer *timer)
{
  struct cut *cut = list_entry (timer, struct cut, patience);
  struct environment *env = cut->pages->proxy->volume.environment;
  struct search *search = calloc (1, sizeof *search);

  if (search)
    search->tasks = calloc (ledger_count (env->ledger) + 1, sizeof (task_t));
  if (!search || !search->tasks)
    {
      free (search);
      timer_start (env->loop, timer, clock_now_ns () + PATIENCE_NS);
      return;
    }
  search->env = env;
  search->name = pager_name (cut->pages->pager);
  ledger_each (env->ledger, search_add, search);
  search->job.run = search_run;
  search->job.done = search_done;
  cut->ended++;
  workers_submit (env->workers, env->loop, &search->job);
}

/* ---- what waits ---- */

/* A client that waits for changed pages to be with the parent: they are not
   going to.  What may still be done is done.  */
static void
held_end (struct pages *pages, struct piece *held)
{
  struct grant *grant = &pages->proxy->grant;
  bool writes = held->message->msgh_id == IO_WRITE
                || held->message->msgh_id == FILE_SET_SIZE;

  if (grant->revoked)
    pass_refuse (held->message, EIO);
  else if (writes)
    pass_refuse (held->message, volume_check_writable (&pages->proxy->volume));
  else
    pass_on (&grant->outbox, held->message, proxied_port (held->handle));
}

static void
pages_fail_waiting (struct pages *pages)
{
  struct list *node;

  while ((node = list_pop (&pages->held)))
    {
      struct piece *held = list_entry (node, struct piece, link);

      held_end (pages, held);
      piece_free (held);
      pages_drop (pages);
    }
  pages_abandon (pages);
}

void
pages_cut (struct pages *pages, grant_done_t *done, void *cookie)
{
  struct environment *env = pages->proxy->volume.environment;
  struct cut *cut = NULL;

  pages_ref (pages);
  pages->cut = true;
  if (pages->pager && pages->end)
    cut = calloc (1, sizeof *cut);
  /* The kernel panics over a page that is refused while it gives pages up.  */
  pages->flushing = cut != NULL;
  pages_fail_waiting (pages);
  send_drop (&pages->file);
  pages->modes = 0;
  if (!cut)
    {
      done (cookie, pages->pager && pages->end ? ENOMEM : 0, 0);
      pages_drop (pages);
      return;
    }
  cut->pages = pages; /* our reference */
  cut->done = done;
  cut->cookie = cookie;
  cut->patience = (struct timer){ .run = cut_impatient };
  list_init (&cut->patience.link);
  cut->flush.run = cut_run;
  cut->flush.done = cut_done;
  timer_start (env->loop, &cut->patience, clock_now_ns () + PATIENCE_NS);
  workers_submit (env->workers, env->loop, &cut->flush);
}
