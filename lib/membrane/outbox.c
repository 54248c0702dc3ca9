/* outbox.c -- requests that wait until there is room for them
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <stdlib.h>
#include <string.h>

#include "lib/membrane/outbox.h"
#include "lib/port/park.h"
#include "lib/port/unsent.h"

#define WAITING_MAX 256
#define RETRY_NS UINT64_C (10000000) /* the clock's grain */

/* A request on its way; its rights and memory are its own.  */
struct waiting
{
  struct list link;
  mach_msg_header_t header; /* and the rest */
};

/* What the stubs of this thread send through.  */
static __thread struct outbox *opened;

/* ---- the end of a request ---- */

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

static mach_msg_return_t
header_send (mach_msg_header_t *header)
{
  return mach_msg (header, MACH_SEND_MSG | MACH_SEND_TIMEOUT,
                   header->msgh_size, 0, MACH_PORT_NULL, 0, MACH_PORT_NULL);
}

/* ---- waiting ---- */

/* After MACH_SEND_TIMED_OUT a message has been handed back with a right to its
   destination of its own, and can be sent again as it is.  */
static void
waiting_send (struct timer *timer)
{
  struct outbox *outbox = list_entry (timer, struct outbox, retry);
  struct list *node;

  while ((node = list_first (&outbox->waiting)))
    {
      struct waiting *waiting = list_entry (node, struct waiting, link);
      mach_msg_return_t err = header_send (&waiting->header);

      if (err == MACH_SEND_TIMED_OUT)
        {
          timer_start (outbox->loop, timer, clock_now_ns () + RETRY_NS);
          return;
        }
      if (err)
        request_fail (&waiting->header, EIO);
      list_remove (node);
      outbox->count--;
      free (waiting);
    }
}

/* Keep HEADER, which was handed back.  */
static error_t
outbox_keep (struct outbox *outbox, const mach_msg_header_t *header)
{
  struct waiting *waiting = NULL;

  if (outbox->count < WAITING_MAX)
    waiting = malloc (offsetof (struct waiting, header) + header->msgh_size);
  if (!waiting)
    return ENOBUFS;
  memcpy (&waiting->header, header, header->msgh_size);
  list_insert_tail (&outbox->waiting, &waiting->link);
  outbox->count++;
  if (!outbox->retry.running)
    timer_start (outbox->loop, &outbox->retry, clock_now_ns () + RETRY_NS);
  return 0;
}

void
outbox_init (struct outbox *outbox, struct loop *loop)
{
  outbox->loop = loop;
  list_init (&outbox->waiting);
  outbox->count = 0;
  outbox->retry = (struct timer){ .run = waiting_send };
  list_init (&outbox->retry.link);
}

void
outbox_finish (struct outbox *outbox, error_t why)
{
  struct list *node;

  timer_stop (&outbox->retry);
  while ((node = list_pop (&outbox->waiting)))
    {
      struct waiting *waiting = list_entry (node, struct waiting, link);

      request_fail (&waiting->header, why);
      free (waiting);
    }
  outbox->count = 0;
}

/* ---- sending ---- */

void
outbox_send (struct outbox *outbox, mach_msg_header_t *header)
{
  /* Nothing overtakes what is waiting.  */
  mach_msg_return_t err
      = outbox->count ? MACH_SEND_TIMED_OUT : header_send (header);

  if (err == MACH_SEND_TIMED_OUT)
    err = outbox_keep (outbox, header);
  else if (err)
    err = EIO;
  if (err)
    request_fail (header, err);
}

void
outbox_open (struct outbox *outbox)
{
  opened = outbox;
}

void
outbox_close (void)
{
  opened = NULL;
}

mach_msg_return_t
request_send (mach_msg_header_t *message, mach_msg_option_t option,
              mach_msg_size_t send_size, mach_msg_size_t receive_size,
              mach_port_t receive, mach_msg_timeout_t timeout,
              mach_port_t notify)
{
  struct unsent unsent;
  mach_msg_return_t err;

  (void)option, (void)receive_size, (void)receive, (void)timeout;
  (void)notify;
  message->msgh_size = send_size;
  unsent_note (&unsent, message, send_size);
  err = header_send (message);
  if (err == MACH_SEND_TIMED_OUT && opened && !outbox_keep (opened, message))
    return MACH_MSG_SUCCESS;
  if (err)
    unsent_destroy (&unsent, message);
  return err;
}
