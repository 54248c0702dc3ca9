/* terminal.h -- terminals: a discipline, a bottom, and who waits

   A terminal's discipline and its identity (cttyid) stay for its life; what
   it stands on is a table, so that the kernel's console, a pty's master or
   the parent's terminal are the same to everything above.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_TERMINAL_TERMINAL_H
#define HURDLE_TERMINAL_TERMINAL_H

#include <hurd/hurd_types.h>
#include <sys/ioctl.h>

#include "lib/role/environment.h"
#include "lib/io/handle.h"
#include "servers/terminal/discipline.h"

struct console;
struct terminal;

/* How the console treats what programs write to it.  */
enum terminal_style
{
  TERMINAL_COOKED, /* a person sits there: echo, editing, \r before \n */
  TERMINAL_EXACT   /* a program reads it: byte for byte, and no terminal at
                      all; there is nothing to read */
};

/* The role: /dev/console, /dev/tty and the ptys.  Fills
   env->terminal_state.  */
error_t terminal_own_create (struct environment *env,
                             enum terminal_style style);

/* The same on env->outer, the terminal of whoever started it (outer.h).  */
error_t terminal_proxy_create (struct environment *env);

/* The names, and nothing behind them: ENXIO.  */
error_t terminal_fake_create (struct environment *env);
/* /dev/tty alone: the terminal is the starter's own.  */
error_t terminal_parent_create (struct environment *env);
/* The role console alone: /dev/console swallows.  */
error_t console_fake_create (struct environment *env);

/* A new handle on the console for IDS (flags: O_READ, O_WRITE): for the first
   program's descriptors.  One reference is given.  */
error_t terminal_open_console (struct environment *env, int flags,
                               const struct ids *ids,
                               struct object **ret_handle);
/* The console's cttyid, borrowed.  */
struct object *terminal_console_id (struct environment *env);

/* ---- inside the role ---- */

/* What a terminal stands on.  NULL: nothing to do.  */
struct terminal_bottom
{
  enum term_bottom_type type;
  /* Something has changed: take what output there is room for, and whatever
     else follows.  Called by terminal_update only.  */
  void (*update) (struct terminal *terminal);
  /* Characters taken that are not out yet.  */
  size_t (*pending) (const struct terminal *terminal);
  /* Nobody has the terminal open any more, or somebody has again.  */
  void (*opened) (struct terminal *terminal, bool open);
  /* ^Z was typed.  True: it has been seen to, nobody is sent a signal.  */
  bool (*suspend) (struct terminal *terminal);
};

struct terminal
{
  struct environment *env;       /* borrowed */
  struct generation *generation; /* borrowed */
  char name[32];                 /* "/dev/console" */
  char peer[32];                 /* a pty's other side, or "" */
  struct discipline discipline;
  const struct tty_modes *initial; /* modes whenever it is opened anew */
  const struct terminal_bottom *bottom;
  void *bottom_state;   /* borrowed */
  struct object id;     /* cttyid: for the terminal's life */
  mach_port_t id_right; /* send right to it: signals refer to it */
  struct object node;   /* what io_identity shows */
  ino64_t number;
  struct list handles; /* struct terminal_handle.link */
  size_t opens;        /* of them, those that can read or write */
  size_t masters;      /* of them, those of a pty's master */
  struct list readers, writers, drainers; /* struct wait.link */
  struct select_queue select;
  pid_t foreground; /* process group; 0: none */
  struct winsize size;
  uid_t owner;
  gid_t group;
  mode_t mode;
  uint64_t rdev;
  struct timespec atime, mtime;
  bool was_read, was_written; /* since the times were last looked at */
  bool stream; /* to its openers it is no terminal: see TERMINAL_EXACT */
  bool exclusive;
  bool hung_up;  /* the pty's master is gone */
  bool updating; /* terminal_update is at work */
  bool again;    /* and has to look again */
};

struct terminal_handle
{
  struct handle handle;
  struct terminal *terminal; /* borrowed: terminals are for ever */
  struct list link;          /* in its handles */
  pid_t pid, pgrp;           /* from term_open_ctty; 0: any */
  bool master;               /* of a pty */
};

/* A parked read, write or drain.  */
struct wait
{
  struct parked parked;
  struct list link;
  struct timer timer;             /* VTIME */
  struct terminal_handle *handle; /* borrowed: gone once PARKED is ended */
  struct terminal *terminal;
  uint64_t asked_ns;
  size_t amount;           /* to read, or written before parking */
  char *data;              /* to be written (owned) */
  size_t size, done;       /* of DATA */
  struct tty_modes *modes; /* a drain: to be set then (owned), or NULL */
  bool flush_input;
};

error_t terminal_init (struct terminal *terminal, struct environment *env,
                       struct generation *generation, const char *name,
                       const struct tty_modes *modes);
error_t terminal_open (struct terminal *terminal, int flags,
                       const struct ids *ids, bool master,
                       struct terminal_handle **ret_handle);
struct terminal_handle *terminal_handle_of (struct object *object);

extern const struct object_class terminal_class, terminal_id_class,
    pty_master_class;
extern const struct io_ops terminal_io, pty_master_io;
extern const struct fs_ops terminal_fs;

/* May HANDLE do what only the foreground may?  */
bool terminal_is_foreground (const struct terminal_handle *handle);
void terminal_send_signal (struct terminal *terminal, int signo);
void terminal_hang_up (struct terminal *terminal);
/* After a hang-up, when nobody has a handle: a new id, and no past.  */
error_t terminal_renew (struct terminal *terminal);

/* The bottom has SIZE characters typed.  */
void terminal_input (struct terminal *terminal, const void *data, size_t size);
/* Something has changed: give output to the bottom, let those go on who can.
   Whoever is answered may have held the last reference on a handle, whose end
   changes something again: that is seen to when the first round is over.  */
void terminal_update (struct terminal *terminal);
bool terminal_drained (const struct terminal *terminal);
void terminal_flush (struct terminal *terminal, int which);

/* A wait of HANDLE's with room for SIZE bytes to be written, charged to the
   terminals' budget; NULL when it does not have them.  */
struct wait *wait_create (struct terminal_handle *handle, size_t size);
/* Only one that was not started.  */
void wait_destroy (struct wait *wait);
/* Park the request of HANDLE that REQUEST describes in QUEUE, with *WAIT
   (allocated, its fields set).  */
void wait_start (struct wait *wait, struct list *queue,
                 struct terminal_handle *handle,
                 const struct request *request);
/* End it and free all; the reply right is given, MACH_PORT_NULL if the
   client is dead.  */
mach_port_t wait_end (struct wait *wait, mach_msg_type_name_t *ret_type);
bool wait_client_lives (const struct wait *wait);

/* ptys */
error_t ptys_create (struct environment *env, struct generation *generation);

#endif
