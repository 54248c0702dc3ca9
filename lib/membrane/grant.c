/* grant.c -- give, narrow, take back
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "lib/membrane/grant.h"

/* Whether a request may be served is the business of who serves it, who knows
   its open modes; that somebody asked at all is worth knowing.  */
static error_t
admit_given (struct object *object, const mach_msg_header_t *request)
{
  struct grant *grant = grant_of (object->generation);

  (void)request;
  if (!grant->used)
    events_add_given (grant->events, "used", grant->name);
  grant->used = true;
  return 0;
}

void
grant_denied (struct grant *grant, enum denial why)
{
  events_deny (grant->events, why, grant, grant->name, clock_now_ns ());
}

static error_t
admit_revoked (struct object *object, const mach_msg_header_t *request)
{
  error_t err = gate_closed.admit (object, request);

  if (err)
    grant_denied (grant_of (object->generation), DENIED_REVOKED);
  return err;
}

static const struct gate gate_given = { "given", admit_given };
static const struct gate gate_revoked = { "revoked", admit_revoked };

/* The last one's, and one more.  */
static unsigned int
grant_next_id (const struct list *grants)
{
  return list_empty (grants)
             ? 1
             : list_entry (grants->prev, struct grant, link)->id + 1;
}

error_t
grant_init (struct grant *grant, const struct grant_ops *ops,
            struct environment *env, struct loop *loop, struct list *grants,
            struct events *events, const char *kind, const char *name,
            const char *from, int modes)
{
  grant->events = events;
  grant->ops = ops;
  grant->kind = kind;
  grant->name = strdup (name);
  grant->from = strdup (from);
  if (!grant->name || !grant->from)
    {
      free (grant->name);
      free (grant->from);
      return ENOMEM;
    }
  grant->modes = modes & (O_READ | O_WRITE);
  grant->generation.name = grant->name;
  grant->generation.environment = env;
  grant->generation.gate = &gate_given;
  outbox_init (&grant->outbox, loop);
  grant->id = grant_next_id (grants);
  list_insert_tail (grants, &grant->link);
  return 0;
}

void
grant_finish (struct grant *grant)
{
  list_remove (&grant->link);
  free (grant->name);
  free (grant->from);
}

void
grant_narrow (struct grant *grant, int modes)
{
  __atomic_and_fetch (&grant->modes, modes, __ATOMIC_SEQ_CST);
  if (modes)
    return;
  grant->revoked = true;
  __atomic_store_n (&grant->generation.gate, &gate_revoked, __ATOMIC_SEQ_CST);
}

void
grant_lower (struct grant *grant, int modes, grant_done_t *done, void *cookie)
{
  grant_narrow (grant, modes);
  events_add (grant->events, "lowered", grant->name);
  if (grant->ops->lower && !grant->revoked)
    grant->ops->lower (grant, done, cookie);
  else
    done (cookie, 0, 0);
}

void
grant_revoke (struct grant *grant, grant_done_t *done, void *cookie)
{
  grant_narrow (grant, 0);
  events_add (grant->events, "revoked", grant->name);
  outbox_finish (&grant->outbox, EIO);
  if (grant->ops->revoke)
    grant->ops->revoke (grant, done, cookie);
  else
    done (cookie, 0, 0);
}

struct grant *
grant_of_id (const struct list *grants, unsigned int id)
{
  list_for_each (node, following, grants)
  {
    struct grant *grant = list_entry (node, struct grant, link);

    if (grant->id == id)
      return grant;
  }
  return NULL;
}

struct grant *
grant_find (const struct list *grants, const char *name)
{
  list_for_each (node, following, grants)
  {
    struct grant *grant = list_entry (node, struct grant, link);

    if (!strcmp (grant->name, name))
      return grant;
  }
  return NULL;
}
