/* outer.h -- the parent's terminal, as a terminal's bottom

   Who started the environment sits at a terminal of the parent's.  While it is
   ours it passes every byte (raw mode), and the line discipline is that of the
   terminal inside; whenever it is not, it has the modes that it had before.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_TERMINAL_OUTER_H
#define HURDLE_TERMINAL_OUTER_H

#include <sys/ioctl.h>

#include "lib/role/environment.h"
#include "lib/env/freezer.h"
#include "lib/membrane/call.h"
#include "lib/membrane/grant.h"
#include "servers/terminal/discipline.h"

#define OUTER_PIECE 1024 /* bytes asked for or written at a time */

/* What the guardian has to know: one page, shared with it.  */
struct guarded
{
  bool raw; /* it has the modes SET, by us */
  struct tty_modes set, before;
};

enum outer_state
{
  OUTER_AWAY,    /* somebody else's turn to type; we may write */
  OUTER_TAKING,  /* modes are being set */
  OUTER_OURS,    /* we read and write */
  OUTER_LEAVING, /* modes are being set back, everybody inside is stopped */
  OUTER_LEFT,    /* to the parent we are a stopped process */
  OUTER_GONE     /* hung up, or taken back */
};

struct outer
{
  struct grant grant;
  struct environment *env;      /* borrowed */
  struct generation generation; /* of the calls: no gate holds up an answer */
  mach_port_t port;             /* send right: an open of our own */
  mach_port_t id;               /* send right: its cttyid, to know it again */
  mach_port_t proc;             /* send right: our process, outside */
  int modes;                    /* O_READ | O_WRITE: what PORT can do */
  struct guarded *guarded;
  struct winsize size;
  struct tty_modes initial;  /* of the terminal inside */
  bool begun;                /* it has been our turn once */
  struct terminal *terminal; /* borrowed; NULL: nothing stands on it yet */
  enum outer_state state;
  bool write_refused; /* from the background, until somebody continues us */
  bool continued;     /* while leaving */
  bool marked;        /* outside we are taken for stopped */
  int stop_signo;     /* that we leave by */
  struct call reading, writing, looking, setting, sizing, marking;
  char bytes[OUTER_PIECE]; /* LENGTH of them are to be written */
  size_t length;
  size_t in_flight; /* of them, those in the outstanding write */
  struct freezer freezer;
  /* The end: what is to be called once all is written and set back.  */
  void (*finished) (void *cookie);
  void *cookie;
  struct timer patience;
};

extern const struct terminal_bottom outer_bottom;

/* ---- before the loop runs; these wait for the parent ---- */

/* The terminal that a descriptor of ours (0 to 2) is, given; NULL: none.  */
error_t outer_find (struct environment *env, struct outer **ret_outer);
/* Is descriptor I that terminal?  */
bool outer_is_descriptor (const struct outer *outer, int i);
/* Make a process that sets the terminal back should we die.  Before the
   ledger is fed, for it is not of the environment.  */
error_t outer_guard (struct outer *outer);

/* ---- on the loop ---- */

/* It is our turn: set the modes, and read.  */
void outer_take (struct outer *outer);
/* SIGTSTP, SIGCONT or SIGWINCH has come for us.  */
void outer_signal (struct outer *outer, int signo);
/* Stop everybody inside, give the terminal back, and be a process that SIGNO
   has stopped for whoever waits for us.  */
void outer_leave (struct outer *outer, int signo);
/* Write what is left, set the modes back, then call FINISHED (once; perhaps at
   once).  A parent that does not answer is waited for a moment.  */
void outer_finish (struct outer *outer, void (*finished) (void *cookie),
                   void *cookie);
/* The grant has been narrowed.  */
void outer_lower (struct outer *outer);
/* It is taken back: hang up inside, and let it have its modes.  */
void outer_drop (struct outer *outer);

#endif
