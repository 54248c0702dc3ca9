/* tar.c -- fill a volume from a ustar archive, with pax and GNU extensions

   The archive is trusted to be ours, but it may be cut off or damaged: that is
   EINVAL and never more.  File contents stay in the archive.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "servers/root/root.h"

#define BLOCK 512
#define PATH_LONGEST 4096
#define DIRECTORY_MODE 0755 /* of those that the archive does not mention */

/* One block.  Numbers are octal text, or binary if the first bit is set.  */
struct header
{
  char name[100];
  char mode[8], uid[8], gid[8];
  char size[12], mtime[12];
  char checksum[8];
  char type;
  char link[100];
  char magic[6], version[2];
  char owner[32], group[32];
  char major[8], minor[8];
  char prefix[155];
  char unused[12];
};

struct member
{
  char path[PATH_LONGEST];
  char link[PATH_LONGEST];
  char type;
  mode_t mode;
  uid_t uid;
  gid_t gid;
  uint64_t rdev;
  struct timespec mtime;
  const char *data;
  size_t size;
};

/* What an extended header says about the member after it.  */
struct extension
{
  bool has_path, has_link, has_size, has_mtime, has_uid, has_gid;
  char path[PATH_LONGEST];
  char link[PATH_LONGEST];
  uint64_t size, uid, gid;
  struct timespec mtime;
};

struct import
{
  struct node *top;
  const char *next, *end;
  struct extension extension;
  struct member member;
};

/* ---- fields ---- */

static uint64_t
field_number (const char *field, size_t size)
{
  uint64_t number = 0;

  if (*field & 0x80)
    {
      for (size_t i = 1; i < size; i++)
        number = number << 8 | (uint8_t)field[i];
      return number;
    }
  while (size && *field == ' ')
    field++, size--;
  for (; size && *field >= '0' && *field <= '7'; field++, size--)
    number = number << 3 | (uint64_t)(*field - '0');
  return number;
}

#define NUMBER(field) field_number ((field), sizeof (field))

static bool
header_valid (const struct header *header)
{
  const uint8_t *byte = (const uint8_t *)header;
  uint64_t sum = 0;

  for (size_t i = 0; i < BLOCK; i++)
    {
      bool blank = i >= offsetof (struct header, checksum)
                   && i < offsetof (struct header, type);
      sum += blank ? ' ' : byte[i];
    }
  return sum == NUMBER (header->checksum);
}

static bool
block_empty (const char *block)
{
  for (size_t i = 0; i < BLOCK; i++)
    if (block[i])
      return false;
  return true;
}

/* Copy a field that may fill all its room, after what is in TO.  */
static void
text_append (char *to, const char *field, size_t size)
{
  size_t length = strnlen (field, size);
  size_t used = strlen (to);

  if (used + length < PATH_LONGEST)
    {
      memcpy (to + used, field, length);
      to[used + length] = '\0';
    }
}

/* ---- extended headers ---- */

static struct timespec
time_parse (const char *text)
{
  struct timespec time = { 0 };
  char *end;
  long unit = 100000000;

  time.tv_sec = strtoll (text, &end, 10);
  if (*end == '.')
    for (end++; *end >= '0' && *end <= '9'; end++, unit /= 10)
      time.tv_nsec += (*end - '0') * unit;
  return time;
}

static void
extension_set (struct extension *e, const char *key, const char *value)
{
  if (!strcmp (key, "path"))
    {
      e->has_path = true;
      e->path[0] = '\0';
      text_append (e->path, value, strlen (value));
    }
  else if (!strcmp (key, "linkpath"))
    {
      e->has_link = true;
      e->link[0] = '\0';
      text_append (e->link, value, strlen (value));
    }
  else if (!strcmp (key, "size"))
    e->has_size = true, e->size = strtoull (value, NULL, 10);
  else if (!strcmp (key, "uid"))
    e->has_uid = true, e->uid = strtoull (value, NULL, 10);
  else if (!strcmp (key, "gid"))
    e->has_gid = true, e->gid = strtoull (value, NULL, 10);
  else if (!strcmp (key, "mtime"))
    e->has_mtime = true, e->mtime = time_parse (value);
}

/* One record, "LENGTH KEY=VALUE\n", LENGTH counting all of it.  Returns its
   length, or 0 if it is none.  */
static size_t
record_parse (struct extension *e, const char *record, size_t left)
{
  char text[PATH_LONGEST + 64];
  char *key, *value;
  size_t length;

  if (!memchr (record, ' ', left < 20 ? left : 20))
    return 0;
  length = strtoull (record, &key, 10);
  if (*key != ' ' || length > left || length < 5 || key >= record + length)
    return 0;
  if (length >= sizeof text)
    return length; /* nothing that we want is that long */
  memcpy (text, record, length);
  text[length - 1] = '\0';
  key = text + (key - record) + 1;
  value = strchr (key, '=');
  if (value)
    {
      *value++ = '\0';
      extension_set (e, key, value);
    }
  return length;
}

static error_t
extension_parse (struct extension *e, const char *data, size_t size)
{
  while (size)
    {
      size_t length = record_parse (e, data, size);

      if (!length)
        return *data ? EINVAL : 0;
      data += length;
      size -= length;
    }
  return 0;
}

/* Types that speak about the next member.  */
static error_t
import_extension (struct import *import, char type, const char *data,
                  size_t size)
{
  struct extension *e = &import->extension;

  if (type == 'x')
    return extension_parse (e, data, size);
  if (type == 'L')
    {
      e->has_path = true;
      e->path[0] = '\0';
      text_append (e->path, data, size);
    }
  else if (type == 'K')
    {
      e->has_link = true;
      e->link[0] = '\0';
      text_append (e->link, data, size);
    }
  return 0; /* 'g' is about nothing that we keep */
}

/* ---- members ---- */

static void
member_read (struct member *m, const struct header *header,
             const struct extension *e)
{
  m->type = header->type;
  m->mode = (mode_t)NUMBER (header->mode) & 07777;
  m->uid = (uid_t)(e->has_uid ? e->uid : NUMBER (header->uid));
  m->gid = (gid_t)(e->has_gid ? e->gid : NUMBER (header->gid));
  m->size = e->has_size ? e->size : NUMBER (header->size);
  m->rdev = makedev ((unsigned int)NUMBER (header->major),
                     (unsigned int)NUMBER (header->minor));
  m->mtime = (struct timespec){ .tv_sec = (time_t)NUMBER (header->mtime) };
  if (e->has_mtime)
    m->mtime = e->mtime;

  m->path[0] = m->link[0] = '\0';
  if (e->has_path)
    strcpy (m->path, e->path);
  else
    {
      if (!memcmp (header->magic, "ustar", 6) && header->prefix[0])
        {
          text_append (m->path, header->prefix, sizeof header->prefix);
          text_append (m->path, "/", 1);
        }
      text_append (m->path, header->name, sizeof header->name);
    }
  if (e->has_link)
    strcpy (m->link, e->link);
  else
    text_append (m->link, header->link, sizeof header->link);
}

static error_t
directory_make (struct node *dir, const char *name, struct node **ret_node)
{
  cleanup_node struct node *node = NULL;
  error_t err
      = node_create (dir->volume, S_IFDIR | DIRECTORY_MODE, 0, 0, &node);

  if (!err)
    err = directory_add (dir, name, node);
  if (!err)
    *ret_node = node; /* it has a link now */
  return err;
}

/* The directory NAME of DIR, made if need be; through a link if it is one. */
static error_t
directory_enter (struct node *dir, const char *name, struct node **ret_node)
{
  cleanup_node struct node *found = NULL;
  struct node *node = directory_find (dir, name);
  struct node *top = dir->volume->top;
  struct ids root = IDS_INIT;
  error_t err = 0;

  if (!node)
    return directory_make (dir, name, ret_node);
  if (node->target)
    {
      err = ids_set_root (&root);
      if (!err)
        err = lookup_resolve (node->target, dir, top, &root, &found);
      ids_finish (&root);
      node = found;
    }
  if (err)
    return err;
  node = node_own_surface (node);
  if (!S_ISDIR (node->mode))
    return ENOTDIR;
  *ret_node = node;
  return 0;
}

error_t
path_prepare (struct node *top, const char *path, struct node **ret_dir,
              char *ret_name)
{
  struct node *dir = top;
  error_t err;

  ret_name[0] = '\0';
  for (;;)
    {
      char name[NODE_NAME_MAX + 1];
      size_t length = strcspn (path += strspn (path, "/"), "/");

      if (!length)
        break;
      if (length > NODE_NAME_MAX)
        return ENAMETOOLONG;
      memcpy (name, path, length);
      name[length] = '\0';
      path += length;
      if (!strcmp (name, "."))
        continue;
      if (!strcmp (name, ".."))
        return EINVAL;
      /* The one before was not the last.  */
      err = *ret_name ? directory_enter (dir, ret_name, &dir) : 0;
      if (err)
        return err;
      strcpy (ret_name, name);
    }
  *ret_dir = dir;
  return 0;
}

/* The node that PATH names already, or NULL.  */
static struct node *
import_find (struct import *import, const char *path)
{
  char name[NODE_NAME_MAX + 1];
  struct node *dir;

  if (path_prepare (import->top, path, &dir, name))
    return NULL;
  return *name ? directory_find (dir, name) : dir;
}

static void
member_apply (const struct member *m, struct node *node)
{
  node->mode = (node->mode & S_IFMT) | m->mode;
  node->uid = node->author = m->uid;
  node->gid = m->gid;
  node->atime = node->mtime = node->ctime = m->mtime;
}

static error_t
make_file (const struct member *m, struct node *node)
{
  struct content *content;
  error_t err = m->size ? node_content (node, &content) : 0;

  if (!err && m->size)
    content_set_archive (content, m->data, m->size);
  return err;
}

static error_t
make_link (const struct member *m, struct node *node)
{
  return node_set_target (node, m->link, strlen (m->link));
}

static error_t
make_device (const struct member *m, struct node *node)
{
  node->rdev = m->rdev;
  return 0;
}

static error_t
make_nothing (const struct member *m, struct node *node)
{
  (void)m;
  (void)node;
  return 0;
}

static const struct kind
{
  char type;
  mode_t mode;
  error_t (*make) (const struct member *m, struct node *node);
} kinds[] = {
  { '0', S_IFREG, make_file },    { '\0', S_IFREG, make_file },
  { '7', S_IFREG, make_file },    { '2', S_IFLNK, make_link },
  { '3', S_IFCHR, make_device },  { '4', S_IFBLK, make_device },
  { '5', S_IFDIR, make_nothing }, { '6', S_IFIFO, make_nothing },
};

static const struct kind *
kind_find (char type)
{
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (kinds[i].type == type)
      return &kinds[i];
  return NULL;
}

/* Put a new node for M into DIR.  */
static error_t
import_node (struct import *import, const struct kind *kind, struct node *dir,
             const char *name)
{
  const struct member *m = &import->member;
  cleanup_node struct node *node = NULL;
  error_t err
      = node_create (dir->volume, kind->mode | m->mode, m->uid, m->gid, &node);

  if (!err)
    err = kind->make (m, node);
  if (!err)
    err = directory_add (dir, name, node);
  if (!err)
    member_apply (m, node);
  return err;
}

static error_t
import_member (struct import *import)
{
  const struct member *m = &import->member;
  const struct kind *kind = kind_find (m->type);
  struct node *dir, *node, *target = NULL;
  char name[NODE_NAME_MAX + 1];
  error_t err;

  if (m->type == '1')
    {
      target = import_find (import, m->link);
      if (!target || S_ISDIR (target->mode))
        return EINVAL;
    }
  else if (!kind)
    return 0; /* a type that we do not know: leave it out */
  err = path_prepare (import->top, m->path, &dir, name);
  if (err)
    return err;
  node = *name ? directory_find (dir, name) : dir;
  if (node && S_ISDIR (node->mode))
    {
      if (kind && kind->mode == S_IFDIR)
        member_apply (m, node);
      return kind && kind->mode == S_IFDIR ? 0 : EISDIR;
    }
  if (node == target && node)
    return 0;
  if (node)
    directory_remove (dir, name);
  return target ? directory_add (dir, name, target)
                : import_node (import, kind, dir, name);
}

/* ---- the archive ---- */

/* Take one block and what belongs to it.  ENOENT: the end.  */
static error_t
import_next (struct import *import)
{
  const struct header *header = (const struct header *)import->next;
  struct member *m = &import->member;
  size_t left = (size_t)(import->end - import->next);
  error_t err;

  if (left < BLOCK || block_empty (import->next))
    return ENOENT;
  if (!header_valid (header))
    return EINVAL;
  member_read (m, header, &import->extension);
  import->next += BLOCK;
  left -= BLOCK;
  m->data = import->next;
  /* Only files and extensions have data, whatever the size says.  */
  if (m->type >= '1' && m->type <= '6')
    m->size = 0;
  if (m->size > left)
    return EINVAL;
  left = left - m->size < (-m->size & (BLOCK - 1))
             ? left
             : m->size + (-m->size & (BLOCK - 1));
  import->next += left;

  if (strchr ("xgLK", m->type) && m->type)
    return import_extension (import, m->type, m->data, m->size);
  err = import_member (import);
  memset (&import->extension, 0, sizeof import->extension);
  return err;
}

error_t
tar_import (struct node *top, const char *archive, size_t size)
{
  struct import *import = calloc (1, sizeof *import);
  error_t err;

  if (!import)
    return ENOMEM;
  import->top = top;
  import->next = archive;
  import->end = archive + size;
  do
    err = import_next (import);
  while (!err);
  free (import);
  return err == ENOENT ? 0 : err;
}
