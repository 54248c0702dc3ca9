/* discipline.h -- what a terminal does with characters

   Typed characters go in, lines and signals come out; written characters go
   in, characters for the screen come out.  No Mach, no waiting, no
   allocation after discipline_init: whoever uses it parks requests, and asks
   again when something has changed.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_TERMINAL_DISCIPLINE_H
#define HURDLE_TERMINAL_DISCIPLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "servers/terminal/modes.h"

#define DISCIPLINE_INPUT_MAX 16384 /* characters that may wait to be read */
#define DISCIPLINE_LINE_MAX 4096   /* longest line being edited */
#define DISCIPLINE_OUTPUT_MAX 8192 /* characters that may wait to go out */

/* A character with marks (enum mark in discipline.c).  */
typedef uint16_t tty_char;

/* A ring; COUNT characters from FIRST on.  */
struct tty_queue
{
  tty_char *chars;
  size_t size; /* a power of two */
  size_t first, count;
};

enum tty_signal
{
  TTY_SIGNAL_INTR,
  TTY_SIGNAL_QUIT,
  TTY_SIGNAL_SUSP,
  TTY_SIGNAL_STATUS
};

struct discipline
{
  struct tty_modes modes; /* changed by discipline_set_modes only */
  struct tty_queue input; /* may be read */
  struct tty_queue line;  /* being edited; canonical mode only */
  struct tty_queue output;
  unsigned int column;      /* of the cursor */
  unsigned int line_column; /* where the edited line began */
  bool stopped;             /* output, by ^S or TIOCSTOP */
  bool literal_next;        /* the last character was ^V */
  bool discarding;          /* output, by ^O */
  uint64_t input_ns;        /* when the last character came */
  void (*signal) (void *cookie, enum tty_signal signal);
  void *cookie;
};

/* ENOMEM: nothing is kept.  */
error_t discipline_init (struct discipline *discipline,
                         const struct tty_modes *modes);
void discipline_finish (struct discipline *discipline);

extern const struct tty_modes tty_modes_cooked; /* for people */
extern const struct tty_modes tty_modes_exact;  /* output byte for byte */

/* SIZE characters were typed at NOW_NS.  What there is no room for is lost,
   with a bell; ask discipline_input_room first where waiting is possible.  */
void discipline_input (struct discipline *discipline, const void *data,
                       size_t size, uint64_t now_ns);
size_t discipline_input_room (const struct discipline *discipline);

/* Can a read of AMOUNT characters, asked at ASKED_NS, be answered at NOW_NS
   (perhaps with none: end of file, or VTIME over)?  If not, *RET_AGAIN_NS is
   when to ask again though nothing came (UINT64_MAX: not by itself).  */
bool discipline_may_read (const struct discipline *discipline, size_t amount,
                          uint64_t asked_ns, uint64_t now_ns,
                          uint64_t *ret_again_ns);
/* Take up to AMOUNT characters: at most one line in canonical mode.  */
size_t discipline_read (struct discipline *discipline, void *to,
                        size_t amount);
/* Is there something that a read would return, or an end of file?  */
bool discipline_readable (const struct discipline *discipline);
/* Characters that a read would return.  */
size_t discipline_readable_size (const struct discipline *discipline);

/* A program writes: returns how many of SIZE characters were taken.  */
size_t discipline_write (struct discipline *discipline, const void *data,
                         size_t size);
bool discipline_writable (const struct discipline *discipline);
/* Output for the device; none while stopped.  */
size_t discipline_take_output (struct discipline *discipline, void *to,
                               size_t size);
size_t discipline_output_size (const struct discipline *discipline);

void discipline_stop (struct discipline *discipline, bool stopped);
void discipline_flush_input (struct discipline *discipline);
void discipline_flush_output (struct discipline *discipline);
void discipline_set_modes (struct discipline *discipline,
                           const struct tty_modes *modes);

#endif
