/* grant.h -- one named thing of the parent's that was given

   All that came of it is one generation.  Its gate is what may be done with it
   now: one store narrows it for everything at once, from any thread, and what
   the store cannot reach (mappings, waiting requests) is cleaned up after it,
   on the loop, by the operations of whoever made the grant.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_MEMBRANE_GRANT_H
#define HURDLE_MEMBRANE_GRANT_H

#include "lib/base/events.h"
#include "lib/membrane/outbox.h"

struct grant;

/* Called once, on the loop.  LEFT: tasks that had to be ended because they
   would not let go of a page.  */
typedef void grant_done_t (void *cookie, error_t err, size_t left);

struct grant_ops
{
  /* The gate is closed already, or narrowed to grant->modes.  Clean up what it
     does not reach, then call DONE.  NULL: there is nothing of the kind.  */
  void (*revoke) (struct grant *grant, grant_done_t *done, void *cookie);
  void (*lower) (struct grant *grant, grant_done_t *done, void *cookie);
};

/* Embed it in what is given.  It lives as long as its environment.  */
struct grant
{
  struct list link; /* in the environment's grants */
  const struct grant_ops *ops;
  struct generation generation;
  struct outbox outbox; /* to whoever serves it */
  unsigned int id;      /* counts up in an environment */
  const char *kind;     /* "directory", "descriptor", "terminal" … */
  char *name;           /* where it is inside; owned */
  char *from;           /* what it is outside; owned */
  uint64_t until;       /* uptime (ns) when it is taken back; 0: never */
  int modes;            /* O_READ | O_WRITE: what may be done with it now */
  bool implicit;        /* the starter's own, not in the manifest */
  bool revoked;
  bool used;             /* somebody has asked something of it */
  struct events *events; /* borrowed: where that is told */
};

/* Make GRANT (zeroed) a grant of ENV on LOOP with the gate that MODES call
   for, and put it into GRANTS.  NAME and FROM are copied.  ENOMEM.  */
error_t grant_init (struct grant *grant, const struct grant_ops *ops,
                    struct environment *env, struct loop *loop,
                    struct list *grants, struct events *events,
                    const char *kind, const char *name, const char *from,
                    int modes);

/* What GRANT was to give could not be made.  */
void grant_finish (struct grant *grant);

/* From now on no more than MODES of what could be done; 0 revokes.  What the
   loop has taken before is done by it; what comes after is judged anew.  Any
   thread.  */
void grant_narrow (struct grant *grant, int modes);

/* grant_narrow, then clean up; DONE is called once, on the loop, when it has
   reached everything.  On the loop.  */
void grant_lower (struct grant *grant, int modes, grant_done_t *done,
                  void *cookie);
void grant_revoke (struct grant *grant, grant_done_t *done, void *cookie);

/* The grant ID, or the one named NAME; or NULL.  Borrowed.  */
struct grant *grant_of_id (const struct list *grants, unsigned int id);
struct grant *grant_find (const struct list *grants, const char *name);

/* A request was refused because of what GRANT allows now: an event.  On the
   loop.  */
void grant_denied (struct grant *grant, enum denial why);

static inline struct grant *
grant_of (const struct generation *generation)
{
  return list_entry (generation, struct grant, generation);
}

#endif
