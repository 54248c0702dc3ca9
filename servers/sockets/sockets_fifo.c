/* sockets_fifo.c -- named pipes

   A FIFO node has one channel; each open makes an end that reads from it,
   writes to it or both.  An open for reading waits for a writer and the
   other way round, as POSIX wants: the end is there at once, only the answer
   to dir_lookup waits, so that whoever comes counts it.

   Source: own.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <mach/mig_errors.h>
#include <stdlib.h>

#include "fs_reply_U.h"
#include "servers/sockets/sockets_private.h"

struct fifo
{
  struct sockets *sockets;
  unsigned int refs; /* the node's, and each end's */
  struct node *node; /* borrowed while there are no ends, else referenced */
  size_t ends;
  struct channel *channel; /* reference */
  struct list for_reader;  /* struct opener.link: writers that wait */
  struct list for_writer;  /* struct opener.link: readers that wait */
};

/* An open that waits for the other side.  */
struct opener
{
  struct parked parked;
  struct list link;
  struct sockets *sockets;
  struct socket_handle *handle; /* reference: what the open will give */
};

static error_t
fifo_create (struct sockets *sockets, struct node *node,
             struct fifo **ret_fifo)
{
  struct fifo *fifo = calloc (1, sizeof *fifo);

  if (!fifo)
    return ENOMEM;
  fifo->channel = channel_create (sockets, SOCKETS_CAPACITY, false);
  if (!fifo->channel)
    {
      free (fifo);
      return ENOMEM;
    }
  fifo->channel->keeps = true;
  fifo->sockets = sockets;
  fifo->refs = 1;
  fifo->node = node;
  list_init (&fifo->for_reader);
  list_init (&fifo->for_writer);
  *ret_fifo = fifo;
  return 0;
}

void
fifo_drop (struct fifo *fifo)
{
  if (!fifo || --fifo->refs)
    return;
  channel_drop (fifo->channel);
  free (fifo);
}

void
fifo_end_closed (struct fifo *fifo)
{
  if (--fifo->ends == 0)
    fifo->sockets->env->root->node_drop (fifo->node);
}

error_t
fifo_stat (struct fifo *fifo, io_statbuf_t *ret_stat)
{
  return fifo->sockets->env->root->stat (fifo->node, ret_stat);
}

/* What of an opener's flags a descriptor keeps.  */
#define KEPT_FLAGS                                                            \
  (O_READ | O_WRITE | O_NONBLOCK | O_APPEND | O_ASYNC | O_FSYNC | O_NOATIME)

/* A new end with one handle.  */
static error_t
fifo_end_create (struct fifo *fifo, int flags, const struct ids *ids,
                 struct socket_handle **ret_handle)
{
  cleanup_socket struct socket *sock = NULL;
  error_t err;

  err = socket_create_one (fifo->sockets, SOCK_STREAM, S_IFIFO, ids, &sock);
  if (!err)
    err = socket_handle_create (sock, ids, flags & KEPT_FLAGS, ret_handle);
  if (err)
    return err;
  fifo->refs++;
  sock->fifo = fifo;
  if (fifo->ends++ == 0)
    (void)fifo->sockets->env->root->node_ref (fifo->node);
  if (flags & O_READ)
    socket_read_from (sock, fifo->channel);
  if (flags & O_WRITE)
    socket_write_to (sock, fifo->channel);
  return 0;
}

static void
opener_free (struct opener *opener)
{
  list_remove (&opener->link);
  object_drop (&opener->handle->handle.object);
  generation_discharge (&opener->sockets->generation, sizeof *opener);
  free (opener);
}

static void
opener_cancel (struct parked *parked, error_t why)
{
  struct opener *opener = list_entry (parked, struct opener, parked);

  list_remove (&opener->link);
  parked_fail (parked, why);
  opener_free (opener);
}

/* The other side has come.  */
static void
openers_answer (struct list *openers)
{
  struct list *node;

  while ((node = list_pop (openers)))
    {
      struct opener *opener = list_entry (node, struct opener, link);
      mach_msg_type_name_t type = opener->parked.reply_type;

      dir_lookup_reply (parked_take_reply (&opener->parked), type, 0,
                        FS_RETRY_NORMAL, "",
                        object_right (&opener->handle->handle.object),
                        MACH_MSG_TYPE_MAKE_SEND);
      opener_free (opener);
    }
}

static error_t
opener_park (struct list *openers, struct socket_handle *handle,
             struct object *asked, const struct request *request)
{
  struct sockets *sockets = handle->socket->sockets;
  struct opener *opener;
  error_t err;

  err = generation_charge (&sockets->generation, sizeof *opener);
  if (err)
    return err;
  opener = calloc (1, sizeof *opener);
  if (!opener)
    {
      generation_discharge (&sockets->generation, sizeof *opener);
      return ENOMEM;
    }
  opener->sockets = sockets;
  opener->handle = handle;
  list_insert_tail (openers, &opener->link);
  parked_start (&opener->parked, asked, request->reply, request->reply_type,
                opener_cancel);
  if (request->asked)
    opener->parked.id = request->id;
  return MIG_NO_REPLY;
}

/* Who must come before an open with FLAGS is done; NULL: nobody.  */
static struct list *
fifo_awaited (struct fifo *fifo, int flags)
{
  if (!(flags & O_WRITE) && list_empty (&fifo->channel->writers))
    return &fifo->for_writer;
  if (!(flags & O_READ) && list_empty (&fifo->channel->readers))
    return &fifo->for_reader;
  return NULL;
}

static error_t
fifo_open_end (struct fifo *fifo, int flags, const struct ids *ids,
               struct object *asked, const struct request *request,
               struct object **ret_handle)
{
  struct socket_handle *handle;
  struct list *awaited = fifo_awaited (fifo, flags);
  error_t err;

  if (awaited && (flags & O_NONBLOCK) && (flags & O_WRITE))
    return ENXIO;
  err = fifo_end_create (fifo, flags, ids, &handle);
  if (err)
    return err;
  if (flags & O_READ)
    openers_answer (&fifo->for_reader);
  if (flags & O_WRITE)
    openers_answer (&fifo->for_writer);
  if (awaited && !(flags & O_NONBLOCK))
    {
      err = opener_park (awaited, handle, asked, request);
      if (err != MIG_NO_REPLY)
        object_drop (&handle->handle.object);
      return err;
    }
  *ret_handle = &handle->handle.object;
  return 0;
}

error_t
fifo_open (struct environment *env, struct fifo **fifo, struct node *node,
           int flags, const struct ids *ids, const struct request *request,
           struct object **ret_handle)
{
  error_t err = 0;

  if (!env->sockets_state)
    return ENXIO;
  if (!*fifo)
    err = fifo_create (env->sockets_state, node, fifo);
  if (err)
    return err;
  return fifo_open_end (*fifo, flags, ids,
                        request->asked ? request->asked
                                       : loop_request_object (env->loop),
                        request, ret_handle);
}
