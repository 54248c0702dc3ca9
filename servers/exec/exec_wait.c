/* exec_wait.c -- what is not here: files and handles of the parent's

   Preparing a program takes steps that look at files, and at who asks.  What
   the parent has to be asked for stops them; when it is here they are taken
   again from the beginning, and get further.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <stdlib.h>
#include <string.h>

#include "servers/exec/exec.h"

#define WAITS_MAX 256 /* a file that changes all the time cannot be run */

static void
wanted_finish (struct exec_operation *operation)
{
  struct exec_wanted *wanted = &operation->wanted;

  free (wanted->path);
  if (wanted->node)
    operation->env->root->node_drop (wanted->node);
  *wanted = (struct exec_wanted){ .path = NULL };
}

void
exec_wait_finish (struct exec_operation *operation)
{
  struct list *node;

  wanted_finish (operation);
  while ((node = list_pop (&operation->found)))
    {
      struct exec_found *found = list_entry (node, struct exec_found, link);

      operation->env->root->node_drop (found->node);
      free (found->path);
      free (found);
    }
}

/* ---- asking ---- */

error_t
exec_find (struct exec_operation *operation, mach_port_t directory,
           mach_port_t root, const char *path, struct node **ret_node)
{
  struct environment *env = operation->env;
  error_t err;

  list_for_each (node, following, &operation->found)
  {
    const struct exec_found *found
        = list_entry (node, struct exec_found, link);

    if (!strcmp (found->path, path))
      {
        *ret_node = env->root->node_ref (found->node);
        return 0;
      }
  }
  err = env->root->lookup (env, directory, root, path, &operation->ids,
                           ret_node);
  if (err != EINPROGRESS)
    return err;
  wanted_finish (operation);
  operation->wanted.path = strdup (path);
  operation->wanted.directory = directory;
  operation->wanted.root = root;
  return operation->wanted.path ? EINPROGRESS : ENOMEM;
}

static error_t
want_bytes (struct exec_operation *operation, struct node *node,
            uint64_t offset, size_t size)
{
  wanted_finish (operation);
  operation->wanted.node = operation->env->root->node_ref (node);
  operation->wanted.offset = offset;
  operation->wanted.size = size;
  return EINPROGRESS;
}

error_t
exec_read (struct exec_operation *operation, struct node *node,
           uint64_t offset, void *to, size_t size, size_t *ret_read)
{
  error_t err
      = operation->env->root->read (node, (off_t)offset, to, size, ret_read);

  return err == EINPROGRESS ? want_bytes (operation, node, offset, size) : err;
}

error_t
exec_map (struct exec_operation *operation, struct node *node,
          mach_port_t *ret_object)
{
  error_t err = operation->env->root->map (
      node, VM_PROT_READ | VM_PROT_EXECUTE, ret_object);

  return err == EINPROGRESS ? want_bytes (operation, node, 0, 1) : err;
}

error_t
exec_want_ids (struct exec_operation *operation)
{
  wanted_finish (operation);
  operation->wanted.asker = true;
  return EINPROGRESS;
}

/* ---- waiting ---- */

static void
exec_got (struct exec_operation *operation, error_t err)
{
  if (operation->cancelled)
    err = EINTR;
  if (!err && ++operation->waits > WAITS_MAX)
    err = ETXTBSY;
  if (err)
    operation->end (operation, err);
  else
    operation->again (operation);
}

/* A handle that is none is nobody's.  */
static void
asker_known (void *cookie, error_t err, const struct ids *ids)
{
  struct exec_operation *operation = cookie;

  operation->ids_known = true;
  if (!err)
    ids_copy (&operation->ids, ids);
  exec_got (operation, 0);
}

static void
bytes_fetched (void *cookie, error_t err)
{
  exec_got (cookie, err);
}

static void
path_found (void *cookie, error_t err, struct node *node)
{
  struct exec_operation *operation = cookie;
  struct exec_found *found = err ? NULL : calloc (1, sizeof *found);

  if (found)
    {
      found->path = operation->wanted.path;
      operation->wanted.path = NULL;
      found->node = node;
      list_insert_tail (&operation->found, &found->link);
    }
  else if (!err)
    {
      operation->env->root->node_drop (node);
      err = ENOMEM;
    }
  exec_got (operation, err);
}

void
exec_wait (struct exec_operation *operation,
           void (*again) (struct exec_operation *operation),
           void (*end) (struct exec_operation *operation, error_t err))
{
  struct environment *env = operation->env;
  const struct exec_wanted *wanted = &operation->wanted;

  operation->again = again;
  operation->end = end;
  if (wanted->asker)
    env->auth->learn (env, operation->request->ports[INIT_PORT_AUTH],
                      asker_known, operation);
  else if (wanted->path)
    env->root->find (env, wanted->directory, wanted->root, wanted->path,
                     &operation->ids, path_found, operation);
  else
    env->root->fetch (wanted->node, (off_t)wanted->offset, wanted->size,
                      bytes_fetched, operation);
}
