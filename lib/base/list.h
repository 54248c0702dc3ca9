/* list.h -- doubly linked lists that live inside their elements

   A list is a ring through its head.  An element that is on no list points
   at itself, so removing it twice is harmless.  Nothing here allocates.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef BASE_LIST_H
#define BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct list
{
  struct list *next;
  struct list *prev;
};

#define LIST_INIT(head)                                                       \
  {                                                                           \
    &(head), &(head)                                                          \
  }

/* The structure of TYPE whose field MEMBER is at NODE.  */
#define list_entry(node, type, member)                                        \
  ((type *)(void *)((char *)(node)-offsetof (type, member)))

/* Run over the nodes of HEAD.  The body may remove NODE, and nothing else:
   FOLLOWING is already where the walk goes on.  */
#define list_for_each(node, following, head)                                  \
  for (struct list *node = (head)->next, *following = node->next;             \
       node != (head); node = following, following = node->next)

static inline void
list_init (struct list *node)
{
  node->next = node->prev = node;
}

static inline bool
list_empty (const struct list *head)
{
  return head->next == head;
}

/* Is NODE (not a head) on a list?  */
static inline bool
list_linked (const struct list *node)
{
  return node->next != node;
}

static inline void
list_insert_between (struct list *prev, struct list *node, struct list *next)
{
  node->prev = prev;
  node->next = next;
  prev->next = node;
  next->prev = node;
}

/* NODE must be on no list.  */
static inline void
list_insert_head (struct list *head, struct list *node)
{
  list_insert_between (head, node, head->next);
}

static inline void
list_insert_tail (struct list *head, struct list *node)
{
  list_insert_between (head->prev, node, head);
}

static inline void
list_remove (struct list *node)
{
  node->prev->next = node->next;
  node->next->prev = node->prev;
  list_init (node);
}

/* The first node, or NULL when the list is empty.  */
static inline struct list *
list_first (const struct list *head)
{
  return list_empty (head) ? NULL : head->next;
}

static inline struct list *
list_last (const struct list *head)
{
  return list_empty (head) ? NULL : head->prev;
}

/* Take the first node off, or return NULL.  */
static inline struct list *
list_pop (struct list *head)
{
  struct list *node = list_first (head);

  if (node)
    list_remove (node);
  return node;
}

/* Append everything of FROM to HEAD; FROM is empty afterwards.  */
static inline void
list_move_all (struct list *head, struct list *from)
{
  if (list_empty (from))
    return;

  from->next->prev = head->prev;
  from->prev->next = head;
  head->prev->next = from->next;
  head->prev = from->prev;
  list_init (from);
}

#endif /* BASE_LIST_H */
