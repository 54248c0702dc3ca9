/* terminal_io.c -- terminals as handles: read, write, select, stat, modes
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <mach/mig_errors.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "servers/terminal/terminal.h"

#define WRITE_MAX 65536 /* bytes of one write; more is a short write */
#define READ_MAX 4096

static struct terminal_handle *
terminal_of (struct handle *handle)
{
  return (struct terminal_handle *)handle;
}

static error_t
terminal_clone (struct handle *handle, const struct ids *ids, int open_modes,
                bool share, struct handle **ret_handle)
{
  struct terminal_handle *old = terminal_of (handle), *new;
  error_t err;

  if (!share && old->terminal->exclusive && !ids_is_root (ids))
    return EBUSY;
  err = terminal_open (old->terminal, open_modes, ids, false, &new);
  if (err)
    return err;

  if (share)
    {
      new->pid = old->pid;
      new->pgrp = old->pgrp;
    }
  *ret_handle = &new->handle;
  return 0;
}

/* ---- reading ---- */

static error_t
terminal_read_park (struct terminal_handle *handle,
                    const struct request *request, size_t amount)
{
  struct wait *wait;

  if (handle->handle.open_modes & O_NONBLOCK)
    return EWOULDBLOCK;
  wait = wait_create (handle, 0);
  if (!wait)
    return ENOMEM;

  wait->amount = amount;
  wait_start (wait, &handle->terminal->readers, handle, request);
  terminal_update (handle->terminal); /* starts the timer of VTIME */
  return MIG_NO_REPLY;
}

static error_t
terminal_read (struct handle *handle, const struct request *request,
               loff_t offset, size_t amount, struct out_data *out)
{
  struct terminal_handle *open = terminal_of (handle);
  struct terminal *terminal = open->terminal;
  struct discipline *discipline = &terminal->discipline;
  uint64_t again_ns, now_ns = clock_now_ns ();
  error_t err;

  (void)offset;
  if (!terminal_is_foreground (open))
    return EBACKGROUND;
  if (!amount || terminal->stream
      || (terminal->hung_up && !discipline_readable (discipline)))
    {
      out->size = 0;
      return 0;
    }
  if (!list_empty (&terminal->readers)
      || !discipline_may_read (discipline, amount, now_ns, now_ns, &again_ns))
    return terminal_read_park (open, request, amount);

  err = out_data_reserve (out, amount < READ_MAX ? amount : READ_MAX);
  if (err)
    return err;
  out->size = discipline_read (discipline, out->data, out->size);
  terminal->was_read = true;
  terminal_update (terminal); /* there may be room for more input */
  return 0;
}

static error_t
terminal_readable (struct handle *handle, size_t *ret_amount)
{
  *ret_amount
      = discipline_readable_size (&terminal_of (handle)->terminal->discipline);
  return 0;
}

/* ---- writing ---- */

/* Give the discipline as much of DATA, client memory, as it takes.  */
static error_t
terminal_write_some (struct terminal *terminal, const char *data, size_t size,
                     size_t *ret_done)
{
  char bytes[2048];
  size_t done = 0;
  error_t err = 0;

  while (done < size)
    {
      size_t some = size - done < sizeof bytes ? size - done : sizeof bytes;
      size_t taken;

      err = request_copy (terminal->env->loop, bytes, data + done, some);
      if (err)
        break;
      taken = discipline_write (&terminal->discipline, bytes, some);
      done += taken;
      terminal_update (terminal);
      if (taken < some && !discipline_writable (&terminal->discipline))
        break;
    }
  *ret_done = done;
  return done ? 0 : err;
}

/* The rest, SIZE bytes at DATA, has to wait; DONE were written.  */
static error_t
terminal_write_park (struct terminal_handle *handle,
                     const struct request *request, const char *data,
                     size_t size, size_t done)
{
  struct wait *wait = wait_create (handle, size);
  error_t err = wait ? request_copy (handle->terminal->env->loop, wait->data,
                                     data, size)
                     : ENOMEM;

  if (err)
    {
      if (wait)
        wait_destroy (wait);
      return err;
    }

  wait->amount = done;
  wait_start (wait, &handle->terminal->writers, handle, request);
  return MIG_NO_REPLY;
}

static error_t
terminal_write (struct handle *handle, const struct request *request,
                const void *data, size_t size, loff_t offset,
                size_t *ret_amount)
{
  struct terminal_handle *open = terminal_of (handle);
  struct terminal *terminal = open->terminal;
  size_t all = size, done = 0;
  error_t err;

  (void)offset;
  if ((terminal->discipline.modes.lflag & TTY_TOSTOP)
      && !terminal_is_foreground (open))
    return EBACKGROUND;
  if (terminal->hung_up)
    return EIO;

  if (size > WRITE_MAX)
    size = WRITE_MAX;
  terminal->was_written = true;
  if (list_empty (&terminal->writers))
    {
      err = terminal_write_some (terminal, data, size, &done);
      if (err)
        return err;
    }
  *ret_amount = done;
  if (done == size)
    return 0;
  if (handle->open_modes & O_NONBLOCK)
    return done ? 0 : EWOULDBLOCK;

  err = terminal_write_park (open, request, (const char *)data + done,
                             size - done, done);
  if (err == MIG_NO_REPLY)
    request_release (terminal->env->loop, data, all);
  else if (done)
    return 0;
  return err;
}

/* ---- select ---- */

static int
terminal_select (struct handle *handle, int types)
{
  struct terminal *terminal = terminal_of (handle)->terminal;
  int ready = 0;

  if (terminal->hung_up)
    return types & (SELECT_READ | SELECT_WRITE);
  if (discipline_readable (&terminal->discipline) || terminal->stream)
    ready |= SELECT_READ;
  if (discipline_writable (&terminal->discipline))
    ready |= SELECT_WRITE;
  return ready & types;
}

static struct select_queue *
terminal_select_queue (struct handle *handle)
{
  return &terminal_of (handle)->terminal->select;
}

/* ---- facts ---- */

/* Asking for the time at each character would cost more than the character:
   what was used since the last look was used now.  */
static void
terminal_settle_times (struct terminal *terminal)
{
  if (terminal->was_read)
    terminal->atime = clock_realtime ();
  if (terminal->was_written)
    terminal->mtime = clock_realtime ();
  terminal->was_read = terminal->was_written = false;
}

static error_t
terminal_stat (struct handle *handle, io_statbuf_t *ret_stat)
{
  struct terminal *terminal = terminal_of (handle)->terminal;

  terminal_settle_times (terminal);
  ret_stat->st_fstype = FSTYPE_TERM;
  ret_stat->st_ino = terminal->number;
  ret_stat->st_rdev = terminal->rdev;
  ret_stat->st_mode = terminal->mode;
  ret_stat->st_nlink = 1;
  ret_stat->st_uid = ret_stat->st_author = terminal->owner;
  ret_stat->st_gid = terminal->group;
  ret_stat->st_atim = terminal->atime;
  ret_stat->st_mtim = terminal->mtime;
  ret_stat->st_ctim = terminal->mtime;
  ret_stat->st_blksize = 512;
  return 0;
}

static error_t
terminal_identity (struct handle *handle, struct object **ret_identity,
                   struct object **ret_filesystem, ino64_t *ret_number)
{
  struct terminal *terminal = terminal_of (handle)->terminal;

  *ret_identity = *ret_filesystem = &terminal->node;
  *ret_number = terminal->number;
  return 0;
}

static error_t
terminal_pathconf (struct handle *handle, int name, int *ret_value)
{
  static const struct
  {
    int name, value;
  } known[] = { { _PC_MAX_CANON, DISCIPLINE_LINE_MAX },
                { _PC_MAX_INPUT, DISCIPLINE_INPUT_MAX },
                { _PC_VDISABLE, TTY_DISABLED },
                { _PC_CHOWN_RESTRICTED, 1 } };

  (void)handle;
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (known[i].name == name)
      {
        *ret_value = known[i].value;
        return 0;
      }
  return EINVAL;
}

/* Every other handle dies: whoever had one finds a dead name.  */
static error_t
terminal_revoke (struct handle *handle)
{
  struct terminal *terminal = terminal_of (handle)->terminal;
  struct list *node, *next;

  if (!ids_is_owner (&handle->ids, terminal->owner))
    return EPERM;

  terminal->updating = true; /* nobody else may end a handle meanwhile */
  for (node = terminal->handles.next; node != &terminal->handles; node = next)
    {
      struct terminal_handle *other
          = list_entry (node, struct terminal_handle, link);

      object_ref (&other->handle.object);
      if (&other->handle != handle && !other->master)
        object_destroy (&other->handle.object, EIO);
      next = node->next;
      object_drop (&other->handle.object);
    }
  terminal->updating = false;
  terminal_update (terminal);
  return 0;
}

const struct io_ops terminal_io = { .clone = terminal_clone,
                                    .read = terminal_read,
                                    .write = terminal_write,
                                    .readable = terminal_readable,
                                    .select = terminal_select,
                                    .select_queue = terminal_select_queue,
                                    .stat = terminal_stat,
                                    .identity = terminal_identity,
                                    .pathconf = terminal_pathconf,
                                    .revoke = terminal_revoke };

/* ---- as a file ---- */

static error_t
terminal_chmod (struct handle *handle, mode_t mode)
{
  struct terminal *terminal = terminal_of (handle)->terminal;

  if (!ids_is_owner (&handle->ids, terminal->owner))
    return EPERM;
  terminal->mode = S_IFCHR | (mode & 0777);
  return 0;
}

static error_t
terminal_chown (struct handle *handle, uid_t owner, gid_t group)
{
  struct terminal *terminal = terminal_of (handle)->terminal;
  const struct ids *ids = &handle->ids;

  if (!ids_is_owner (ids, terminal->owner))
    return EPERM;
  if (!idset_contains (&ids->euids, 0)
      && ((owner != (uid_t)-1 && !idset_contains (&ids->euids, owner))
          || (group != (gid_t)-1 && !idset_contains (&ids->egids, group))))
    return EPERM;

  if (owner != (uid_t)-1)
    terminal->owner = owner;
  if (group != (gid_t)-1)
    terminal->group = group;
  return 0;
}

static void
time_set (struct timespec *time, struct timespec to)
{
  if (to.tv_nsec == UTIME_NOW)
    *time = clock_realtime ();
  else if (to.tv_nsec != UTIME_OMIT)
    *time = to;
}

static error_t
terminal_utimens (struct handle *handle, struct timespec atime,
                  struct timespec mtime)
{
  struct terminal *terminal = terminal_of (handle)->terminal;

  if (!ids_is_owner (&handle->ids, terminal->owner))
    return EPERM;
  terminal_settle_times (terminal);
  time_set (&terminal->atime, atime);
  time_set (&terminal->mtime, mtime);
  return 0;
}

const struct fs_ops terminal_fs = { .chmod = terminal_chmod,
                                    .chown = terminal_chown,
                                    .utimens = terminal_utimens };
