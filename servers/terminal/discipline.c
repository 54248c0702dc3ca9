/* discipline.c -- what a terminal does with characters

   Every line that a canonical reader may have is in INPUT, whole; LINE is
   what can still be edited.  Echo shares OUTPUT with the programs, which is
   why they may not fill it to the brim.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "servers/terminal/discipline.h"

#include <stdlib.h>
#include <string.h>

#define OUTPUT_RESERVE 512 /* of OUTPUT, for echo alone */
#define POST_MAX 8         /* characters that one may become: a tab */

enum mark
{
  MARK_LITERAL = 0x100, /* typed after ^V: means nothing but itself */
  MARK_END = 0x200,     /* a canonical read ends behind it */
  MARK_EOF = 0x400      /* a canonical read ends here, without it */
};

#define CONTROL(c) ((c)&0x1f)

const struct tty_modes tty_modes_cooked
    = { .iflag = TTY_BRKINT | TTY_ICRNL | TTY_IXON | TTY_IMAXBEL,
        .oflag = TTY_OPOST | TTY_ONLCR,
        .cflag = TTY_CREAD | TTY_CS8 | TTY_HUPCL,
        .lflag = TTY_ECHO | TTY_ECHOE | TTY_ECHOKE | TTY_ECHOCTL | TTY_ISIG
                 | TTY_ICANON | TTY_IEXTEN,
        .cc = { [TTY_VEOF] = CONTROL ('D'),
                [TTY_VEOL] = TTY_DISABLED,
                [TTY_VEOL2] = TTY_DISABLED,
                [TTY_VERASE] = 0x7f,
                [TTY_VWERASE] = CONTROL ('W'),
                [TTY_VKILL] = CONTROL ('U'),
                [TTY_VREPRINT] = CONTROL ('R'),
                [7] = TTY_DISABLED,
                [TTY_VINTR] = CONTROL ('C'),
                [TTY_VQUIT] = 0x1c,
                [TTY_VSUSP] = CONTROL ('Z'),
                [TTY_VDSUSP] = TTY_DISABLED,
                [TTY_VSTART] = CONTROL ('Q'),
                [TTY_VSTOP] = CONTROL ('S'),
                [TTY_VLNEXT] = CONTROL ('V'),
                [TTY_VDISCARD] = CONTROL ('O'),
                [TTY_VMIN] = 1,
                [TTY_VTIME] = 0,
                [TTY_VSTATUS] = CONTROL ('T'),
                [19] = TTY_DISABLED },
        .ispeed = 38400,
        .ospeed = 38400 };

/* Whoever reads the console is a program: nothing is added, nothing echoed,
   but a line is a line and ^D ends the input.  */
const struct tty_modes tty_modes_exact
    = { .iflag = TTY_ICRNL,
        .oflag = 0,
        .cflag = TTY_CREAD | TTY_CS8 | TTY_HUPCL,
        .lflag = TTY_ISIG | TTY_ICANON,
        .cc = { [TTY_VEOF] = CONTROL ('D'),
                [TTY_VEOL] = TTY_DISABLED,
                [TTY_VEOL2] = TTY_DISABLED,
                [TTY_VERASE] = TTY_DISABLED,
                [TTY_VWERASE] = TTY_DISABLED,
                [TTY_VKILL] = TTY_DISABLED,
                [TTY_VREPRINT] = TTY_DISABLED,
                [7] = TTY_DISABLED,
                [TTY_VINTR] = CONTROL ('C'),
                [TTY_VQUIT] = TTY_DISABLED,
                [TTY_VSUSP] = TTY_DISABLED,
                [TTY_VDSUSP] = TTY_DISABLED,
                [TTY_VSTART] = TTY_DISABLED,
                [TTY_VSTOP] = TTY_DISABLED,
                [TTY_VLNEXT] = TTY_DISABLED,
                [TTY_VDISCARD] = TTY_DISABLED,
                [TTY_VMIN] = 1,
                [TTY_VTIME] = 0,
                [TTY_VSTATUS] = TTY_DISABLED,
                [19] = TTY_DISABLED },
        .ispeed = 38400,
        .ospeed = 38400 };

/* ---- queues ---- */

static error_t
queue_init (struct tty_queue *queue, size_t size)
{
  queue->chars = calloc (size, sizeof *queue->chars);
  if (!queue->chars)
    return ENOMEM;

  queue->size = size;
  queue->first = queue->count = 0;
  return 0;
}

static size_t
queue_room (const struct tty_queue *queue)
{
  return queue->size - queue->count;
}

static tty_char *
queue_at (const struct tty_queue *queue, size_t i)
{
  return &queue->chars[(queue->first + i) & (queue->size - 1)];
}

static bool
queue_put (struct tty_queue *queue, tty_char c)
{
  if (queue->count == queue->size)
    return false;

  *queue_at (queue, queue->count++) = c;
  return true;
}

static tty_char
queue_take (struct tty_queue *queue)
{
  tty_char c = *queue_at (queue, 0);

  queue->first = (queue->first + 1) & (queue->size - 1);
  queue->count--;
  return c;
}

static void
queue_clear (struct tty_queue *queue)
{
  queue->first = queue->count = 0;
}

/* Append all of FROM, or nothing.  */
static bool
queue_move (struct tty_queue *to, struct tty_queue *from)
{
  if (queue_room (to) < from->count)
    return false;

  while (from->count)
    queue_put (to, queue_take (from));
  return true;
}

/* ---- life ---- */

error_t
discipline_init (struct discipline *discipline, const struct tty_modes *modes)
{
  memset (discipline, 0, sizeof *discipline);
  discipline->modes = *modes;

  if (queue_init (&discipline->input, DISCIPLINE_INPUT_MAX)
      || queue_init (&discipline->line, DISCIPLINE_LINE_MAX)
      || queue_init (&discipline->output, DISCIPLINE_OUTPUT_MAX))
    {
      discipline_finish (discipline);
      return ENOMEM;
    }
  return 0;
}

void
discipline_finish (struct discipline *discipline)
{
  free (discipline->input.chars);
  free (discipline->line.chars);
  free (discipline->output.chars);
  memset (discipline, 0, sizeof *discipline);
}

/* ---- output ---- */

/* Bytes of a character beyond its first do not move the cursor.  */
static bool
char_continues (unsigned char c)
{
  return (c & 0xc0) == 0x80;
}

static bool
char_is_control (unsigned char c)
{
  return c < ' ' || c == 0x7f;
}

static unsigned int
column_after (unsigned int column, unsigned char c)
{
  if (c == '\t')
    return (column | 7) + 1;
  if (c == '\b')
    return column ? column - 1 : 0;
  if (c == '\r')
    return 0;
  return char_is_control (c) || char_continues (c) ? column : column + 1;
}

static void
output_put (struct discipline *discipline, unsigned char c)
{
  discipline->column = column_after (discipline->column, c);
  queue_put (&discipline->output, c);
}

static void
output_newline (struct discipline *discipline)
{
  uint32_t oflag = discipline->modes.oflag;

  if (oflag & TTY_ONLCR)
    output_put (discipline, '\r');
  else if (oflag & TTY_ONLRET)
    discipline->column = 0;
  output_put (discipline, '\n');
}

static void
output_tab (struct discipline *discipline)
{
  if (!(discipline->modes.oflag & TTY_OXTABS))
    output_put (discipline, '\t');
  else
    do
      output_put (discipline, ' ');
    while (discipline->column & 7);
}

/* What becomes of C on its way out; at most POST_MAX characters.  */
static void
output_post (struct discipline *discipline, unsigned char c)
{
  uint32_t oflag = discipline->modes.oflag;

  if (!(oflag & TTY_OPOST))
    {
      output_put (discipline, c);
      return;
    }

  if (c == '\r' && (oflag & TTY_OCRNL))
    c = '\n';
  else if (c == '\r' && (oflag & TTY_ONOCR) && discipline->column == 0)
    return;

  if (c == '\n')
    output_newline (discipline);
  else if (c == '\t')
    output_tab (discipline);
  else
    output_put (discipline, c);
}

bool
discipline_writable (const struct discipline *discipline)
{
  return queue_room (&discipline->output) >= OUTPUT_RESERVE + POST_MAX;
}

size_t
discipline_write (struct discipline *discipline, const void *data, size_t size)
{
  const unsigned char *bytes = data;
  size_t i;

  if (discipline->discarding)
    return size;

  for (i = 0; i < size && discipline_writable (discipline); i++)
    output_post (discipline, bytes[i]);
  return i;
}

size_t
discipline_take_output (struct discipline *discipline, void *to, size_t size)
{
  unsigned char *bytes = to;
  size_t i;

  if (discipline->stopped)
    return 0;

  for (i = 0; i < size && discipline->output.count; i++)
    bytes[i] = queue_take (&discipline->output) & 0xff;
  return i;
}

size_t
discipline_output_size (const struct discipline *discipline)
{
  return discipline->output.count;
}

void
discipline_stop (struct discipline *discipline, bool stopped)
{
  discipline->stopped = stopped;
}

void
discipline_flush_output (struct discipline *discipline)
{
  queue_clear (&discipline->output);
}

/* ---- echo ---- */

static bool
echoes (const struct discipline *discipline, uint32_t lflag)
{
  return (discipline->modes.lflag & (TTY_ECHO | lflag)) == (TTY_ECHO | lflag);
}

static void
bell (struct discipline *discipline)
{
  if (discipline->modes.iflag & TTY_IMAXBEL)
    queue_put (&discipline->output, '\a');
}

/* Is C shown as two characters?  */
static bool
char_shows_caret (const struct discipline *discipline, tty_char c)
{
  unsigned char byte = c & 0xff;

  if (!(discipline->modes.lflag & TTY_ECHOCTL) || !char_is_control (byte))
    return false;
  return (c & MARK_LITERAL) || (byte != '\n' && byte != '\t');
}

static void
echo (struct discipline *discipline, tty_char c)
{
  if (!(discipline->modes.lflag & TTY_ECHO)
      && !(c == '\n' && (discipline->modes.lflag & TTY_ECHONL)))
    return;
  if (queue_room (&discipline->output) < POST_MAX)
    return;

  if (char_shows_caret (discipline, c))
    {
      output_put (discipline, '^');
      output_put (discipline, (c & 0xff) ^ 0x40);
    }
  else
    output_post (discipline, c & 0xff);
}

/* Where the cursor is behind the edited line as it is now.  */
static unsigned int
line_end_column (const struct discipline *discipline)
{
  unsigned int column = discipline->line_column;

  for (size_t i = 0; i < discipline->line.count; i++)
    {
      tty_char c = *queue_at (&discipline->line, i);

      column = char_shows_caret (discipline, c)
                   ? column + 2
                   : column_after (column, c & 0xff);
    }
  return column;
}

/* The line has become shorter: take the cursor back over what is gone.  */
static void
echo_erased (struct discipline *discipline)
{
  unsigned int end = line_end_column (discipline);

  while (discipline->column > end
         && queue_room (&discipline->output) >= POST_MAX)
    {
      output_put (discipline, '\b');
      output_put (discipline, ' ');
      output_put (discipline, '\b');
    }
}

/* ---- editing ---- */

static void
line_drop_last (struct discipline *discipline)
{
  struct tty_queue *line = &discipline->line;

  while (line->count)
    if (!char_continues (*queue_at (line, --line->count) & 0xff))
      break;
}

static void
erase_char (struct discipline *discipline, tty_char c)
{
  if (!discipline->line.count)
    return;

  line_drop_last (discipline);
  if (echoes (discipline, TTY_ECHOE))
    echo_erased (discipline);
  else
    echo (discipline, c);
}

static bool
line_ends_in_blank (const struct discipline *discipline)
{
  tty_char last = *queue_at (&discipline->line, discipline->line.count - 1);

  return last == ' ' || last == '\t';
}

static void
erase_word (struct discipline *discipline, tty_char c)
{
  struct tty_queue *line = &discipline->line;

  while (line->count && line_ends_in_blank (discipline))
    line_drop_last (discipline);
  while (line->count && !line_ends_in_blank (discipline))
    line_drop_last (discipline);

  if (echoes (discipline, TTY_ECHOE))
    echo_erased (discipline);
  else
    echo (discipline, c);
}

static void
kill_line (struct discipline *discipline, tty_char c)
{
  queue_clear (&discipline->line);

  if (echoes (discipline, TTY_ECHOKE | TTY_ECHOE))
    echo_erased (discipline);
  else
    {
      echo (discipline, c);
      if (discipline->modes.lflag & TTY_ECHOK)
        echo (discipline, '\n');
    }
}

static void
reprint_line (struct discipline *discipline, tty_char c)
{
  echo (discipline, c);
  echo (discipline, '\n');
  discipline->line_column = discipline->column;
  for (size_t i = 0; i < discipline->line.count; i++)
    echo (discipline, *queue_at (&discipline->line, i));
}

/* The line is finished by LAST, which carries its mark.  When there is no
   room for it, nobody reads: LAST is lost, the line can still be edited.  */
static void
finish_line (struct discipline *discipline, tty_char last)
{
  if (queue_room (&discipline->input) < discipline->line.count + 1)
    {
      bell (discipline);
      return;
    }

  queue_move (&discipline->input, &discipline->line);
  queue_put (&discipline->input, last);
}

static void
end_of_file (struct discipline *discipline, tty_char c)
{
  finish_line (discipline, c | MARK_EOF);
}

/* ---- special characters ---- */

static void
take_literal (struct discipline *discipline, tty_char c)
{
  (void)c;
  discipline->literal_next = true;
  if (echoes (discipline, TTY_ECHOCTL))
    {
      output_put (discipline, '^');
      output_put (discipline, '\b');
    }
}

static void
discard (struct discipline *discipline, tty_char c)
{
  discipline->discarding = !discipline->discarding;
  if (discipline->discarding)
    discipline_flush_output (discipline);
  echo (discipline, c);
}

static void
stop_output (struct discipline *discipline, tty_char c)
{
  (void)c;
  discipline->stopped = true;
}

static void
start_output (struct discipline *discipline, tty_char c)
{
  (void)c;
  discipline->stopped = false;
}

static void
send_signal (struct discipline *discipline, tty_char c, enum tty_signal signal)
{
  discipline->stopped = false;
  discipline->discarding = false;
  if (!(discipline->modes.lflag & TTY_NOFLSH))
    {
      discipline_flush_input (discipline);
      discipline_flush_output (discipline);
    }
  echo (discipline, c);
  if (discipline->signal)
    discipline->signal (discipline->cookie, signal);
}

static void
interrupt (struct discipline *discipline, tty_char c)
{
  send_signal (discipline, c, TTY_SIGNAL_INTR);
}

static void
quit (struct discipline *discipline, tty_char c)
{
  send_signal (discipline, c, TTY_SIGNAL_QUIT);
}

static void
suspend (struct discipline *discipline, tty_char c)
{
  send_signal (discipline, c, TTY_SIGNAL_SUSP);
}

static void
ask_status (struct discipline *discipline, tty_char c)
{
  (void)c;
  if (discipline->signal)
    discipline->signal (discipline->cookie, TTY_SIGNAL_STATUS);
}

/* A character whose meaning is CC, in modes that have IFLAG and LFLAG.  */
static const struct special
{
  enum tty_cc cc;
  uint32_t iflag, lflag;
  void (*run) (struct discipline *discipline, tty_char c);
} specials[] = {
  { .cc = TTY_VLNEXT, .lflag = TTY_IEXTEN, .run = take_literal },
  { .cc = TTY_VDISCARD, .lflag = TTY_IEXTEN, .run = discard },
  { .cc = TTY_VINTR, .lflag = TTY_ISIG, .run = interrupt },
  { .cc = TTY_VQUIT, .lflag = TTY_ISIG, .run = quit },
  { .cc = TTY_VSUSP, .lflag = TTY_ISIG, .run = suspend },
  { .cc = TTY_VSTATUS, .lflag = TTY_ISIG | TTY_ICANON, .run = ask_status },
  { .cc = TTY_VSTART, .iflag = TTY_IXON, .run = start_output },
  { .cc = TTY_VSTOP, .iflag = TTY_IXON, .run = stop_output },
  { .cc = TTY_VERASE, .lflag = TTY_ICANON, .run = erase_char },
  { .cc = TTY_VKILL, .lflag = TTY_ICANON, .run = kill_line },
  { .cc = TTY_VWERASE, .lflag = TTY_ICANON | TTY_IEXTEN, .run = erase_word },
  { .cc = TTY_VREPRINT,
    .lflag = TTY_ICANON | TTY_IEXTEN,
    .run = reprint_line },
  { .cc = TTY_VEOF, .lflag = TTY_ICANON, .run = end_of_file },
};

static bool
char_is (const struct discipline *discipline, tty_char c, enum tty_cc cc)
{
  uint8_t special = discipline->modes.cc[cc];

  return special != TTY_DISABLED && c == special;
}

static const struct special *
special_find (const struct discipline *discipline, tty_char c)
{
  const struct tty_modes *modes = &discipline->modes;

  for (size_t i = 0; i < sizeof specials / sizeof *specials; i++)
    if (char_is (discipline, c, specials[i].cc)
        && (modes->iflag & specials[i].iflag) == specials[i].iflag
        && (modes->lflag & specials[i].lflag) == specials[i].lflag)
      return &specials[i];
  return NULL;
}

/* ---- input ---- */

static bool
char_ends_line (const struct discipline *discipline, tty_char c)
{
  return c == '\n' || char_is (discipline, c, TTY_VEOL)
         || ((discipline->modes.lflag & TTY_IEXTEN)
             && char_is (discipline, c, TTY_VEOL2));
}

static void
add_char (struct discipline *discipline, tty_char c)
{
  bool canonical = discipline->modes.lflag & TTY_ICANON;
  struct tty_queue *queue = canonical ? &discipline->line : &discipline->input;

  if (canonical && char_ends_line (discipline, c))
    {
      echo (discipline, c);
      finish_line (discipline, c | MARK_END);
      return;
    }

  if (canonical && !queue->count)
    discipline->line_column = discipline->column;
  if (queue_put (queue, c))
    echo (discipline, c);
  else
    bell (discipline);
}

/* What C is after the input modes: negative when it is dropped.  */
static int
char_map (const struct discipline *discipline, unsigned char c)
{
  uint32_t iflag = discipline->modes.iflag;

  if (iflag & TTY_ISTRIP)
    c &= 0x7f;
  if (c == '\r' && (iflag & TTY_IGNCR))
    return -1;
  if (c == '\r' && (iflag & TTY_ICRNL))
    return '\n';
  if (c == '\n' && (iflag & TTY_INLCR))
    return '\r';
  return c;
}

static void
input_char (struct discipline *discipline, unsigned char typed)
{
  const struct special *special;
  int c;

  if (discipline->literal_next)
    {
      discipline->literal_next = false;
      add_char (discipline, typed | MARK_LITERAL);
      return;
    }

  if (discipline->stopped && (discipline->modes.iflag & TTY_IXANY)
      && !char_is (discipline, typed, TTY_VSTOP))
    discipline->stopped = false;

  c = char_map (discipline, typed);
  if (c < 0)
    return;
  special = special_find (discipline, c);
  if (special)
    special->run (discipline, c);
  else
    add_char (discipline, c);
}

void
discipline_input (struct discipline *discipline, const void *data, size_t size,
                  uint64_t now_ns)
{
  const unsigned char *bytes = data;

  discipline->input_ns = now_ns;
  for (size_t i = 0; i < size; i++)
    input_char (discipline, bytes[i]);
}

size_t
discipline_input_room (const struct discipline *discipline)
{
  size_t room = queue_room (&discipline->input);
  size_t taken = discipline->line.count + 1;

  return room > taken ? room - taken : 0;
}

void
discipline_flush_input (struct discipline *discipline)
{
  queue_clear (&discipline->input);
  queue_clear (&discipline->line);
  discipline->literal_next = false;
}

/* ---- reading ---- */

/* A raw read: VMIN characters, or VTIME tenths of a second.  */
static bool
may_read_raw (const struct discipline *discipline, size_t amount,
              uint64_t asked_ns, uint64_t now_ns, uint64_t *ret_again_ns)
{
  size_t min = discipline->modes.cc[TTY_VMIN];
  uint64_t time_ns = discipline->modes.cc[TTY_VTIME] * (uint64_t)100000000;
  size_t available = discipline->input.count;
  uint64_t since_ns = asked_ns;

  if (available && available >= (min < amount ? min : amount))
    return true;
  if (!time_ns)
    return min == 0;
  if (min && !available)
    return false; /* the time starts with the first character */

  if (min && discipline->input_ns > since_ns)
    since_ns = discipline->input_ns;
  if (now_ns >= since_ns + time_ns)
    return true;
  *ret_again_ns = since_ns + time_ns;
  return false;
}

bool
discipline_may_read (const struct discipline *discipline, size_t amount,
                     uint64_t asked_ns, uint64_t now_ns,
                     uint64_t *ret_again_ns)
{
  *ret_again_ns = UINT64_MAX;
  if (discipline->modes.lflag & TTY_ICANON)
    return discipline->input.count > 0;
  return may_read_raw (discipline, amount, asked_ns, now_ns, ret_again_ns);
}

static size_t
read_line (struct discipline *discipline, unsigned char *to, size_t amount)
{
  struct tty_queue *input = &discipline->input;
  size_t size = 0;

  while (input->count && size < amount)
    {
      tty_char c = queue_take (input);

      if (c & MARK_EOF)
        return size;
      to[size++] = c & 0xff;
      if (c & MARK_END)
        return size;
    }

  /* An end of file right behind belongs to what was read: the next read must
     not take it for an end of its own.  */
  if (size && input->count && (*queue_at (input, 0) & MARK_EOF))
    queue_take (input);
  return size;
}

size_t
discipline_read (struct discipline *discipline, void *to, size_t amount)
{
  unsigned char *bytes = to;
  size_t size;

  if (discipline->modes.lflag & TTY_ICANON)
    return read_line (discipline, bytes, amount);

  for (size = 0; size < amount && discipline->input.count; size++)
    bytes[size] = queue_take (&discipline->input) & 0xff;
  return size;
}

bool
discipline_readable (const struct discipline *discipline)
{
  const struct tty_modes *modes = &discipline->modes;
  size_t least = 1;

  if (!(modes->lflag & TTY_ICANON) && !modes->cc[TTY_VTIME]
      && modes->cc[TTY_VMIN])
    least = modes->cc[TTY_VMIN];
  return discipline->input.count >= least;
}

size_t
discipline_readable_size (const struct discipline *discipline)
{
  size_t size = 0;

  for (size_t i = 0; i < discipline->input.count; i++)
    size += !(*queue_at (&discipline->input, i) & MARK_EOF);
  return size;
}

/* ---- modes ---- */

void
discipline_set_modes (struct discipline *discipline,
                      const struct tty_modes *modes)
{
  struct tty_modes old = discipline->modes;

  discipline->modes = *modes;
  if ((old.lflag & TTY_ICANON) && !(modes->lflag & TTY_ICANON))
    {
      /* What was being edited is there to be read, as far as it fits.  */
      while (discipline->line.count && queue_room (&discipline->input))
        queue_put (&discipline->input, queue_take (&discipline->line));
      queue_clear (&discipline->line);
    }
  if ((old.iflag & TTY_IXON) && !(modes->iflag & TTY_IXON))
    discipline->stopped = false;
  if (!(modes->lflag & TTY_IEXTEN))
    discipline->discarding = discipline->literal_next = false;
}
