/* pager.c -- answer the kernel when it wants pages
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <mach/memory_object.h>
#include <mach/mig_errors.h>
#include <mach/notify.h>
#include <mach/vm_param.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <mach/mach4.h>

#include "lib/port/guard.h"
#include "lib/port/pager.h"

/* What the kernel sends to a memory object, and what it takes.  */
enum
{
  OBJECT_INIT = 2200,
  OBJECT_TERMINATE = 2201,
  OBJECT_DATA_REQUEST = 2203,
  OBJECT_LOCK_COMPLETED = 2206,
  OBJECT_DATA_RETURN = 2208,
  CONTROL_DATA_ERROR = 2090,
  CONTROL_DATA_SUPPLY = 2093,
  CONTROL_READY = 2094,
  CONTROL_CHANGE_ATTRIBUTES = 2095,
};

#define ITEMS_MAX 6
#define BUFFER_SIZE 1024 /* nothing the kernel sends here is longer */

/* Every item of these messages is a descriptor and eight bytes.  */
struct item
{
  mach_msg_type_t type;
  union
  {
    uint64_t number;
    int32_t small;
    mach_port_t port;
    void *memory;
  };
};

struct message
{
  mach_msg_header_t header;
  struct item items[ITEMS_MAX];
};

struct pager_set
{
  mach_port_t set; /* port set */
  pthread_t thread;
  mach_port_t host_priv; /* borrowed */
};

struct pager
{
  struct pager_set *set;
  const struct pager_ops *ops;
  void *cookie;
  mach_port_t port; /* receive right */

  /* Guards the rest.  */
  pthread_mutex_t lock;
  mach_port_t control; /* send right, from the first init */
  mach_port_t name;    /* send right, likewise */
  bool released;
  unsigned char *asked; /* a bit for each block, once one was asked for */
  uint64_t next;        /* where the last block that was asked for ends */
};

/* ---- reading ahead ----

   Programs touch their pages in any order, and what has come along unasked
   must not come again: the first request for a block brings all of it, and
   the next ones too if it goes on where the last one ended; later ones bring
   the page.  */

#define BLOCK_SIZE ((size_t)16 * 1024)
#define BLOCKS_MAX 8192 /* the rest of a longer file comes page by page */
#define BLOCKS_AHEAD (PAGER_SUPPLY_MAX / BLOCK_SIZE)

/* With the lock: it is asked for from now on.  */
static bool
block_take (struct pager *pager, uint64_t block)
{
  unsigned char bit = (unsigned char)(1 << block % 8);

  if (block >= BLOCKS_MAX || pager->asked[block / 8] & bit)
    return false;
  pager->asked[block / 8] |= bit;
  return true;
}

/* What comes with the page WANTED.  */
static struct pager_piece
piece_of (struct pager *pager, uint64_t wanted)
{
  uint64_t block = wanted / BLOCK_SIZE;
  size_t most, count = 0;

  pthread_mutex_lock (&pager->lock);
  most = wanted && wanted == pager->next ? BLOCKS_AHEAD : 1;
  if (!pager->asked)
    pager->asked = calloc (1, BLOCKS_MAX / 8);
  while (pager->asked && count < most && block_take (pager, block + count))
    count++;
  if (count)
    pager->next = (block + count) * BLOCK_SIZE;
  pthread_mutex_unlock (&pager->lock);
  return count ? (struct pager_piece){ block * BLOCK_SIZE, count * BLOCK_SIZE }
               : (struct pager_piece){ wanted, PAGE_SIZE };
}

/* With the lock: the kernel has none of the pages any more.  */
static void
pieces_forget (struct pager *pager)
{
  if (pager->asked)
    memset (pager->asked, 0, BLOCKS_MAX / 8);
}

/* ---- sending to the kernel ---- */

static mach_msg_type_t
type_of (unsigned int name, unsigned int bits)
{
  return (mach_msg_type_t){
    .msgt_name = name,
    .msgt_size = bits,
    .msgt_number = 1,
    .msgt_inline = TRUE,
  };
}

static struct item
item_number (uint64_t number)
{
  return (struct item){ .type = type_of (MACH_MSG_TYPE_INTEGER_64, 64),
                        .number = number };
}

static struct item
item_small (int32_t small)
{
  return (struct item){ .type = type_of (MACH_MSG_TYPE_INTEGER_32, 32),
                        .small = small };
}

static struct item
item_boolean (bool truth)
{
  return (struct item){ .type = type_of (MACH_MSG_TYPE_BOOLEAN, 32),
                        .small = truth };
}

static struct item
item_no_port (void)
{
  return (struct item){ .type = type_of (MACH_MSG_TYPE_MAKE_SEND_ONCE, 64) };
}

static struct item
item_pages (const char *pages, size_t size)
{
  struct item item
      = { .type = type_of (MACH_MSG_TYPE_BYTE, 8), .memory = (void *)pages };

  item.type.msgt_number = size;
  item.type.msgt_inline = FALSE;
  item.type.msgt_longform = TRUE;
  return item;
}

/* Send MESSAGE with COUNT items to CONTROL (borrowed).  It may be anybody's
   port, so never wait.  */
static error_t
control_send (mach_port_t control, mach_msg_id_t id, struct message *message,
              unsigned int count, bool complex)
{
  mach_msg_size_t size
      = sizeof message->header + count * sizeof message->items[0];

  message->header = (mach_msg_header_t){
    .msgh_bits = MACH_MSGH_BITS (MACH_MSG_TYPE_COPY_SEND, 0)
                 | (complex ? MACH_MSGH_BITS_COMPLEX : 0),
    .msgh_size = size,
    .msgh_remote_port = control,
    .msgh_id = id,
  };
  return mach_msg (&message->header, MACH_SEND_MSG | MACH_SEND_TIMEOUT, size,
                   0, MACH_PORT_NULL, 0, MACH_PORT_NULL);
}

static void
control_attributes (mach_port_t control, bool may_cache)
{
  struct message message = { .items = { item_boolean (may_cache),
                                        item_small (MEMORY_OBJECT_COPY_DELAY),
                                        item_no_port () } };

  (void)control_send (control, CONTROL_CHANGE_ATTRIBUTES, &message, 3, true);
}

static void
control_ready (mach_port_t control)
{
  struct message message
      = { .items
          = { item_boolean (true), item_small (MEMORY_OBJECT_COPY_DELAY) } };

  (void)control_send (control, CONTROL_READY, &message, 2, false);
}

static void
control_error (mach_port_t control, uint64_t offset, uint64_t size)
{
  struct message message
      = { .items = { item_number (offset), item_number (size),
                     item_small (KERN_MEMORY_ERROR) } };

  (void)control_send (control, CONTROL_DATA_ERROR, &message, 3, false);
}

static void
control_supply (mach_port_t control, uint64_t offset, const char *pages,
                size_t size)
{
  struct message message
      = { .items = { item_number (offset), item_pages (pages, size),
                     item_small (VM_PROT_NONE), item_boolean (false),
                     item_no_port () } };
  error_t err = control_send (control, CONTROL_DATA_SUPPLY, &message, 5, true);

  /* A send that timed out gives back what it had copied.  */
  if (err && message.items[1].memory != pages)
    (void)vm_deallocate (mach_task_self (),
                         (vm_address_t)message.items[1].memory, size);
}

/* ---- what the kernel, or somebody like it, says ---- */

static bool
item_is_port (const struct message *m, unsigned int i, unsigned int name)
{
  const mach_msg_type_t *type = &m->items[i].type;

  /* Without the bit the kernel has not looked at the items.  */
  return (m->header.msgh_bits & MACH_MSGH_BITS_COMPLEX)
         && type->msgt_name == name && type->msgt_inline
         && type->msgt_number == 1 && MACH_PORT_VALID (m->items[i].port);
}

static bool
item_is_number (const struct message *m, unsigned int i)
{
  const mach_msg_type_t *type = &m->items[i].type;

  return type->msgt_name == MACH_MSG_TYPE_INTEGER_64 && type->msgt_inline
         && type->msgt_number == 1;
}

/* The size of the memory in item I, or 0.  */
static size_t
item_memory (const struct message *m, unsigned int i)
{
  const mach_msg_type_t *type = &m->items[i].type;

  if (!(m->header.msgh_bits & MACH_MSGH_BITS_COMPLEX) || type->msgt_inline
      || type->msgt_size != 8)
    return 0;
  return type->msgt_number;
}

static bool
message_has (const struct message *m, unsigned int items)
{
  return m->header.msgh_size == sizeof m->header + items * sizeof m->items[0];
}

/* The first control port is the kernel's: whoever gives a bare right away has
   mapped the object before.  */
static void
pager_init (struct pager *pager, struct message *m)
{
  mach_port_t control;
  bool released;

  if (!message_has (m, 3) || !item_is_port (m, 0, MACH_MSG_TYPE_PORT_SEND))
    return;

  control = m->items[0].port;
  control_ready (control);
  pthread_mutex_lock (&pager->lock);
  released = pager->released;
  if (!MACH_PORT_VALID (pager->control))
    {
      pager->control = control;
      m->items[0].port = MACH_PORT_NULL; /* ours now */
      if (item_is_port (m, 1, MACH_MSG_TYPE_PORT_SEND))
        {
          pager->name = m->items[1].port;
          m->items[1].port = MACH_PORT_NULL;
        }
    }
  pthread_mutex_unlock (&pager->lock);
  if (released)
    control_attributes (control, false);
}

/* The kernel has forgotten us if it hands over the receive right of the
   control port that we know; both rights have the same name.  */
static void
pager_terminate (struct pager *pager, struct message *m)
{
  if (!message_has (m, 2) || !item_is_port (m, 0, MACH_MSG_TYPE_PORT_RECEIVE))
    return;

  pthread_mutex_lock (&pager->lock);
  if (pager->control == m->items[0].port)
    {
      send_drop (&pager->control);
      send_drop (&pager->name);
      pieces_forget (pager);
    }
  pthread_mutex_unlock (&pager->lock);
}

/* The kernel copies the pages.  Moving fresh ones into the message would save
   that, but costs a fault for each, and a copy all the same wherever the
   kernel has joined them with their neighbours; the fresh ones then stay
   behind in the object that they were joined to.  */
static void
pager_supply (struct pager *pager, mach_port_t control, uint64_t wanted,
              struct pager_piece *piece)
{
  static char pages[PAGER_SUPPLY_MAX] __attribute__ ((aligned (PAGE_SIZE)));
  /* Used by one thread only, but each environment has one.  */
  static pthread_mutex_t pages_lock = PTHREAD_MUTEX_INITIALIZER;
  error_t err;

  pthread_mutex_lock (&pages_lock);
  err = pager->ops->supply (pager->cookie, wanted, piece, pages);
  if (!err)
    control_supply (control, piece->offset, pages, piece->size);
  else
    control_error (control, wanted, PAGE_SIZE);
  pthread_mutex_unlock (&pages_lock);
}

static void
pager_data_request (struct pager *pager, struct message *m)
{
  struct pager_piece piece;
  mach_port_t control;
  uint64_t wanted;

  if (!message_has (m, 4) || !item_is_port (m, 0, MACH_MSG_TYPE_PORT_SEND)
      || !item_is_number (m, 1) || !item_is_number (m, 2))
    return;

  control = m->items[0].port;
  wanted = m->items[1].number & ~(uint64_t)PAGE_MASK;
  piece = piece_of (pager, wanted);
  if (pager->ops->supply)
    {
      pager_supply (pager, control, wanted, &piece);
      return;
    }
  m->items[0].port = MACH_PORT_NULL;
  pager->ops->request (pager->cookie, control, wanted, &piece);
}

static void
pager_data_return (struct pager *pager, struct message *m)
{
  static char page[PAGE_SIZE]; /* only this thread */
  size_t size = item_memory (m, 2);
  uint64_t offset;

  if (!message_has (m, 5) || !item_is_number (m, 1))
    return;

  offset = m->items[1].number & ~(uint64_t)PAGE_MASK;
  for (size_t done = 0; done + PAGE_SIZE <= size; done += PAGE_SIZE)
    if (!guard_copy (page, (const char *)m->items[2].memory + done, PAGE_SIZE))
      pager->ops->give_back (pager->cookie, offset + done, page);
}

static void
pager_free (struct pager *pager)
{
  receive_drop (&pager->port);
  send_drop (&pager->control);
  send_drop (&pager->name);
  pager->ops->ended (pager->cookie);
  pthread_mutex_destroy (&pager->lock);
  free (pager->asked);
  free (pager);
}

/* Anybody may claim it, so ask the kernel.  */
static void
pager_no_senders (struct pager *pager)
{
  struct mach_port_status status;
  bool released;

  pthread_mutex_lock (&pager->lock);
  released = pager->released;
  pthread_mutex_unlock (&pager->lock);
  if (released
      && !mach_port_get_receive_status (mach_task_self (), pager->port,
                                        &status)
      && !status.mps_srights)
    pager_free (pager);
}

static void
pager_take (struct pager *pager, struct message *m)
{
  switch (m->header.msgh_id)
    {
    case OBJECT_INIT:
      pager_init (pager, m);
      break;
    case OBJECT_TERMINATE:
      pager_terminate (pager, m);
      break;
    case OBJECT_DATA_REQUEST:
      pager_data_request (pager, m);
      break;
    case OBJECT_DATA_RETURN:
      pager_data_return (pager, m);
      break;
    case OBJECT_LOCK_COMPLETED:
      if (pager->ops->returned)
        pager->ops->returned (pager->cookie);
      break;
    default: /* noise */
      break;
    }
}

/* ---- the thread ---- */

static void
pager_wire (mach_port_t host_priv)
{
  cleanup_send mach_port_t self = mach_thread_self ();

  if (MACH_PORT_VALID (host_priv))
    (void)thread_wire (host_priv, self, TRUE);
}

static void *
pager_thread (void *cookie)
{
  struct pager_set *set = cookie;
  union
  {
    struct message message;
    char room[BUFFER_SIZE];
  } in;

  (void)guard_thread_init ();
  pager_wire (set->host_priv);
  for (;;)
    {
      mach_msg_header_t *header = &in.message.header;
      mach_msg_return_t err = mach_msg (header, MACH_RCV_MSG, 0, sizeof in,
                                        set->set, 0, MACH_PORT_NULL);
      struct pager *pager = (struct pager *)header->msgh_protected_payload;
      mach_msg_id_t id = header->msgh_id;

      if (err == MACH_RCV_INVALID_NAME || err == MACH_RCV_PORT_DIED)
        return NULL;
      /* The kernel's short way for exceptions gives a name, not a payload,
         and whoever maps a file can make it his exception port.  */
      if (err == MACH_MSG_SUCCESS
          && MACH_MSGH_BITS_LOCAL (header->msgh_bits)
                 != MACH_MSG_TYPE_PROTECTED_PAYLOAD)
        id = 0;
      else if (err == MACH_MSG_SUCCESS)
        pager_take (pager, &in.message);
      else if ((err & ~MACH_MSG_MASK) != MACH_RCV_BODY_ERROR)
        continue;
      header->msgh_local_port = MACH_PORT_NULL;
      mach_msg_destroy (header);
      if (id == MACH_NOTIFY_NO_SENDERS)
        pager_no_senders (pager);
    }
}

struct pager_set *
pager_set_create (mach_port_t host_priv)
{
  struct pager_set *set = calloc (1, sizeof *set);

  if (!set)
    return NULL;
  set->host_priv = host_priv;
  if (mach_port_allocate (mach_task_self (), MACH_PORT_RIGHT_PORT_SET,
                          &set->set)
      || pthread_create (&set->thread, NULL, pager_thread, set))
    {
      free (set);
      return NULL;
    }
  return set;
}

/* ---- for the owner ---- */

static error_t
pager_start (struct pager *pager)
{
  mach_port_t self = mach_task_self ();
  error_t err
      = mach_port_allocate (self, MACH_PORT_RIGHT_RECEIVE, &pager->port);

  if (err)
    return err;
  err = mach_port_set_protected_payload (self, pager->port,
                                         (rpc_uintptr_t)pager);
  if (!err)
    err = mach_port_move_member (self, pager->port, pager->set->set);
  if (err)
    receive_drop (&pager->port);
  return err;
}

error_t
pager_create (struct pager_set *set, const struct pager_ops *ops, void *cookie,
              struct pager **ret_pager)
{
  struct pager *pager = calloc (1, sizeof *pager);
  error_t err;

  if (!pager)
    return ENOMEM;
  pager->set = set;
  pager->ops = ops;
  pager->cookie = cookie;
  pthread_mutex_init (&pager->lock, NULL);
  err = pager_start (pager);
  if (err)
    {
      free (pager);
      return err;
    }
  *ret_pager = pager;
  return 0;
}

mach_port_t
pager_port (const struct pager *pager)
{
  return pager->port;
}

error_t
pager_right (struct pager *pager, mach_port_t *ret_object)
{
  error_t err = mach_port_insert_right (mach_task_self (), pager->port,
                                        pager->port, MACH_MSG_TYPE_MAKE_SEND);

  if (!err)
    *ret_object = pager->port;
  return err;
}

error_t
pager_view (struct pager *pager, vm_prot_t prot, mach_port_t *ret_object)
{
  cleanup_send mach_port_t bare = MACH_PORT_NULL;
  rpc_vm_offset_t zero = 0;
  /* Whatever lies beyond the end is the supplier's business.  */
  rpc_vm_size_t size = (rpc_vm_size_t)1 << 62;
  error_t err = pager_right (pager, &bare);

  if (err)
    return err;
  return memory_object_create_proxy (mach_task_self (), prot, &bare,
                                     MACH_MSG_TYPE_COPY_SEND, 1, &zero, 1,
                                     &zero, 1, &size, 1, ret_object);
}

void
pager_answer (mach_port_t control, uint64_t offset, const void *pages,
              size_t size)
{
  control_supply (control, offset, pages, size);
  send_drop (&control);
}

void
pager_refuse (mach_port_t control, uint64_t offset)
{
  control_error (control, offset, PAGE_SIZE);
  send_drop (&control);
}

mach_port_t
pager_name (struct pager *pager)
{
  mach_port_t name;

  pthread_mutex_lock (&pager->lock);
  name = send_copy (pager->name);
  pthread_mutex_unlock (&pager->lock);
  return name;
}

error_t
pager_flush (struct pager *pager, vm_size_t size, bool return_changed)
{
  cleanup_send mach_port_t control = MACH_PORT_NULL;

  pthread_mutex_lock (&pager->lock);
  control = send_copy (pager->control);
  pieces_forget (pager);
  pthread_mutex_unlock (&pager->lock);
  if (!MACH_PORT_VALID (control))
    return ESRCH;
  return memory_object_lock_request (
      control, 0, size,
      return_changed ? MEMORY_OBJECT_RETURN_DIRTY : MEMORY_OBJECT_RETURN_NONE,
      TRUE, VM_PROT_NO_CHANGE, return_changed ? pager->port : MACH_PORT_NULL);
}

/* The lock is held to the end: once released, a forged notification is enough
   for the pager thread to look whether it may free PAGER.  */
void
pager_release (struct pager *pager)
{
  cleanup_send mach_port_t previous = MACH_PORT_NULL;

  pthread_mutex_lock (&pager->lock);
  pager->released = true;
  if (MACH_PORT_VALID (pager->control))
    control_attributes (pager->control, false);
  /* No right will be made any more, so this notification is the last word; it
     comes at once if nobody has one now.  */
  (void)mach_port_request_notification (
      mach_task_self (), pager->port, MACH_NOTIFY_NO_SENDERS, 0, pager->port,
      MACH_MSG_TYPE_MAKE_SEND_ONCE, &previous);
  pthread_mutex_unlock (&pager->lock);
}
