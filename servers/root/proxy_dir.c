/* proxy_dir.c -- names in the parent's directories
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <dirent.h>
#include <fcntl.h>
#include <hurd/paths.h>
#include <mach/mig_errors.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/text.h"
#include "lib/port/right.h"
#include "servers/root/proxy.h"

#include "fs_reply_U.h"
#include "fs_request_U.h"
#include "io_request_U.h"

#define DIR_READDIR 20019
#define DIR_MKFILE 20025
#define IO_STAT 21013

/* ---- reading: what is hidden goes, what is ours comes ---- */

struct listing
{
  struct text out;
  int skip, left; /* entries; LEFT -1: all */
  int count;      /* put into OUT */
  size_t room;    /* of OUT in bytes; 0: any */
  bool full;
};

static void
listing_add (struct listing *listing, const struct dirent64 *entry)
{
  if (listing->skip > 0)
    {
      listing->skip--;
      return;
    }
  if (listing->left >= 0 && listing->count == listing->left)
    listing->full = true;
  if (listing->room && listing->out.length + entry->d_reclen > listing->room)
    listing->full = true;
  if (listing->full)
    return;
  text_add_bytes (&listing->out, (const char *)entry, entry->d_reclen);
  listing->count++;
}

bool
proxy_entry_valid (const struct dirent64 *entry, size_t left)
{
  size_t head = offsetof (struct dirent64, d_name);

  return left > head && entry->d_reclen > head && entry->d_reclen <= left
         && entry->d_reclen % sizeof (uint64_t) == 0
         && memchr (entry->d_name, '\0', entry->d_reclen - head);
}

static error_t
listing_add_parent (struct listing *listing, const struct node *dir,
                    const char *data, size_t size)
{
  const struct proxy *proxy = node_proxy (dir);

  for (size_t at = 0; at < size;)
    {
      const struct dirent64 *entry = (const struct dirent64 *)(data + at);

      if (!proxy_entry_valid (entry, size - at))
        return EIO;
      if (!proxy_hides (proxy, entry->d_name)
          && !remote_find_own (dir, entry->d_name))
        listing_add (listing, entry);
      at += entry->d_reclen;
    }
  return 0;
}

/* Our own mount points in a directory of the parent's.  */
static error_t
listing_add_own (struct listing *listing, const struct node *dir)
{
  struct out_data out = { .data = NULL };
  int count = 0;
  error_t err;

  if (!dir->covers)
    return 0;
  /* Without "." and "..", which the parent has.  */
  err = directory_read (dir->covers, 2, -1, 0, &out, &count);
  for (size_t at = 0; !err && at < out.size;)
    {
      const struct dirent64 *entry = (const struct dirent64 *)(out.data + at);

      listing_add (listing, entry);
      at += entry->d_reclen;
    }
  if (out.allocated)
    (void)vm_deallocate (mach_task_self (), (vm_address_t)out.data, out.size);
  return err;
}

static error_t
listing_make (struct waiting *waiting, struct listing *listing,
              const struct answer_data *data)
{
  const struct node *dir = waiting->file->opened->node;
  char *copy
      = data->size <= PROXY_LISTING_MAX ? malloc (data->size + 1) : NULL;
  error_t err = copy ? answer_data_copy (data, 0, copy, data->size) : ENOMEM;

  if (!err)
    err = listing_add_parent (listing, dir, copy, data->size);
  if (!err)
    err = listing_add_own (listing, dir);
  if (!err && listing->out.failed)
    err = ENOMEM;
  free (copy);
  return err;
}

static void
readdir_answered (struct waiting *waiting, mach_msg_header_t *message)
{
  struct listing listing = { .out = TEXT_INIT,
                             .skip = waiting->first,
                             .left = waiting->count,
                             .room = waiting->size };
  mach_msg_type_name_t type = waiting->parked.reply_type;
  struct answer answer;
  struct answer_data data = { NULL, 0, false };
  error_t err = answer_begin (&answer, message, DIR_READDIR);

  if (!err)
    err = answer_data (&answer, &data);
  if (!err)
    err = listing_make (waiting, &listing, &data);
  if (err)
    parked_fail (&waiting->parked, err);
  else
    (void)dir_readdir_reply (parked_take_reply (&waiting->parked), type, 0,
                             listing.out.data, listing.out.length,
                             listing.count);
  text_finish (&listing.out);
}

error_t
proxied_readdir (struct handle *handle, int entry, int entries,
                 size_t bytes_max, struct out_data *out, int *ret_entries)
{
  struct file *file = (struct file *)handle;
  struct waiting *waiting;
  mach_port_t reply;

  (void)out, (void)ret_entries;
  if (!S_ISDIR (file->opened->node->mode))
    return ENOTDIR;
  waiting = waiting_start (file, readdir_answered, &reply);
  if (!waiting)
    return ENOMEM;
  waiting->first = entry < 0 ? 0 : entry;
  waiting->count = entries;
  waiting->size = bytes_max;
  return waiting_sent (
      waiting, dir_readdir_request (proxied_port (file), reply, 0, -1, 0));
}

/* ---- changing ---- */

/* An answer without anything in it.  */
static void
code_answered (struct waiting *waiting, mach_msg_header_t *message)
{
  struct answer answer;

  /* 0 has the same form.  */
  parked_fail (&waiting->parked,
               answer_begin (&answer, message, waiting->parked.id));
}

/* The parent's right to the file of ours that PORT names, if it is one of the
   same mount.  */
static error_t
proxied_same (const struct handle *handle, mach_port_t port,
              struct file **ret_file)
{
  const struct node *dir = file_node (handle);
  struct file *file = file_lookup (dir->volume->environment, port);

  if (!file || file->opened->node->volume != dir->volume
      || !MACH_PORT_VALID (proxied_port (file)))
    return EXDEV;
  *ret_file = file;
  return 0;
}

error_t
proxied_link (struct handle *handle, mach_port_t port, const char *name,
              bool exclusive)
{
  struct file *file;
  struct waiting *waiting;
  mach_port_t reply;
  error_t err = proxied_same (handle, port, &file);

  if (!err)
    err = proxied_name_check (handle, name);
  if (err)
    return err;
  waiting = waiting_start ((struct file *)handle, code_answered, &reply);
  if (!waiting)
    return ENOMEM;
  waiting->port = port; /* the request's is ours now */
  return waiting_sent (waiting,
                       dir_link_request (proxied_port ((struct file *)handle),
                                         reply, proxied_port (file),
                                         (char *)name, exclusive));
}

error_t
proxied_rename (struct handle *from, const char *from_name, mach_port_t to,
                const char *to_name, bool exclusive)
{
  struct file *file;
  struct waiting *waiting;
  mach_port_t reply;
  error_t err = proxied_same (from, to, &file);

  if (!err)
    err = proxied_name_check (from, from_name);
  if (!err)
    err = proxied_name_check (&file->handle, to_name);
  if (err)
    return err;
  waiting = waiting_start ((struct file *)from, code_answered, &reply);
  if (!waiting)
    return ENOMEM;
  waiting->port = to; /* likewise */
  return waiting_sent (
      waiting, dir_rename_request (proxied_port ((struct file *)from), reply,
                                   (char *)from_name, proxied_port (file),
                                   (char *)to_name, exclusive));
}

/* ---- files without a name ---- */

/* A handle on the file in WAITING->port, which is STAT.  */
static error_t
file_adopt (struct waiting *waiting, const io_statbuf_t *stat,
            struct file **ret_file)
{
  struct file *dir = waiting->file;
  cleanup_node struct node *node = NULL;
  error_t err = proxy_node (node_proxy (dir->opened->node), stat, NULL, &node);

  if (!err)
    err = file_create (node, &dir->handle.ids, waiting->first, dir->opened,
                       ret_file);
  if (!err)
    opened_set_port ((*ret_file)->opened, send_steal (&waiting->port));
  return err;
}

static void
mkfile_looked_at (struct waiting *waiting, mach_msg_header_t *message)
{
  mach_msg_type_name_t type = waiting->parked.reply_type;
  struct answer answer;
  struct file *file = NULL;
  io_statbuf_t stat;
  error_t err = answer_begin (&answer, message, IO_STAT);

  if (!err)
    err = answer_struct (&answer, &stat, sizeof stat);
  if (!err)
    err = file_adopt (waiting, &stat, &file);
  if (err)
    {
      parked_fail (&waiting->parked, err);
      return;
    }
  (void)dir_mkfile_reply (parked_take_reply (&waiting->parked), type, 0,
                          object_right (&file->handle.object),
                          MACH_MSG_TYPE_MAKE_SEND);
  object_drop (&file->handle.object);
}

/* Ask what PORT (borrowed) is now, for ANSWER.  */
static error_t
waiting_look (struct waiting *waiting, mach_port_t port,
              waiting_answer_t *answer)
{
  mach_port_t reply;
  error_t err = waiting_again (waiting, answer, &reply);

  return err ? err : call_sent (&waiting->call, io_stat_request (port, reply));
}

static void
mkfile_answered (struct waiting *waiting, mach_msg_header_t *message)
{
  struct answer answer;
  error_t err = answer_begin (&answer, message, DIR_MKFILE);

  if (!err)
    err = answer_right (&answer, &waiting->port);
  if (!err)
    err = waiting_look (waiting, waiting->port, mkfile_looked_at);
  if (err)
    parked_fail (&waiting->parked, err);
}

error_t
proxied_mkfile (struct handle *handle, int flags, mode_t mode,
                struct object **ret_object)
{
  struct file *file = (struct file *)handle;
  struct waiting *waiting;
  mach_port_t reply;
  error_t err = S_ISDIR (file_node (handle)->mode)
                    ? node_access (file_node (handle), &handle->ids, O_WRITE)
                    : ENOTDIR;

  (void)ret_object;
  if (err)
    return err;
  waiting = waiting_start (file, mkfile_answered, &reply);
  if (!waiting)
    return ENOMEM;
  waiting->first = flags & (O_READ | O_WRITE | O_EXEC | O_APPEND);
  return waiting_sent (waiting,
                       dir_mkfile_request (proxied_port (file), reply,
                                           waiting->first, mode & 01777));
}

error_t
proxied_getlinknode (struct handle *handle, struct object **ret_object)
{
  *ret_object = object_ref (&handle->object);
  return 0;
}

/* ---- nodes that are data and not a program ---- */

static void
form_looked_at (struct waiting *waiting, mach_msg_header_t *message)
{
  struct answer answer;
  io_statbuf_t stat;
  error_t err = answer_begin (&answer, message, IO_STAT);

  if (!err)
    err = answer_struct (&answer, &stat, sizeof stat);
  if (!err)
    remote_look (waiting->file->opened->node, &stat);
  parked_fail (&waiting->parked, err); /* 0 has the same form */
}

static void
form_set (struct waiting *waiting, mach_msg_header_t *message)
{
  struct answer answer;
  error_t err = answer_begin (&answer, message, waiting->parked.id);

  if (!err)
    err = waiting_look (waiting, proxied_port (waiting->file), form_looked_at);
  if (err)
    parked_fail (&waiting->parked, err);
}

/* Links, pipes and sockets mean the same inside and outside; a program would
   be another one, and a device a grant.  */
static bool
form_is_data (const char *text, size_t size)
{
  static const char *const forms[]
      = { _HURD_SYMLINK, _HURD_FIFO, _HURD_IFSOCK };

  for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
    if (size >= strlen (forms[i]) + 1
        && !memcmp (text, forms[i], strlen (forms[i]) + 1))
      return true;
  return false;
}

error_t
proxied_set_translator (struct handle *handle, int passive_flags,
                        int active_flags, int old_flags, const char *passive,
                        size_t passive_size, mach_port_t active)
{
  struct file *file = (struct file *)handle;
  char text[sizeof _HURD_SYMLINK + PATH_ROOM];
  struct waiting *waiting;
  mach_port_t reply;
  error_t err = volume_check_writable (file_node (handle)->volume);

  (void)active_flags, (void)old_flags;
  if (!err)
    err = node_check_owner (file_node (handle), &handle->ids);
  if (!err && (MACH_PORT_VALID (active) || passive_size > sizeof text))
    err = EPERM;
  if (!err)
    err = request_copy (handle->object.loop, text, passive, passive_size);
  if (!err && !form_is_data (text, passive_size))
    err = EPERM;
  if (err)
    return err;
  waiting = waiting_start (file, form_set, &reply);
  if (!waiting)
    return ENOMEM;
  request_release (handle->object.loop, passive, passive_size);
  return waiting_sent (waiting, file_set_translator_request (
                                    proxied_port (file), reply, passive_flags,
                                    0, 0, text, passive_size, MACH_PORT_NULL,
                                    MACH_MSG_TYPE_COPY_SEND));
}

error_t
proxied_getsockaddr (struct handle *handle, struct object **ret_address)
{
  error_t err = file_op_getsockaddr (handle, ret_address);

  remote_keep (file_node (handle));
  return err;
}
