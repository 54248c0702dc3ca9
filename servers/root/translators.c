/* translators.c -- what stands behind a node

   A few translators are never run, because a node can be what they would make
   of it: a symbolic link, a pipe, a socket's name, a device's numbers.
   Anything else that is passive is remembered and shown, but not started yet;
   active ones are in translator_active.c.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <hurd/paths.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "lib/port/right.h"
#include "servers/root/root.h"

#define PASSIVE_MAX PATH_ROOM

/* ---- short forms ---- */

static error_t
form_symlink (struct node *node, const char *argument, const char *second)
{
  (void)second;
  return argument ? node_set_target (node, argument, strlen (argument))
                  : EINVAL;
}

static error_t
form_plain (struct node *node, const char *argument, const char *second)
{
  (void)node;
  (void)second;
  return argument ? EINVAL : 0;
}

static error_t
form_device (struct node *node, const char *argument, const char *second)
{
  char *end_major, *end_minor;
  unsigned long major, minor;

  if (!argument || !second)
    return EINVAL;
  major = strtoul (argument, &end_major, 0);
  minor = strtoul (second, &end_minor, 0);
  if (*end_major || *end_minor || !*argument || !*second)
    return EINVAL;
  node->rdev = makedev ((unsigned int)major, (unsigned int)minor);
  return 0;
}

static const struct form
{
  const char *program;
  mode_t type;
  error_t (*set) (struct node *node, const char *argument, const char *second);
} forms[] = {
  { _HURD_SYMLINK, S_IFLNK, form_symlink },
  { _HURD_FIFO, S_IFIFO, form_plain },
  { _HURD_IFSOCK, S_IFSOCK, form_plain },
  { _HURD_CHRDEV, S_IFCHR, form_device },
  { _HURD_BLKDEV, S_IFBLK, form_device },
};

static const struct form *
form_find (const char *program)
{
  for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
    if (!strcmp (forms[i].program, program))
      return &forms[i];
  return NULL;
}

static const struct form *
form_of_type (mode_t mode)
{
  for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
    if ((mode & S_IFMT) == forms[i].type)
      return &forms[i];
  return NULL;
}

/* The string after AT in the SIZE bytes at VECTOR, or NULL.  */
static const char *
vector_next (const char *vector, size_t size, const char *at)
{
  const char *next = at ? at + strlen (at) + 1 : vector;

  return at || size ? (next < vector + size ? next : NULL) : NULL;
}

/* ---- passive ---- */

static void
passive_clear (struct node *node)
{
  free (node->passive);
  node->passive = NULL;
  node->passive_size = 0;
  free (node->target);
  node->target = NULL;
  node_forget_special (node);
  node->rdev = 0;
  if (form_of_type (node->mode))
    node->mode = S_IFREG | (node->mode & 07777);
}

static error_t
passive_remember (struct node *node, const char *vector, size_t size)
{
  char *copy = malloc (size);

  if (!copy)
    return ENOSPC;
  memcpy (copy, vector, size);
  free (node->passive);
  node->passive = copy;
  node->passive_size = size;
  return 0;
}

/* VECTOR is SIZE bytes of our memory and ends with a NUL.  */
static error_t
passive_set (struct node *node, const char *vector, size_t size)
{
  const struct form *form = form_find (vector);
  const char *first = vector_next (vector, size, vector);
  const char *second = first ? vector_next (vector, size, first) : NULL;
  error_t err;

  if (!form || !S_ISREG (node->mode))
    return passive_remember (node, vector, size);
  err = form->set (node, first, second);
  if (err)
    return err;
  /* A file with content becomes something that has none.  */
  content_destroy (node->content);
  node->content = NULL;
  node->mode = form->type | (node->mode & 07777);
  return 0;
}

static bool
node_has_passive (const struct node *node)
{
  return node->passive || form_of_type (node->mode);
}

static error_t
passive_change (struct node *node, int flags, const char *data, size_t size)
{
  char vector[PASSIVE_MAX];
  error_t err;

  if (flags & FS_TRANS_EXCL && node_has_passive (node))
    return EBUSY;
  if (size > sizeof vector)
    return ENAMETOOLONG;
  err = size ? request_copy (node->volume->environment->loop, vector, data,
                             size)
             : 0;
  if (err)
    return err;
  if (size && vector[size - 1])
    return EINVAL;
  passive_clear (node);
  err = size ? passive_set (node, vector, size) : 0;
  if (!err)
    node_touch (node, NODE_CTIME);
  return err;
}

/* ---- the operations ---- */

/* On success the right ACTIVE is ours.  */
error_t
file_op_set_translator (struct handle *handle, int passive_flags,
                        int active_flags, int old_flags, const char *passive,
                        size_t passive_size, mach_port_t active)
{
  struct node *node = file_node (handle);
  error_t err = volume_check_writable (node->volume);

  if (!err)
    err = node_check_owner (node, &handle->ids);
  if (!err && node->service)
    err = EBUSY;
  if (!err && active_flags & FS_TRANS_SET && active_flags & FS_TRANS_EXCL
      && node->translator)
    err = EBUSY;
  if (!err && passive_flags & FS_TRANS_SET)
    err = passive_change (node, passive_flags, passive, passive_size);
  if (!err && active_flags & FS_TRANS_SET)
    {
      if (!(active_flags & FS_TRANS_ORPHAN))
        translator_dismiss (node, old_flags);
      err = translator_set (node, active);
    }
  if (!err && !(active_flags & FS_TRANS_SET))
    send_drop (&active);
  return err;
}

/* The arguments after the program's name that make NODE what it is, in ROOM;
   NULL when there are none.  */
static const char *
form_arguments (const struct node *node, char room[32], size_t *ret_size)
{
  if (node->target)
    {
      *ret_size = strlen (node->target) + 1;
      return node->target;
    }
  if (!S_ISCHR (node->mode) && !S_ISBLK (node->mode))
    {
      *ret_size = 0;
      return NULL;
    }
  *ret_size = (size_t)snprintf (room, 32, "%u%c%u", gnu_dev_major (node->rdev),
                                '\0', gnu_dev_minor (node->rdev))
              + 1;
  return room;
}

static error_t
form_describe (const struct form *form, const struct node *node,
               struct out_data *out)
{
  char room[32];
  size_t more, size = strlen (form->program) + 1;
  const char *arguments = form_arguments (node, room, &more);
  error_t err = out_data_reserve (out, size + more);

  if (err)
    return err;
  memcpy (out->data, form->program, size);
  if (more)
    memcpy (out->data + size, arguments, more);
  out->size = size + more;
  return 0;
}

error_t
file_op_get_translator (struct handle *handle, struct out_data *out)
{
  const struct node *node = file_node (handle);
  const struct form *form = form_of_type (node->mode);
  error_t err;

  if (!node->passive)
    return form ? form_describe (form, node, out) : EINVAL;
  err = out_data_reserve (out, node->passive_size);
  if (err)
    return err;
  memcpy (out->data, node->passive, node->passive_size);
  out->size = node->passive_size;
  return 0;
}
