/* sockets.h -- the role local sockets, as the rest of an environment sees it

   Pipes, pairs and AF_LOCAL sockets live here.  A file system keeps names
   for them: a socket node has an address, a FIFO node has a pipe.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef SERVERS_SOCKETS_H
#define SERVERS_SOCKETS_H

#include "lib/role/environment.h"
#include "lib/io/handle.h"

struct fifo;

/* Make the role and attach /servers/socket/1.  Needs env->root.  */
error_t sockets_own_create (struct environment *env);
error_t sockets_fake_create (struct environment *env);

/* A new address that no socket has yet, for a socket node: one reference is
   given.  The node keeps it and answers ifsock_getsockaddr with it.  */
error_t sockets_address_create (struct environment *env,
                                struct object **ret_address);

/* Open the FIFO of NODE (borrowed) for IDS and FLAGS.  *FIFO is the node's
   place for it, NULL at first and made here; fifo_drop when the node goes.

   0: *RET_HANDLE has one reference, given.  MIG_NO_REPLY: it waits for the
   other side and answers REQUEST, a dir_lookup, by itself.  ENXIO: O_WRITE |
   O_NONBLOCK and nobody reads.  */
error_t fifo_open (struct environment *env, struct fifo **fifo,
                   struct node *node, int flags, const struct ids *ids,
                   const struct request *request, struct object **ret_handle);
void fifo_drop (struct fifo *fifo); /* accepts NULL */

#endif
