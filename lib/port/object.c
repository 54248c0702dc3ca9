/* object.c -- objects, their receive rights, and when they end
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <hurd/hurd_types.h>
#include <mach/notify.h>
#include <stdlib.h>

#include "lib/port/loop_private.h"
#include "lib/port/park.h"
#include "lib/port/right.h"

#define IDLE_MAX 256 /* receive rights kept for the next objects */
#define IO_REAUTHENTICATE 21014

static error_t
admit_closed (struct object *object, const mach_msg_header_t *request)
{
  (void)object;
  /* Whoever holds a handle across setuid or exec waits for the rendezvous,
     so this one request is served whatever the gate says.  */
  return request->msgh_id == IO_REAUTHENTICATE ? 0 : EIO;
}

const struct gate gate_open = { .name = "open", .admit = NULL };
const struct gate gate_closed = { .name = "closed", .admit = admit_closed };

void
generation_init (struct generation *generation, const char *name,
                 struct environment *env)
{
  *generation = (struct generation){ .name = name,
                                     .environment = env,
                                     .gate = &gate_open };
}

error_t
generation_charge (struct generation *generation, size_t size)
{
  size_t now = __atomic_add_fetch (&generation->bytes, size, __ATOMIC_RELAXED);

  if ((!generation->bytes_max || now <= generation->bytes_max)
      && (!generation->shared || budget_charge (generation->shared, size)))
    return 0;
  __atomic_sub_fetch (&generation->bytes, size, __ATOMIC_RELAXED);
  return ENOMEM;
}

void
generation_discharge (struct generation *generation, size_t size)
{
  __atomic_sub_fetch (&generation->bytes, size, __ATOMIC_RELAXED);
  if (generation->shared)
    budget_discharge (generation->shared, size);
}

/* ---- slots ---- */

/* Ask to be told when the senders are gone.  RET_PENDING: an earlier request
   had not been answered, so no notification can have come from the kernel. */
static error_t
slot_arm (struct slot *slot, mach_port_mscount_t sync, bool *ret_pending)
{
  cleanup_send mach_port_t previous = MACH_PORT_NULL;
  error_t err = mach_port_request_notification (
      mach_task_self (), slot->name, MACH_NOTIFY_NO_SENDERS, sync, slot->name,
      MACH_MSG_TYPE_MAKE_SEND_ONCE, &previous);

  if (!err)
    *ret_pending = MACH_PORT_VALID (previous);
  return err;
}

static error_t
slot_start (struct slot *slot)
{
  mach_port_t self = mach_task_self ();
  bool pending;
  error_t err;

  err = mach_port_allocate (self, MACH_PORT_RIGHT_RECEIVE, &slot->name);
  if (err)
    return err;
  err = mach_port_set_protected_payload (self, slot->name,
                                         (rpc_uintptr_t)slot);
  if (!err)
    err = mach_port_move_member (self, slot->name, slot->loop->set);
  if (!err)
    err = slot_arm (slot, 1, &pending);
  if (!err)
    err = table_insert (&slot->loop->slots, slot->name, slot);
  if (err)
    receive_drop (&slot->name);
  return err;
}

struct slot *
slot_create (struct loop *loop)
{
  struct slot *slot = calloc (1, sizeof *slot);

  if (!slot)
    return NULL;
  slot->loop = loop;
  list_init (&slot->link);
  if (slot_start (slot))
    {
      free (slot);
      return NULL;
    }
  return slot;
}

void
slot_destroy (struct slot *slot)
{
  table_remove (&slot->loop->slots, slot->name);
  receive_drop (&slot->name);
  free (slot);
}

static struct slot *
slot_take (struct loop *loop)
{
  struct list *idle = list_pop (&loop->idle);

  if (!idle)
    return slot_create (loop);
  loop->idle_count--;
  return list_entry (idle, struct slot, link);
}

/* SLOT has no senders and, because the notification came through its queue,
   no messages: the next object may have it.  */
static void
slot_release (struct slot *slot)
{
  struct loop *loop = slot->loop;

  slot->object = NULL;
  if (loop->idle_count >= IDLE_MAX)
    {
      slot_destroy (slot);
      return;
    }
  list_insert_head (&loop->idle, &slot->link);
  loop->idle_count++;
}

/* ---- objects ---- */

static void
object_start (struct object *object, const struct object_class *class,
              struct generation *generation, struct slot *slot)
{
  object->class = class;
  object->generation = generation;
  object->loop = slot->loop;
  object->slot = slot;
  list_init (&object->parked);
  object->parked_count = 0;
  object->refs = 1;
  object->senders = false;
  slot->object = object;
  __atomic_add_fetch (&generation->objects, 1, __ATOMIC_RELAXED);
}

error_t
object_init (struct object *object, const struct object_class *class,
             struct generation *generation, struct loop *loop)
{
  struct slot *slot = slot_take (loop);

  if (!slot)
    return ENOMEM;
  object_start (object, class, generation, slot);
  return 0;
}

error_t
object_init_on (struct object *object, const struct object_class *class,
                struct generation *generation, struct loop *loop,
                mach_port_t receive)
{
  struct slot *slot = calloc (1, sizeof *slot);
  mach_port_t self = mach_task_self ();
  error_t err;

  if (!slot)
    return ENOMEM;
  slot->loop = loop;
  slot->name = receive;
  list_init (&slot->link);
  err = table_insert (&loop->slots, receive, slot);
  if (!err)
    err = mach_port_set_protected_payload (self, receive, (rpc_uintptr_t)slot);
  if (!err)
    err = mach_port_move_member (self, receive, loop->set);
  if (err)
    {
      table_remove (&loop->slots, receive);
      free (slot);
      return err;
    }
  object_start (object, class, generation, slot);
  return 0;
}

static void
object_end (struct object *object)
{
  object_cancel_parked (object, EINTR);
  if (object->slot)
    slot_release (object->slot);
  object->slot = NULL;
  __atomic_sub_fetch (&object->generation->objects, 1, __ATOMIC_RELAXED);
  object->class->free (object);
}

mach_port_t
object_right (struct object *object)
{
  if (!object->slot)
    return MACH_PORT_NULL;
  object->senders = true;
  object->slot->made++;
  return object->slot->name;
}

mach_port_t
object_send_right (struct object *object)
{
  mach_port_t name = object_right (object);

  if (name
      && mach_port_insert_right (mach_task_self (), name, name,
                                 MACH_MSG_TYPE_MAKE_SEND))
    {
      object->slot->made--;
      return MACH_PORT_NULL;
    }
  return name;
}

mach_port_t
object_name (const struct object *object)
{
  return object->slot ? object->slot->name : MACH_PORT_NULL;
}

struct object *
object_ref (struct object *object)
{
  __atomic_add_fetch (&object->refs, 1, __ATOMIC_RELAXED);
  return object;
}

void
object_drop (struct object *object)
{
  if (object && __atomic_sub_fetch (&object->refs, 1, __ATOMIC_ACQ_REL) == 0
      && !object->senders)
    object_end (object);
}

void
object_cleanup (void *variable)
{
  object_drop (*(struct object **)variable);
}

void
object_destroy (struct object *object, error_t why)
{
  object_ref (object);
  object_cancel_parked (object, why);
  if (object->slot)
    slot_destroy (object->slot);
  object->slot = NULL;
  object->senders = false;
  object_drop (object);
}

/* Whoever has our task port, root with a debugger for one, can make rights to
   SLOT, too, and COUNT is more than we made.  It is the kernel that knows.  */
static void
slot_recount (struct slot *slot, mach_port_mscount_t count)
{
  struct mach_port_status status;

  if (count > slot->made
      && !mach_port_get_receive_status (mach_task_self (), slot->name, &status)
      && status.mps_mscount > slot->made)
    slot->made = status.mps_mscount;
}

/* The kernel, or somebody who pretends to be the kernel, says that nobody has
   a send right to SLOT any more, COUNT rights having been made.

   One call re-arms the slot for its next life and tells the two apart: if the
   earlier request is still pending, the kernel has said nothing.  When COUNT
   lags behind what we made, a right is still on its way in some message; the
   kernel will speak again once that one is gone too.  */
void
slot_no_senders (struct slot *slot, mach_port_mscount_t count)
{
  struct object *object = slot->object;
  bool all, pending;

  slot_recount (slot, count);
  all = count == slot->made;
  if (slot_arm (slot, all ? slot->made + 1 : slot->made, &pending) || pending)
    return;
  if (!all || !object || !object->senders)
    return;

  object_ref (object);
  object->senders = false;
  object_cancel_parked (object, EINTR);
  if (object->class->no_senders)
    object->class->no_senders (object);
  object_drop (object);
}

/* ---- from names and payloads ---- */

struct object *
object_lookup (struct loop *loop, mach_port_t name,
               const struct object_class *class)
{
  struct slot *slot
      = MACH_PORT_VALID (name) ? table_find (&loop->slots, name) : NULL;

  if (!slot || !slot->object)
    return NULL;
  return class && slot->object->class != class ? NULL : slot->object;
}

object_t
object_from_payload (rpc_uintptr_t payload)
{
  return ((struct slot *)payload)->object;
}

object_t
object_from_port (mach_port_t port)
{
  (void)port;
  return NULL;
}

void
loop_each_object (struct loop *loop,
                  void (*each) (struct object *object, void *cookie),
                  void *cookie)
{
  size_t cursor = 0;
  struct slot *slot;

  while ((slot = table_next (&loop->slots, &cursor, NULL)))
    if (slot->object)
      each (slot->object, cookie);
}
