/* diag.c -- what happened, kept in memory
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <stdio.h>
#include <string.h>

#include "lib/base/diag.h"

static const char *const level_names[DIAG_LEVELS] = {
  [DIAG_ERROR] = "error",
  [DIAG_WARNING] = "warning",
  [DIAG_NOTICE] = "notice",
  [DIAG_TRACE] = "trace",
};

const char *
diag_level_name (enum diag_level level)
{
  return (unsigned)level < DIAG_LEVELS ? level_names[level] : "unknown";
}

void
diag_init (struct diag *diag, struct diag_record *records, size_t count)
{
  diag->records = records;
  diag->count = count;
  atomic_init (&diag->written, 0);
  atomic_init (&diag->lost, 0);
  atomic_init (&diag->level, DIAG_NOTICE);
  diag->sink = NULL;
  diag->sink_cookie = NULL;
  for (size_t i = 0; i < count; i++)
    {
      atomic_flag_clear (&records[i].busy);
      records[i].number = 0;
    }
}

void
diag_set_sink (struct diag *diag, diag_sink *sink, void *cookie)
{
  diag->sink = sink;
  diag->sink_cookie = cookie;
}

void
diag_set_level (struct diag *diag, enum diag_level level)
{
  atomic_store (&diag->level, (int)level);
}

static void
line_flatten (char *line)
{
  for (; *line; line++)
    if ((unsigned char)*line < ' ' || *line == 0x7f)
      *line = ' ';
}

/* Nobody waits here: if another thread is at this very record, which needs
   the ring to go round within one write, the record is counted and lost.  */
static void
record_store (struct diag *diag, enum diag_level level, const char *line)
{
  uint64_t number = atomic_fetch_add (&diag->written, 1) + 1;
  struct diag_record *record = &diag->records[number % diag->count];

  if (atomic_flag_test_and_set_explicit (&record->busy, memory_order_acquire))
    {
      atomic_fetch_add (&diag->lost, 1);
      return;
    }
  record->level = level;
  record->number = number;
  memcpy (record->text, line, strlen (line) + 1);
  atomic_flag_clear_explicit (&record->busy, memory_order_release);
}

void
diag_vwrite (struct diag *diag, enum diag_level level, const char *format,
             va_list arguments)
{
  char line[DIAG_TEXT_SIZE];

  if (!diag || (int)level > atomic_load (&diag->level))
    return;
  if (vsnprintf (line, sizeof line, format, arguments) < 0)
    line[0] = '\0';
  line_flatten (line);
  record_store (diag, level, line);
  if (diag->sink)
    diag->sink (diag->sink_cookie, level, line);
}

void
diag_write (struct diag *diag, enum diag_level level, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  diag_vwrite (diag, level, format, arguments);
  va_end (arguments);
}

/* Copy record NUMBER, unless it is being written or is another one by now.  */
static bool
record_fetch (struct diag *diag, uint64_t number,
              struct diag_record *ret_record)
{
  struct diag_record *record = &diag->records[number % diag->count];
  bool found;

  if (atomic_flag_test_and_set_explicit (&record->busy, memory_order_acquire))
    return false;
  found = record->number == number;
  if (found)
    {
      ret_record->level = record->level;
      ret_record->number = record->number;
      memcpy (ret_record->text, record->text, sizeof record->text);
    }
  atomic_flag_clear_explicit (&record->busy, memory_order_release);
  return found;
}

bool
diag_next (struct diag *diag, uint64_t *number, struct diag_record *ret_record)
{
  uint64_t written = atomic_load (&diag->written);
  uint64_t oldest = written > diag->count ? written - diag->count + 1 : 1;
  uint64_t wanted = *number < oldest ? oldest : *number + 1;

  for (; wanted <= written; wanted++)
    if (record_fetch (diag, wanted, ret_record))
      {
        *number = wanted;
        return true;
      }
  return false;
}
