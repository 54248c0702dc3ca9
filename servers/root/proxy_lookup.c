/* proxy_lookup.c -- walk over the parent's files, a component at a time

   Each step asks the parent for one name, bare, and what it is.  Links, ".."
   and mount points are resolved here, with the ids of whoever walks.  While
   nothing had to be asked yet the walk goes on over our own nodes as well;
   later a client is told where to go on itself.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <mach/mig_errors.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/port/right.h"
#include "servers/root/overlay.h"
#include "servers/root/walk.h"

#include "fs_reply_U.h"
#include "fs_request_U.h"
#include "io_request_U.h"

#define DIR_LOOKUP 20018
#define IO_READ 21001
#define IO_STAT 21013

#define BARE (O_NOLINK | O_NOTRANS)
#define TRIES_MAX 8 /* a name that comes and goes */

/* A walk that is away: at a node of the parent's.  */
struct away
{
  struct call call; /* first */
  struct list link; /* in proxy->walking, while parked */
  struct walk walk;
  struct proxy *proxy; /* of the step that is being made; borrowed */

  /* For whom: a client, whose lookup is parked or still being served, or
     another role.  */
  struct parked parked;
  const struct request *request; /* being served; NULL once parked */
  struct lookup_result *result;  /* likewise */
  root_found_t *found;
  void *cookie;
  struct waiter waiter; /* of another role's, on a layer of ours */

  /* The step.  */
  char name[NODE_NAME_MAX + 1]; /* "": the node itself again */
  char *before;                 /* NEXT as it was before NAME */
  bool last, creating;
  bool searched;   /* "." was walked: search permission is wanted */
  int flags;       /* as the parent was asked */
  error_t refused; /* with those that were wanted, why not; 0 */
  unsigned int tries;
  struct node *node; /* reference: what was found */
  mach_port_t port;  /* send right: the same */
};

static void away_go (struct away *away);

/* ---- ends ---- */

static void
away_free (struct away *away)
{
  list_remove (&away->link);
  list_remove (&away->waiter.link);
  node_drop (away->walk.node);
  node_drop (away->node);
  send_drop (&away->port);
  free (away);
}

static void
away_fail (struct away *away, error_t err)
{
  if (away->found)
    away->found (away->cookie, err, NULL);
  else
    parked_fail (&away->parked, err);
  away_free (away);
}

/* Of another role's walk there is nothing parked.  */
static void
away_give_up (struct away *away, error_t why)
{
  call_abandon (&away->call);
  away_fail (away, why);
}

void
proxy_cancel_walking (struct proxy *proxy, error_t why)
{
  struct list *first;

  while ((first = list_first (&proxy->walking)))
    away_give_up (list_entry (first, struct away, link), why);
}

static void
away_cancel (struct parked *parked, error_t why)
{
  away_give_up (list_entry (parked, struct away, parked), why);
}

/* Answer the parked client.  RESULT's object is given.  */
static void
away_answer (struct away *away, const struct lookup_result *result)
{
  mach_msg_type_name_t type = away->parked.reply_type;
  mach_port_t reply = parked_take_reply (&away->parked);
  mach_port_t right
      = result->object ? object_right (result->object) : result->port;

  (void)dir_lookup_reply (
      reply, type, 0, result->retry, result->retry_name, right,
      result->object ? MACH_MSG_TYPE_MAKE_SEND : MACH_MSG_TYPE_MOVE_SEND);
  object_drop (result->object);
}

/* What RESULT says is the end: of the request being served, or of the one that
   is parked.  */
static error_t
away_result (struct away *away, struct lookup_result *result)
{
  if (away->result)
    {
      away->result->retry = result->retry;
      away->result->object = result->object;
      strcpy (away->result->retry_name, result->retry_name);
    }
  else
    away_answer (away, result);
  return 0;
}

/* ---- home again ---- */

/* Where the way leads over our own nodes from here, the client goes on itself:
   it gets the directory and the rest of the name.  */
static error_t
away_send_home (struct away *away)
{
  char rest[PATH_ROOM] = "";
  struct walk *walk = &away->walk;
  struct lookup_result result
      = { FS_RETRY_NORMAL, rest, NULL, MACH_PORT_NULL };
  struct file *file;
  error_t err;

  if (walk->end == WALK_ABSOLUTE || walk->end == WALK_ABOVE)
    err = walk_open (walk, NULL, &result);
  else
    {
      err = file_create (walk->node, walk->ids, 0, walk->from, &file);
      if (!err)
        result.object = &file->handle.object;
      if (!err)
        err = retry_name_set (&result, "", walk->next);
    }
  if (err)
    {
      object_drop (result.object);
      return err;
    }
  return away_result (away, &result);
}

/* The name just taken off means something of ours in DIR.  */
static void
away_turn_home (struct away *away, struct node *dir)
{
  struct walk *walk = &away->walk;

  walk->next = away->before;
  walk->want_directory = false;
  walk_move (walk, dir);
}

/* ---- the end of the way ---- */

static error_t
away_check (const struct away *away)
{
  const struct walk *walk = &away->walk;
  const struct node *node = away->node;
  mode_t type = node->mode & S_IFMT;

  if (walk->want_directory && type != S_IFDIR)
    return ENOTDIR;
  if (walk->flags & OPEN_RIGHTS && (type == S_IFCHR || type == S_IFBLK)
      && !(walk->flags & O_NOTRANS))
    return ENXIO; /* each device that is wanted is a grant of its own */
  return open_check (node, walk->ids, walk->flags, walk->created);
}

/* A pipe is a name outside, and ours inside.  */
static bool
away_is_special (const struct away *away)
{
  const struct node *node = away->node;

  return (S_ISFIFO (node->mode) || S_ISSOCK (node->mode))
         && away->walk.flags & OPEN_RIGHTS && !(away->walk.flags & BARE);
}

/* Whoever opens it may have to wait for somebody else, so the parked request
   becomes the pipe's.  */
static error_t
away_open_special (struct away *away)
{
  const struct walk *walk = &away->walk;
  struct object *asked = object_ref (away->parked.object);
  struct request request = { .reply_type = away->parked.reply_type,
                             .asked = asked,
                             .id = away->parked.id };
  struct object *object = NULL;
  error_t err = away_check (away);

  request.reply = parked_take_reply (&away->parked);
  if (!err)
    err = node_open_special (away->node, walk->flags, walk->ids, &request,
                             &object);
  if (err && err != MIG_NO_REPLY)
    reply_error (request.reply, request.reply_type, request.id, err);
  if (!err)
    (void)dir_lookup_reply (request.reply, request.reply_type, 0,
                            FS_RETRY_NORMAL, "", object_right (object),
                            MACH_MSG_TYPE_MAKE_SEND);
  object_drop (object);
  object_drop (asked);
  remote_keep (away->node);
  return 0;
}

static error_t
away_open (struct away *away, struct object **ret_object)
{
  struct walk *walk = &away->walk;
  struct file *file;
  error_t err = away_check (away);

  if (!err)
    err = file_create (away->node, walk->ids, walk->flags, walk->from, &file);
  if (err)
    return err;
  /* To be run it is opened once more, from here.  */
  if (walk->flags & O_EXEC && !MACH_PORT_VALID (away->node->remote->port))
    away->node->remote->port = send_copy (away->port);
  opened_set_port (file->opened, send_steal (&away->port));
  /* Who opens it for nothing wants to see what it is, and just did.  */
  file->opened->seen = !(walk->flags & OPEN_RIGHTS);
  *ret_object = &file->handle.object;
  return 0;
}

/* AWAY's node is what was looked for.  */
static error_t
away_arrive (struct away *away)
{
  char none[PATH_ROOM] = "";
  struct lookup_result result
      = { FS_RETRY_NORMAL, none, NULL, MACH_PORT_NULL };
  error_t err;

  if (!away->found && away_is_special (away) && !away->result)
    return away_open_special (away);
  if (!away->found)
    {
      err = away_open (away, &result.object);
      return err ? err : away_result (away, &result);
    }
  if (away->walk.want_directory && !S_ISDIR (away->node->mode))
    return ENOTDIR;
  if (!MACH_PORT_VALID (away->node->remote->port))
    away->node->remote->port = send_steal (&away->port);
  away->found (away->cookie, 0, away->node);
  away->node = NULL;
  return 0;
}

/* ---- asking ---- */

/* The first question parks the request.  */
static void
away_park (struct away *away)
{
  struct loop *loop = away->proxy->grant.outbox.loop;

  if (!away->request)
    return;
  parked_start (&away->parked, loop_request_object (loop),
                away->request->reply, away->request->reply_type, away_cancel);
  away->parked.brief = true;
  away->request = NULL;
  away->result = NULL;
}

static error_t
away_call (struct away *away, call_done_t *done, mach_port_t *ret_reply)
{
  struct proxy *proxy = away->proxy;
  error_t err = call_begin (&away->call, &proxy->grant.outbox,
                            &proxy->grant.generation, proxy->grant.outbox.loop,
                            done, ret_reply);

  if (!err)
    away_park (away);
  if (!err && !list_linked (&away->link))
    list_insert_tail (&proxy->walking, &away->link);
  return err;
}

/* EINPROGRESS if the question is on its way.  */
static error_t
away_asked (struct away *away, mach_msg_return_t err)
{
  return call_sent (&away->call, err) ? EIO : EINPROGRESS;
}

static void
away_continue (struct away *away, error_t err)
{
  if (err == EINPROGRESS)
    return;
  if (err)
    away_fail (away, err);
  else
    away_go (away);
}

error_t
answer_lookup (mach_msg_header_t *message, mach_port_t *ret_port)
{
  cleanup_send mach_port_t port = MACH_PORT_NULL;
  char retry_name[PATH_ROOM];
  struct answer answer;
  int retry = 0;
  error_t err = answer_begin (&answer, message, DIR_LOOKUP);

  if (!err)
    err = answer_int (&answer, &retry);
  if (!err)
    err = answer_struct (&answer, retry_name, sizeof retry_name);
  if (!err)
    err = answer_right (&answer, &port);
  if (!err
      && (retry != FS_RETRY_NORMAL || retry_name[0]
          || !MACH_PORT_VALID (port)))
    err = EACCES;
  if (!err)
    *ret_port = send_steal (&port);
  return err;
}

/* ---- links ---- */

static void
away_read_done (struct call *call, mach_msg_header_t *message)
{
  struct away *away = (struct away *)call;
  char target[PATH_ROOM];
  struct answer answer;
  size_t length;
  error_t err = answer_begin (&answer, message, IO_READ);

  if (!err)
    err = answer_text (&answer, target, sizeof target, &length);
  if (!err)
    err = walk_follow (&away->walk, target);
  away_continue (away, err);
}

static error_t
away_read (struct away *away)
{
  mach_port_t reply;
  error_t err = away_call (away, away_read_done, &reply);

  return err ? err
             : away_asked (away,
                           io_read_request (away->port, reply, 0, PATH_ROOM));
}

static void
away_link_opened (struct call *call, mach_msg_header_t *message)
{
  struct away *away = (struct away *)call;
  error_t err;

  send_drop (&away->port);
  err = answer_lookup (message, &away->port);
  away_continue (away, err ? err : away_read (away));
}

static error_t
away_follow (struct away *away)
{
  mach_port_t reply;
  error_t err;

  if (away->flags & O_READ)
    return away_read (away);
  err = away_call (away, away_link_opened, &reply);
  return err ? err
             : away_asked (away, dir_lookup_request (away->port, reply, "",
                                                     O_READ | BARE, 0));
}

/* ---- a step ---- */

/* A directory of ours lies under the one of the parent's that was found.  */
static void
node_face (struct node *node, struct node *own)
{
  if (node->covers || !own || !S_ISDIR (own->mode) || !S_ISDIR (node->mode))
    return;
  if (own->mounted)
    own->mounted->covers = NULL;
  node_drop (own->mounted);
  own->mounted = node_ref (node);
  node->covers = own;
}

/* AWAY's node is there, and not refused.  */
static error_t
away_enter (struct away *away)
{
  struct walk *walk = &away->walk;
  bool bare = walk->flags & BARE && away->last && !walk->want_directory;

  if (away->last && (walk->flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL)
      && !walk->created)
    return EEXIST;
  if (S_ISLNK (away->node->mode) && !bare && *away->name)
    return away_follow (away);
  if (away->refused)
    return away->refused;
  if (away->last)
    return 0;
  if (!MACH_PORT_VALID (away->node->remote->port))
    away->node->remote->port = send_steal (&away->port);
  walk_move (walk, away->node);
  return 0;
}

static void
away_looked_at (struct call *call, mach_msg_header_t *message)
{
  struct away *away = (struct away *)call;
  struct node *dir = away->walk.node;
  struct answer answer;
  io_statbuf_t stat;
  error_t err = answer_begin (&answer, message, IO_STAT);

  if (!err)
    err = answer_struct (&answer, &stat, sizeof stat);
  if (!err)
    err = proxy_node (away->proxy, &stat, *away->name ? dir : NULL,
                      &away->node);
  if (!err && *away->name)
    node_face (away->node, remote_find_own (dir, away->name));
  if (!err)
    err = away_enter (away);
  if (!err && away->last)
    {
      err = away_arrive (away);
      if (!err)
        {
          away_free (away);
          return;
        }
    }
  away_continue (away, err);
}

static error_t
away_look (struct away *away)
{
  mach_port_t reply;
  error_t err = away_call (away, away_looked_at, &reply);

  return err ? err : away_asked (away, io_stat_request (away->port, reply));
}

static error_t away_ask (struct away *away, int flags);

/* The parent has no such name.  */
static error_t
away_missing (struct away *away)
{
  struct walk *walk = &away->walk;
  struct node *dir = walk->node;
  struct node *own = remote_find_own (dir, away->name);
  error_t err;

  if (own && *away->name)
    {
      /* What was seen over it is gone.  */
      if (own->mounted)
        own->mounted->covers = NULL;
      node_drop (own->mounted);
      own->mounted = NULL;
      away_turn_home (away, dir->covers);
      return 0;
    }
  if (!away->last || !(walk->flags & O_CREAT) || !*away->name)
    return ENOENT;
  if (walk->want_directory)
    return EISDIR;
  err = node_access (dir, walk->ids, O_WRITE);
  if (err)
    return err;
  away->creating = true;
  return away_ask (away, away->flags | O_CREAT | O_EXCL);
}

/* The parent said ERR to the name.  */
static error_t
away_unfound (struct away *away, error_t err)
{
  if (err == ENOENT && !away->creating)
    return away_missing (away);
  if (err == EEXIST && away->creating && ++away->tries < TRIES_MAX)
    {
      away->creating = false;
      return away_ask (away, away->flags & ~(O_CREAT | O_EXCL));
    }
  if (!(away->flags & OPEN_RIGHTS) || away->creating)
    return err;
  /* It may be a link, which is no file to be opened so.  */
  away->refused = err;
  return away_ask (away, BARE);
}

static void
away_looked_up (struct call *call, mach_msg_header_t *message)
{
  struct away *away = (struct away *)call;
  error_t err = answer_lookup (message, &away->port);

  if (err)
    {
      away_continue (away, away_unfound (away, err));
      return;
    }
  away->walk.created = away->creating;
  away_continue (away, away_look (away));
}

static mach_port_t
away_port (const struct away *away)
{
  const struct walk *walk = &away->walk;

  if (walk->from && walk->from->node == walk->node
      && MACH_PORT_VALID (walk->from->port))
    return walk->from->port;
  return walk->node->remote->port;
}

static error_t
away_ask (struct away *away, int flags)
{
  mach_port_t reply;
  error_t err = away_call (away, away_looked_up, &reply);

  away->flags = flags;
  return err ? err
             : away_asked (away, dir_lookup_request (away_port (away), reply,
                                                     away->name, flags,
                                                     away->walk.mode & 07777));
}

/* What the parent is asked for at the end of the way.  */
static int
away_last_flags (const struct away *away)
{
  int flags = away->walk.flags & O_HURD & ~(O_CREAT | O_EXCL);

  if (away->searched)
    flags |= O_EXEC;
  if (proxy_read_only (away->proxy))
    flags &= ~O_WRITE;
  return flags | BARE;
}

/* The whole name was walked: the node itself again, opened as wanted.  */
static error_t
away_again (struct away *away)
{
  struct walk *walk = &away->walk;

  away->name[0] = '\0';
  away->last = true;
  if (walk->flags & OPEN_RIGHTS || away->searched
      || !MACH_PORT_VALID (walk->node->remote->port))
    return away_ask (away, away_last_flags (away));
  away->node = node_ref (walk->node);
  return 0;
}

/* A name of a directory of the parent's.  */
static error_t
away_name (struct away *away)
{
  struct walk *walk = &away->walk;
  struct node *dir = walk->node;
  struct node *own;

  if (!S_ISDIR (dir->mode))
    return ENOTDIR;
  if (node_access (dir, walk->ids, O_EXEC))
    return EACCES;
  away->searched = !strcmp (away->name, ".");
  if (away->searched)
    return 0; /* at the end the parent is asked whether it may be */
  if (!strcmp (away->name, ".."))
    return walk_up (walk);
  own = remote_find_own (dir, away->name);
  if (own
      && (own->service || !S_ISDIR (own->mode)
          || (own->mounted && own->mounted->volume != dir->volume)))
    {
      away_turn_home (away, dir->covers);
      return 0;
    }
  if (proxy_hides (away->proxy, away->name))
    {
      grant_denied (&away->proxy->grant, DENIED_NAME);
      return walk->flags & O_CREAT && !*walk->next ? EACCES : ENOENT;
    }
  away->last = !*walk->next;
  return away_ask (away, away->last ? away_last_flags (away) : BARE);
}

/* One step from a node of the parent's.  0: made, there may be another.  */
static error_t
away_step (struct away *away)
{
  struct walk *walk = &away->walk;
  bool too_long;

  away->proxy = node_proxy (walk->node);
  list_remove (&away->link); /* it may be another mount's now */
  away->creating = away->last = false;
  away->refused = 0;
  node_drop (away->node);
  away->node = NULL;
  send_drop (&away->port);
  if (away->proxy->grant.revoked)
    {
      grant_denied (&away->proxy->grant, DENIED_REVOKED);
      return EIO;
    }
  away->before = walk->next;
  if (walk_component (walk, away->name, &too_long))
    return away_name (away);
  return too_long ? ENAMETOOLONG : away_again (away);
}

/* To the end, or to a question (EINPROGRESS), or home (0, and the walk is on a
   node of ours or at another end).  */
static error_t
away_run (struct away *away)
{
  struct walk *walk = &away->walk;
  error_t err = 0;

  while (!err && walk->end == WALK_AWAY && walk->node->remote && !away->last)
    {
      walk->end = WALK_NODE;
      err = away_step (away);
      if (walk->end == WALK_NODE)
        walk->end = WALK_AWAY;
    }
  if (!err && walk->end == WALK_AWAY && !away->last)
    walk->end = WALK_NODE; /* a node of ours */
  return err;
}

static void
away_waited (struct waiter *waiter, error_t err, struct node *looked)
{
  (void)looked;
  away_continue (list_entry (waiter, struct away, waiter), err);
}

/* Another role's walk goes on over our own nodes.  */
static error_t
away_go_on (struct away *away)
{
  struct walk *walk = &away->walk;
  error_t err = 0;

  while (!err && walk->end == WALK_NODE && !away->last)
    {
      err = walk_run (walk);
      if (!err && walk->end == WALK_NODE)
        return 0;
      if (err == EINPROGRESS)
        {
          away->waiter.end = away_waited;
          overlay_wait (walk->node->volume->environment, &away->waiter);
        }
      if (!err && walk->end != WALK_AWAY)
        err = ENOTSUP;
      if (!err)
        err = away_run (away);
    }
  return err;
}

static void
away_found_own (struct away *away)
{
  away->found (away->cookie, 0, away->walk.node);
  away->walk.node = NULL;
}

/* After an answer.  */
static void
away_go (struct away *away)
{
  error_t err;

  away->last = false;
  err = away_run (away);
  if (!err && away->found && !away->last)
    err = away_go_on (away);
  if (!err && away->last)
    err = away_arrive (away);
  else if (!err && away->found)
    away_found_own (away);
  else if (!err)
    err = away_send_home (away);
  if (err == EINPROGRESS)
    return;
  if (err)
    away_fail (away, err);
  else
    away_free (away);
}

/* ---- beginning ---- */

/* WALK moves into the record, its node too.  */
static struct away *
away_create (struct walk *walk)
{
  struct away *away = calloc (1, sizeof *away);

  if (!away)
    return NULL;
  list_init (&away->link);
  list_init (&away->waiter.link);
  away->walk = *walk;
  away->walk.next = away->walk.path + (walk->next - walk->path);
  walk->node = NULL;
  return away;
}

/* The walk goes back to where it came from.  */
static void
away_return (struct away *away, struct walk *walk)
{
  *walk = away->walk;
  walk->next = walk->path + (away->walk.next - away->walk.path);
  away->walk.node = NULL;
}

error_t
proxy_lookup (struct walk *walk, const struct request *request,
              struct lookup_result *result, bool *ret_home)
{
  struct away *away = away_create (walk);
  error_t err;

  if (!away)
    return ENOMEM;
  away->request = request;
  away->result = result;
  err = away_run (away);
  if (err && !away->request)
    {
      if (err != EINPROGRESS)
        away_fail (away, err);
      return MIG_NO_REPLY;
    }
  if (!err && away->last)
    err = away_arrive (away);
  else if (!err)
    {
      away_return (away, walk);
      *ret_home = true;
    }
  away_free (away);
  return err;
}

error_t
proxy_find (struct walk *walk, root_found_t *found, void *cookie)
{
  struct away *away = away_create (walk);
  error_t err;

  if (!away)
    return ENOMEM;
  away->found = found;
  away->cookie = cookie;
  err = away_run (away);
  if (!err && !away->last)
    err = away_go_on (away);
  if (err == EINPROGRESS)
    return 0;
  if (!err && away->last)
    err = away_arrive (away);
  else if (!err)
    away_found_own (away);
  if (err)
    found (cookie, err, NULL);
  away_free (away);
  return 0;
}
