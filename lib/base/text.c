/* text.c -- text that grows, and the word that was probably meant
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"

/* Words longer than this get no suggestion: the rows of the distance live on
   the stack.  */
#define WORD_LONGEST 63

/* Make room for MORE bytes and the NUL.  */
static bool
text_grow (struct text *text, size_t more)
{
  size_t capacity = text->capacity ? text->capacity : 64;
  char *data;

  if (text->failed || more > SIZE_MAX / 4 - text->length)
    return !(text->failed = true);
  if (text->length + more < text->capacity)
    return true;

  while (capacity <= text->length + more)
    capacity *= 2;
  data = realloc (text->data, capacity);
  if (!data)
    return !(text->failed = true);
  text->data = data;
  text->capacity = capacity;
  return true;
}

void
text_init (struct text *text)
{
  *text = (struct text)TEXT_INIT;
}

void
text_finish (struct text *text)
{
  if (!text)
    return;
  free (text->data);
  text_init (text);
}

void
text_add_bytes (struct text *text, const char *bytes, size_t length)
{
  if (!text_grow (text, length))
    return;
  memcpy (text->data + text->length, bytes, length);
  text->length += length;
  text->data[text->length] = '\0';
}

void
text_add (struct text *text, const char *string)
{
  text_add_bytes (text, string, strlen (string));
}

void
text_add_char (struct text *text, char c)
{
  text_add_bytes (text, &c, 1);
}

void
text_vprintf (struct text *text, const char *format, va_list arguments)
{
  va_list again;
  int length;

  va_copy (again, arguments);
  length = vsnprintf (NULL, 0, format, again);
  va_end (again);
  if (length < 0)
    {
      text->failed = true;
      return;
    }
  if (!text_grow (text, (size_t)length))
    return;
  vsnprintf (text->data + text->length, (size_t)length + 1, format, arguments);
  text->length += (size_t)length;
}

void
text_printf (struct text *text, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  text_vprintf (text, format, arguments);
  va_end (arguments);
}

void
text_add_quoted (struct text *text, const char *string)
{
  text_add_char (text, '"');
  for (; *string; string++)
    {
      unsigned char c = (unsigned char)*string;

      if (c == '"' || c == '\\' || c == '$')
        text_printf (text, "\\%c", c);
      else if (c == '\n')
        text_add (text, "\\n");
      else if (c == '\t')
        text_add (text, "\\t");
      else if (c < ' ' || c == 0x7f)
        text_printf (text, "\\x%02x", c);
      else
        text_add_char (text, (char)c);
    }
  text_add_char (text, '"');
}

/* The length of the character at AT, if a terminal shows something for it;
   else 0.  The characters from 0x80 to 0x9f are controls, too.  */
static size_t
shown_length (const unsigned char *at)
{
  size_t length = *at < 0x80   ? 1
                  : *at < 0xc2 ? 0
                  : *at < 0xe0 ? 2
                  : *at < 0xf0 ? 3
                  : *at < 0xf5 ? 4
                               : 0;

  if (*at < ' ' || *at == 0x7f || (*at == 0xc2 && at[1] < 0xa0))
    return 0;
  for (size_t i = 1; i < length; i++)
    if ((at[i] & 0xc0) != 0x80)
      return 0;
  return length;
}

void
text_add_shown (struct text *text, const char *line)
{
  while (*line)
    {
      size_t length = shown_length ((const unsigned char *)line);

      if (length)
        text_add_bytes (text, line, length);
      else
        text_printf (text, "\\x%02x", (unsigned char)*line);
      line += length ? length : 1;
    }
}

void
text_add_words (struct text *text, const char *const *words, size_t count,
                const char *conjunction)
{
  const char *held = NULL;
  size_t before = 0;

  for (size_t i = 0; i < count; i++)
    {
      if (!words[i])
        continue;
      if (held)
        text_printf (text, "%s%s", before++ ? ", " : "", held);
      held = words[i];
    }
  if (held && before)
    text_printf (text, " %s ", conjunction);
  if (held)
    text_add (text, held);
}

void
text_clear (struct text *text)
{
  text->length = 0;
  text->failed = false;
  if (text->data)
    text->data[0] = '\0';
}

const char *
text_string (const struct text *text)
{
  return text->data ? text->data : "";
}

char *
text_steal (struct text *text)
{
  char *data = NULL;

  if (text_grow (text, 0))
    {
      data = text->data;
      data[text->length] = '\0';
      text->data = NULL;
    }
  text_finish (text);
  return data;
}

static size_t
smaller (size_t a, size_t b)
{
  return a < b ? a : b;
}

/* How many letters must be put in, left out, changed or swapped with their
   neighbour to make A of B, both at most WORD_LONGEST long.  */
static size_t
word_distance (const char *a, const char *b)
{
  size_t rows[3][WORD_LONGEST + 1];
  size_t *before = rows[0], *above = rows[1], *row = rows[2];
  size_t width = strlen (b);

  for (size_t j = 0; j <= width; j++)
    row[j] = j;
  for (size_t i = 1; a[i - 1]; i++)
    {
      size_t *spare = before;

      before = above, above = row, row = spare;
      row[0] = i;
      for (size_t j = 1; j <= width; j++)
        {
          bool same = tolower ((unsigned char)a[i - 1])
                      == tolower ((unsigned char)b[j - 1]);

          row[j] = smaller (above[j], row[j - 1]) + 1;
          row[j] = smaller (row[j], above[j - 1] + (same ? 0 : 1));
          if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
            row[j] = smaller (row[j], before[j - 2] + 1);
        }
    }
  return row[width];
}

const char *
text_nearest (const char *word, const char *const *words, size_t count)
{
  size_t length = strlen (word);
  size_t best = length / 3 + 2;
  const char *nearest = NULL;

  if (length == 0 || length > WORD_LONGEST)
    return NULL;
  for (size_t i = 0; i < count; i++)
    {
      size_t distance;

      if (!words[i] || strlen (words[i]) > WORD_LONGEST)
        continue;
      distance = word_distance (word, words[i]);
      /* A word in which nothing of the other is left is no suggestion.  */
      if (distance < best && distance < strlen (words[i]))
        {
          best = distance;
          nearest = words[i];
        }
    }
  return nearest;
}
