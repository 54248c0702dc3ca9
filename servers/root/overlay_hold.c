/* overlay_hold.c -- requests that wait for the parent, and are served again
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "lib/membrane/pass.h"
#include "servers/root/overlay.h"

#define IO_READ 21001
/* In one request: what the parent gives less than that is not asked for
   again.  */
#define READ_MAX ((size_t)1 << 20)

void
overlay_wait (struct environment *env, struct waiter *waiter)
{
  list_insert_tail (&environment_root (env)->wanted->waiters, &waiter->link);
}

/* ---- a client's request ---- */

struct held
{
  struct waiter waiter;
  struct parked parked; /* until it is served again */
  struct post post;
  struct environment *env;   /* borrowed */
  struct object *object;     /* reference: it was sent to */
  struct node *looked;       /* reference */
  mach_msg_header_t message; /* and the rest; owns what the request does */
};

static void
held_free (struct held *held)
{
  list_remove (&held->waiter.link);
  object_drop (held->object);
  node_drop (held->looked);
  free (held);
}

/* It was answered: what else came with it goes.  */
static void
held_destroy (struct held *held)
{
  mach_msg_header_t *message = &held->message;

  message->msgh_remote_port = message->msgh_local_port = MACH_PORT_NULL;
  message->msgh_bits &= MACH_MSGH_BITS_COMPLEX;
  mach_msg_destroy (message);
  held_free (held);
}

static void
held_cancel (struct parked *parked, error_t why)
{
  struct held *held = list_entry (parked, struct held, parked);

  parked_fail (parked, why);
  held_destroy (held);
}

static void
held_again (struct post *post)
{
  struct held *held = list_entry (post, struct held, post);
  struct root *root = environment_root (held->env);

  if (!held->object->slot)
    {
      reply_error (held->message.msgh_remote_port, held->parked.reply_type,
                   held->message.msgh_id, EIO);
      held_destroy (held);
      return;
    }
  root->looked = held->looked;
  loop_serve_again (held->env->loop, &held->message);
  root->looked = NULL;
  held_free (held);
}

static void
held_end (struct waiter *waiter, error_t err, struct node *looked)
{
  struct held *held = list_entry (waiter, struct held, waiter);

  if (err)
    {
      held_cancel (&held->parked, err);
      return;
    }
  held->looked = node_ref (looked);
  held->message.msgh_remote_port = parked_take_reply (&held->parked);
  held->post.run = held_again;
  loop_post (held->env->loop, &held->post);
}

static error_t
held_create (struct environment *env)
{
  struct loop *loop = env->loop;
  const mach_msg_header_t *in = loop_request (loop);
  struct held *held = malloc (offsetof (struct held, message) + in->msgh_size);
  mach_msg_type_name_t reply_type;
  mach_port_t reply = loop_request_reply (loop, &reply_type);

  if (!held)
    return ENOMEM;
  memset (held, 0, offsetof (struct held, message));
  memcpy (&held->message, in, in->msgh_size);
  held->env = env;
  held->object = object_ref (loop_request_object (loop));
  held->waiter.end = held_end;
  parked_start (&held->parked, held->object, reply, reply_type, held_cancel);
  held->parked.brief = true;
  overlay_wait (env, &held->waiter);
  return MIG_NO_REPLY;
}

error_t
overlay_settle (struct handle *handle, error_t err)
{
  return err == EINPROGRESS
             ? held_create (handle->object.generation->environment)
             : err;
}

/* ---- reading what is the parent's ---- */

/* The items of io_read: the offset and the amount, one word each.  */
static int64_t *
request_long (mach_msg_header_t *in, unsigned int i)
{
  return (int64_t *)((char *)(in + 1) + i * 16 + sizeof (mach_msg_type_t));
}

error_t
overlay_read (struct handle *handle, loff_t offset, size_t amount,
              struct out_data *out)
{
  static const struct pass form = { IO_READ, 64, O_READ };
  struct opened *opened = ((struct file *)handle)->opened;
  struct node *node = opened->node;
  const struct node *remote = overlay_content (node);
  loff_t at = offset == -1 ? opened->offset : offset;
  loff_t left = remote->remote->stat.st_size - at;
  mach_msg_header_t *in = loop_request (handle->object.loop);

  if (node_proxy (remote)->grant.revoked)
    return EIO;
  if (left <= 0 || !amount)
    {
      out->size = 0;
      return 0;
    }
  if (!MACH_PORT_VALID (opened->port))
    return overlay_open (opened);
  if (!pass_find (&form, 1, in))
    return EINVAL;
  amount = amount < READ_MAX ? amount : READ_MAX;
  amount = amount < (size_t)left ? amount : (size_t)left;
  if (offset == -1)
    opened->offset = at + (loff_t)amount;
  *request_long (in, 0) = at;
  *request_long (in, 1) = (int64_t)amount;
  pass_on (&node_proxy (remote)->grant.outbox, in, opened->port);
  return MIG_NO_REPLY;
}
