/* walk.h -- a walk along a path, as far as it has come

   root_lookup.c walks over our own nodes; where they end, at a directory of
   the parent's, proxy_lookup.c goes on.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_ROOT_WALK_H
#define HURDLE_ROOT_WALK_H

#include "servers/root/root.h"

#define OPEN_RIGHTS (O_READ | O_WRITE | O_EXEC)
/* Room for a link's target and what follows it.  */
#define WALK_ROOM (2 * PATH_ROOM)

enum walk_end
{
  WALK_NODE,       /* at the node, which is what it looks like */
  WALK_ABSOLUTE,   /* a link to NEXT, from the client's root on */
  WALK_SERVICE,    /* NODE has a service; NEXT remains */
  WALK_TRANSLATED, /* NODE has a translator; NEXT remains */
  WALK_ABOVE,      /* above the ceiling; NEXT remains */
  WALK_AWAY,       /* NODE is the parent's; NEXT remains */
};

struct walk
{
  /* What is asked.  */
  const struct opened *from; /* borrowed; its ceiling counts; or NULL */
  struct node *absolute;     /* borrowed: where "/" is; NULL: the client's */
  const struct ids *ids;     /* borrowed */
  int flags;
  mode_t mode; /* of what O_CREAT makes */

  /* Where we are.  */
  struct node *node; /* reference */
  struct node *dir;  /* borrowed: the parent of a translated NODE */
  char *next;        /* into PATH */
  unsigned int links;
  bool want_directory; /* the path ended in a slash */
  bool created;
  enum walk_end end;
  char path[WALK_ROOM]; /* last, and never cleared */
};

/* Walk until the path or our part of it ends.  */
error_t walk_run (struct walk *walk);
void walk_move (struct walk *walk, struct node *node); /* borrowed */
/* Go where a link to TARGET leads.  */
error_t walk_follow (struct walk *walk, const char *target);
/* Take the next component off into NAME (NODE_NAME_MAX + 1 bytes).  False:
   there is none.  */
bool walk_component (struct walk *walk, char *name, bool *ret_too_long);
error_t walk_up (struct walk *walk);

/* May somebody with IDS open NODE for FLAGS?  */
error_t open_check (const struct node *node, const struct ids *ids, int flags,
                    bool created);
/* Open what the walk has come to, which is of our own.  */
error_t walk_open (const struct walk *walk, const struct request *request,
                   struct lookup_result *result);
/* The name with which the client goes on at RESULT's port.  */
error_t retry_name_set (struct lookup_result *result, const char *first,
                        const char *rest);

#endif
