/* term_rpc.c -- controlling terminals

   Serves: <hurd/term.defs>, on terminals, on masters of ptys, and (only
   termctty_open_terminal) on a terminal's id.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <mach/mig_errors.h>
#include <string.h>

#include "lib/port/right.h"
#include "servers/terminal/terminal.h"

#include "term_S.h"

extern const struct interface term_interface;
const struct interface term_interface
    = { "term", 28000, 11, term_server_routine };

/* The modes of an open that a handle keeps.  */
#define KEPT (O_READ | O_WRITE | O_APPEND | O_NONBLOCK)

static void
name_put (string_t to, const char *name)
{
  /* The whole field travels; nothing of our memory may.  */
  memset (to, 0, sizeof (string_t));
  strncpy (to, name, sizeof (string_t) - 1);
}

kern_return_t
S_term_getctty (object_t object, mach_port_t reply,
                mach_msg_type_name_t reply_type, mach_port_t *id,
                mach_msg_type_name_t *id_type)
{
  struct terminal_handle *handle = terminal_handle_of (object);

  (void)reply, (void)reply_type;
  if (!handle)
    return EOPNOTSUPP;
  if (!(handle->handle.open_modes & (O_READ | O_WRITE)))
    return EBADF;

  *id = object_right (&handle->terminal->id);
  *id_type = MACH_MSG_TYPE_MAKE_SEND;
  return 0;
}

kern_return_t
S_term_open_ctty (object_t object, mach_port_t reply,
                  mach_msg_type_name_t reply_type, pid_t pid, pid_t pgrp,
                  mach_port_t *port, mach_msg_type_name_t *port_type)
{
  struct terminal_handle *handle = terminal_handle_of (object), *new;
  error_t err;

  (void)reply, (void)reply_type;
  if (!handle || handle->master)
    return EOPNOTSUPP;
  if (pid <= 0 || pgrp <= 0)
    return EINVAL;
  if (!(handle->handle.open_modes & (O_READ | O_WRITE)))
    return EBADF;

  err = terminal_open (handle->terminal, handle->handle.open_modes,
                       &handle->handle.ids, false, &new);
  if (err)
    return err;
  new->pid = pid;
  new->pgrp = pgrp;
  /* Whoever comes first to a terminal that was given to him at his start has
     nobody to take the foreground from.  */
  if (!handle->terminal->foreground)
    handle->terminal->foreground = pgrp;
  *port = object_right (&new->handle.object);
  *port_type = MACH_MSG_TYPE_MAKE_SEND;
  object_drop (&new->handle.object);
  return 0;
}

/* Behind /dev/tty.  The id is proof enough: it is given to the sessions that
   the terminal controls.  The handle has no ids until it is
   reauthenticated.  */
kern_return_t
S_termctty_open_terminal (object_t object, mach_port_t reply,
                          mach_msg_type_name_t reply_type, int flags,
                          mach_port_t *port, mach_msg_type_name_t *port_type)
{
  struct terminal_handle *handle;
  struct terminal *terminal;
  struct ids nobody;
  error_t err;

  (void)reply, (void)reply_type;
  if (object->class != &terminal_id_class)
    return EOPNOTSUPP;

  terminal = list_entry (object, struct terminal, id);
  ids_init (&nobody);
  err = terminal_open (terminal, flags & KEPT, &nobody, false, &handle);
  if (err)
    return err;
  *port = object_right (&handle->handle.object);
  *port_type = MACH_MSG_TYPE_MAKE_SEND;
  object_drop (&handle->handle.object);
  return 0;
}

kern_return_t
S_term_get_nodename (object_t object, mach_port_t reply,
                     mach_msg_type_name_t reply_type, string_t name)
{
  struct terminal_handle *handle = terminal_handle_of (object);

  (void)reply, (void)reply_type;
  if (!handle)
    return EOPNOTSUPP;
  name_put (name,
            handle->master ? handle->terminal->peer : handle->terminal->name);
  return 0;
}

/* Only for a pty: the name of its other side.  */
kern_return_t
S_term_get_peername (object_t object, mach_port_t reply,
                     mach_msg_type_name_t reply_type, string_t name)
{
  struct terminal_handle *handle = terminal_handle_of (object);

  (void)reply, (void)reply_type;
  if (!handle || !*handle->terminal->peer)
    return EOPNOTSUPP;
  name_put (name,
            handle->master ? handle->terminal->name : handle->terminal->peer);
  return 0;
}

/* Not for masters: the C library knows them by that.  */
kern_return_t
S_term_get_bottom_type (object_t object, mach_port_t reply,
                        mach_msg_type_name_t reply_type, int *type)
{
  struct terminal_handle *handle = terminal_handle_of (object);

  (void)reply, (void)reply_type;
  if (!handle || handle->master)
    return EOPNOTSUPP;
  *type = handle->terminal->bottom->type;
  return 0;
}

/* What a terminal is called and stands on is the environment's to say.  */

kern_return_t
S_term_set_nodename (object_t object, mach_port_t reply,
                     mach_msg_type_name_t reply_type, const_string_t name)
{
  (void)object, (void)reply, (void)reply_type, (void)name;
  return EPERM;
}

kern_return_t
S_term_set_filenode (object_t object, mach_port_t reply,
                     mach_msg_type_name_t reply_type, file_t node)
{
  (void)object, (void)reply, (void)reply_type, (void)node;
  return EOPNOTSUPP;
}

kern_return_t
S_term_on_machdev (object_t object, mach_port_t reply,
                   mach_msg_type_name_t reply_type, mach_port_t device)
{
  (void)object, (void)reply, (void)reply_type, (void)device;
  return EOPNOTSUPP;
}

kern_return_t
S_term_on_hurddev (object_t object, mach_port_t reply,
                   mach_msg_type_name_t reply_type, io_t device)
{
  (void)object, (void)reply, (void)reply_type, (void)device;
  return EOPNOTSUPP;
}

kern_return_t
S_term_on_pty (object_t object, mach_port_t reply,
               mach_msg_type_name_t reply_type, io_t *master)
{
  (void)object, (void)reply, (void)reply_type, (void)master;
  return EOPNOTSUPP;
}
