/* proxy_file.c -- handles on the parent's files: what is handed on, and what
   is not

   A request that carries no right and means the same outside goes to the
   parent's open file as it is.  Before that its ids' permission is checked,
   and the grant: the parent only ever sees the starter.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <mach/mig_errors.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/membrane/pass.h"
#include "lib/port/message.h"
#include "lib/port/right.h"
#include "servers/root/proxy.h"

#include "io_reply_U.h"
#include "io_request_U.h"

#define IO_STAT 21013
#define NO_ID ((uid_t)-1)

/* ---- what must hold ---- */

typedef error_t check_t (struct file *file, mach_msg_header_t *in);

/* Items of one word each, as they lie in a request.  */
static int *
request_int (mach_msg_header_t *in, unsigned int i)
{
  return (int *)((char *)(in + 1) + i * 16 + sizeof (mach_msg_type_t));
}

/* The string in the first item.  */
static const char *
request_name (const mach_msg_header_t *in)
{
  return (const char *)(in + 1) + sizeof (mach_msg_type_t);
}

static error_t
check_writable (struct file *file, mach_msg_header_t *in)
{
  (void)in;
  return volume_check_writable (file->opened->node->volume);
}

static error_t
check_owner (struct file *file, mach_msg_header_t *in)
{
  error_t err = check_writable (file, in);

  return err ? err : node_check_owner (file->opened->node, &file->handle.ids);
}

/* Ids inside become ids outside.  */
static error_t
check_chown (struct file *file, mach_msg_header_t *in)
{
  const struct environment *env = file->opened->node->volume->environment;
  uint32_t *uid = (uint32_t *)request_int (in, 0);
  uint32_t *gid = (uint32_t *)request_int (in, 1);
  error_t err = check_owner (file, in);

  if (!err && *uid != NO_ID)
    err = idmap_out (&env->uid_map, *uid, uid);
  if (!err && *gid != NO_ID)
    err = idmap_out (&env->gid_map, *gid, gid);
  return err;
}

static error_t
check_chauthor (struct file *file, mach_msg_header_t *in)
{
  const struct environment *env = file->opened->node->volume->environment;
  uint32_t *author = (uint32_t *)request_int (in, 0);
  error_t err = check_owner (file, in);

  return err ? err : idmap_out (&env->uid_map, *author, author);
}

/* Set-id bits would be about the ids of the parent.  */
static error_t
check_chmod (struct file *file, mach_msg_header_t *in)
{
  error_t err = check_owner (file, in);

  if (!err)
    *request_int (in, 0) &= 01777;
  return err;
}

error_t
proxied_name_check (const struct handle *handle, const char *name)
{
  const struct node *dir = file_node (handle);
  char bare[NODE_NAME_MAX + 1];
  size_t length = strcspn (name, "/");

  if (!S_ISDIR (dir->mode))
    return ENOTDIR;
  if (!length || name[length + strspn (name + length, "/")])
    return EINVAL;
  if (length > NODE_NAME_MAX)
    return ENAMETOOLONG;
  memcpy (bare, name, length);
  bare[length] = '\0';
  if (!strcmp (bare, ".") || !strcmp (bare, ".."))
    return EINVAL;
  if (remote_find_own (dir, bare))
    return EBUSY;
  if (proxy_hides (node_proxy (dir), bare))
    {
      grant_denied (&node_proxy (dir)->grant, DENIED_NAME);
      return EACCES;
    }
  return node_access (dir, &handle->ids, O_WRITE | O_EXEC);
}

static error_t
check_name (struct file *file, mach_msg_header_t *in)
{
  const char *name = request_name (in);

  return memchr (name, '\0', PATH_ROOM)
             ? proxied_name_check (&file->handle, name)
             : ENAMETOOLONG;
}

/* ---- handing on ---- */

static const struct passed
{
  struct pass pass; /* first */
  check_t *check;   /* NULL: none */
} passed[] = {
  { { 20001, 64, 0 }, check_chown },
  { { 20002, 48, 0 }, check_chauthor },
  { { 20003, 48, 0 }, check_chmod },
  { { 20004, 48, 0 }, check_owner },
  { { 20005, 80, 0 }, check_owner },          /* file_utimes */
  { { 20006, 48, O_WRITE }, check_writable }, /* file_set_size */
  { { 20008, 32, 0 }, NULL },                 /* file_lock_stat */
  { { 20012, 32, 0 }, NULL },                 /* file_statfs */
  { { 20013, 64, 0 }, NULL },                 /* file_sync */
  { { 20020, 1080, 0 }, check_name },         /* dir_mkdir */
  { { 20021, 1064, 0 }, check_name },         /* dir_rmdir */
  { { 20022, 1064, 0 }, check_name },         /* dir_unlink */
  { { 20028, 32, 0 }, NULL },                 /* file_get_translator */
  { { 20035, 80, 0 }, check_owner },          /* file_utimens */
  { { 21000, PASS_ANY_SIZE, O_WRITE }, check_writable }, /* io_write */
  { { 21001, 64, O_READ }, NULL },                       /* io_read */
  { { 21002, 64, 0 }, NULL },                            /* io_seek */
  { { 21003, 32, O_READ }, NULL },                       /* io_readable */
  { { 21004, 48, 0 }, NULL }, /* io_set_all_openmodes */
  { { 21006, 48, 0 }, NULL }, /* io_set_some_openmodes */
  { { 21007, 48, 0 }, NULL }, /* io_clear_some_openmodes */
  { { 21028, 48, 0 }, NULL }, /* io_pathconf */
};

#define PASSED_COUNT (sizeof passed / sizeof *passed)

static const struct passed *
passed_find (const mach_msg_header_t *in)
{
  static struct pass table[PASSED_COUNT];
  const struct pass *found;

  if (!table[0].id)
    for (size_t i = 0; i < PASSED_COUNT; i++)
      table[i] = passed[i].pass;
  found = pass_find (table, PASSED_COUNT, in);
  return found ? &passed[found - table] : NULL;
}

static bool
gate_refuses (struct object *object, const mach_msg_header_t *in)
{
  const struct gate *gate = object->generation->gate;

  return gate->admit && gate->admit (object, in);
}

/* What is not handed on goes the way of all requests.  */
static bool
proxied_take (struct object *object, mach_msg_header_t *in)
{
  struct file *file = (struct file *)object;
  const struct passed *row = passed_find (in);
  mach_port_t port = proxied_port (file);
  error_t err;

  if (!row || !MACH_PORT_VALID (port)
      || (file->handle.open_modes & row->pass.modes) != row->pass.modes
      || node_proxy (file->opened->node)->grant.revoked
      || gate_refuses (object, in))
    return false;
  err = row->check ? row->check (file, in) : 0;
  if (err)
    pass_refuse (in, err);
  else if (!pages_sync_first (file, in))
    pass_on (&node_proxy (file->opened->node)->grant.outbox, in, port);
  return true;
}

/* ---- stat: with our ids ---- */

static void
stat_answered (struct waiting *waiting, mach_msg_header_t *message)
{
  mach_msg_type_name_t type = waiting->parked.reply_type;
  struct node *node = waiting->file->opened->node;
  struct answer answer;
  io_statbuf_t stat;
  error_t err = answer_begin (&answer, message, IO_STAT);

  if (!err)
    err = answer_struct (&answer, &stat, sizeof stat);
  if (err)
    {
      parked_fail (&waiting->parked, err);
      return;
    }
  remote_look (node, &stat);
  (void)io_stat_reply (parked_take_reply (&waiting->parked), type, 0,
                       node->remote->stat);
}

static error_t
proxied_stat (struct handle *handle, io_statbuf_t *ret_stat)
{
  struct file *file = (struct file *)handle;
  mach_port_t port = proxied_port (file), reply;
  struct waiting *waiting;

  if (!MACH_PORT_VALID (port) || file->opened->seen)
    {
      file->opened->seen = false;
      return remote_stat (file->opened->node, ret_stat);
    }
  waiting = waiting_start (file, stat_answered, &reply);
  return waiting ? waiting_sent (waiting, io_stat_request (port, reply))
                 : ENOMEM;
}

/* ---- what is left ---- */

static error_t
proxied_write (struct handle *handle, const struct request *request,
               const void *data, size_t size, loff_t offset,
               size_t *ret_amount)
{
  error_t err = volume_check_writable (file_node (handle)->volume);

  (void)request, (void)data, (void)size, (void)offset, (void)ret_amount;
  return err ? err : EIO;
}

static error_t
proxied_read (struct handle *handle, const struct request *request,
              loff_t offset, size_t amount, struct out_data *out)
{
  (void)request, (void)offset, (void)amount, (void)out;
  return S_ISDIR (file_node (handle)->mode) ? EISDIR : EIO;
}

static error_t
proxied_check_access (struct handle *handle, int *ret_allowed)
{
  const struct node *node = file_node (handle);

  *ret_allowed = node_allowed (node, &handle->ids);
  if (volume_read_only (node->volume))
    *ret_allowed &= ~O_WRITE;
  return 0;
}

static const struct interface *const proxied_interfaces[]
    = { HANDLE_INTERFACES, &ifsock_interface, &given_interface, NULL };

const struct object_class proxied_class = {
  .name = "parent's file",
  .interfaces = proxied_interfaces,
  .raw = proxied_take,
  .free = file_free,
};

const struct io_ops proxied_io_ops = {
  .clone = file_clone,
  .read = proxied_read,   /* handed on, unless something is wrong */
  .write = proxied_write, /* likewise */
  .seek = NULL,           /* likewise */
  .stat = proxied_stat,
  .map = proxied_map,
  .identity = file_identity,
};

const struct fs_ops proxied_fs_ops = {
  .lookup = file_op_lookup,
  .readdir = proxied_readdir,
  .link = proxied_link,
  .rename = proxied_rename,
  .mkfile = proxied_mkfile,
  .exec = file_op_exec,
  .lock = proxied_lock,
  .record_lock = proxied_record_lock,
  .check_access = proxied_check_access,
  .getlinknode = proxied_getlinknode,
  .set_translator = proxied_set_translator,
  .reparent = file_op_reparent,
  .getsockaddr = proxied_getsockaddr,
};
