/* control.c -- the node at which an environment is controlled

   Found by fsys_getroot, as any server behind a node is: by the root inside,
   or by the parent's file system.  Who may open it is decided here, by the
   node's permissions.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "env/control_private.h"
#include "env/cover.h"
#include "lib/port/right.h"

#include "hurdle_S.h"

#define KEPT (O_READ | O_WRITE | O_NONBLOCK)
#define ACCESS (O_READ | O_WRITE | O_EXEC)
#define INODE 45000
#define HANDLES_MAX                                                           \
  256 /* open outside at once; limits are for those inside                    \
       */

static const struct interface hurdle_interface
    = { "hurdle", 45000, 9, hurdle_server_routine };

/* ---- handles ---- */

static error_t
handle_clone (struct handle *handle, const struct ids *ids, int open_modes,
              bool share, struct handle **ret_handle)
{
  (void)share;
  return control_handle_create (((struct control_handle *)handle)->control,
                                ids, open_modes, ret_handle);
}

static error_t
handle_stat (struct handle *handle, io_statbuf_t *ret_stat)
{
  const struct control *control = ((struct control_handle *)handle)->control;

  ret_stat->st_fstype = FSTYPE_MISC;
  ret_stat->st_fsid = INODE;
  ret_stat->st_ino = INODE;
  ret_stat->st_mode = S_IFCHR | control->mode;
  ret_stat->st_uid = control->uid;
  ret_stat->st_gid = control->gid;
  ret_stat->st_nlink = 1;
  return 0;
}

static const struct io_ops control_io_ops = {
  .clone = handle_clone,
  .meet = control_meet,
  .stat = handle_stat,
};

static error_t
handle_chmod (struct handle *handle, mode_t mode)
{
  struct control *control = ((struct control_handle *)handle)->control;

  if (!ids_is_owner (&handle->ids, control->uid))
    return EPERM;
  control->mode = mode & ACCESSPERMS;
  return 0;
}

static const struct fs_ops control_fs_ops = { .chmod = handle_chmod };

static void
handle_free (struct object *object)
{
  handle_finish ((struct handle *)object);
  free (object);
}

static const struct interface *const handle_interfaces[]
    = { HANDLE_INTERFACES, &hurdle_interface, NULL };

static const struct object_class handle_class = {
  .name = "control",
  .interfaces = handle_interfaces,
  .free = handle_free,
};

error_t
control_handle_create (struct control *control, const struct ids *ids,
                       int open_modes, struct handle **ret_handle)
{
  struct control_handle *handle = calloc (1, sizeof *handle);
  error_t err = handle ? 0 : ENOMEM;

  if (!err)
    err = handle_init (&handle->handle, &handle_class, &control_io_ops,
                       &control_fs_ops, &control->generation,
                       control->env->control, ids, open_modes);
  if (err)
    {
      free (handle);
      return err;
    }
  handle->control = control;
  *ret_handle = &handle->handle;
  return 0;
}

error_t
control_check (const struct object *object, int want)
{
  return want & ~((const struct handle *)object)->open_modes ? EBADF : 0;
}

bool
control_is_outside (const struct object *object)
{
  return ((const struct control_handle *)object)->control->outside;
}

/* ---- who may open it ---- */

static error_t
control_getroot (struct fsys *fsys, const struct ids *ids, int flags,
                 struct object **ret_handle)
{
  struct control *control = (struct control *)fsys;
  struct handle *handle;
  error_t err = cover_allows (control->mode, control->uid, control->gid, ids,
                              flags & ACCESS)
                    ? 0
                    : EACCES;

  if (!err)
    err = control_handle_create (control, ids, flags & KEPT, &handle);
  if (!err)
    *ret_handle = &handle->object;
  return err;
}

static const struct fsys_ops control_fsys_ops
    = { .source = "hurdle", .getroot = control_getroot };

/* ---- making ---- */

static void
control_free (struct object *object)
{
  (void)object; /* lives as long as the environment */
}

static const struct interface *const control_interfaces[]
    = { &fsys_interface, NULL };

static const struct object_class control_class = {
  .name = "control's control",
  .interfaces = control_interfaces,
  .free = control_free,
};

static error_t
controlling_create (struct environment *env)
{
  struct controlling *controlling = env->controlling;

  if (controlling)
    return 0;
  controlling = calloc (1, sizeof *controlling);
  if (!controlling)
    return ENOMEM;
  list_init (&controlling->changes);
  list_init (&controlling->freezing);
  freezer_init (&controlling->freezer, env);
  controlling->freezer.still = control_still;
  control_follow_init (controlling, env);
  env->controlling = controlling;
  return 0;
}

error_t
control_create (struct environment *env, mach_port_t auth,
                const struct control_owner *owner, mach_port_t *ret_port)
{
  struct control *control = calloc (1, sizeof *control);
  error_t err = control ? controlling_create (env) : ENOMEM;

  if (err)
    {
      free (control);
      return err;
    }
  control->fsys.ops = &control_fsys_ops;
  control->env = env;
  control->mode = owner->mode & ACCESSPERMS;
  control->uid = owner->uid;
  control->gid = owner->gid;
  control->handles.most = HANDLES_MAX;
  generation_init (&control->generation, "control", env);
  control->outside = owner->outside;
  if (owner->outside)
    control->generation.handles = &control->handles;
  outbox_init (&control->outbox, env->control);
  err = object_init (&control->fsys.object, &control_class,
                     &control->generation, env->control);
  if (err)
    {
      free (control);
      return err;
    }
  control->auth = auth;
  *ret_port = object_send_right (&control->fsys.object);
  return 0;
}

/* A right to an auth handle of ENV's that is nobody's: enough for the
   server's half of a rendezvous.  */
static error_t
auth_inside (struct environment *env, mach_port_t *ret_auth)
{
  const struct ids nobody = IDS_INIT;

  *ret_auth = MACH_PORT_NULL;
  return env->auth ? env->auth->make (env, &nobody, ret_auth) : 0;
}

error_t
control_create_inside (struct environment *env)
{
  const struct control_owner owner = { .mode = 0600 };
  struct service_node node
      = { .path = "/servers/hurdle", .mode = S_IFCHR | owner.mode };
  cleanup_send mach_port_t auth = MACH_PORT_NULL;
  error_t err = auth_inside (env, &auth);

  if (!err)
    err = control_create (env, auth, &owner, &node.control);
  if (err)
    return err;
  (void)send_steal (&auth);
  return env->root->attach (env, &node);
}
