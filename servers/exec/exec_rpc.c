/* exec_rpc.c -- /servers/exec

   Programs rarely come here: file_exec is how they run a file, and the file's
   server asks us without a message.  Who holds a descriptor of ours and a
   task may ask directly.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "lib/env/exec_call.h"
#include "lib/io/handle.h"
#include "servers/exec/exec.h"

#include "exec_S.h"

/* ---- the node ---- */

struct exec_node
{
  struct handle handle;
  struct exec *exec; /* borrowed */
};

static const struct interface exec_interface
    = { "exec", 30000, 5, exec_server_routine };

static void
exec_node_free (struct object *object)
{
  handle_finish ((struct handle *)object);
  free (object);
}

static const struct interface *const exec_node_interfaces[]
    = { HANDLE_INTERFACES, &exec_interface, NULL };

static const struct object_class exec_node_class = {
  .name = "exec", .interfaces = exec_node_interfaces, .free = exec_node_free
};

static error_t exec_node_clone (struct handle *handle, const struct ids *ids,
                                int open_modes, bool share,
                                struct handle **ret_handle);

static error_t
exec_node_stat (struct handle *handle __attribute__ ((unused)),
                io_statbuf_t *ret_stat)
{
  *ret_stat = (io_statbuf_t){ .st_mode = S_IFREG | S_IATRANS | 0666,
                              .st_nlink = 1,
                              .st_blksize = LOAD_PAGE };
  return 0;
}

static const struct io_ops exec_node_io
    = { .clone = exec_node_clone, .stat = exec_node_stat };

static error_t
exec_node_create (struct exec *exec, const struct ids *ids, int open_modes,
                  struct exec_node **ret_node)
{
  struct exec_node *node = calloc (1, sizeof *node);
  error_t err;

  if (!node)
    return ENOMEM;
  err = handle_init (&node->handle, &exec_node_class, &exec_node_io,
                     &fs_ops_none, &exec->generation, exec->environment->loop,
                     ids, open_modes);
  if (err)
    {
      free (node);
      return err;
    }
  node->exec = exec;
  *ret_node = node;
  return 0;
}

static error_t
exec_node_clone (struct handle *handle, const struct ids *ids, int open_modes,
                 bool share __attribute__ ((unused)),
                 struct handle **ret_handle)
{
  struct exec_node *node;
  error_t err = exec_node_create (((struct exec_node *)handle)->exec, ids,
                                  open_modes, &node);

  if (!err)
    *ret_handle = &node->handle;
  return err;
}

static error_t
exec_node_open (void *role, int flags, const struct ids *ids,
                struct object **ret_object)
{
  struct exec_node *node;
  error_t err = exec_node_create (role, ids, flags, &node);

  if (!err)
    *ret_object = &node->handle.object;
  return err;
}

error_t
exec_attach (struct exec *exec)
{
  struct environment *env = exec->environment;
  const struct service_node node = { .path = "/servers/exec",
                                     .mode = S_IFREG | 0666,
                                     .open = exec_node_open,
                                     .role = exec };

  return env->root ? env->root->attach (env, &node) : 0;
}

/* ---- the interface ---- */

/* The file behind FILE, if whoever opened it may run it.  */
static error_t
find_program (struct environment *env, mach_port_t file,
              struct node **ret_node)
{
  struct node *node = env->root->node_of (env, file);
  struct handle *handle = handle_lookup (env->loop, file);
  error_t err;

  if (!node || !handle)
    return EOPNOTSUPP;
  err = env->root->access (node, &handle->ids, O_EXEC);
  if (!err)
    *ret_node = node;
  return err;
}

static error_t
run_program (struct object *object, mach_port_t reply,
             mach_msg_type_name_t reply_type, mach_port_t file,
             const struct exec_arguments *arguments)
{
  struct environment *env = object_environment (object);
  struct exec_call *call;
  struct node *node;
  error_t err = find_program (env, file, &node);

  if (!err)
    err = exec_call_begin (env, object, reply, reply_type, node, arguments,
                           &call);
  if (err)
    return err;
  send_drop (&file);
  exec_call_run (call);
  return MIG_NO_REPLY;
}

kern_return_t
S_exec_exec_paths (object_t object, mach_port_t reply,
                   mach_msg_type_name_t reply_type, mach_port_t file,
                   mach_port_t oldtask, int flags, const_string_t path,
                   const_string_t abspath, const_data_t argv,
                   mach_msg_type_number_t argv_size, const_data_t envp,
                   mach_msg_type_number_t envp_size, const_portarray_t dtable,
                   mach_msg_type_number_t dtable_count,
                   const_portarray_t portarray,
                   mach_msg_type_number_t portarray_count,
                   const_intarray_t intarray,
                   mach_msg_type_number_t intarray_count,
                   const_mach_port_name_array_t deallocnames,
                   mach_msg_type_number_t dealloc_count,
                   const_mach_port_name_array_t destroynames,
                   mach_msg_type_number_t destroy_count)
{
  const struct exec_arguments arguments = {
    .task = oldtask,
    .flags = flags,
    .path = path,
    .abspath = abspath,
    .argv = argv,
    .argv_size = argv_size,
    .envp = envp,
    .envp_size = envp_size,
    .fds = dtable,
    .fds_count = dtable_count,
    .ports = portarray,
    .ports_count = portarray_count,
    .ints = intarray,
    .ints_count = intarray_count,
    .dealloc_names = deallocnames,
    .dealloc_count = dealloc_count,
    .destroy_names = destroynames,
    .destroy_count = destroy_count,
  };

  return run_program (object, reply, reply_type, file, &arguments);
}

kern_return_t
S_exec_exec (object_t object, mach_port_t reply,
             mach_msg_type_name_t reply_type, mach_port_t file,
             mach_port_t oldtask, int flags, const_data_t argv,
             mach_msg_type_number_t argv_size, const_data_t envp,
             mach_msg_type_number_t envp_size, const_portarray_t dtable,
             mach_msg_type_number_t dtable_count, const_portarray_t portarray,
             mach_msg_type_number_t portarray_count, const_intarray_t intarray,
             mach_msg_type_number_t intarray_count,
             const_mach_port_name_array_t deallocnames,
             mach_msg_type_number_t dealloc_count,
             const_mach_port_name_array_t destroynames,
             mach_msg_type_number_t destroy_count)
{
  return S_exec_exec_paths (object, reply, reply_type, file, oldtask, flags,
                            "", "", argv, argv_size, envp, envp_size, dtable,
                            dtable_count, portarray, portarray_count, intarray,
                            intarray_count, deallocnames, dealloc_count,
                            destroynames, destroy_count);
}

/* Who we are was settled when the environment was made.  */
kern_return_t
S_exec_init (object_t object __attribute__ ((unused)),
             mach_port_t reply __attribute__ ((unused)),
             mach_msg_type_name_t reply_type __attribute__ ((unused)),
             auth_t auth_handle __attribute__ ((unused)),
             mach_port_t proc_server __attribute__ ((unused)))
{
  return EPERM;
}

/* The environment's own ports are what we give, and nobody changes them.  */
kern_return_t
S_exec_setexecdata (object_t object __attribute__ ((unused)),
                    const_portarray_t ports __attribute__ ((unused)),
                    mach_msg_type_number_t ports_count
                    __attribute__ ((unused)),
                    const_intarray_t ints __attribute__ ((unused)),
                    mach_msg_type_number_t ints_count __attribute__ ((unused)))
{
  return EPERM;
}
