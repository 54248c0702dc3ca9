/* root_exec.c -- file_exec: the checks of a file server, then exec's turn
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "lib/env/exec_call.h"
#include "servers/root/root.h"

/* ---- set-id ---- */

/* Put ID in the place INDEX of SET, without doubling it.  */
static error_t
idset_place (struct idset *set, size_t index, uint32_t id)
{
  struct idset placed = { NULL, 0 };
  error_t err = 0;

  for (size_t i = 0; !err && i < set->count + 1; i++)
    {
      if (i == index)
        err = idset_add (&placed, id);
      else if (i < set->count)
        err = idset_add (&placed, set->ids[i]);
    }
  if (err)
    {
      idset_finish (&placed);
      return err;
    }
  idset_finish (set);
  *set = placed;
  return 0;
}

/* ID becomes effective and saved; what was real stays so.  */
static error_t
ids_become (struct idset *effective, struct idset *available, uint32_t id)
{
  error_t err = 0;
  struct idset only = { NULL, 0 };

  if (!available->count)
    err = idset_add (available, effective->count ? effective->ids[0] : id);
  /* The id that was effective is not any more; groups beside it stay.  */
  if (!err && effective->count)
    err = idset_set (&only, effective->ids + 1, effective->count - 1);
  if (!err)
    err = idset_place (&only, 0, id);
  if (err)
    {
      idset_finish (&only);
      return err;
    }
  idset_finish (effective);
  *effective = only;
  /* Where the real id is the same there is no second place for it.  */
  return available->ids[0] == id ? 0 : idset_place (available, 1, id);
}

/* The ids of the program in NODE when somebody with OLD runs it, or NULL if
   they do not change.  */
static error_t
ids_after_exec (const struct node *node, const struct ids *old,
                struct ids **ret_new)
{
  bool uid = node->mode & S_ISUID && !node->volume->nosuid
             && (!old->euids.count || old->euids.ids[0] != node->uid);
  bool gid = node->mode & S_ISGID && node->mode & S_IXGRP
             && !node->volume->nosuid
             && (!old->egids.count || old->egids.ids[0] != node->gid);
  struct ids *new;
  error_t err = 0;

  if (!uid && !gid)
    return 0;
  new = calloc (1, sizeof *new);
  if (!new)
    return ENOMEM;
  ids_copy (new, old);
  if (uid)
    err = ids_become (&new->euids, &new->auids, node->uid);
  if (!err && gid)
    err = ids_become (&new->egids, &new->agids, node->gid);
  if (err)
    {
      ids_finish (new);
      free (new);
      return err;
    }
  *ret_new = new;
  return 0;
}

/* Whoever runs it is whose auth handle the program will have.  A handle of
   another auth is nobody's, and set-id does nothing; the parent's auth makes
   no handles for us, so it does nothing there either.  */
static error_t
request_set_ids (struct environment *env, const struct node *node,
                 struct exec_request *request)
{
  const struct ids *old
      = env->auth && env->auth->ids_of
            ? env->auth->ids_of (env, request->ports[INIT_PORT_AUTH])
            : NULL;
  struct ids *new = NULL;
  error_t err = old ? ids_after_exec (node, old, &new) : 0;

  if (err || !new)
    return err;
  request->new_ids = new;
  request->flags |= EXEC_SECURE | EXEC_NEWTASK;
  return 0;
}

/* ---- running ---- */

static error_t
exec_check (const struct handle *handle, const struct environment *env)
{
  const struct node *node = file_node (handle);

  if (!(handle->open_modes & O_EXEC))
    return EBADF;
  if (!S_ISREG (node->mode) || !(node->mode & 0111))
    return EACCES;
  return env->exec ? 0 : EOPNOTSUPP;
}

error_t
file_op_exec (struct handle *handle, const struct request *request,
              const struct exec_arguments *arguments)
{
  struct node *node = file_node (handle);
  struct environment *env = node->volume->environment;
  struct exec_call *call;
  error_t err = exec_check (handle, env);

  if (!err)
    err = exec_call_begin (env, &handle->object, request->reply,
                           request->reply_type, node, arguments, &call);
  if (err)
    return err;
  /* The rights are ours from here on, so what fails is answered later.  */
  err = request_set_ids (env, node, call->request);
  if (err)
    {
      exec_call_fail (call, err);
      return MIG_NO_REPLY;
    }
  node_touch_read (node);
  exec_call_run (call);
  return MIG_NO_REPLY;
}
