/* proxy_pager.c -- files of the parent's as memory objects

   The pager thread only writes down what the kernel wants; the loop asks the
   parent, and answers the kernel when the parent has.  Changed pages go back
   the same way, so that nothing overtakes anything.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <mach/mig_errors.h>
#include <mach/vm_param.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/membrane/pass.h"
#include "lib/port/right.h"
#include "servers/root/proxy_pages.h"

#include "fs_request_U.h"
#include "io_reply_U.h"
#include "io_request_U.h"

#define IO_READ 21001
#define IO_WRITE 21000
#define IO_STAT 21013
#define FILE_SET_SIZE 20006

/* ---- a page is wanted ---- */

static void
wanted_alone (struct piece *piece)
{
  piece->offset = piece->wanted;
  piece->size = PAGE_SIZE;
}

static error_t
wanted_start (struct piece *piece)
{
  struct pages *pages = piece->pages;
  mach_port_t reply;
  error_t err
      = MACH_PORT_VALID (pages->file) ? piece_ask (piece, &reply) : EACCES;

  /* A page that the kernel may have changed must not be overtaken by what it
     was before, so with those none goes along unasked.  */
  if (pages->writable)
    wanted_alone (piece);
  return err ? err
             : piece_asked (piece, io_read_request (pages->file, reply,
                                                    (loff_t)piece->offset,
                                                    piece->size));
}

/* Of what the parent gave, SIZE bytes for PIECE, what the kernel may see.  */
static struct pager_piece
wanted_part (const struct piece *piece, size_t size)
{
  uint64_t whole = (size + PAGE_MASK) & ~(uint64_t)PAGE_MASK;

  /* Since it was asked for the rest may have come, been changed and left.  */
  if (piece->pages->writable)
    return (struct pager_piece){ piece->wanted, PAGE_SIZE };
  return (struct pager_piece){ piece->offset, whole };
}

/* Show the kernel what the parent said.  */
static error_t
wanted_show (struct piece *piece, mach_msg_header_t *message)
{
  static char shown[PAGER_SUPPLY_MAX] __attribute__ ((aligned (PAGE_SIZE)));
  /* Loops of several environments may run in one task.  */
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  struct pages *pages = piece->pages;
  struct answer answer;
  struct answer_data data = { NULL, 0, false };
  error_t err = answer_begin (&answer, message, IO_READ);
  struct pager_piece part;
  size_t skip, size;

  if (!err)
    err = answer_data (&answer, &data);
  if (!err && (data.size == 0 || data.size > piece->size || pages->cut))
    err = EIO; /* beyond the end, or too much, or too late */
  if (err)
    return err;
  if (piece->offset + data.size <= piece->wanted)
    return EAGAIN; /* the parent gives less at once */
  part = wanted_part (piece, data.size);
  skip = part.offset - piece->offset;
  size = data.size - skip < part.size ? data.size - skip : part.size;
  pthread_mutex_lock (&lock);
  err = answer_data_copy (&data, skip, shown, size);
  memset (shown + size, 0, part.size - size);
  if (!err)
    {
      if (pages->end < (off_t)(part.offset + part.size))
        pages->end = (off_t)(part.offset + part.size);
      pager_answer (send_steal (&piece->control), part.offset, shown,
                    part.size);
    }
  pthread_mutex_unlock (&lock);
  return err;
}

static bool
wanted_end (struct piece *piece, error_t err, mach_msg_header_t *message)
{
  if (!err)
    err = wanted_show (piece, message);
  if (err == EAGAIN)
    {
      wanted_alone (piece);
      return false;
    }
  if (err)
    pager_refuse (send_steal (&piece->control), piece->wanted);
  return true;
}

static void
wanted_arrived (struct post *post)
{
  struct piece *piece = list_entry (post, struct piece, post);

  if (piece->pages->writable)
    wanted_alone (piece); /* whose neighbours may be on their way back */
  pages_add (piece->pages, piece);
}

/* On the pager thread.  */
static void
pages_request (void *cookie, mach_port_t control, uint64_t wanted,
               const struct pager_piece *ahead)
{
  struct pages *pages = cookie;
  struct piece *piece = piece_create (pages, 0);

  if (!piece || piece_charge (piece))
    {
      free (piece);
      pager_refuse (control, wanted);
      return;
    }
  piece->reads = true;
  piece->control = control;
  piece->wanted = wanted;
  piece->offset = ahead->offset;
  piece->size = ahead->size;
  piece->start = wanted_start;
  piece->end = wanted_end;
  piece->post.run = wanted_arrived;
  loop_post (pages->proxy->grant.outbox.loop, &piece->post);
}

/* ---- a changed page comes back ---- */

/* The last page of a file ends where the file does: the size is asked for
   first, because writing more would make it longer.  */
static error_t
changed_start (struct piece *piece)
{
  struct pages *pages = piece->pages;
  mach_port_t reply;
  error_t err = 0;

  if (!(pages->modes & O_WRITE) || proxy_read_only (pages->proxy))
    return EROFS; /* it is lost: who lowers does not want it */
  if (piece->looked && (off_t)piece->offset >= pages->size)
    return 0;
  if (piece->looked && (off_t)(piece->offset + piece->size) > pages->size)
    piece->size = (size_t)(pages->size - (off_t)piece->offset);
  err = piece_ask (piece, &reply);
  if (err)
    return err;
  if (!piece->looked)
    return piece_asked (piece, io_stat_request (pages->file, reply));
  return piece_asked (piece,
                      io_write_request (pages->file, reply, piece->page,
                                        piece->size, (loff_t)piece->offset));
}

static bool
changed_end (struct piece *piece, error_t err, mach_msg_header_t *message)
{
  struct answer answer;
  io_statbuf_t stat;

  if (piece->looked || err || !message)
    return true; /* nobody waits for it */
  err = answer_begin (&answer, message, IO_STAT);
  if (!err)
    err = answer_struct (&answer, &stat, sizeof stat);
  if (err)
    return true;
  piece->pages->size = stat.st_size;
  piece->looked = true;
  return false;
}

/* On the pager thread.  */
static void
pages_give_back (void *cookie, uint64_t offset, const void *page)
{
  struct piece *piece = piece_create (cookie, PAGE_SIZE);

  if (!piece)
    return;
  memcpy (piece->page, page, PAGE_SIZE);
  piece->offset = offset;
  piece->start = changed_start;
  piece->end = changed_end;
  pages_post (piece);
}

/* ---- the file is read and written beside its mappings ---- */

static bool
changes_content (mach_msg_id_t id)
{
  return id == IO_WRITE || id == FILE_SET_SIZE;
}

static error_t
held_start (struct piece *piece)
{
  (void)piece;
  return 0;
}

/* Everything that was changed is with the parent.  */
static bool
held_end (struct piece *piece, error_t err, mach_msg_header_t *message)
{
  struct pages *pages = piece->pages;
  struct list *node = list_pop (&pages->held);
  struct piece *held;

  (void)err, (void)message;
  if (!node)
    return true;
  held = list_entry (node, struct piece, link);
  if (changes_content (held->message->msgh_id))
    pages_stale (pages);
  pass_on (&pages->proxy->grant.outbox, held->message,
           proxied_port (held->handle));
  piece_free (held);
  pages_drop (pages);
  return true;
}

/* On the pager thread: what the flush brought is before us.  */
static void
pages_returned (void *cookie)
{
  struct piece *piece = piece_create (cookie, 0);

  if (!piece)
    return;
  piece->start = held_start;
  piece->end = held_end;
  pages_post (piece);
}

struct flush
{
  struct job job;      /* first */
  struct pages *pages; /* reference */
  error_t err;
};

static void
flush_run (struct job *job)
{
  struct flush *flush = (struct flush *)job;
  struct pages *pages = flush->pages;

  flush->err = pager_flush (pages->pager, (vm_size_t)pages->end, true);
}

static void
flush_done (struct job *job)
{
  struct flush *flush = (struct flush *)job;

  if (flush->err)
    pages_returned (flush->pages); /* there was nothing to flush */
  pages_drop (flush->pages);
  free (flush);
}

bool
pages_sync_first (struct file *file, mach_msg_header_t *in)
{
  struct node *node = file->opened->node;
  struct pages *pages = node->remote->pages;
  bool changes = changes_content (in->msgh_id);
  struct piece *held;
  struct flush *flush;

  if (!pages || (!changes && in->msgh_id != IO_READ))
    return false;
  if (changes)
    pages_forget (node);
  pages = node->remote->pages;
  if (!pages || !pages->pager || (!pages->writable && !changes))
    return false;
  held = piece_create (pages, 0);
  flush = calloc (1, sizeof *flush);
  if (held)
    held->message = malloc (in->msgh_size);
  if (!held || !flush || !held->message)
    {
      free (flush);
      if (held)
        piece_free (held);
      return false;
    }
  memcpy (held->message, in, in->msgh_size);
  held->handle = (struct file *)object_ref (&file->handle.object);
  pages_ref (pages);
  list_insert_tail (&pages->held, &held->link);
  flush->pages = pages_ref (pages);
  flush->job.run = flush_run;
  flush->job.done = flush_done;
  workers_submit (node->volume->environment->workers,
                  pages->proxy->grant.outbox.loop, &flush->job);
  return true;
}

/* ---- the pager ---- */

static void
pages_gone (struct post *post)
{
  struct piece *piece = list_entry (post, struct piece, post);
  struct pages *pages = piece->pages;

  piece_free (piece);
  pages->pager = NULL;
  list_remove (&pages->link);
  pages_drop (pages);
}

/* On the pager thread, for the last time.  */
static void
pages_ended (void *cookie)
{
  struct pages *pages = cookie;
  struct piece *piece = piece_create (pages, 0);

  if (!piece)
    return; /* a few bytes and rights are lost */
  piece->post.run = pages_gone;
  loop_post (pages->proxy->grant.outbox.loop, &piece->post);
}

const struct pager_ops pages_pager_ops = {
  .request = pages_request,
  .returned = pages_returned,
  .give_back = pages_give_back,
  .ended = pages_ended,
};

/* Mapping it ourselves first makes the kernel the first to speak to the
   pager.  Nothing touches the mapping.  */
static error_t
pages_anchor (struct pages *pages)
{
  cleanup_send mach_port_t object = MACH_PORT_NULL;
  error_t err = pager_right (pages->pager, &object);

  if (!err)
    err = vm_map (mach_task_self (), &pages->anchor, PAGE_SIZE, 0, TRUE,
                  object, 0, FALSE, VM_PROT_READ, VM_PROT_READ,
                  VM_INHERIT_NONE);
  return err ? ENOMEM : 0;
}

static error_t
pages_make_pager (struct pages *pages)
{
  error_t err;

  if (pages->pager)
    return 0;
  err = pager_create (pages->proxy->volume.pagers, &pages_pager_ops, pages,
                      &pages->pager);
  if (err)
    return ENOMEM;
  pages_ref (pages);
  list_insert_tail (&pages->proxy->mapped, &pages->link);
  return pages_anchor (pages);
}

error_t
pages_map (struct pages *pages, int modes, mach_port_t *ret_object)
{
  error_t err = pages->cut ? EIO : pages_make_pager (pages);

  if (err)
    return err;
  if (modes & O_WRITE)
    {
      pages->writable = true;
      return pager_right (pages->pager, ret_object);
    }
  if (!MACH_PORT_VALID (pages->view))
    err = pager_view (pages->pager, VM_PROT_READ | VM_PROT_EXECUTE,
                      &pages->view);
  if (err)
    return err;
  *ret_object = send_copy (pages->view);
  return MACH_PORT_VALID (*ret_object) ? 0 : EIO;
}

error_t
remote_map (struct node *node, vm_prot_t prot, mach_port_t *ret_memory_object)
{
  struct pages *pages = pages_of (node);

  if (!pages)
    return ENOMEM;
  if (pages->proxy->grant.revoked)
    return EIO;
  if (!(pages->modes & O_READ))
    return EINPROGRESS;
  recent_note (node, prot & VM_PROT_WRITE);
  return pages_map (pages, prot & VM_PROT_WRITE ? O_RDWR : O_READ,
                    ret_memory_object);
}

/* ---- io_map ---- */

static error_t
mapping_modes (const struct handle *handle, int *ret_modes)
{
  int modes = handle->open_modes & (O_READ | O_WRITE);

  if (!S_ISREG (file_node (handle)->mode))
    return EOPNOTSUPP;
  if (volume_read_only (file_node (handle)->volume))
    modes &= ~O_WRITE;
  *ret_modes = modes;
  return 0;
}

/* The parent's file is open for MODES.  */
static error_t
mapping_make (struct pages *pages, int modes, struct out_right *ret_read,
              struct out_right *ret_write)
{
  mach_port_t object = MACH_PORT_NULL;
  error_t err = pages_map (pages, modes, &object);

  if (err)
    return err;
  *ret_read = (struct out_right){ object, MACH_MSG_TYPE_MOVE_SEND };
  if (modes & O_WRITE)
    *ret_write
        = (struct out_right){ send_copy (object), MACH_MSG_TYPE_MOVE_SEND };
  return 0;
}

static void
mapping_answered (struct waiting *waiting, mach_msg_header_t *message)
{
  struct out_right reading = { MACH_PORT_NULL, MACH_MSG_TYPE_MOVE_SEND };
  struct out_right writing = reading;
  struct pages *pages = pages_of (waiting->file->opened->node);
  mach_msg_type_name_t type = waiting->parked.reply_type;
  int modes = 0;
  error_t err = mapping_modes (&waiting->file->handle, &modes);

  if (!err && !pages)
    err = ENOMEM;
  if (!err && (waiting->first & ~modes))
    err = EIO; /* it was lowered */
  if (!err && pages_opened (pages, message, waiting->first))
    err = EACCES;
  if (!err)
    err = mapping_make (pages, waiting->first, &reading, &writing);
  if (err)
    {
      parked_fail (&waiting->parked, err);
      return;
    }
  (void)io_map_reply (parked_take_reply (&waiting->parked), type, 0,
                      reading.name, reading.type, writing.name, writing.type);
}

error_t
proxied_map (struct handle *handle, struct out_right *ret_read,
             struct out_right *ret_write)
{
  struct file *file = (struct file *)handle;
  struct node *node = file->opened->node;
  struct waiting *waiting;
  struct pages *pages;
  mach_port_t reply;
  int modes;
  error_t err = mapping_modes (handle, &modes);

  /* Who may write but not read gets nothing, as with our own files.  */
  if (err || !(modes & O_READ))
    return err;
  pages = pages_of (node);
  if (!pages)
    return ENOMEM;
  recent_note (node, modes & O_WRITE);
  if ((pages->modes & modes) == modes)
    return mapping_make (pages, modes, ret_read, ret_write);
  waiting = waiting_start (file, mapping_answered, &reply);
  if (!waiting)
    return ENOMEM;
  waiting->first = modes;
  return waiting_sent (waiting,
                       dir_lookup_request (proxied_port (file), reply, "",
                                           modes | O_NOLINK | O_NOTRANS, 0));
}
