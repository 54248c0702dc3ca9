/* control_private.h -- what the files of the control share

   Everything of a control is on env->control.  What belongs to the server loop
   is asked of it by a question: a post that goes there and comes back.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_ENV_CONTROL_PRIVATE_H
#define HURDLE_ENV_CONTROL_PRIVATE_H

#include "env/control.h"
#include "lib/base/text.h"
#include "lib/env/freezer.h"
#include "lib/io/fsys.h"
#include "lib/membrane/outbox.h"

/* What the controls of an environment do with it.  */
struct controlling
{
  /* On the server loop.  */
  struct list changes;    /* struct change.link: of grants */
  struct list freezing;   /* struct freezing.link: who waits for stillness */
  struct freezer freezer; /* apart from the terminal's */

  /* On the control loop, but for the two atomic ones.  */
  struct list followers;  /* struct following.link: who waits for events */
  unsigned int listeners; /* atomic: so many are on that list */
  bool posted;            /* atomic: NEWS is on its way */
  struct post news;       /* to the control loop */
};

/* The control as one node shows it: there may be one inside and one
   outside.  */
struct control
{
  struct fsys fsys; /* first: what is asked for handles */
  struct environment *env;
  struct generation generation;
  struct budget handles;
  struct outbox outbox;
  bool outside;
  unsigned int followers; /* who wait for events, or are being answered */
  mach_port_t auth; /* send right: the auth of those who come to the node */
  mode_t mode;      /* permissions */
  uid_t uid;        /* in the numbers of those who come */
  gid_t gid;
};

struct control_handle
{
  struct handle handle;
  struct control *control; /* borrowed */
};

/* A new one.  */
error_t control_handle_create (struct control *control, const struct ids *ids,
                               int open_modes, struct handle **ret_handle);

/* For struct io_ops.  */
void control_meet (struct handle *handle, mach_port_t rendezvous);

/* Events of ENV wake those who wait for them.  */
void control_follow_init (struct controlling *controlling,
                          struct environment *env);
struct text;
struct event;
/* What there is from EVENT (NULL: nothing) on, as a listing.  */
void control_list_events (const struct events *events,
                          const struct event *event, struct text *text);

/* For the freezer.  */
void control_still (struct freezer *freezer);

/* ---- grants that end by themselves ---- */

struct grant;
struct lease;
struct lease *lease_create (void); /* NULL: no memory */
/* Take GRANT back after SECONDS.  LEASE is consumed.  On the server loop.  */
void lease_start (struct lease *lease, struct grant *grant,
                  unsigned int seconds);
void lease_discard (struct lease *lease); /* accepts NULL */

/* ---- questions ---- */

struct question;

struct question_ops
{
  /* On the server loop: look, or do; then `question_return', now or later.  */
  void (*serve) (struct question *question);
  /* On the control loop, when the server loop has returned it: is there an
     answer yet?  False: the question is kept, and asked again or answered
     later.  NULL: there is.  */
  bool (*ready) (struct question *question);
  /* On the control loop, unless the client is gone: answer PARKED.  */
  void (*answer) (struct question *question);
  void (*free) (struct question *question);
};

/* One request of a client of ours.  It ends when the client has its answer, or
   is gone, and the server loop has given it back, whichever is later.  */
struct question
{
  const struct question_ops *ops;
  struct parked parked;
  struct post post;
  struct environment *env; /* borrowed */
  bool answered;           /* the client wants nothing any more */
  bool returned;           /* the server loop has no part in it any more */
};

/* Park the request at OBJECT and ask.  QUESTION (zeroed) is freed by its
   operations.  Always MIG_NO_REPLY.  */
error_t question_ask (struct question *question,
                      const struct question_ops *ops, struct object *object,
                      mach_port_t reply, mach_msg_type_name_t reply_type);
/* On the control loop: the server loop has another look.  */
void question_again (struct question *question);
/* On the server loop.  */
void question_return (struct question *question);
/* On the control loop: answer now, before it is back, if it was not.  */
void question_answer (struct question *question);

/* Is OBJECT a handle of a control outside?  */
bool control_is_outside (const struct object *object);

/* "read-write" …; static.  */
const char *control_modes_name (int modes);

/* EBADF unless what OBJECT is a handle of was opened for WANT.  */
error_t control_check (const struct object *object, int want);

#endif
