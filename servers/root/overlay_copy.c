/* overlay_copy.c -- a file of the parent's that is about to be changed
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>

#include "servers/root/overlay.h"

#include "io_request_U.h"

#define IO_READ 21001
#define PIECE_SIZE ((size_t)64 * 1024)

static void copy_answered (struct call *call, mach_msg_header_t *message);

static error_t
copy_ask (struct fetch *fetch)
{
  mach_port_t reply;
  error_t err = fetch_ask (fetch, copy_answered, &reply);

  return err ? err
             : fetch_asked (fetch, io_read_request (fetch->port, reply,
                                                    fetch->done, PIECE_SIZE));
}

/* From here on the parent is not asked again.  What is mapped stays what it
   was.  */
static void
copy_end (struct fetch *fetch)
{
  struct node *node = fetch->node;

  node->content = fetch->content;
  fetch->content = NULL;
  lower_destroy (node);
}

static error_t
copy_add (struct fetch *fetch, const struct answer_data *data)
{
  static char piece[PIECE_SIZE]; /* the loop is one thread */
  size_t written = 0;
  error_t err = data->size > sizeof piece
                    ? EIO
                    : answer_data_copy (data, 0, piece, data->size);

  if (!err)
    err = content_write (fetch->content, fetch->done, NULL, piece, data->size,
                         &written);
  if (!err && written < data->size)
    err = ENOSPC;
  fetch->done += (off_t)written;
  return err;
}

static void
copy_answered (struct call *call, mach_msg_header_t *message)
{
  struct fetch *fetch = (struct fetch *)call;
  struct answer answer;
  struct answer_data data = { NULL, 0, false };
  error_t err = answer_begin (&answer, message, IO_READ);

  if (!err)
    err = answer_data (&answer, &data);
  if (!err && data.size)
    err = copy_add (fetch, &data);
  if (!err && data.size)
    {
      fetch_continue (fetch, copy_ask (fetch));
      return;
    }
  if (!err && overlay_content (fetch->node))
    copy_end (fetch);
  fetch_end (fetch, err);
}

static void
copy_opened (struct call *call, mach_msg_header_t *message)
{
  struct fetch *fetch = (struct fetch *)call;
  error_t err = answer_lookup (message, &fetch->port);

  fetch_continue (fetch, err ? err : copy_ask (fetch));
}

error_t
overlay_copy (struct node *node)
{
  const struct node *remote = overlay_content (node);
  const struct volume *volume = node->volume;
  struct fetch *fetch;
  error_t err = fetch_begin (node, node_proxy (remote), &fetch);

  if (err)
    return err;
  fetch->content = content_create (volume->generation, volume->pagers);
  if (!fetch->content)
    return fetch_begun (fetch, ENOSPC);
  return fetch_begun (fetch, fetch_lookup (fetch, remote->remote->port, "",
                                           O_READ, copy_opened));
}
