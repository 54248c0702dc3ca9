/* object.h -- a receive right with an operations table and a state behind it

   Everything a client can name is an object.  Its class says which
   interfaces it answers; its generation has a gate that every message passes
   first.  A client holds a send right and never learns who answers.

   Life.  An object starts with one C reference (the creator's).  It ends
   when there is neither a C reference nor a send right: then CLASS->free is
   called once, on the loop.  Sending the port in a message is done by
   `object_right', the only function that makes rights, because the no-senders
   bookkeeping depends on its count.

   Receive rights are pooled: an object's last sender gone means that its
   queue is empty (the notification came through the same queue), so the right
   serves the next object with one kernel call instead of five.

   Everything here is called on the thread of the object's loop; only
   object_ref may be called on any.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_PORT_OBJECT_H
#define HURDLE_PORT_OBJECT_H

#include <mach.h>
#include <mach/mig_errors.h>
#include <stdbool.h>
#include <stdint.h>

#include "lib/base/budget.h"
#include "lib/base/error.h"
#include "lib/base/list.h"

struct environment;
struct loop;
struct object;
struct slot;

typedef error_t gate_admit_t (struct object *object,
                              const mach_msg_header_t *request);

/* What the objects of a generation may do now.  ADMIT is asked once for each
   message, NULL admits everything; an error is the answer to the client.  */
struct gate
{
  const char *name;
  gate_admit_t *admit;
};

extern const struct gate gate_open;   /* everything */
extern const struct gate gate_closed; /* nothing: EIO, but io_reauthenticate
                                         still completes */

/* The objects that one grant, or one choice of source, has brought forth.  */
struct generation
{
  const char *name;
  struct environment *environment; /* borrowed; outlives the generation */
  const struct gate *gate;         /* one store changes what all may do */
  size_t objects;                  /* alive now */
  size_t bytes;                    /* memory charged now */
  size_t bytes_max;                /* budget; 0: none of its own */
  struct budget *shared;           /* borrowed: pays too; NULL: nobody */
  struct budget *handles;          /* borrowed: pays for handles; NULL: the
                                      environment's limit */
};

/* Whose gate is open, and which has no budget.  NAME and ENV are borrowed for
   as long as it lives.  */
void generation_init (struct generation *generation, const char *name,
                      struct environment *env);

/* Charge SIZE bytes to GENERATION and to the budget that it shares.  ENOMEM
   when one of them does not have them; nothing is charged then.  Safe on every
   thread.  */
error_t generation_charge (struct generation *generation, size_t size);
void generation_discharge (struct generation *generation, size_t size);

/* One interface as MIG made it: ids BASE .. BASE + COUNT - 1.  */
struct interface
{
  const char *name;
  mach_msg_id_t base;
  unsigned int count;
  mig_routine_t (*routine) (const mach_msg_header_t *request);
};

struct object_class
{
  const char *name;
  const struct interface *const *interfaces; /* NULL at the end */
  /* Messages that no interface covers (new-task notifications …).  True:
     consumed, with all its rights, and nothing is answered.  May be NULL.  */
  bool (*raw) (struct object *object, mach_msg_header_t *message);
  /* The last sender is gone.  NULL: nothing to do but what `free' does.  */
  void (*no_senders) (struct object *object);
  /* Nobody has it any more: release the state and the memory.  */
  void (*free) (struct object *object);
};

/* First member of every object.  */
struct object
{
  const struct object_class *class;
  struct generation *generation; /* borrowed; counts us */
  struct loop *loop;             /* borrowed */
  struct slot *slot;             /* receive right; NULL once destroyed */
  struct list parked;            /* struct parked.link */
  unsigned int parked_count;
  unsigned int refs; /* C references; atomic */
  bool senders;      /* a right was made and is not yet gone */
};

/* Make OBJECT (allocated by the caller, zeroed) answer as CLASS on LOOP.  It
   has one reference, the caller's.  ENOMEM or a kernel code on failure; the
   memory stays the caller's then.  */
error_t object_init (struct object *object, const struct object_class *class,
                     struct generation *generation, struct loop *loop);

/* The same on RECEIVE, a receive right that came in a message; consumed on
   success.  Others may have rights to it already, so nothing is known of its
   senders: its owner keeps the reference and ends it with object_destroy.  */
error_t object_init_on (struct object *object,
                        const struct object_class *class,
                        struct generation *generation, struct loop *loop,
                        mach_port_t receive);

/* The name of OBJECT's port, to be put into a message with
   MACH_MSG_TYPE_MAKE_SEND exactly once.  MACH_PORT_NULL when it is
   destroyed.  The right lives independently of the caller's reference.  */
mach_port_t object_right (struct object *object);

/* A send right to OBJECT held by ourselves under the same name (given).  */
mach_port_t object_send_right (struct object *object);

/* The port's name, for comparison and dumps only.  */
mach_port_t object_name (const struct object *object);

struct object *object_ref (struct object *object); /* returns it */
void object_drop (struct object *object);          /* accepts NULL */
#define cleanup_object __attribute__ ((cleanup (object_cleanup)))
void object_cleanup (void *variable); /* any struct starting with object */

/* Destroy the receive right: holders get a dead name, parked requests are
   cancelled with WHY.  The memory stays until the last reference goes.  */
void object_destroy (struct object *object, error_t why);

/* The object behind a name that came in a message, if it is one of LOOP's
   and of CLASS (any class when NULL); else NULL.  Nothing is sent, so it is
   safe on whatever port a client chose.  Borrowed.  */
struct object *object_lookup (struct loop *loop, mach_port_t name,
                              const struct object_class *class);

/* Used by the generated server stubs (interfaces/, *_INTRAN): the object that
   the request now being served was sent to.  */
typedef struct object *object_t; /* MIG wants one word */
object_t object_from_payload (rpc_uintptr_t payload);
object_t object_from_port (mach_port_t port); /* NULL: we use payloads only */

#endif
