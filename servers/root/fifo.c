/* fifo.c -- named pipes and socket nodes, which the role sockets brings to
   life SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <sys/stat.h>

#include "servers/root/root.h"
#include "servers/sockets/sockets.h"

/* Open NODE, neither file nor directory, for reading, writing or running.
   Devices have no driver unless a service is attached, and sockets are
   connected to, not opened.  */
error_t
node_open_special (struct node *node, int flags, const struct ids *ids,
                   const struct request *request, struct object **ret_object)
{
  struct environment *env = node->volume->environment;

  if (!S_ISFIFO (node->mode) || !env->sockets_state)
    return ENXIO;
  return fifo_open (env, &node->fifo, node, flags & O_HURD, ids, request,
                    ret_object);
}

/* What was kept for a node that is going to be something else.  */
void
node_forget_special (struct node *node)
{
  fifo_drop (node->fifo);
  node->fifo = NULL;
  object_drop (node->address);
  node->address = NULL;
}

error_t
file_op_getsockaddr (struct handle *file, struct object **ret_address)
{
  struct node *node = file_node (file);
  struct environment *env = node->volume->environment;
  error_t err;

  if (!S_ISSOCK (node->mode) || !env->sockets_state)
    return EOPNOTSUPP;
  /* Connecting is writing.  */
  err = node_access (node, &file->ids, O_WRITE);
  if (!err && !node->address)
    err = sockets_address_create (env, &node->address);
  if (err)
    return err;
  *ret_address = object_ref (node->address);
  return 0;
}
