/* sockets_message.c -- what travels beside the data: rights and control data

   Source: own.

   A right to one of our own sockets is turned into a reference while it
   travels: then the kernel tells us when nobody but messages has the socket,
   and the collector (sockets_flight.c) can see cycles.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <stdlib.h>
#include <string.h>

#include "lib/port/right.h"
#include "servers/sockets/sockets_private.h"

/* What one right in flight costs of a buffer's capacity: the kernel's memory
   for it is not ours to count, but ours to bound.  */
#define RIGHT_COST 128

size_t
message_cost (const struct message *message)
{
  return message ? message->ports_count * RIGHT_COST + message->control_size
                 : 0;
}

/* Rights that the control data SIZE bytes at CONTROL announces.  The
   receiving libc believes it, so it must not announce more than there are.  */
static error_t
control_count_rights (const char *control, size_t size, size_t *ret_count)
{
  const size_t header = CMSG_ALIGN (sizeof (struct cmsghdr));
  size_t offset = 0, count = 0;

  while (size - offset >= sizeof (struct cmsghdr))
    {
      struct cmsghdr cmsg;

      memcpy (&cmsg, control + offset, sizeof cmsg);
      if (cmsg.cmsg_len < header || cmsg.cmsg_len > size - offset)
        return EINVAL;
      if (cmsg.cmsg_level == SOL_SOCKET && cmsg.cmsg_type == SCM_RIGHTS)
        count += (cmsg.cmsg_len - header) / sizeof (int);
      else if (cmsg.cmsg_level == SOL_SOCKET && cmsg.cmsg_type == SCM_CREDS)
        count++;
      offset += CMSG_ALIGN (cmsg.cmsg_len);
      if (offset >= size)
        break;
    }
  *ret_count = count;
  return 0;
}

static struct message *
message_allocate (size_t ports_count, size_t control_size)
{
  struct message *message = calloc (1, sizeof *message);

  if (!message)
    return NULL;
  message->ports_count = ports_count;
  message->control_size = control_size;
  message->ports
      = calloc (ports_count ? ports_count : 1, sizeof (struct flight));
  message->control = malloc (control_size ? control_size : 1);
  if (message->ports && message->control)
    return message;
  message_forget (message);
  return NULL;
}

static error_t
message_fill (struct loop *loop, struct message *message,
              const mach_port_t *ports, const void *control)
{
  mach_port_t names[SOCKETS_PORTS_MAX];
  size_t announced;
  error_t err;

  err = request_copy (loop, names, ports,
                      message->ports_count * sizeof *names);
  if (!err)
    err = request_copy (loop, message->control, control,
                        message->control_size);
  if (!err)
    err = control_count_rights (message->control, message->control_size,
                                &announced);
  if (!err && announced > message->ports_count)
    err = EINVAL;
  if (err)
    return err;
  for (size_t i = 0; i < message->ports_count; i++)
    message->ports[i].right = names[i];
  return 0;
}

error_t
message_create (struct loop *loop, struct address *source,
                const mach_port_t *ports, size_t ports_count,
                const void *control, size_t control_size,
                struct message **ret_message)
{
  struct message *message;
  error_t err;

  if (ports_count > SOCKETS_PORTS_MAX)
    return ETOOMANYREFS;
  if (control_size > SOCKETS_INLINE)
    return ENOBUFS;
  if (!source && !ports_count && !control_size)
    {
      *ret_message = NULL;
      return 0;
    }
  message = message_allocate (ports_count, control_size);
  if (!message)
    return ENOMEM;
  err = message_fill (loop, message, ports, control);
  if (err)
    {
      message_forget (message);
      return err;
    }
  if (source)
    {
      object_ref (&source->object);
      message->source = source;
    }
  *ret_message = message;
  return 0;
}

void
message_adopt (struct loop *loop, struct message *message)
{
  if (message->adopted)
    return;
  message->adopted = true;
  for (size_t i = 0; i < message->ports_count; i++)
    {
      struct flight *flight = &message->ports[i];
      struct object *object
          = MACH_PORT_VALID (flight->right)
                ? object_lookup (loop, flight->right, &socket_class)
                : NULL;

      if (!object)
        continue;
      flight->handle = socket_handle_of (object_ref (object));
      flight->handle->flights++;
      send_drop (&flight->right);
    }
}

void
message_forget (struct message *message)
{
  if (!message)
    return;
  if (message->source)
    object_drop (&message->source->object);
  free (message->ports);
  free (message->control);
  free (message);
}

/* The flight is over: *RET_RIGHT is a send right, given.  */
static void
flight_land (struct flight *flight, mach_port_t *ret_right)
{
  struct socket_handle *handle = flight->handle;

  *ret_right = flight->right;
  if (!handle)
    return;
  *ret_right = object_send_right (&handle->handle.object);
  handle->flights--;
  object_drop (&handle->handle.object);
}

void
message_drop (struct message *message)
{
  if (!message)
    return;
  for (size_t i = 0; i < message->ports_count; i++)
    {
      struct socket_handle *handle = message->ports[i].handle;

      send_drop (&message->ports[i].right);
      if (!handle)
        continue;
      handle->flights--;
      object_drop (&handle->handle.object);
    }
  message_forget (message);
}

void
message_deliver (struct message *message, mach_port_t *ports,
                 mach_msg_type_number_t *ret_ports_count, char *control,
                 mach_msg_type_number_t *ret_control_size)
{
  *ret_ports_count = 0;
  *ret_control_size = 0;
  if (!message)
    return;
  for (size_t i = 0; i < message->ports_count; i++)
    flight_land (&message->ports[i], &ports[i]);
  memcpy (control, message->control, message->control_size);
  *ret_ports_count = message->ports_count;
  *ret_control_size = message->control_size;
  message_forget (message);
}
