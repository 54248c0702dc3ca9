/* hostile_build.h -- messages that no honest client would send

   A message begins as a request from the table of facts, with values that
   servers do not expect; then some of it is made wrong.  The same seed makes
   the same messages.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_TESTS_HOSTILE_BUILD_H
#define HURDLE_TESTS_HOSTILE_BUILD_H

#include <mach.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct item
{
  uint8_t name; /* MACH_MSG_TYPE_* */
  uint8_t bits;
  uint16_t count; /* at most, where VARIABLE */
  bool variable;
};

struct routine
{
  const char *interface, *name;
  mach_msg_id_t id;
  unsigned int items;
  struct item item[12];
};

static const struct routine routines[] = {
#include "hostile_facts.h"
#include "tests/guest/hostile_ours.h"
};

#define ROUTINES (sizeof routines / sizeof *routines)
#define BODY_MAX 20000
#define ITEMS_MAX 12
#define PORTS_MAX 12

struct draft
{
  mach_msg_header_t header;
  char body[BODY_MAX];
};

static struct draft draft;
static mach_msg_type_t *descriptors[ITEMS_MAX];
static unsigned int descriptors_count;

/* What a message may carry: rights of all kinds, addresses of all kinds.  */
static mach_port_t ports[PORTS_MAX];
static unsigned int ports_count;
static vm_address_t plain, refusing, silent; /* a page each, or 0 */
static unsigned int silent_left;             /* each costs a server a second */

/* ---- chance ---- */

static uint64_t chance_state = 1;

static uint64_t
chance (void)
{
  chance_state ^= chance_state << 13;
  chance_state ^= chance_state >> 7;
  chance_state ^= chance_state << 17;
  return chance_state;
}

static bool
one_in (unsigned int n)
{
  return chance () % n == 0;
}

static uint64_t
value (void)
{
  static const uint64_t known[]
      = { 0,          1,          2,          3,
          16,         4095,       4096,       65536,
          0x7fffffff, 0x80000000, 0xffffffff, 0x100000000,
          INT64_MAX,  UINT64_MAX, 0x400000,   UINT64_C (0xffffffff80000000) };
  uint64_t pick = chance ();

  return pick & 1 ? known[(pick >> 8) % (sizeof known / sizeof *known)]
                  : pick >> (pick >> 58);
}

/* ---- items ---- */

static void
bytes_fill (char *to, size_t size)
{
  static const char *const names[]
      = { "",  ".",     "..",  "file",          "no/such/../..",
          "/", "file/", "//x", "dir/.././file", "\xff\xfe" };
  uint64_t pick = chance ();

  memset (to, pick & 2 ? 'A' : 0, size);
  if (pick & 1)
    {
      const char *name = names[(pick >> 8) % (sizeof names / sizeof *names)];
      size_t length = strlen (name) + 1;

      memcpy (to, name, length < size ? length : size);
    }
  else if (pick & 4)
    for (size_t i = 0; i + 8 <= size && i < 64; i += 8)
      memcpy (to + i, &(uint64_t){ value () }, 8);
}

static bool
is_right (unsigned int name)
{
  return name >= MACH_MSG_TYPE_MOVE_RECEIVE
         && name <= MACH_MSG_TYPE_MAKE_SEND_ONCE;
}

static mach_port_t
right_new (void)
{
  mach_port_t port = MACH_PORT_NULL;

  (void)mach_port_allocate (mach_task_self (), MACH_PORT_RIGHT_RECEIVE, &port);
  return port;
}

/* A right that can be sent as TYPE says, or as TYPE says afterwards.  */
static mach_port_t
right_for (mach_msg_type_t *type)
{
  uint64_t pick = chance () % 16;

  if (type->msgt_name == MACH_MSG_TYPE_MOVE_RECEIVE)
    return right_new ();
  if (pick == 0)
    return MACH_PORT_NULL;
  if (pick == 1)
    return MACH_PORT_DEAD;
  if (pick <= 3)
    {
      type->msgt_name
          = pick == 2 ? MACH_MSG_TYPE_MAKE_SEND : MACH_MSG_TYPE_MAKE_SEND_ONCE;
      return right_new ();
    }
  if (pick == 4)
    {
      type->msgt_name = MACH_MSG_TYPE_MOVE_RECEIVE;
      return right_new ();
    }
  return ports[chance () % ports_count];
}

static vm_address_t
region_pick (void)
{
  uint64_t pick = chance () % 64;

  if (pick < 8 && refusing)
    return refusing;
  if (pick == 8 && silent && silent_left)
    {
      silent_left--;
      return silent;
    }
  return plain;
}

/* Put ITEM at AT; returns behind it.  */
static char *
item_put (char *at, const struct item *item)
{
  mach_msg_type_t *type = (mach_msg_type_t *)at;
  unsigned int count = item->count;
  bool out_of_line = item->variable && one_in (4);
  size_t size;

  if (item->variable)
    count = one_in (4) ? count : chance () % (count / 8 + 1);
  size = ((size_t)count * item->bits / 8 + 7) & ~(size_t)7;
  if (descriptors_count == ITEMS_MAX
      || at + sizeof *type + size + 8 > draft.body + BODY_MAX)
    return at;
  *type = (mach_msg_type_t){ .msgt_name = item->name,
                             .msgt_size = item->bits,
                             .msgt_inline = !out_of_line,
                             .msgt_number = count };
  descriptors[descriptors_count++] = type;
  at += sizeof *type;
  if (out_of_line)
    {
      /* Rights out of line must be rights: an empty page names none.  */
      *(uint64_t *)at = is_right (item->name) ? plain : region_pick ();
      return at + 8;
    }
  bytes_fill (at, size);
  if (is_right (item->name))
    for (unsigned int i = 0; i < count; i++)
      ((uint64_t *)at)[i]
          = count > 1 ? ports[chance () % ports_count] : right_for (type);
  else if (!item->variable && count == 1)
    *(uint64_t *)at = value ();
  return at + size;
}

/* ---- wrongs ---- */

static void
wrong_id (void)
{
  static const mach_msg_id_t known[]
      = { 0,    -1,   64,   65,   66,   67,    68,    69,    70,
          71,   72,   2200, 2201, 2202, 2203,  2204,  2205,  2206,
          2209, 2210, 2400, 2401, 4400, 33000, 24058, 20017, INT32_MAX };

  draft.header.msgh_id
      = one_in (2) ? known[chance () % (sizeof known / sizeof *known)]
                   : draft.header.msgh_id + (int)(chance () % 9) - 4;
}

static void
wrong_descriptor (void)
{
  mach_msg_type_t *type;

  if (!descriptors_count)
    return;
  type = descriptors[chance () % descriptors_count];
  switch (chance () % 6)
    {
    case 0:
      type->msgt_name = chance () % 24;
      break;
    case 1:
      type->msgt_size = value ();
      break;
    case 2:
      type->msgt_number = value ();
      break;
    case 3:
      type->msgt_inline ^= 1;
      break;
    case 4:
      type->msgt_deallocate ^= one_in (8);
      break;
    default:
      type->msgt_unused = chance ();
    }
}

static void
wrong_size (void)
{
  mach_msg_size_t size = draft.header.msgh_size;

  draft.header.msgh_size
      = one_in (2) ? size - 8 * (chance () % 8) : size + 8 * (chance () % 64);
  if (draft.header.msgh_size < sizeof draft.header
      || draft.header.msgh_size > sizeof draft)
    draft.header.msgh_size = sizeof draft.header;
}

/* Out-of-line data and rights in a message that says it has none: the kernel
   does not look, so the server sees our numbers.  */
static void
wrong_simple (void)
{
  draft.header.msgh_bits &= ~MACH_MSGH_BITS_COMPLEX;
}

static void
wrong_reply (mach_port_t reply)
{
  switch (chance () % 4)
    {
    case 0:
      draft.header.msgh_local_port = MACH_PORT_NULL;
      draft.header.msgh_bits &= ~MACH_MSGH_BITS_LOCAL_MASK;
      break;
    case 1:
      draft.header.msgh_bits
          = (draft.header.msgh_bits & ~MACH_MSGH_BITS_LOCAL_MASK)
            | MACH_MSGH_BITS (0, MACH_MSG_TYPE_MAKE_SEND);
      break;
    case 2:
      draft.header.msgh_local_port = ports[chance () % ports_count];
      draft.header.msgh_bits
          = (draft.header.msgh_bits & ~MACH_MSGH_BITS_LOCAL_MASK)
            | MACH_MSGH_BITS (0, MACH_MSG_TYPE_COPY_SEND);
      break;
    default:
      draft.header.msgh_local_port = reply;
    }
}

/* Spare the kernel, which does not survive everything either: rights out of
   line at an address without memory are a page fault of its own
   (docs/servers-kernel-bugs.md).  In a message without the bit it does not
   look, and all numbers stay as they are.  */
static void
kernel_spare (void)
{
  if (!(draft.header.msgh_bits & MACH_MSGH_BITS_COMPLEX))
    return;
  for (unsigned int i = 0; i < descriptors_count; i++)
    {
      mach_msg_type_t *type = descriptors[i];

      if (type->msgt_inline)
        continue;
      type->msgt_number &= 0x3fff;
      if (!is_right (type->msgt_name))
        continue;
      type->msgt_size = 32; /* names, not rights, are what lies there */
      type->msgt_deallocate = 0;
      *(uint64_t *)(type + 1) = plain;
    }
}

/* ---- the message ---- */

/* A message for ROUTINE to TARGET in `draft'.  */
static void
draft_make (const struct routine *routine, mach_port_t target,
            mach_port_t reply)
{
  char *at = draft.body;
  unsigned int wrongs = chance () % 4;

  descriptors_count = 0;
  draft.header = (mach_msg_header_t){
    .msgh_bits
    = MACH_MSGH_BITS (MACH_MSG_TYPE_COPY_SEND, MACH_MSG_TYPE_MAKE_SEND_ONCE)
      | MACH_MSGH_BITS_COMPLEX,
    .msgh_remote_port = target,
    .msgh_local_port = reply,
    .msgh_id = routine->id,
  };
  for (unsigned int i = 0; i < routine->items; i++)
    at = item_put (at, &routine->item[i]);
  draft.header.msgh_size = at - (char *)&draft;
  while (wrongs--)
    switch (chance () % 8)
      {
      case 0:
        wrong_id ();
        break;
      case 1:
        wrong_size ();
        break;
      case 2:
        wrong_simple ();
        break;
      case 3:
        wrong_reply (reply);
        break;
      default:
        wrong_descriptor ();
      }
  kernel_spare ();
}

#endif
