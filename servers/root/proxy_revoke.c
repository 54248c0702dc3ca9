/* proxy_revoke.c -- a directory of the parent is lowered, or taken back

   The gate has been narrowed before: no request is served any more that it
   does not allow.  Here ends what was served before: requests that wait,
   walks that are under way, and mappings.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <stdlib.h>

#include "lib/port/right.h"
#include "servers/root/overlay.h"
#include "servers/root/proxy_pages.h"

#define RELEASED_AT_ONCE 128 /* open files, in one turn of the loop */

void
opened_set_port (struct opened *opened, mach_port_t port)
{
  opened->port = port;
  if (MACH_PORT_VALID (port))
    list_insert_tail (&node_proxy (opened->node)->opened, &opened->link);
}

/* ---- waiting for all mappings ---- */

struct taking
{
  size_t cuts; /* under way, and one for us */
  error_t err;
  size_t left;
  grant_done_t *done;
  void *cookie;
};

static void
taking_end (void *cookie, error_t err, size_t left)
{
  struct taking *taking = cookie;

  if (err)
    taking->err = err;
  taking->left += left;
  if (--taking->cuts)
    return;
  taking->done (taking->cookie, taking->err, taking->left);
  free (taking);
}

/* Cut what is mapped: all of it, or what may be written to.  */
static void
proxy_cut (struct proxy *proxy, bool all, grant_done_t *done, void *cookie)
{
  struct taking *taking = calloc (1, sizeof *taking);

  if (!taking)
    {
      done (cookie, ENOMEM, 0);
      return;
    }
  taking->cuts = 1;
  taking->done = done;
  taking->cookie = cookie;
  list_for_each (node, following, &proxy->mapped)
  {
    struct pages *pages = list_entry (node, struct pages, link);

    if (pages->cut || !(all || pages->writable))
      continue;
    taking->cuts++;
    pages_cut (pages, taking_end, taking);
  }
  taking_end (taking, 0, 0);
}

/* ---- giving back ---- */

/* The parent's open files, with the locks on them.  Nobody can use them any
   more, so this may take its time.  */
static void
proxy_release (struct post *post)
{
  struct proxy *proxy = list_entry (post, struct proxy, release);
  struct list *node;

  for (unsigned int i = 0;
       i < RELEASED_AT_ONCE && (node = list_pop (&proxy->opened)); i++)
    send_drop (&list_entry (node, struct opened, link)->port);
  if (!list_empty (&proxy->opened))
    {
      loop_post (proxy->grant.outbox.loop, post);
      return;
    }
  above_end (proxy);
  send_drop (&proxy->volume.top->remote->port);
}

static void
proxy_revoke (struct grant *grant, grant_done_t *done, void *cookie)
{
  struct proxy *proxy = (struct proxy *)grant;

  proxy_tell (proxy);
  proxy_cancel_walking (proxy, EIO);
  proxy_cancel_waiting (proxy, EIO);
  overlay_cancel (proxy, EIO);
  proxy_cut (proxy, true, done, cookie);
  recent_forget (proxy);
  if (proxy->release.run)
    return; /* it was revoked before */
  proxy->release.run = proxy_release;
  loop_post (grant->outbox.loop, &proxy->release);
}

static void
proxy_lower (struct grant *grant, grant_done_t *done, void *cookie)
{
  struct proxy *proxy = (struct proxy *)grant;

  proxy_tell (proxy);
  proxy_cut (proxy, false, done, cookie);
}

const struct grant_ops proxy_grant_ops
    = { .revoke = proxy_revoke, .lower = proxy_lower };
