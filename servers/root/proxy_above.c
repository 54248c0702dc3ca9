/* proxy_above.c -- what we have, and give on, can be taken from us

   Pages of a mapped file stay with the kernel until somebody has them taken
   out, so it is not enough that the parent refuses what we ask.  Whoever gives
   something on holds a port of those who want to hear when that ends, and
   drops the right; they ask again, and do with it what was done to us.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <mach/mig_errors.h>
#include <stdlib.h>

#include "lib/port/right.h"
#include "servers/root/proxy.h"

#include "given_S.h"
#include "given_request_U.h"

#define GIVEN_WATCH 45200
#define WATCHED_COST 256 /* bytes; the kernel has some, too */
#define WATCHED_MAX 1024 /* of one grant: a client may ask again and again */
/* The parent may drop the right as soon as it has it.  */
#define PAUSE_NS UINT64_C (100000000)

/* ---- those who were given it by us ---- */

struct watched
{
  struct list link;         /* in proxy->watched */
  mach_port_t port;         /* send right */
  struct death_watch death; /* of it */
  struct proxy *proxy;      /* borrowed */
};

static void
watched_end (struct watched *watched)
{
  list_remove (&watched->link);
  watched->proxy->watched_count--;
  generation_discharge (&watched->proxy->grant.generation, WATCHED_COST);
  send_drop (&watched->port);
  free (watched);
}

static void
watched_died (struct death_watch *death)
{
  watched_end (list_entry (death, struct watched, death));
}

void
proxy_tell (struct proxy *proxy)
{
  struct list *first;

  while ((first = list_first (&proxy->watched)))
    {
      struct watched *watched = list_entry (first, struct watched, link);

      death_watch_stop (&watched->death);
      watched_end (watched);
    }
}

/* One for each port, or those that never die would soon be all there may be.
 */
static bool
watched_is (const struct proxy *proxy, mach_port_t port)
{
  list_for_each (node, following, &proxy->watched)
  {
    if (list_entry (node, struct watched, link)->port == port)
      return true;
  }
  return false;
}

static error_t
watched_start (struct proxy *proxy, mach_port_t port)
{
  struct watched *watched = proxy->watched_count < WATCHED_MAX
                                ? calloc (1, sizeof *watched)
                                : NULL;
  error_t err
      = watched ? generation_charge (&proxy->grant.generation, WATCHED_COST)
                : ENOMEM;

  if (err)
    {
      free (watched);
      return err;
    }
  watched->proxy = proxy;
  watched->port = port;
  watched->death.run = watched_died;
  err = death_watch_start (proxy->grant.outbox.loop, &watched->death, port);
  if (err)
    {
      generation_discharge (&proxy->grant.generation, WATCHED_COST);
      free (watched);
      return err;
    }
  list_insert_tail (&proxy->watched, &watched->link);
  proxy->watched_count++;
  return 0;
}

/* WATCHER is consumed on success.  */
kern_return_t
S_given_watch (object_t object, mach_port_t reply,
               mach_msg_type_name_t reply_type, mach_port_t watcher,
               int *modes)
{
  const struct file *file = (const struct file *)object;
  const struct volume *volume = file->opened->node->volume;
  struct proxy *proxy = volume->proxy ? volume->proxy : volume->under;

  (void)reply, (void)reply_type;
  if (!proxy)
    return EOPNOTSUPP; /* it is ours, and nobody takes it back */
  /* A right to an object of ours would keep it alive.  */
  if (!MACH_PORT_VALID (watcher)
      || object_lookup (proxy->grant.outbox.loop, watcher, NULL))
    return EINVAL;
  *modes = proxy->grant.modes;
  /* A layer can be written to.  */
  if (*modes && volume->under)
    *modes = O_READ | O_WRITE;
  if (!watched_is (proxy, watcher))
    return watched_start (proxy, watcher);
  send_drop (&watcher);
  return 0;
}

const struct interface given_interface
    = { "given", GIVEN_WATCH, 1, given_server_routine };

/* ---- we, who were given it by the parent ---- */

struct above
{
  struct object ear; /* first; the parent has a right while all is as it was */
  struct call call;  /* the question under way */
  struct timer pause;  /* before the next one */
  struct proxy *proxy; /* borrowed */
  bool refused;        /* it is the parent's own: nobody takes it back */
  bool dropped;        /* since the question was asked */
};

static void above_ask (struct above *above);

static void
above_done (void *cookie, error_t err, size_t left)
{
  (void)cookie, (void)err, (void)left;
}

static void
above_heard (struct above *above, int modes)
{
  struct grant *grant = &above->proxy->grant;

  modes &= grant->modes;
  if (!modes)
    grant_revoke (grant, above_done, NULL);
  else if (modes != grant->modes)
    grant_lower (grant, modes, above_done, NULL);
}

static void
above_again (struct timer *timer)
{
  above_ask (list_entry (timer, struct above, pause));
}

static void
above_answered (struct call *call, mach_msg_header_t *message)
{
  struct above *above = list_entry (call, struct above, call);
  struct answer answer;
  int modes = 0;
  error_t err = answer_begin (&answer, message, GIVEN_WATCH);

  above->refused = err == MIG_BAD_ID || err == EOPNOTSUPP;
  if (above->refused)
    return;
  if (!err)
    err = answer_int (&answer, &modes);
  above_heard (above, err ? 0 : modes);
  if (!above->proxy->grant.revoked && above->dropped)
    timer_start (above->ear.loop, &above->pause, clock_now_ns () + PAUSE_NS);
}

static void
above_dropped (struct object *object)
{
  struct above *above = (struct above *)object;

  /* So is the right that came with a question that was refused.  */
  above->dropped = true;
  if (!above->call.running && !above->refused && !above->proxy->grant.revoked)
    above_ask (above);
}

static void
above_free (struct object *object)
{
  free (object);
}

static const struct interface *const no_interfaces[] = { NULL };

static const struct object_class ear_class = {
  .name = "ear",
  .interfaces = no_interfaces,
  .no_senders = above_dropped,
  .free = above_free,
};

/* Who cannot hear when it ends must not have it.  */
static void
above_ask (struct above *above)
{
  struct grant *grant = &above->proxy->grant;
  mach_port_t right = object_send_right (&above->ear), reply;
  error_t err = MACH_PORT_VALID (right) ? 0 : ENOMEM;

  above->dropped = false;
  if (!err)
    err = call_begin (&above->call, &grant->outbox, &grant->generation,
                      grant->outbox.loop, above_answered, &reply);
  if (!err)
    err = call_sent (&above->call, given_watch_request (
                                       above->proxy->volume.top->remote->port,
                                       reply, right, MACH_MSG_TYPE_MOVE_SEND));
  else
    send_drop (&right);
  if (err)
    above_heard (above, 0);
}

error_t
above_watch (struct proxy *proxy)
{
  struct above *above = calloc (1, sizeof *above);
  error_t err
      = above ? object_init (&above->ear, &ear_class, &proxy->grant.generation,
                             proxy->grant.outbox.loop)
              : ENOMEM;

  if (err)
    {
      free (above);
      return err;
    }
  above->proxy = proxy;
  above->pause.run = above_again;
  list_init (&above->pause.link);
  proxy->above = above;
  above_ask (above);
  return 0;
}

void
above_end (struct proxy *proxy)
{
  struct above *above = proxy->above;

  if (!above)
    return;
  proxy->above = NULL;
  timer_stop (&above->pause);
  if (above->call.running)
    call_abandon (&above->call);
  object_destroy (&above->ear, EIO);
  object_drop (&above->ear);
}
