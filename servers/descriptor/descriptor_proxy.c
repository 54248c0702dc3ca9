/* descriptor_proxy.c -- what the starter had open, through a caretaker

   Calls that carry no rights and no identity are sent on as they are, with
   the client's reply right: the answer takes no detour, and a client that
   dies or gives up is seen by who serves it.  Everything that concerns
   identity stays here.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "lib/io/handle.h"
#include "lib/port/message.h"
#include "lib/port/right.h"
#include "servers/descriptor/descriptor.h"

#define WAITING_MAX                                                           \
  256 /* messages that the starter's server has no room for */
#define RETRY_NS UINT64_C (10000000)
#define IO_WRITE 21000
#define WRITE_SIZE 64 /* of a request whose data is out of line */
#define ANY_SIZE 0

struct descriptor
{
  struct generation generation;
  struct environment *env; /* borrowed */
  struct object id;        /* for io_identity */
  mach_port_t port;        /* the starter's: send right */
  int open_modes;
  struct list waiting; /* struct message.link */
  unsigned int waiting_count;
  struct timer retry;
};

struct passed
{
  struct handle handle;
  struct descriptor *descriptor; /* borrowed: it lives for ever */
};

/* ---- what is sent on ---- */

static const struct call
{
  mach_msg_id_t id;
  mach_msg_size_t size; /* of the whole request */
  int modes;            /* O_READ, O_WRITE: the handle must have them */
} calls[] = {
  { 20006, 48, O_WRITE },          /* file_set_size */
  { 20013, 64, 0 },                /* file_sync */
  { IO_WRITE, ANY_SIZE, O_WRITE }, /* io_write */
  { 21001, 64, O_READ },           /* io_read */
  { 21002, 64, 0 },                /* io_seek */
  { 21003, 32, O_READ },           /* io_readable */
  { 21004, 48, 0 },                /* io_set_all_openmodes */
  { 21005, 32, 0 },                /* io_get_openmodes */
  { 21006, 48, 0 },                /* io_set_some_openmodes */
  { 21007, 48, 0 },                /* io_clear_some_openmodes */
  { 21012, 48, 0 },                /* io_select */
  { 21013, 32, 0 },                /* io_stat */
  { 21028, 48, 0 },                /* io_pathconf */
  { 21031, 72, 0 },                /* io_select_timeout */
  { 33000, 32, 0 },                /* interrupt_operation */
};

static const struct call *
call_find (mach_msg_id_t id)
{
  for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
    if (calls[i].id == id)
      return &calls[i];
  return NULL;
}

/* Is it the one complex request that we know: io_write, with its data out of
   line and nothing else?  */
static bool
write_is_outline (const mach_msg_header_t *in)
{
  const mach_msg_type_t *data = (const mach_msg_type_t *)(in + 1);

  return in->msgh_id == IO_WRITE && in->msgh_size == WRITE_SIZE
         && !data[0].msgt_inline && data[2].msgt_inline;
}

/* May IN, which came for HANDLE, be sent on?  Whatever may not is left to the
   loop, which refuses it.  */
static bool
call_is_passed (const struct handle *handle, const mach_msg_header_t *in)
{
  const struct gate *gate = handle->object.generation->gate;
  const struct call *call = call_find (in->msgh_id);
  bool complex = in->msgh_bits & MACH_MSGH_BITS_COMPLEX;
  size_t size = in->msgh_size - sizeof *in;

  if (!call || (handle->open_modes & call->modes) != call->modes
      || MACH_MSGH_BITS_REMOTE (in->msgh_bits) != MACH_MSG_TYPE_PORT_SEND_ONCE
      || !MACH_PORT_VALID (in->msgh_remote_port))
    return false;
  if (complex ? !write_is_outline (in)
              : call->size && in->msgh_size != call->size)
    return false;
  if (gate->admit && gate->admit ((struct object *)&handle->object, in))
    return false;
  return message_body_valid (in + 1, size, complex)
         && !message_body_has_rights (in + 1, size);
}

/* ---- sending without waiting ---- */

/* A request on its way; its rights and memory are its own.  */
struct message
{
  struct list link;
  mach_msg_header_t header; /* and the rest */
};

/* HEADER's request will not get there.  */
static void
request_fail (mach_msg_header_t *header, error_t why)
{
  reply_error (header->msgh_local_port,
               MACH_MSGH_BITS_LOCAL (header->msgh_bits), header->msgh_id, why);
  header->msgh_local_port = MACH_PORT_NULL;
  if (MACH_MSGH_BITS_REMOTE (header->msgh_bits) == MACH_MSG_TYPE_COPY_SEND)
    header->msgh_remote_port = MACH_PORT_NULL; /* not the message's */
  mach_msg_destroy (header);
}

/* After MACH_SEND_TIMED_OUT the message has been handed back with a right to
   its destination of its own, and can be sent again as it is.  */
static mach_msg_return_t
request_send (mach_msg_header_t *header)
{
  mach_msg_return_t err
      = mach_msg (header, MACH_SEND_MSG | MACH_SEND_TIMEOUT, header->msgh_size,
                  0, MACH_PORT_NULL, 0, MACH_PORT_NULL);

  if (err && err != MACH_SEND_TIMED_OUT)
    request_fail (header, EIO);
  return err;
}

static void
waiting_send (struct timer *timer)
{
  struct descriptor *descriptor = list_entry (timer, struct descriptor, retry);
  struct list *node;

  while ((node = list_first (&descriptor->waiting)))
    {
      struct message *message = list_entry (node, struct message, link);

      if (request_send (&message->header) == MACH_SEND_TIMED_OUT)
        {
          timer_start (descriptor->env->loop, timer,
                       clock_now_ns () + RETRY_NS);
          return;
        }
      list_remove (node);
      descriptor->waiting_count--;
      free (message);
    }
}

static void
waiting_add (struct descriptor *descriptor, mach_msg_header_t *header)
{
  struct message *message = NULL;

  if (descriptor->waiting_count < WAITING_MAX)
    message = malloc (offsetof (struct message, header) + header->msgh_size);
  if (!message)
    {
      request_fail (header, ENOBUFS);
      return;
    }
  memcpy (&message->header, header, header->msgh_size);
  list_insert_tail (&descriptor->waiting, &message->link);
  descriptor->waiting_count++;
  if (!descriptor->retry.running)
    timer_start (descriptor->env->loop, &descriptor->retry,
                 clock_now_ns () + RETRY_NS);
}

static bool
passed_take (struct object *object, mach_msg_header_t *in)
{
  struct passed *passed = (struct passed *)object;
  struct descriptor *descriptor = passed->descriptor;

  if (!call_is_passed (&passed->handle, in))
    return false;
  /* Data out of line goes with the message: we never touch it.  */
  if (in->msgh_bits & MACH_MSGH_BITS_COMPLEX)
    ((mach_msg_type_t *)(in + 1))->msgt_deallocate = TRUE;
  in->msgh_local_port = in->msgh_remote_port;
  in->msgh_remote_port = descriptor->port;
  in->msgh_bits = (in->msgh_bits & MACH_MSGH_BITS_COMPLEX)
                  | MACH_MSGH_BITS (MACH_MSG_TYPE_COPY_SEND,
                                    MACH_MSG_TYPE_MOVE_SEND_ONCE);
  /* Nothing overtakes what is waiting.  */
  if (descriptor->waiting_count || request_send (in) == MACH_SEND_TIMED_OUT)
    waiting_add (descriptor, in);
  return true;
}

/* ---- what is ours ---- */

static const struct io_ops passed_io;
static const struct object_class passed_class;

static error_t
passed_create (struct descriptor *descriptor, const struct ids *ids,
               int open_modes, struct handle **ret_handle)
{
  struct passed *passed = calloc (1, sizeof *passed);
  error_t err;

  if (!passed)
    return ENOMEM;
  passed->descriptor = descriptor;
  err = handle_init (&passed->handle, &passed_class, &passed_io, &fs_ops_none,
                     &descriptor->generation, descriptor->env->loop, ids,
                     open_modes & descriptor->open_modes);
  if (err)
    {
      free (passed);
      return err;
    }
  *ret_handle = &passed->handle;
  return 0;
}

static error_t
passed_clone (struct handle *handle, const struct ids *ids, int open_modes,
              bool share, struct handle **ret_handle)
{
  const struct passed *passed = (const struct passed *)handle;

  (void)share;
  return passed_create (passed->descriptor, ids,
                        open_modes & handle->open_modes, ret_handle);
}

static error_t
passed_identity (struct handle *handle, struct object **ret_identity,
                 struct object **ret_filesystem, ino64_t *ret_number)
{
  const struct passed *passed = (const struct passed *)handle;

  *ret_identity = *ret_filesystem = &passed->descriptor->id;
  *ret_number = 1;
  return 0;
}

static void
passed_free (struct object *object)
{
  handle_finish ((struct handle *)object);
  free (object);
}

static const struct io_ops passed_io
    = { .clone = passed_clone, .identity = passed_identity };

static const struct interface *const passed_interfaces[]
    = { HANDLE_INTERFACES, NULL };

static const struct object_class passed_class = {
  .name = "passed descriptor",
  .interfaces = passed_interfaces,
  .raw = passed_take,
  .free = passed_free,
};

static void
id_free (struct object *object)
{
  (void)object; /* part of its descriptor */
}

static const struct interface *const id_interfaces[] = { NULL };

static const struct object_class id_class = {
  .name = "passed descriptor's identity",
  .interfaces = id_interfaces,
  .free = id_free,
};

/* ---- making ---- */

error_t
descriptor_proxy_create (struct environment *env, const char *name,
                         mach_port_t port, int open_modes,
                         struct descriptor **ret_descriptor)
{
  struct descriptor *descriptor = calloc (1, sizeof *descriptor);
  error_t err;

  if (!descriptor)
    return ENOMEM;
  descriptor->env = env;
  descriptor->generation.name = name;
  descriptor->generation.environment = env;
  descriptor->generation.gate = &gate_open;
  descriptor->open_modes = open_modes;
  descriptor->retry.run = waiting_send;
  list_init (&descriptor->retry.link);
  list_init (&descriptor->waiting);
  err = object_init (&descriptor->id, &id_class, &descriptor->generation,
                     env->loop);
  if (err)
    {
      free (descriptor);
      return err;
    }
  descriptor->port = port;
  *ret_descriptor = descriptor;
  return 0;
}

error_t
descriptor_open (struct descriptor *descriptor, const struct ids *ids,
                 struct object **ret_handle)
{
  struct handle *handle;
  error_t err
      = passed_create (descriptor, ids, descriptor->open_modes, &handle);

  if (!err)
    *ret_handle = &handle->object;
  return err;
}
