/* diag.h -- what happened, kept in memory

   A server may not call anything that sends a message in order to say that
   something went wrong, so it writes into a ring of fixed records, and the
   control thread shows the ring to whoever asks.  Writing neither allocates
   nor waits: any thread may write at any time.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef BASE_DIAG_H
#define BASE_DIAG_H

#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum diag_level
{
  DIAG_ERROR,   /* something promised did not happen */
  DIAG_WARNING, /* a client misbehaves, a worker was lost */
  DIAG_NOTICE,  /* what a user asked for happened: started, revoked, ended */
  DIAG_TRACE,   /* every step */
  DIAG_LEVELS
};

#define DIAG_TEXT_SIZE 200

struct diag_record
{
  atomic_flag busy; /* whoever sets it owns the rest, for a moment */
  enum diag_level level;
  uint64_t number; /* counts from 1; 0: never written */
  char text[DIAG_TEXT_SIZE];
};

/* Called for each record as it is written, on the thread that wrote it: it
   must obey what that thread has to obey.  TEXT is borrowed and one line.  */
typedef void diag_sink (void *cookie, enum diag_level level, const char *text);

struct diag
{
  struct diag_record *records; /* borrowed from whoever made us */
  size_t count;
  _Atomic uint64_t written;
  _Atomic uint64_t lost; /* two threads met at one record */
  _Atomic int level;     /* records above it are not written */
  diag_sink *sink;       /* may be NULL */
  void *sink_cookie;
};

/* RECORDS (borrowed, COUNT of them, at least one) must outlive DIAG.  */
void diag_init (struct diag *diag, struct diag_record *records, size_t count);

/* Only while no other thread writes.  */
void diag_set_sink (struct diag *diag, diag_sink *sink, void *cookie);
void diag_set_level (struct diag *diag, enum diag_level level);

/* Too long a text is cut; a NULL DIAG swallows it; line ends become spaces,
   so that a hostile name cannot forge a record of its own.  */
void diag_write (struct diag *diag, enum diag_level level, const char *format,
                 ...) __attribute__ ((format (printf, 3, 4)));
void diag_vwrite (struct diag *diag, enum diag_level level, const char *format,
                  va_list arguments) __attribute__ ((format (printf, 3, 0)));

/* Copy the oldest record whose number is above *NUMBER into *RET_RECORD's
   level, number and text, and set *NUMBER to its number.  False if there is
   none.  Start with 0.  A gap in the numbers is what was overwritten.  */
bool diag_next (struct diag *diag, uint64_t *number,
                struct diag_record *ret_record);

const char *diag_level_name (enum diag_level level);

#endif /* BASE_DIAG_H */
