/* exec_prepare.c -- find the program, its interpreter, and their bytes

   All on the loop, all through the role root, nothing of the client's task.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/text.h"
#include "servers/exec/exec.h"
#include "servers/exec/exec_script.h"

#define SCRIPTS_MAX 4 /* a script whose interpreter is a script whose … */

/* Without memory objects a file is copied whole: not any size.  */
#define COPIED_FILE_MAX (64 << 20)

#define FIRST_BYTES SCRIPT_LINE_MAX

void
exec_file_finish (struct environment *env, struct exec_file *file)
{
  if (file->node)
    env->root->node_drop (file->node);
  file->node = NULL;
  load_source_finish (&file->source);
}

/* Exactly SIZE bytes, or ENOEXEC.  */
static error_t
read_exactly (struct exec_operation *operation, struct node *node,
              uint64_t offset, void *to, size_t size)
{
  size_t done = 0, got = 0;
  error_t err = 0;

  while (!err && done < size)
    {
      err = exec_read (operation, node, offset + done, (char *)to + done,
                       size - done, &got);
      if (!err && got == 0)
        err = ENOEXEC;
      done += got;
    }
  return err;
}

/* ---- the image ---- */

static error_t
read_plan (struct exec_operation *operation, struct exec_file *file,
           const struct load_header *header)
{
  char entries[LOAD_ENTRIES_MAX * LOAD_ENTRY_SIZE];
  size_t size = header->entries * LOAD_ENTRY_SIZE;
  error_t err;

  if (header->entries_offset > file->size
      || size > file->size - header->entries_offset)
    return ENOEXEC;
  err = read_exactly (operation, file->node, header->entries_offset, entries,
                      size);
  if (!err)
    err = load_plan (header, entries, file->size, &file->image);
  return err;
}

/* The pages that are partly file and partly zeros.  */
static error_t
read_patches (struct exec_operation *operation, struct exec_file *file)
{
  struct vm_piece *patches = &file->source.patches;
  vm_address_t page;
  vm_size_t size = 0;
  error_t err = 0;

  for (size_t i = 0; i < file->image.count; i++)
    size += file->image.pieces[i].patch ? LOAD_PAGE : 0;
  if (size == 0)
    return 0;
  if (vm_allocate (mach_task_self (), &patches->address, size, TRUE))
    return ENOMEM;
  patches->size = size;

  page = patches->address;
  for (size_t i = 0; !err && i < file->image.count; i++)
    {
      const struct load_piece *piece = &file->image.pieces[i];

      if (!piece->patch)
        continue;
      err = read_exactly (operation, file->node, piece->offset, (void *)page,
                          piece->patch);
      page += LOAD_PAGE;
    }
  return err;
}

/* Instead of a memory object: the whole file.  */
static error_t
read_whole (struct exec_operation *operation, struct exec_file *file)
{
  struct vm_piece *data = &file->source.data;
  vm_size_t size = (file->size + LOAD_PAGE - 1) & -(vm_size_t)LOAD_PAGE;

  if (file->size > COPIED_FILE_MAX)
    return ENOMEM;
  if (vm_allocate (mach_task_self (), &data->address, size, TRUE))
    return ENOMEM;
  data->size = size;
  return read_exactly (operation, file->node, 0, (void *)data->address,
                       file->size);
}

static error_t
open_source (struct exec_operation *operation, struct exec_file *file)
{
  error_t err = exec_map (operation, file->node, &file->source.object);

  if (err == EOPNOTSUPP || err == ENODEV || err == ENOTSUP)
    err = read_whole (operation, file);
  if (!err)
    err = read_patches (operation, file);
  return err;
}

/* Plan FILE from its FIRST bytes.  Its source is opened later, when nothing
   else is wrong.  */
static error_t
plan_file (struct exec_operation *operation, struct exec_file *file,
           const void *first, size_t first_size)
{
  struct load_header header;
  error_t err = load_header (first, first_size, &header);

  if (!err)
    err = read_plan (operation, file, &header);
  return err;
}

/* ---- opening ---- */

/* May it be run, and how long is it?  */
static error_t
check_file (struct exec_operation *operation, struct exec_file *file)
{
  const struct root_service *root = operation->env->root;
  io_statbuf_t stat;
  error_t err = root->stat (file->node, &stat);

  if (err)
    return err;
  if (!S_ISREG (stat.st_mode))
    return EACCES;
  if (stat.st_size < 0)
    return ENOEXEC;
  file->size = stat.st_size;
  return 0;
}

/* The directory that PATH starts from, if it is one of ours.  */
static mach_port_t
own_directory (const struct exec_operation *operation, unsigned int which)
{
  mach_port_t port = operation->request->ports[which];

  if (MACH_PORT_VALID (port)
      && operation->env->root->node_of (operation->env, port))
    return port;
  return MACH_PORT_NULL;
}

/* Find what the user calls PATH.  Somebody else's directories cannot be
   asked: the environment's root stands in for a foreign root, and a relative
   name in a foreign directory is not found.  */
static error_t
open_path (struct exec_operation *operation, const char *path,
           struct node **ret_node)
{
  struct environment *env = operation->env;
  bool secure = operation->request->flags & EXEC_SECURE;
  mach_port_t root
      = secure ? MACH_PORT_NULL : own_directory (operation, INIT_PORT_CRDIR);
  mach_port_t directory = own_directory (operation, INIT_PORT_CWDIR);
  struct node *node;
  error_t err;

  if (path[0] == '/')
    directory = root;
  else if (directory == MACH_PORT_NULL)
    return ENOENT;
  err = exec_find (operation, directory, root, path, &node);
  if (err)
    return err;
  err = env->root->access (node, &operation->ids, O_EXEC);
  if (err)
    env->root->node_drop (node);
  else
    *ret_node = node;
  return err;
}

/* ---- scripts ---- */

/* No name is known for the script, or none that can be trusted: its
   interpreter finds it among its descriptors.  */
static error_t
name_by_descriptor (struct exec_operation *operation, char *name, size_t size)
{
  struct exec_request *request = operation->request;
  struct environment *env = operation->env;
  struct object *handle;
  mach_port_t *fds;
  size_t fd = 0;
  error_t err = env->root->access (request->file, &operation->ids, O_READ);

  if (err)
    return err;
  while (fd < request->fds_count && request->fds[fd] != MACH_PORT_NULL)
    fd++;
  if (fd == request->fds_count)
    {
      fds = realloc (request->fds, (fd + 1) * sizeof *fds);
      if (!fds)
        return ENOMEM;
      fds[fd] = MACH_PORT_NULL;
      request->fds = fds;
      request->fds_count++;
    }
  err = env->root->open (request->file, &operation->ids, O_READ, &handle);
  if (err)
    return err;
  request->fds[fd] = object_send_right (handle);
  object_drop (handle);
  (void)snprintf (name, size, "/dev/fd/%zu", fd);
  return 0;
}

static error_t
name_script (struct exec_operation *operation, char *name, size_t size)
{
  const struct exec_request *request = operation->request;
  const char *known = request->path[0] ? request->path : request->abspath;

  if (!known[0] || (request->flags & EXEC_SECURE))
    return name_by_descriptor (operation, name, size);
  (void)snprintf (name, size, "%s", known);
  return 0;
}

/* From now on the request is to run SCRIPT's interpreter.  */
static error_t
become_interpreter (struct exec_operation *operation,
                    const struct script *script)
{
  struct exec_request *request = operation->request;
  char name[SCRIPT_LINE_MAX];
  struct node *node = NULL;
  char *argv, *path, *abspath;
  size_t argv_size;
  error_t err = open_path (operation, script->interpreter, &node);

  if (err)
    return err;
  path = strdup (script->interpreter);
  abspath = strdup (script->interpreter[0] == '/' ? script->interpreter : "");
  err = path && abspath ? name_script (operation, name, sizeof name) : ENOMEM;
  if (!err)
    err = script_argv (script, name, request->argv, request->argv_size, &argv,
                       &argv_size);
  if (err)
    {
      operation->env->root->node_drop (node);
      free (path);
      free (abspath);
      return err;
    }

  operation->env->root->node_drop (request->file);
  free (request->argv);
  free (request->path);
  free (request->abspath);
  request->file = node;
  request->argv = argv;
  request->argv_size = argv_size;
  request->path = path;
  request->abspath = abspath;
  return 0;
}

/* ---- the program ---- */

/* Read the beginning of the file to run.  *RET_SIZE is 0 for an empty one. */
static error_t
read_first (struct exec_operation *operation, char *first, size_t *ret_size)
{
  struct exec_file *file = &operation->program;
  struct environment *env = operation->env;
  error_t err;

  if (file->node)
    env->root->node_drop (file->node);
  file->node = env->root->node_ref (operation->request->file);
  err = check_file (operation, file);
  if (!err)
    err = exec_read (operation, file->node, 0, first, FIRST_BYTES, ret_size);
  return err;
}

/* Set-id bits of a script are not honoured: between our look at it and its
   interpreter's, its name may come to mean another file.  */
static void
forget_new_ids (struct exec_request *request)
{
  struct ids *ids = (struct ids *)request->new_ids;

  if (!ids)
    return;
  request->new_ids = NULL;
  ids_finish (ids);
  free (ids);
}

static error_t
prepare_program (struct exec_operation *operation)
{
  char first[FIRST_BYTES];
  struct script script;
  size_t size = 0;
  error_t err = read_first (operation, first, &size);

  for (int depth = 0; !err && script_is (first, size); depth++)
    {
      if (depth == SCRIPTS_MAX)
        return ELOOP;
      if (operation->request->new_ids)
        {
          forget_new_ids (operation->request);
          err = exec_prepare_ids (operation);
        }
      if (!err)
        err = script_parse (first, size, &script);
      if (!err)
        err = become_interpreter (operation, &script);
      if (!err)
        err = read_first (operation, first, &size);
    }
  if (!err)
    err = plan_file (operation, &operation->program, first, size);
  if (!err)
    err = load_move (&operation->program.image, LOAD_PROGRAM_BASE);
  return err;
}

/* ---- the interpreter ---- */

static error_t
interpreter_name (struct exec_operation *operation, char *name)
{
  const struct load_image *image = &operation->program.image;
  error_t err;

  err = read_exactly (operation, operation->program.node,
                      image->interpreter_offset, name,
                      image->interpreter_size);
  if (!err && memchr (name, '\0', image->interpreter_size) == NULL)
    err = ENOEXEC;
  return err;
}

static error_t
prepare_interpreter (struct exec_operation *operation)
{
  struct exec_file *file = &operation->interpreter;
  char name[LOAD_INTERPRETER_MAX], first[FIRST_BYTES];
  size_t size = 0;
  error_t err;

  if (operation->program.image.interpreter_size == 0)
    return 0;
  err = interpreter_name (operation, name);
  if (!err)
    err = open_path (operation, name, &file->node);
  if (!err)
    err = check_file (operation, file);
  if (!err)
    err = exec_read (operation, file->node, 0, first, sizeof first, &size);
  if (!err)
    err = plan_file (operation, file, first, size);
  if (!err)
    err = load_move (&file->image,
                     load_interpreter_base (&operation->program.image));
  if (!err
      && (file->image.interpreter_size
          || load_overlap (&file->image, &operation->program.image)))
    err = ENOEXEC;
  return err;
}

/* ---- LD_ORIGIN_PATH ---- */

#define ORIGIN "LD_ORIGIN_PATH="

/* The directory part of PATH: its length.  */
static size_t
directory_length (const char *path)
{
  size_t length = strrchr (path, '/') - path;

  while (length > 1 && path[length - 1] == '/')
    length--;
  return length ? length : 1;
}

/* The variable of the program before must not reach this one: it is ours to
   set, or to take away.  The path is what the user says, so a program that
   must not trust him gets none.  */
static error_t
prepare_origin (struct exec_operation *operation)
{
  struct exec_request *request = operation->request;
  const char *end = request->envp + request->envp_size;
  const char *path = request->abspath;
  struct text text = TEXT_INIT;

  if (path[0] == '/' && operation->interpreter.node
      && !(request->flags & EXEC_SECURE))
    {
      text_add (&text, ORIGIN);
      text_add_bytes (&text, path, directory_length (path));
      text_add_char (&text, '\0');
    }
  for (const char *at = request->envp, *next; at < end; at = next)
    {
      size_t length = strnlen (at, end - at);

      next = at + length + 1 > end ? end : at + length + 1;
      if (length < strlen (ORIGIN) || memcmp (at, ORIGIN, strlen (ORIGIN)))
        text_add_bytes (&text, at, next - at);
    }
  if (text.failed)
    {
      text_finish (&text);
      return ENOMEM;
    }
  free (request->envp);
  request->envp_size = text.length;
  request->envp = text_steal (&text);
  return 0;
}

error_t
exec_prepare_files (struct exec_operation *operation)
{
  error_t err;

  exec_file_finish (operation->env, &operation->program);
  exec_file_finish (operation->env, &operation->interpreter);
  err = prepare_program (operation);
  if (!err)
    err = prepare_interpreter (operation);
  if (!err)
    err = prepare_origin (operation);
  if (!err)
    err = open_source (operation, &operation->program);
  if (!err && operation->interpreter.node)
    err = open_source (operation, &operation->interpreter);
  return err;
}
