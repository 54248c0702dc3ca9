/* test_list.c -- lists that live inside their elements
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "lib/base/list.h"
#include "tests/unit/tables.h"

struct element
{
  int before;
  struct list node;
  int number;
};

static int
element_number (struct list *node)
{
  return list_entry (node, struct element, node)->number;
}

static void
list_keeps_the_order_of_insertion (void)
{
  struct element e[3] = { { .number = 1 }, { .number = 2 }, { .number = 3 } };
  struct list head = LIST_INIT (head);
  int seen = 0;

  CHECK (list_empty (&head));
  CHECK (!list_first (&head) && !list_last (&head) && !list_pop (&head));
  list_insert_tail (&head, &e[1].node);
  list_insert_tail (&head, &e[2].node);
  list_insert_head (&head, &e[0].node);
  list_for_each (node, following, &head)
      CHECK (element_number (node) == ++seen);
  CHECK (seen == 3);
  CHECK (element_number (list_last (&head)) == 3);
}

static void
list_can_lose_the_node_it_walks_over (void)
{
  struct element e[3] = { { .number = 1 }, { .number = 2 }, { .number = 3 } };
  struct list head = LIST_INIT (head);
  int seen = 0;

  for (int i = 0; i < 3; i++)
    list_insert_tail (&head, &e[i].node);
  list_for_each (node, following, &head)
  {
    seen++;
    list_remove (node);
    CHECK (!list_linked (node));
  }
  CHECK (seen == 3 && list_empty (&head));
  list_remove (&e[0].node);
}

static void
list_moves_everything_behind_the_tail (void)
{
  struct element e[4]
      = { { .number = 1 }, { .number = 2 }, { .number = 3 }, { .number = 4 } };
  struct list head = LIST_INIT (head), from = LIST_INIT (from);

  list_move_all (&head, &from);
  CHECK (list_empty (&head));
  list_insert_tail (&head, &e[0].node);
  for (int i = 1; i < 4; i++)
    list_insert_tail (&from, &e[i].node);
  list_move_all (&head, &from);
  CHECK (list_empty (&from));
  for (int i = 1; i <= 4; i++)
    CHECK (element_number (list_pop (&head)) == i);
  CHECK (list_empty (&head));
}

static const struct unit_test tests[] = {
  UNIT_TEST (list_keeps_the_order_of_insertion),
  UNIT_TEST (list_can_lose_the_node_it_walks_over),
  UNIT_TEST (list_moves_everything_behind_the_tail),
};

UNIT_TABLE (unit_list, tests)
