/* maker_node.c -- the node at which a maker answers

   The maker becomes the translator of a plain file, so the parent leads to it
   whoever opens that, and says whose ids he has; the file's owner and
   permissions, as they were at the start, say what he may do.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <errno.h>
#include <fcntl.h>
#include <hurd.h>
#include <hurd/fs.h>
#include <hurd/io.h>
#include <sys/stat.h>
#include <unistd.h>

#include "env/maker.h"
#include "lib/io/fsys.h"
#include "lib/port/right.h"

#include "io_reply_U.h"

#define IO_STAT 21013

/* There is one in a process.  */
static struct node
{
  struct fsys fsys; /* first */
  const struct maker_door *door;
  io_statbuf_t stat;
  const char *path;
  mach_port_t file; /* send right */
  bool made;        /* by us */
} node;

/* ---- whoever opens it ---- */

static bool
node_allows (const struct ids *ids, int flags)
{
  mode_t bits = node.stat.st_mode;

  if (flags & O_EXEC)
    return false;
  if (idset_contains (&ids->euids, 0))
    return true;
  if (idset_contains (&ids->euids, node.stat.st_uid))
    bits >>= 6;
  else if (idset_contains (&ids->egids, node.stat.st_gid))
    bits >>= 3;
  return !(flags & O_READ && !(bits & S_IROTH))
         && !(flags & O_WRITE && !(bits & S_IWOTH));
}

static error_t
node_getroot (struct fsys *fsys, const struct ids *ids, int flags,
              struct object **ret_object)
{
  (void)fsys;
  if (!node_allows (ids, flags))
    return EACCES;
  *ret_object = node.door->open (flags);
  return *ret_object ? 0 : ENOMEM;
}

static const struct fsys_ops node_ops
    = { .source = "hurdle", .getroot = node_getroot };

static void
node_free (struct object *object)
{
  (void)object; /* lives as long as the process */
}

static const struct interface *const interfaces[] = { &fsys_interface, NULL };

static const struct object_class node_class = {
  .name = "maker's node",
  .interfaces = interfaces,
  .free = node_free,
};

bool
maker_node_stat (struct object *object, mach_msg_header_t *message)
{
  mach_msg_type_name_t type = MACH_MSGH_BITS_REMOTE (message->msgh_bits);
  mach_port_t reply = message->msgh_remote_port;
  io_statbuf_t stat = node.stat;

  (void)object;
  if (message->msgh_id != IO_STAT || !MACH_PORT_VALID (reply))
    return false;
  stat.st_mode = S_IFCHR | (stat.st_mode & ACCESSPERMS);
  message->msgh_remote_port = message->msgh_local_port = MACH_PORT_NULL;
  mach_msg_destroy (message);
  (void)io_stat_reply (reply, type, 0, stat);
  return true;
}

/* ---- being there ---- */

static error_t
node_find (const char *path)
{
  node.path = path;
  node.file = file_name_lookup (path, O_CREAT | O_EXCL | O_NOTRANS, 0600);
  node.made = MACH_PORT_VALID (node.file);
  if (!node.made && errno == EEXIST)
    node.file = file_name_lookup (path, O_NOTRANS, 0);
  return MACH_PORT_VALID (node.file) ? 0 : errno;
}

static error_t
node_set (mach_port_t control, const char **problem)
{
  error_t err = io_stat (node.file, &node.stat);

  if (!err && !S_ISREG (node.stat.st_mode))
    {
      *problem = ": not a plain file";
      err = EINVAL;
    }
  if (!err)
    err = file_set_translator (node.file, 0, FS_TRANS_SET | FS_TRANS_EXCL, 0,
                               NULL, 0, control, MACH_MSG_TYPE_COPY_SEND);
  if (err == EBUSY)
    *problem = ": another server answers there";
  if (err == EOPNOTSUPP || err == EROFS)
    *problem = ": no server can be put on files there (the way out: a node in "
               "files that are in memory)";
  return err;
}

error_t
maker_node_cover (const struct maker_door *door, const char *path,
                  const char **problem)
{
  cleanup_send mach_port_t control = MACH_PORT_NULL;
  error_t err;

  *problem = "";
  node.fsys.ops = &node_ops;
  node.door = door;
  err = object_init (&node.fsys.object, &node_class, door->generation,
                     door->loop);
  if (err)
    return err;
  control = object_send_right (&node.fsys.object);
  err = node_find (path);
  if (!err)
    err = node_set (control, problem);
  if (err && node.made)
    (void)unlink (path);
  return err;
}

void
maker_node_uncover (void)
{
  (void)file_set_translator (node.file, 0, FS_TRANS_SET, 0, NULL, 0,
                             MACH_PORT_NULL, MACH_MSG_TYPE_COPY_SEND);
  if (node.made)
    (void)unlink (node.path);
}
