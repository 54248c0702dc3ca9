/* test_discipline.c -- what a terminal does with characters
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <stdlib.h>
#include <string.h>

#include "servers/terminal/discipline.h"
#include "tests/unit/tables.h"

#define SECOND UINT64_C (1000000000)

struct sent
{
  int count[4];
};

static void
note_signal (void *cookie, enum tty_signal signal)
{
  struct sent *sent = cookie;

  sent->count[signal]++;
}

static struct discipline
make (const struct tty_modes *modes)
{
  struct discipline d;

  CHECK (discipline_init (&d, modes) == 0);
  return d;
}

static void
type (struct discipline *d, const char *text)
{
  discipline_input (d, text, strlen (text), 0);
}

/* All that has come out.  */
static const char *
shown (struct discipline *d)
{
  static char text[DISCIPLINE_OUTPUT_MAX + 1];
  size_t size = discipline_take_output (d, text, DISCIPLINE_OUTPUT_MAX);

  text[size] = 0;
  return text;
}

static const char *
read_up_to (struct discipline *d, size_t amount)
{
  static char text[DISCIPLINE_INPUT_MAX + 1];
  size_t size = discipline_read (d, text, amount);

  text[size] = 0;
  return text;
}

static bool
may_read (struct discipline *d, size_t amount)
{
  uint64_t again;

  return discipline_may_read (d, amount, 0, 0, &again);
}

static void
a_line_can_be_read_when_it_is_whole (void)
{
  struct discipline d = make (&tty_modes_cooked);

  type (&d, "hel");
  CHECK (!may_read (&d, 100) && !discipline_readable (&d));
  type (&d, "lo\nwor");
  CHECK (may_read (&d, 100) && discipline_readable_size (&d) == 6);
  CHECK_TEXT (read_up_to (&d, 100), "hello\n");
  CHECK (!may_read (&d, 100));
  CHECK_TEXT (shown (&d), "hello\r\nwor");
  discipline_finish (&d);
}

static void
a_read_gives_one_line_at_a_time_and_the_rest_later (void)
{
  struct discipline d = make (&tty_modes_cooked);

  type (&d, "one\ntwo\n");
  CHECK_TEXT (read_up_to (&d, 2), "on");
  CHECK_TEXT (read_up_to (&d, 100), "e\n");
  CHECK_TEXT (read_up_to (&d, 100), "two\n");
  discipline_finish (&d);
}

static void
return_becomes_newline_only_with_icrnl (void)
{
  struct tty_modes modes = tty_modes_cooked;
  struct discipline d = make (&modes);

  type (&d, "a\r");
  CHECK_TEXT (read_up_to (&d, 10), "a\n");
  modes.iflag &= ~TTY_ICRNL;
  discipline_set_modes (&d, &modes);
  type (&d, "a\r");
  CHECK (!may_read (&d, 10));
  modes.iflag |= TTY_IGNCR;
  discipline_set_modes (&d, &modes);
  type (&d, "\r\n");
  CHECK_TEXT (read_up_to (&d, 10), "a\r\n");
  discipline_finish (&d);
}

static void
erase_takes_back_what_is_on_the_screen (void)
{
  struct discipline d = make (&tty_modes_cooked);

  type (&d, "ab\x7f");
  CHECK_TEXT (shown (&d), "ab\b \b");
  type (&d, "\x7f\x7f\x7f");
  CHECK_TEXT (shown (&d), "\b \b");
  type (&d, "\x01\x7f"); /* shown as two */
  CHECK_TEXT (shown (&d), "^A\b \b\b \b");
  type (&d, "x\t\x7f"); /* a tab is as wide as it was */
  CHECK_TEXT (shown (&d), "x\t\b \b\b \b\b \b\b \b\b \b\b \b\b \b");
  type (&d, "\xc3\xa4\x7f"); /* one character of two bytes */
  CHECK_TEXT (shown (&d), "\xc3\xa4\b \b");
  type (&d, "\n");
  CHECK_TEXT (read_up_to (&d, 10), "x\n");
  discipline_finish (&d);
}

static void
word_and_line_can_be_erased (void)
{
  struct discipline d = make (&tty_modes_cooked);

  type (&d, "rm -rf  \x17");
  CHECK_TEXT (shown (&d), "rm -rf  \b \b\b \b\b \b\b \b\b \b");
  type (&d, "x\n");
  CHECK_TEXT (read_up_to (&d, 100), "rm x\n");
  shown (&d);
  type (&d, "ab\x15");
  CHECK_TEXT (shown (&d), "ab\b \b\b \b");
  type (&d, "\n");
  CHECK_TEXT (read_up_to (&d, 100), "\n");
  discipline_finish (&d);
}

static void
reprint_shows_the_line_again (void)
{
  struct discipline d = make (&tty_modes_cooked);

  type (&d, "ab\x12");
  CHECK_TEXT (shown (&d), "ab^R\r\nab");
  discipline_finish (&d);
}

static void
control_d_ends_the_input_or_hands_over_the_line (void)
{
  struct discipline d = make (&tty_modes_cooked);

  type (&d, "\x04");
  CHECK (may_read (&d, 10));
  CHECK (discipline_readable_size (&d) == 0);
  CHECK_TEXT (read_up_to (&d, 10), "");
  CHECK (!may_read (&d, 10));
  type (&d, "half\x04");
  CHECK_TEXT (read_up_to (&d, 100), "half");
  CHECK (!may_read (&d, 10));
  /* A buffer of just that size must not leave an end of file behind.  */
  type (&d, "half\x04");
  CHECK_TEXT (read_up_to (&d, 4), "half");
  CHECK (!may_read (&d, 10));
  discipline_finish (&d);
}

static void
control_v_takes_the_meaning_from_the_next (void)
{
  struct discipline d = make (&tty_modes_cooked);

  type (&d, "a\x16\x04"
            "b\x16\x03\x16\n\n");
  CHECK_TEXT (read_up_to (&d, 100), "a\x04"
                                    "b\x03\n\n");
  CHECK_TEXT (shown (&d), "a^\b^Db^\b^C^\b^J\r\n");
  discipline_finish (&d);
}

static void
signals_are_sent_and_flush (void)
{
  struct discipline d = make (&tty_modes_cooked);
  struct sent sent = { { 0 } };

  d.signal = note_signal;
  d.cookie = &sent;
  type (&d, "old\nhalf\x03");
  CHECK (sent.count[TTY_SIGNAL_INTR] == 1);
  CHECK (!may_read (&d, 10));
  CHECK_TEXT (shown (&d), "^C");
  type (&d, "\x1a\x1c\x14");
  CHECK (sent.count[TTY_SIGNAL_SUSP] == 1 && sent.count[TTY_SIGNAL_QUIT] == 1
         && sent.count[TTY_SIGNAL_STATUS] == 1);
  discipline_finish (&d);
}

static void
signals_keep_the_queues_with_noflsh_and_need_isig (void)
{
  struct tty_modes modes = tty_modes_cooked;
  struct sent sent = { { 0 } };
  struct discipline d;

  modes.lflag |= TTY_NOFLSH;
  d = make (&modes);
  d.signal = note_signal;
  d.cookie = &sent;
  type (&d, "old\n\x03");
  CHECK_TEXT (read_up_to (&d, 10), "old\n");
  modes.lflag &= ~TTY_ISIG;
  discipline_set_modes (&d, &modes);
  type (&d, "\x03\n");
  CHECK_TEXT (read_up_to (&d, 10), "\x03\n");
  CHECK (sent.count[TTY_SIGNAL_INTR] == 1);
  discipline_finish (&d);
}

static void
control_s_stops_output_until_control_q (void)
{
  struct tty_modes modes = tty_modes_cooked;
  struct discipline d = make (&modes);

  type (&d, "\x13");
  CHECK (discipline_write (&d, "hidden", 6) == 6);
  CHECK_TEXT (shown (&d), "");
  type (&d, "x");
  CHECK_TEXT (shown (&d), "");
  type (&d, "\x11");
  CHECK_TEXT (shown (&d), "hiddenx");
  modes.iflag |= TTY_IXANY;
  discipline_set_modes (&d, &modes);
  type (&d, "\x13y");
  CHECK_TEXT (shown (&d), "y");
  discipline_finish (&d);
}

static void
output_is_processed_or_exact (void)
{
  struct tty_modes modes = tty_modes_cooked;
  struct discipline d = make (&modes);

  discipline_write (&d, "a\n\tb\xff", 5);
  CHECK_TEXT (shown (&d), "a\r\n\tb\xff");
  modes.oflag |= TTY_OXTABS;
  discipline_set_modes (&d, &modes);
  discipline_write (&d, "\rab\tc", 5);
  CHECK_TEXT (shown (&d), "\rab      c");
  discipline_set_modes (&d, &tty_modes_exact);
  discipline_write (&d, "a\n\r\t\x80", 5);
  CHECK_TEXT (shown (&d), "a\n\r\t\x80");
  discipline_finish (&d);
}

static void
exact_mode_echoes_nothing_and_still_has_lines (void)
{
  struct discipline d = make (&tty_modes_exact);

  type (&d, "quiet\r\x04");
  CHECK_TEXT (shown (&d), "");
  CHECK_TEXT (read_up_to (&d, 100), "quiet\n");
  CHECK_TEXT (read_up_to (&d, 100), "");
  discipline_finish (&d);
}

static void
a_writer_cannot_fill_what_echo_needs (void)
{
  struct discipline d = make (&tty_modes_cooked);
  char page[4096];
  size_t written, all = 0;

  memset (page, 'x', sizeof page);
  while ((written = discipline_write (&d, page, sizeof page)))
    all += written;
  CHECK (!discipline_writable (&d) && all < DISCIPLINE_OUTPUT_MAX);
  type (&d, "e");
  CHECK (shown (&d)[all] == 'e');
  CHECK (discipline_writable (&d));
  discipline_finish (&d);
}

static void
too_much_input_rings_the_bell_and_is_lost (void)
{
  struct discipline d = make (&tty_modes_cooked);
  size_t lines = 0;

  for (size_t i = 0; i < DISCIPLINE_LINE_MAX + 2; i++)
    type (&d, "x");
  CHECK (strchr (shown (&d), '\a'));
  type (&d, "\n");
  CHECK (strlen (read_up_to (&d, DISCIPLINE_INPUT_MAX))
         == DISCIPLINE_LINE_MAX + 1);
  while (discipline_input_room (&d) > 100)
    type (&d, "a line\n"), lines++;
  for (int i = 0; i < 100; i++)
    type (&d, "a line\n");
  while (may_read (&d, 100))
    CHECK (discipline_read (&d, (char[100]){ 0 }, 100) >= 7);
  CHECK (lines > 1000);
  /* The interrupt character gets through however full it is.  */
  discipline_finish (&d);
}

static void
raw_reads_wait_for_vmin (void)
{
  struct tty_modes modes = tty_modes_cooked;
  struct discipline d;

  modes.lflag &= ~(TTY_ICANON | TTY_ECHO);
  modes.cc[TTY_VMIN] = 3;
  d = make (&modes);
  type (&d, "ab");
  CHECK (!may_read (&d, 10) && !discipline_readable (&d));
  CHECK (may_read (&d, 2)); /* no more was asked for */
  type (&d, "c");
  CHECK (may_read (&d, 10) && discipline_readable (&d));
  CHECK_TEXT (read_up_to (&d, 10), "abc");
  modes.cc[TTY_VMIN] = 0;
  discipline_set_modes (&d, &modes);
  CHECK (may_read (&d, 10)); /* at once, with nothing */
  CHECK_TEXT (read_up_to (&d, 10), "");
  discipline_finish (&d);
}

static void
raw_reads_end_after_vtime (void)
{
  struct tty_modes modes = tty_modes_cooked;
  struct discipline d;
  uint64_t again;

  modes.lflag &= ~TTY_ICANON;
  modes.cc[TTY_VMIN] = 0;
  modes.cc[TTY_VTIME] = 10;
  d = make (&modes);
  CHECK (!discipline_may_read (&d, 9, SECOND, SECOND, &again));
  CHECK (again == 2 * SECOND);
  CHECK (discipline_may_read (&d, 9, SECOND, 2 * SECOND, &again));
  modes.cc[TTY_VMIN] = 5; /* now the time is between two characters */
  discipline_set_modes (&d, &modes);
  CHECK (!discipline_may_read (&d, 9, SECOND, 9 * SECOND, &again));
  CHECK (again == UINT64_MAX);
  discipline_input (&d, "a", 1, 9 * SECOND);
  CHECK (!discipline_may_read (&d, 9, SECOND, 9 * SECOND, &again));
  CHECK (again == 10 * SECOND);
  CHECK (discipline_may_read (&d, 9, SECOND, 10 * SECOND, &again));
  discipline_finish (&d);
}

static void
leaving_canonical_mode_gives_the_line_away (void)
{
  struct tty_modes modes = tty_modes_cooked;
  struct discipline d = make (&modes);

  type (&d, "half");
  modes.lflag &= ~TTY_ICANON;
  discipline_set_modes (&d, &modes);
  CHECK_TEXT (read_up_to (&d, 100), "half");
  type (&d, "\x7f\x04");
  CHECK_TEXT (read_up_to (&d, 100), "\x7f\x04");
  type (&d, "raw");
  discipline_set_modes (&d, &tty_modes_cooked);
  CHECK (may_read (&d, 100));
  CHECK_TEXT (read_up_to (&d, 100), "raw");
  discipline_finish (&d);
}

/* Whatever is typed, written and switched: no queue overflows, and reading
   always comes to an end.  */
static void
random_use_never_breaks_a_queue (void)
{
  struct discipline d = make (&tty_modes_cooked);
  struct tty_modes modes = tty_modes_cooked;
  unsigned char bytes[600];
  unsigned int seed = 1;

  for (int round = 0; round < 20000; round++)
    {
      size_t size = rand_r (&seed) % sizeof bytes;

      for (size_t i = 0; i < size; i++)
        bytes[i] = rand_r (&seed) % 4 ? rand_r (&seed) % 32 : rand_r (&seed);
      if (rand_r (&seed) % 3)
        discipline_input (&d, bytes, size, round);
      else
        CHECK (discipline_write (&d, bytes, size) <= size);
      if (rand_r (&seed) % 50 == 0)
        {
          modes.lflag ^= 1u << rand_r (&seed) % 32;
          modes.iflag ^= 1u << rand_r (&seed) % 16;
          modes.oflag ^= 1u << rand_r (&seed) % 8;
          discipline_set_modes (&d, &modes);
        }
      if (may_read (&d, size + 1))
        CHECK (discipline_read (&d, bytes, size % 599 + 1) <= sizeof bytes);
      discipline_take_output (&d, bytes, size);
      CHECK (d.input.count <= d.input.size && d.line.count <= d.line.size
             && d.output.count <= d.output.size);
    }
  discipline_finish (&d);
}

static const struct unit_test tests[] = {
  UNIT_TEST (a_line_can_be_read_when_it_is_whole),
  UNIT_TEST (a_read_gives_one_line_at_a_time_and_the_rest_later),
  UNIT_TEST (return_becomes_newline_only_with_icrnl),
  UNIT_TEST (erase_takes_back_what_is_on_the_screen),
  UNIT_TEST (word_and_line_can_be_erased),
  UNIT_TEST (reprint_shows_the_line_again),
  UNIT_TEST (control_d_ends_the_input_or_hands_over_the_line),
  UNIT_TEST (control_v_takes_the_meaning_from_the_next),
  UNIT_TEST (signals_are_sent_and_flush),
  UNIT_TEST (signals_keep_the_queues_with_noflsh_and_need_isig),
  UNIT_TEST (control_s_stops_output_until_control_q),
  UNIT_TEST (output_is_processed_or_exact),
  UNIT_TEST (exact_mode_echoes_nothing_and_still_has_lines),
  UNIT_TEST (a_writer_cannot_fill_what_echo_needs),
  UNIT_TEST (too_much_input_rings_the_bell_and_is_lost),
  UNIT_TEST (raw_reads_wait_for_vmin),
  UNIT_TEST (raw_reads_end_after_vtime),
  UNIT_TEST (leaving_canonical_mode_gives_the_line_away),
  UNIT_TEST (random_use_never_breaks_a_queue),
};

UNIT_TABLE (unit_discipline, tests)
