/* dir.c -- names in a directory: found by hash, read in order

   An entry keeps its place as long as it lives, and a place that became free
   is read as an entry without a file number, which readers skip.  So whoever
   deletes while reading misses nothing.  The places close up when most of
   them are free.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "servers/root/root.h"

#define PLACES_FIRST 8
#define DOTS 2 /* "." and ".." come before the first place */

struct entry
{
  struct entry *next; /* with the same hash bits */
  struct node *node;  /* borrowed; counted in node->links */
  uint32_t hash;
  uint32_t place;
  uint8_t length;
  char name[];
};

struct directory
{
  struct node *parent;    /* borrowed; NULL once removed */
  struct entry **places;  /* owned; NULL where one was removed */
  struct entry **buckets; /* as many as PLACES has room for */
  uint32_t room;          /* a power of two */
  uint32_t used;          /* places, with the free ones */
  uint32_t live;
};

static size_t
entry_charge (size_t length)
{
  return sizeof (struct entry) + length + 1;
}

static uint32_t
name_hash (const char *name, size_t length)
{
  uint32_t hash = 2166136261u;

  for (size_t i = 0; i < length; i++)
    hash = (hash ^ (uint8_t)name[i]) * 16777619u;
  return hash ^ hash >> 15;
}

/* ---- life ---- */

error_t
directory_create (struct node *node)
{
  node->directory = calloc (1, sizeof *node->directory);
  return node->directory ? 0 : ENOMEM;
}

void
directory_destroy (struct node *node)
{
  struct directory *dir = node->directory;

  if (!dir)
    return;
  /* Only an empty directory loses its last link, but a whole volume may go
     with what is in it.  */
  for (uint32_t i = 0; i < dir->used; i++)
    if (dir->places[i])
      {
        generation_discharge (node->volume->generation,
                              entry_charge (dir->places[i]->length));
        node_unlink (dir->places[i]->node);
        free (dir->places[i]);
      }
  free (dir->places);
  free (dir->buckets);
  free (dir);
  node->directory = NULL;
}

bool
directory_empty (const struct node *dir)
{
  return dir->directory->live == 0;
}

struct node *
directory_parent (const struct node *dir)
{
  return dir->directory->parent;
}

void
directory_set_parent (struct node *dir, struct node *parent)
{
  dir->directory->parent = parent;
}

/* ---- finding ---- */

static struct entry **
directory_slot (const struct directory *dir, const char *name)
{
  size_t length = strlen (name);
  uint32_t hash = name_hash (name, length);
  struct entry **slot;

  if (!dir->room || length > NODE_NAME_MAX)
    return NULL;
  for (slot = &dir->buckets[hash & (dir->room - 1)]; *slot;
       slot = &(*slot)->next)
    if ((*slot)->hash == hash && (*slot)->length == length
        && !memcmp ((*slot)->name, name, length))
      return slot;
  return NULL;
}

struct node *
directory_find (const struct node *dir, const char *name)
{
  struct entry **slot = directory_slot (dir->directory, name);

  return slot ? (*slot)->node : NULL;
}

/* ---- changing ---- */

static void
directory_hash_in (struct directory *dir, struct entry *entry)
{
  struct entry **bucket = &dir->buckets[entry->hash & (dir->room - 1)];

  entry->next = *bucket;
  *bucket = entry;
}

/* Give DIR the new arrays, which have ROOM, and close up the places.  */
static void
directory_move (struct directory *dir, struct entry **places,
                struct entry **buckets, uint32_t room)
{
  uint32_t used = 0;

  for (uint32_t i = 0; i < dir->used; i++)
    if (dir->places[i])
      {
        places[used] = dir->places[i];
        places[used]->place = used;
        used++;
      }
  free (dir->places);
  free (dir->buckets);
  dir->places = places;
  dir->buckets = buckets;
  dir->room = room;
  dir->used = used;
  for (uint32_t i = 0; i < used; i++)
    directory_hash_in (dir, places[i]);
}

/* Make room for one more.  */
static error_t
directory_grow (struct directory *dir)
{
  uint32_t room = dir->room ? dir->room : PLACES_FIRST;
  struct entry **places, **buckets;

  if (dir->used < dir->room)
    return 0;
  if (dir->live >= room / 2)
    room *= 2;
  places = calloc (room, sizeof (struct entry *));
  buckets = calloc (room, sizeof (struct entry *));
  if (!places || !buckets)
    {
      free (places);
      free (buckets);
      return ENOSPC;
    }
  directory_move (dir, places, buckets, room);
  return 0;
}

static struct entry *
entry_create (const char *name, size_t length, struct node *node)
{
  struct entry *entry = malloc (entry_charge (length));

  if (!entry)
    return NULL;
  entry->node = node;
  entry->length = (uint8_t)length;
  entry->hash = name_hash (name, length);
  memcpy (entry->name, name, length + 1);
  return entry;
}

/* ".." counts as a link.  */
static void
directory_adopt (struct node *dir, struct node *node)
{
  node_link (node);
  if (S_ISDIR (node->mode))
    {
      directory_set_parent (node, dir);
      node_link (dir);
    }
}

static void
directory_disown (struct node *dir, struct node *node)
{
  if (S_ISDIR (node->mode))
    {
      directory_set_parent (node, NULL);
      node_unlink (dir);
    }
  node_unlink (node);
}

error_t
directory_add (struct node *dir, const char *name, struct node *node)
{
  struct directory *d = dir->directory;
  size_t length = strlen (name);
  struct entry *entry;

  if (!length)
    return EINVAL;
  if (length > NODE_NAME_MAX)
    return ENAMETOOLONG;
  if (!d->parent)
    return ENOENT; /* removed, but still somebody's directory */
  if (generation_charge (dir->volume->generation, entry_charge (length)))
    return ENOSPC;
  entry = directory_grow (d) ? NULL : entry_create (name, length, node);
  if (!entry)
    {
      generation_discharge (dir->volume->generation, entry_charge (length));
      return ENOSPC;
    }
  entry->place = d->used;
  d->places[d->used++] = entry;
  d->live++;
  directory_hash_in (d, entry);
  directory_adopt (dir, node);
  node_touch (dir, NODE_MTIME | NODE_CTIME);
  return 0;
}

void
directory_remove (struct node *dir, const char *name)
{
  struct directory *d = dir->directory;
  struct entry **slot = directory_slot (d, name);
  struct entry *entry = *slot;

  *slot = entry->next;
  d->places[entry->place] = NULL;
  d->live--;
  if (!d->live)
    d->used = 0;
  generation_discharge (dir->volume->generation, entry_charge (entry->length));
  node_touch (dir, NODE_MTIME | NODE_CTIME);
  directory_disown (dir, entry->node);
  free (entry);
}

void
directory_replace (struct node *dir, const char *name, struct node *node)
{
  struct entry *entry = *directory_slot (dir->directory, name);
  struct node *old = entry->node;

  entry->node = node;
  directory_adopt (dir, node);
  directory_disown (dir, old);
  node_touch (dir, NODE_MTIME | NODE_CTIME);
}

/* ---- reading ---- */

static size_t
record_size (size_t name_length)
{
  return (offsetof (struct dirent64, d_name) + name_length + 1 + 7)
         & ~(size_t)7;
}

/* What is at place INDEX, "." being 0; false at the end.  A place that is free
   has no node, and a name that the C library's getcwd, which does not look at
   numbers, passes over.  */
static bool
directory_entry (const struct node *dir, uint32_t index, const char **name,
                 const struct node **node)
{
  const struct directory *d = dir->directory;
  const struct node *at = dir;

  if (index >= d->used + DOTS)
    return false;
  *name = index == 0 ? "." : "..";
  *node = dir;
  if (index == 1)
    {
      while (at->covers)
        at = at->covers;
      *node = directory_parent (at) ? directory_parent (at) : dir;
    }
  if (index >= DOTS)
    {
      const struct entry *entry = d->places[index - DOTS];

      *name = entry ? entry->name : ".";
      *node = entry ? entry->node : NULL;
      while (*node && (*node)->mounted)
        *node = (*node)->mounted;
    }
  return true;
}

static size_t
record_write (char *to, const char *name, const struct node *node)
{
  size_t length = strlen (name);
  size_t size = record_size (length);
  struct dirent64 *record = (struct dirent64 *)to;

  memset (to, 0, size);
  record->d_ino = node ? node->ino : 0;
  record->d_reclen = (unsigned short)size;
  record->d_type = node ? IFTODT (node->mode) : DT_UNKNOWN;
  record->d_namlen = (unsigned char)length;
  memcpy (record->d_name, name, length);
  return size;
}

/* How many entries from FIRST on fit, and their bytes.  */
static int
directory_measure (const struct node *dir, uint32_t first, int entries,
                   size_t bytes_max, size_t *ret_bytes)
{
  const struct node *node;
  const char *name;
  size_t bytes = 0;
  int count = 0;

  while ((entries < 0 || count < entries)
         && directory_entry (dir, first + (uint32_t)count, &name, &node))
    {
      size_t size = record_size (strlen (name));

      if (bytes_max && bytes + size > bytes_max)
        break;
      bytes += size;
      count++;
    }
  *ret_bytes = bytes;
  return count;
}

error_t
directory_read (struct node *dir, int entry, int entries, size_t bytes_max,
                struct out_data *out, int *ret_entries)
{
  const struct node *node;
  const char *name;
  size_t bytes;
  int count;
  char *to;
  error_t err;

  if (entry < 0)
    return EINVAL;
  count = directory_measure (dir, (uint32_t)entry, entries, bytes_max, &bytes);
  err = out_data_reserve (out, bytes);
  if (err)
    return err;
  to = out->data;
  for (int i = 0; i < count; i++)
    if (directory_entry (dir, (uint32_t)(entry + i), &name, &node))
      to += record_write (to, name, node);
  out->size = bytes;
  *ret_entries = count;
  return 0;
}
