/* listing.c -- write a table as text, read it, show it
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "lib/base/listing.h"

#include <stdlib.h>
#include <string.h>

#define COLUMNS_MAX 32

/* ---- writing ---- */

/* How many bytes the UTF-8 character at S has, beyond ASCII; 0: there is none,
   or a control character.  */
static size_t
utf8_length (const char *s)
{
  const unsigned char *u = (const unsigned char *)s;
  static const struct
  {
    unsigned char first, last, low,
        high; /* first byte; bounds of the second */
    size_t length;
  } forms[] = {
    { 0xc2, 0xc2, 0xa0, 0xbf, 2 }, { 0xc3, 0xdf, 0x80, 0xbf, 2 },
    { 0xe0, 0xe0, 0xa0, 0xbf, 3 }, { 0xe1, 0xec, 0x80, 0xbf, 3 },
    { 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
    { 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 },
    { 0xf4, 0xf4, 0x80, 0x8f, 4 },
  };

  for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
    {
      if (u[0] < forms[i].first || u[0] > forms[i].last)
        continue;
      if (u[1] < forms[i].low || u[1] > forms[i].high)
        return 0;
      for (size_t at = 2; at < forms[i].length; at++)
        if (u[at] < 0x80 || u[at] > 0xbf)
          return 0;
      return forms[i].length;
    }
  return 0;
}

/* Is the line not empty so far?  */
static void
field_begin (struct text *text)
{
  if (text->length && text->data[text->length - 1] != '\n')
    text_add_char (text, '\t');
}

void
listing_text (struct text *text, const char *value)
{
  field_begin (text);
  while (*value)
    {
      size_t length = utf8_length (value);

      if (length)
        text_add_bytes (text, value, length);
      else if (*value >= ' ' && *value < 0x7f && *value != '\\')
        text_add_char (text, *value);
      else
        text_printf (text, "\\x%02x", (unsigned char)*value);
      value += length ? length : 1;
    }
}

void
listing_number (struct text *text, long long value)
{
  field_begin (text);
  text_printf (text, "%lld", value);
}

void
listing_flag (struct text *text, bool value)
{
  field_begin (text);
  text_add (text, value ? "yes" : "no");
}

void
listing_end (struct text *text)
{
  text_add_char (text, '\n');
}

/* ---- reading ---- */

struct field
{
  const char *start;
  size_t length; /* without the mark of a heading */
  char mark;     /* of a heading: '#', '?' or 0 */
};

struct line
{
  struct field fields[COLUMNS_MAX];
  size_t count;
};

/* Take the line at *AT apart and go behind it.  False: it is none.  */
static bool
line_read (const char **at, const char *end, struct line *line)
{
  const char *stop = memchr (*at, '\n', (size_t)(end - *at));

  if (!stop)
    return false;
  line->count = 0;
  for (const char *start = *at;; line->count++)
    {
      const char *tab = memchr (start, '\t', (size_t)(stop - start));

      if (line->count == COLUMNS_MAX)
        return false;
      line->fields[line->count]
          = (struct field){ .start = start,
                            .length = (size_t)((tab ? tab : stop) - start) };
      if (!tab)
        break;
      start = tab + 1;
    }
  line->count++;
  *at = stop + 1;
  return true;
}

static bool
head_read (const char **at, const char *end, struct line *head)
{
  if (!line_read (at, end, head))
    return false;
  for (size_t i = 0; i < head->count; i++)
    {
      struct field *field = &head->fields[i];
      char last = field->length ? field->start[field->length - 1] : 0;

      if (last != '#' && last != '?')
        continue;
      field->mark = last;
      field->length--;
    }
  return true;
}

/* Is all of it whole?  */
static bool
listing_valid (const char *at, const char *end)
{
  struct line head, line;

  if (!head_read (&at, end, &head))
    return false;
  while (at < end)
    if (!line_read (&at, end, &line) || line.count != head.count)
      return false;
  return true;
}

struct listing_row
{
  struct line head, line;
};

bool
listing_each (const char *data, size_t size, listing_each_t *each,
              void *cookie)
{
  const char *at = data, *end = data + size;
  struct listing_row row;

  if (!listing_valid (data, end))
    return false;
  (void)head_read (&at, end, &row.head);
  while (at < end && line_read (&at, end, &row.line))
    each (cookie, &row);
  return true;
}

static bool
field_is (const struct field *field, const char *value, size_t length)
{
  return field->length == length && !memcmp (field->start, value, length);
}

/* The field in COLUMN, or NULL.  */
static const struct field *
row_field (const struct listing_row *row, const char *column)
{
  for (size_t i = 0; i < row->head.count; i++)
    if (field_is (&row->head.fields[i], column, strlen (column)))
      return &row->line.fields[i];
  return NULL;
}

bool
listing_is (const struct listing_row *row, const char *column,
            const char *value)
{
  const struct field *field = row_field (row, column);
  struct text written = TEXT_INIT;
  bool is;

  listing_text (&written, value);
  is = field && !written.failed
       && field_is (field, text_string (&written), written.length);
  text_finish (&written);
  return is;
}

unsigned long long
listing_number_of (const struct listing_row *row, const char *column)
{
  const struct field *field = row_field (row, column);

  /* A tab or the end of the line is behind it.  */
  return field ? strtoull (field->start, NULL, 10) : 0;
}

/* ---- for people ---- */

static size_t
field_width (const struct field *field)
{
  size_t width = 0;

  for (size_t i = 0; i < field->length; i++)
    width += ((unsigned char)field->start[i] & 0xc0) != 0x80;
  return width;
}

static void
widths_find (const char *at, const char *end, size_t *widths)
{
  struct line line;

  memset (widths, 0, COLUMNS_MAX * sizeof *widths);
  (void)head_read (&at, end, &line);
  do
    for (size_t i = 0; i < line.count; i++)
      {
        size_t width = field_width (&line.fields[i]);

        widths[i] = width > widths[i] ? width : widths[i];
      }
  while (line_read (&at, end, &line));
}

/* Numbers stand right.  */
static void
line_show (const struct line *line, const struct line *head,
           const size_t *widths, struct text *text)
{
  for (size_t i = 0; i < line->count; i++)
    {
      const struct field *field = &line->fields[i];
      int pad = (int)(widths[i] - field_width (field));
      bool right = head->fields[i].mark == '#';

      text_printf (text, "%s%*s", i ? "  " : "", right ? pad : 0, "");
      text_add_bytes (text, field->start, field->length);
      if (!right && i + 1 < line->count)
        text_printf (text, "%*s", pad, "");
    }
  text_add_char (text, '\n');
}

bool
listing_show (const char *data, size_t size, struct text *text)
{
  const char *at = data, *end = data + size;
  size_t widths[COLUMNS_MAX];
  struct line head, line;

  if (!listing_valid (data, end))
    return false;
  widths_find (data, end, widths);
  (void)head_read (&at, end, &head);
  line_show (&head, &head, widths, text);
  while (at < end && line_read (&at, end, &line))
    line_show (&line, &head, widths, text);
  return true;
}

/* ---- JSON ---- */

/* The byte that the two digits at S say, or -1.  */
static int
hex_value (const char *s)
{
  static const char digits[] = "0123456789abcdef";
  const char *high = *s ? strchr (digits, s[0]) : NULL;
  const char *low = high && s[1] ? strchr (digits, s[1]) : NULL;

  return low ? (int)((high - digits) * 16 + (low - digits)) : -1;
}

/* A byte that was no character is U+00HH: JSON knows no other.  */
static void
json_string (const struct field *field, struct text *text)
{
  text_add_char (text, '"');
  for (size_t i = 0; i < field->length; i++)
    {
      const char *s = field->start + i;
      int byte = field->length - i >= 4 && s[0] == '\\' && s[1] == 'x'
                     ? hex_value (s + 2)
                     : -1;

      if (byte >= 0)
        {
          text_printf (text, "\\u%04x", (unsigned int)byte);
          i += 3;
        }
      else if (*s == '"' || *s == '\\')
        text_printf (text, "\\%c", *s);
      else if ((unsigned char)*s < ' ')
        text_printf (text, "\\u%04x", (unsigned char)*s);
      else
        text_add_char (text, *s);
    }
  text_add_char (text, '"');
}

/* -?(0|[1-9][0-9]*)  */
static bool
field_is_number (const struct field *field)
{
  size_t i = field->length && *field->start == '-';
  size_t digits = field->length - i;

  if (!digits || (digits > 1 && field->start[i] == '0'))
    return false;
  for (; i < field->length; i++)
    if (field->start[i] < '0' || field->start[i] > '9')
      return false;
  return true;
}

static void
json_value (const struct field *heading, const struct field *field,
            struct text *text)
{
  if (heading->mark == '?')
    text_add (text, field->length == 3 ? "true" : "false");
  else if (heading->mark == '#' && field_is_number (field))
    text_add_bytes (text, field->start, field->length);
  else if (heading->mark == '#')
    text_add (text, "null");
  else
    json_string (field, text);
}

static void
json_object (const struct line *head, const struct line *line,
             struct text *text)
{
  text_add_char (text, '{');
  for (size_t i = 0; i < line->count; i++)
    {
      if (i)
        text_add (text, ", ");
      json_string (&head->fields[i], text);
      text_add (text, ": ");
      json_value (&head->fields[i], &line->fields[i], text);
    }
  text_add_char (text, '}');
}

bool
listing_show_json (const char *data, size_t size, struct text *text)
{
  const char *at = data, *end = data + size, *separator = "\n  ";
  struct line head, line;

  if (!listing_valid (data, end))
    return false;
  (void)head_read (&at, end, &head);
  text_add_char (text, '[');
  while (at < end && line_read (&at, end, &line))
    {
      text_add (text, separator);
      json_object (&head, &line, text);
      separator = ",\n  ";
    }
  text_add (text, "\n]\n");
  return true;
}
