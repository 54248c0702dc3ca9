/* maker_node.c -- the node at which a maker answers

   The maker becomes the translator of a plain file, so the parent leads to it
   whoever opens that, and says whose ids he has; the file's owner and
   permissions, as they were at the start, say what he may do.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <sys/stat.h>

#include "env/cover.h"
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
  struct cover cover;
} node;

/* ---- whoever opens it ---- */

static error_t
node_getroot (struct fsys *fsys, const struct ids *ids, int flags,
              struct object **ret_object)
{
  (void)fsys;
  if (!cover_allows (node.cover.stat.st_mode, node.cover.stat.st_uid,
                     node.cover.stat.st_gid, ids, flags))
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
  io_statbuf_t stat = node.cover.stat;

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

error_t
maker_node_cover (const struct maker_door *door, const char *path,
                  struct text *problem)
{
  cleanup_send mach_port_t control = MACH_PORT_NULL;
  error_t err;

  node.fsys.ops = &node_ops;
  node.door = door;
  err = cover_find (&node.cover, path, problem);
  if (err)
    return err;
  err = object_init (&node.fsys.object, &node_class, door->generation,
                     door->loop);
  if (err)
    {
      cover_leave (&node.cover);
      return err;
    }
  control = object_send_right (&node.fsys.object);
  text_printf (problem, "%s", path);
  return cover_set (&node.cover, control, problem);
}

void
maker_node_uncover (void)
{
  cover_leave (&node.cover);
}
