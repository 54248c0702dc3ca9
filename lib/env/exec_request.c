/* exec_request.c -- make and end the requests that exec runs
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "lib/env/exec_request.h"

#include <stdlib.h>
#include <string.h>

#include "lib/port/right.h"

#define STRING_SIZE 1024 /* string_t */

/* COUNT elements of SIZE bytes of a request, copied.  *RET_COPY is NULL when
   there are none.  */
static error_t
copy_array (struct environment *env, const void *data, size_t count,
            size_t size, size_t count_max, void *ret_copy)
{
  void *copy;
  error_t err;

  if (count > count_max)
    return E2BIG;
  if (count == 0)
    {
      memset (ret_copy, 0, sizeof (void *));
      return 0;
    }
  copy = malloc (count * size);
  if (!copy)
    return ENOMEM;
  err = request_copy (env->loop, copy, data, count * size);
  if (err)
    {
      free (copy);
      return err;
    }
  memcpy (ret_copy, &copy, sizeof copy);
  return 0;
}

/* The strings lie in the message itself.  */
static error_t
copy_string (const char *string, char **ret_copy)
{
  char *copy = strndup (string ? string : "", STRING_SIZE - 1);

  if (!copy)
    return ENOMEM;
  *ret_copy = copy;
  return 0;
}

static error_t
copy_texts (struct environment *env, const struct exec_arguments *arguments,
            struct exec_request *request)
{
  error_t err = copy_string (arguments->path, &request->path);

  if (!err)
    err = copy_string (arguments->abspath, &request->abspath);
  if (!err)
    err = copy_array (env, arguments->argv, arguments->argv_size, 1,
                      EXEC_BYTES_MAX, &request->argv);
  if (!err)
    err = copy_array (env, arguments->envp, arguments->envp_size, 1,
                      EXEC_BYTES_MAX, &request->envp);
  return err;
}

static error_t
copy_names (struct environment *env, const struct exec_arguments *arguments,
            struct exec_request *request)
{
  error_t err;

  err = copy_array (env, arguments->dealloc_names, arguments->dealloc_count,
                    sizeof (mach_port_name_t), EXEC_NAMES_MAX,
                    &request->dealloc_names);
  if (!err)
    err = copy_array (env, arguments->destroy_names, arguments->destroy_count,
                      sizeof (mach_port_name_t), EXEC_NAMES_MAX,
                      &request->destroy_names);
  return err;
}

static size_t
lesser (size_t a, size_t b)
{
  return a < b ? a : b;
}

/* What is missing stays null and 0.  */
static error_t
copy_init (struct environment *env, const struct exec_arguments *arguments,
           struct exec_request *request)
{
  size_t ports = lesser (arguments->ports_count, INIT_PORT_MAX);
  size_t ints = lesser (arguments->ints_count, INIT_INT_MAX);
  error_t err = 0;

  if (arguments->ports_count > EXEC_FDS_MAX)
    return E2BIG;
  if (ports)
    err = request_copy (env->loop, request->ports, arguments->ports,
                        ports * sizeof request->ports[0]);
  if (!err && ints)
    err = request_copy (env->loop, request->ints, arguments->ints,
                        ints * sizeof request->ints[0]);
  return err;
}

static void
drop_array (mach_port_t *ports, size_t count)
{
  for (size_t i = 0; i < count; i++)
    send_drop (&ports[i]);
}

/* More ports than we know: nobody wants them.  */
static void
drop_ports_beyond (struct environment *env,
                   const struct exec_arguments *arguments)
{
  for (size_t i = INIT_PORT_MAX; i < arguments->ports_count; i++)
    {
      mach_port_t port;

      if (!request_copy (env->loop, &port, &arguments->ports[i], sizeof port))
        send_drop (&port);
    }
}

static void
free_memory (struct exec_request *request)
{
  free (request->path);
  free (request->abspath);
  free (request->argv);
  free (request->envp);
  free (request->fds);
  free (request->dealloc_names);
  free (request->destroy_names);
  if (request->new_ids)
    {
      struct ids *ids = (struct ids *)request->new_ids;

      ids_finish (ids);
      free (ids);
    }
  free (request);
}

struct exec_request *
exec_request_new (struct environment *env, struct node *file)
{
  struct exec_request *request = calloc (1, sizeof *request);

  if (request)
    request->file = env->root->node_ref (file);
  return request;
}

error_t
exec_request_create (struct environment *env, struct node *file,
                     const struct exec_arguments *arguments,
                     struct exec_request **ret_request)
{
  struct exec_request *request = exec_request_new (env, file);
  error_t err;

  if (!request)
    return ENOMEM;

  err = copy_texts (env, arguments, request);
  if (!err)
    err = copy_names (env, arguments, request);
  if (!err)
    err = copy_init (env, arguments, request);
  if (!err)
    err = copy_array (env, arguments->fds, arguments->fds_count,
                      sizeof (mach_port_t), EXEC_FDS_MAX, &request->fds);
  if (err)
    {
      /* The rights stay with the message.  */
      env->root->node_drop (request->file);
      free_memory (request);
      return err;
    }

  request->task = arguments->task;
  request->flags = arguments->flags;
  request->argv_size = arguments->argv_size;
  request->envp_size = arguments->envp_size;
  request->fds_count = arguments->fds_count;
  request->dealloc_count = arguments->dealloc_count;
  request->destroy_count = arguments->destroy_count;
  drop_ports_beyond (env, arguments);
  *ret_request = request;
  return 0;
}

void
exec_arguments_release (struct environment *env,
                        const struct exec_arguments *arguments)
{
  struct loop *loop = env->loop;

  request_release (loop, arguments->argv, arguments->argv_size);
  request_release (loop, arguments->envp, arguments->envp_size);
  request_release (loop, arguments->fds,
                   arguments->fds_count * sizeof (mach_port_t));
  request_release (loop, arguments->ports,
                   arguments->ports_count * sizeof (mach_port_t));
  request_release (loop, arguments->ints,
                   arguments->ints_count * sizeof (int));
  request_release (loop, arguments->dealloc_names,
                   arguments->dealloc_count * sizeof (mach_port_name_t));
  request_release (loop, arguments->destroy_names,
                   arguments->destroy_count * sizeof (mach_port_name_t));
}

void
exec_request_free (struct environment *env, struct exec_request *request)
{
  if (!request)
    return;
  if (request->file)
    env->root->node_drop (request->file);
  send_drop (&request->task);
  drop_array (request->fds, request->fds_count);
  drop_array (request->ports, INIT_PORT_MAX);
  free_memory (request);
}
