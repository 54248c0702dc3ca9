/* loop.c -- receive, ask the gate, dispatch, answer, all in one trap a turn
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <hurd/hurd_types.h>
#include <mach/mig_errors.h>
#include <mach/notify.h>
#include <stdlib.h>
#include <string.h>

#include "lib/port/guard.h"
#include "lib/port/loop_private.h"
#include "lib/port/message.h"
#include "lib/port/park.h"
#include "lib/port/right.h"
#include "lib/port/unsent.h"

#define INTERRUPT_OPERATION 33000
#define WAKE 1 /* id of our own message to the wake port */

/* A notification that carries one number.  */
struct notification
{
  mach_msg_header_t header;
  mach_msg_type_t type;
  union
  {
    mach_port_name_t name;
    mach_port_mscount_t count;
  };
};

/* ---- making and ending ---- */

struct loop *
loop_create (const char *name)
{
  struct loop *loop = calloc (1, sizeof *loop);

  if (!loop)
    return NULL;
  loop->name = name;
  list_init (&loop->idle);
  list_init (&loop->posts);
  list_init (&loop->timers);
  list_init (&loop->died);
  loop->died_post.run = loop_died_posted;
  pthread_mutex_init (&loop->lock, NULL);
  loop->in = malloc (LOOP_MESSAGE_MAX);
  loop->out = malloc (LOOP_MESSAGE_MAX);
  loop->again = malloc (LOOP_MESSAGE_MAX);
  if (loop->in && loop->out && loop->again
      && !mach_port_allocate (mach_task_self (), MACH_PORT_RIGHT_PORT_SET,
                              &loop->set))
    {
      loop->wake = slot_create (loop);
      loop->notify = slot_create (loop);
    }
  /* Loops are made at start-up only, and without one nothing starts: what was
     made is not worth taking back.  */
  return loop->notify ? loop : NULL;
}

const char *
loop_name (const struct loop *loop)
{
  return loop->name;
}

const struct loop_counters *
loop_counters (const struct loop *loop)
{
  return &loop->counters;
}

size_t
loop_rights (const struct loop *loop, size_t *ret_spare)
{
  *ret_spare = loop->idle_count;
  return loop->slots.count;
}

/* ---- posts ---- */

static void
loop_wake (struct loop *loop)
{
  mach_msg_header_t message = {
    .msgh_bits = MACH_MSGH_BITS (MACH_MSG_TYPE_MAKE_SEND, 0),
    .msgh_size = sizeof message,
    .msgh_remote_port = loop->wake->name,
    .msgh_id = WAKE,
  };

  /* A full queue wakes the loop just as well.  */
  (void)mach_msg (&message, MACH_SEND_MSG | MACH_SEND_TIMEOUT, sizeof message,
                  0, MACH_PORT_NULL, 0, MACH_PORT_NULL);
}

void
loop_post (struct loop *loop, struct post *post)
{
  bool wake;

  pthread_mutex_lock (&loop->lock);
  list_insert_tail (&loop->posts, &post->link);
  wake = !loop->woken;
  loop->woken = true;
  pthread_mutex_unlock (&loop->lock);
  if (wake)
    loop_wake (loop);
}

static void
loop_run_posts (struct loop *loop)
{
  struct list posts, *node;

  list_init (&posts);
  pthread_mutex_lock (&loop->lock);
  list_move_all (&posts, &loop->posts);
  loop->woken = false;
  pthread_mutex_unlock (&loop->lock);

  while ((node = list_pop (&posts)))
    {
      struct post *post = list_entry (node, struct post, link);
      post->run (post);
    }
}

void
loop_stop (struct loop *loop)
{
  loop->stopping = true;
  loop_wake (loop);
}

/* ---- one message ---- */

static void
request_destroy (mach_msg_header_t *in)
{
  in->msgh_remote_port = MACH_PORT_NULL; /* the reply has it now */
  in->msgh_local_port = MACH_PORT_NULL;
  in->msgh_bits = in->msgh_bits & MACH_MSGH_BITS_COMPLEX;
  mach_msg_destroy (in);
}

static mig_routine_t
interface_routine (const struct object_class *class,
                   const mach_msg_header_t *in)
{
  for (const struct interface *const *i = class->interfaces; i && *i; i++)
    if ((unsigned int)(in->msgh_id - (*i)->base) < (*i)->count)
      return (*i)->routine (in);
  return NULL;
}

static void
reply_prepare (const mach_msg_header_t *in, mig_reply_header_t *out)
{
  static const mach_msg_type_t code_type = {
    .msgt_name = MACH_MSG_TYPE_INTEGER_32,
    .msgt_size = 32,
    .msgt_number = 1,
    .msgt_inline = TRUE,
  };

  out->Head.msgh_bits
      = MACH_MSGH_BITS (MACH_MSGH_BITS_REMOTE (in->msgh_bits), 0);
  out->Head.msgh_size = sizeof *out;
  out->Head.msgh_remote_port = in->msgh_remote_port;
  out->Head.msgh_local_port = MACH_PORT_NULL;
  out->Head.msgh_seqno = 0;
  out->Head.msgh_id = in->msgh_id + 100;
  out->RetCodeType = code_type;
}

/* The routines of MIG see the request through OBJECT's payload, and leave the
   answer, or a code, in OUT.  */
static void
object_serve (struct loop *loop, struct object *object, mach_msg_header_t *in,
              mig_reply_header_t *out)
{
  const struct gate *gate = object->generation->gate;
  mig_routine_t routine;
  error_t err = gate->admit ? gate->admit (object, in) : 0;

  if (err)
    {
      loop->counters.refused++;
      out->RetCode = err;
    }
  else if (!message_body_valid (in + 1, in->msgh_size - sizeof *in,
                                in->msgh_bits & MACH_MSGH_BITS_COMPLEX))
    {
      loop->counters.refused++;
      out->RetCode = MIG_BAD_ARGUMENTS;
    }
  else if (in->msgh_id == INTERRUPT_OPERATION)
    {
      object_interrupt_parked (object);
      request_destroy (in); /* it may carry what it should not */
      out->RetCode = 0;
    }
  else if ((routine = interface_routine (object->class, in)))
    {
      object_ref (object);
      out->RetCode = 0;
      routine (in, &out->Head);
      object_drop (object);
      return;
    }
  else
    {
      loop->counters.bad_ids++;
      out->RetCode = MIG_BAD_ID;
    }
}

static bool
id_is_notification (mach_msg_id_t id)
{
  return id >= MACH_NOTIFY_FIRST && id <= MACH_NOTIFY_LAST;
}

/* Messages that are not requests.  True: IN is consumed.  */
static bool
loop_take_special (struct loop *loop, struct slot *slot, mach_msg_header_t *in)
{
  const struct notification *n = (const struct notification *)in;

  if (slot == loop->wake)
    loop_run_posts (loop);
  else if (slot == loop->notify)
    {
      if (in->msgh_id == MACH_NOTIFY_DEAD_NAME)
        loop_dead_name (loop, n->name);
    }
  else if (slot->object && slot->object->class->raw
           && slot->object->class->raw (slot->object, in))
    return true;
  else if (in->msgh_id == MACH_NOTIFY_NO_SENDERS && in->msgh_size == sizeof *n
           && !MACH_PORT_VALID (in->msgh_remote_port))
    slot_no_senders (slot, n->count);
  else if (slot->object && !id_is_notification (in->msgh_id))
    return false;

  in->msgh_local_port = MACH_PORT_NULL;
  mach_msg_destroy (in);
  return true;
}

/* The slot that IN came to.  The kernel's short way for exceptions knows
   nothing of payloads and gives the name, and every client can make one of our
   objects its exception port; MIG's stubs see a payload in any case.  */
static struct slot *
loop_slot (struct loop *loop, mach_msg_header_t *in)
{
  struct slot *slot;

  if (MACH_MSGH_BITS_LOCAL (in->msgh_bits) == MACH_MSG_TYPE_PROTECTED_PAYLOAD)
    return (struct slot *)in->msgh_protected_payload;
  slot = table_find (&loop->slots, in->msgh_local_port);
  in->msgh_bits = MACH_MSGH_BITS_OTHER (in->msgh_bits)
                  | MACH_MSGH_BITS (MACH_MSGH_BITS_REMOTE (in->msgh_bits),
                                    MACH_MSG_TYPE_PROTECTED_PAYLOAD);
  in->msgh_protected_payload = (rpc_uintptr_t)slot;
  return slot;
}

/* A request that waits holds its reply right; were that one of our own, it
   would keep alive an object that nobody else knows, and for ever its own.
   Who has nothing to hide sends a send-once right, and no check.  */
static bool
reply_is_ours (const mach_msg_header_t *in)
{
  return MACH_MSGH_BITS_REMOTE (in->msgh_bits) == MACH_MSG_TYPE_PORT_SEND
         && right_is_ours (in->msgh_remote_port);
}

/* ---- answers with memory that stays ours ---- */

void
loop_reply_lends (struct loop *loop, const void *data)
{
  loop->lent = data;
}

static void
reply_lend (struct loop *loop)
{
  mach_msg_header_t *out = loop->out;

  message_body_lend (out + 1, out->msgh_size - sizeof *out, loop->lent);
}

/* An answer that was not sent.  One that the kernel has handed back has memory
   of its own in the place of what was lent.  */
static void
reply_destroy (mach_msg_header_t *out)
{
  struct unsent unsent;

  unsent_note (&unsent, out, out->msgh_size);
  unsent_destroy (&unsent, out);
}

/* ---- serving ---- */

/* Serve loop->in.  True: loop->out is to be sent.  */
static bool
loop_dispatch (struct loop *loop)
{
  mach_msg_header_t *in = loop->in;
  mig_reply_header_t *out = (mig_reply_header_t *)loop->out;
  struct slot *slot = loop_slot (loop, in);

  loop->counters.requests++;
  if (!slot || reply_is_ours (in))
    {
      in->msgh_local_port = MACH_PORT_NULL; /* no right of the message's */
      mach_msg_destroy (in);
      return false;
    }
  if (loop_take_special (loop, slot, in))
    return false;

  reply_prepare (in, out);
  loop->lent = NULL;
  object_serve (loop, slot->object, in, out);
  if (out->RetCode == MIG_NO_REPLY)
    return false;
  if (out->RetCode)
    request_destroy (in);
  if (loop->lent)
    reply_lend (loop);
  if (MACH_PORT_VALID (out->Head.msgh_remote_port))
    return true;
  out->Head.msgh_remote_port = MACH_PORT_NULL;
  reply_destroy (&out->Head);
  return false;
}

/* ---- the turn ---- */

/* The loop whose thread this is.  */
static __thread struct loop *running;

void
loop_count_sent (void)
{
  if (running)
    running->counters.replies_slow++;
}

static void
loop_swap (struct loop *loop)
{
  mach_msg_header_t *out = loop->out;

  loop->out = loop->in;
  loop->in = out;
}

/* Send loop->out without waiting; what cannot be sent is destroyed.  */
static void
loop_send (struct loop *loop)
{
  loop_count_sent ();
  if (mach_msg (loop->out, MACH_SEND_MSG | MACH_SEND_TIMEOUT,
                loop->out->msgh_size, 0, MACH_PORT_NULL, 0, MACH_PORT_NULL))
    reply_destroy (loop->out);
}

static bool
is_send_error (mach_msg_return_t err)
{
  return err >= MACH_SEND_IN_PROGRESS && err < MACH_RCV_IN_PROGRESS;
}

/* Send the reply, if there is one, and receive the next request.  A reply to a
   send-once right can never block, so both go into the one trap that the
   kernel has a fast path for; any other right gets a send of its own.  */
static mach_msg_return_t
loop_turn (struct loop *loop, bool reply)
{
  mach_msg_return_t err;

  if (reply
      && MACH_MSGH_BITS_REMOTE (loop->out->msgh_bits)
             != MACH_MSG_TYPE_MOVE_SEND_ONCE)
    {
      loop_send (loop);
      reply = false;
    }
  if (!reply)
    return mach_msg (loop->in, MACH_RCV_MSG, 0, LOOP_MESSAGE_MAX, loop->set, 0,
                     MACH_PORT_NULL);

  loop_swap (loop);
  loop->counters.replies_fast++;
  err = mach_msg (loop->in, MACH_SEND_MSG | MACH_RCV_MSG, loop->in->msgh_size,
                  LOOP_MESSAGE_MAX, loop->set, 0, MACH_PORT_NULL);
  if (is_send_error (err))
    {
      /* The client is gone.  Rights we promised with MAKE_SEND are made and
         dropped by this, which keeps the no-senders count true.  */
      reply_destroy (loop->in);
      return MACH_SEND_INVALID_DEST;
    }
  return err;
}

void
loop_run (struct loop *loop)
{
  static const bool never = false;

  loop_run_until (loop, &never);
}

void
loop_run_until (struct loop *loop, const bool *done)
{
  bool reply = false;

  running = loop;
  while (!loop->stopping && !*done)
    {
      mach_msg_return_t err = loop_turn (loop, reply);

      reply = false;
      if (err == MACH_MSG_SUCCESS)
        reply = loop_dispatch (loop);
      else if ((err & ~MACH_MSG_MASK) == MACH_RCV_BODY_ERROR)
        mach_msg_destroy (loop->in);
      else if (err == MACH_RCV_INVALID_NAME || err == MACH_RCV_PORT_DIED)
        return;
    }
  if (reply)
    loop_send (loop);
}

struct object *
loop_request_object (const struct loop *loop)
{
  return object_from_payload (loop->in->msgh_protected_payload);
}

mach_port_t
loop_request_reply (const struct loop *loop, mach_msg_type_name_t *ret_type)
{
  *ret_type = MACH_MSGH_BITS_REMOTE (loop->in->msgh_bits);
  return loop->in->msgh_remote_port;
}

mach_msg_header_t *
loop_request (const struct loop *loop)
{
  return loop->in;
}

void
loop_serve_again (struct loop *loop, const mach_msg_header_t *request)
{
  mach_msg_header_t *in = loop->in;

  loop->in = loop->again;
  memcpy (loop->in, request, request->msgh_size);
  if (loop_dispatch (loop))
    loop_send (loop);
  loop->in = in;
}

/* ---- data of a request ---- */

static bool
data_in_message (const struct loop *loop, const void *data)
{
  const char *start = (const char *)loop->in;

  return (const char *)data >= start
         && (const char *)data < start + LOOP_MESSAGE_MAX;
}

error_t
request_copy (struct loop *loop, void *to, const void *data, size_t size)
{
  if (!data_in_message (loop, data))
    return guard_copy (to, data, size);
  memcpy (to, data, size);
  return 0;
}

void
request_release (struct loop *loop, const void *data, size_t size)
{
  if (size && !data_in_message (loop, data))
    (void)vm_deallocate (mach_task_self (), (vm_address_t)data, size);
}

void
request_drop_ports (struct loop *loop, const mach_port_t *ports, size_t count)
{
  for (size_t i = 0; i < count; i++)
    {
      cleanup_send mach_port_t port = MACH_PORT_NULL;

      if (request_copy (loop, &port, &ports[i], sizeof port))
        port = MACH_PORT_NULL;
    }
}
