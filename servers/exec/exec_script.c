/* exec_script.c -- the first line of a script
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "servers/exec/exec_script.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"

bool
script_is (const char *data, size_t size)
{
  return size >= 2 && data[0] == '#' && data[1] == '!';
}

static bool
is_blank (char c)
{
  return c == ' ' || c == '\t';
}

static const char *
skip_blanks (const char *from, const char *end)
{
  while (from < end && is_blank (*from))
    from++;
  return from;
}

/* Copy what is between FROM and END, both on the same short line.  */
static void
copy_word (char *to, const char *from, const char *end)
{
  memcpy (to, from, end - from);
  to[end - from] = '\0';
}

error_t
script_parse (const char *data, size_t size, struct script *ret_script)
{
  size_t room = size < SCRIPT_LINE_MAX ? size : SCRIPT_LINE_MAX;
  const char *end = memchr (data, '\n', room);
  const char *word, *word_end;

  /* A file may end without a line end, a line that goes on may not.  */
  if (!end && size >= SCRIPT_LINE_MAX)
    return ENOEXEC;
  if (!end)
    end = data + size;
  if (!script_is (data, size) || memchr (data, '\0', end - data))
    return ENOEXEC;
  while (end > data + 2 && is_blank (end[-1]))
    end--;

  word = skip_blanks (data + 2, end);
  for (word_end = word; word_end < end && !is_blank (*word_end);)
    word_end++;
  if (word == word_end)
    return ENOEXEC;
  copy_word (ret_script->interpreter, word, word_end);
  copy_word (ret_script->argument, skip_blanks (word_end, end), end);
  return 0;
}

error_t
script_argv (const struct script *script, const char *name, const char *argv,
             size_t argv_size, char **ret_argv, size_t *ret_size)
{
  const char *first_end = argv_size ? memchr (argv, '\0', argv_size) : NULL;
  struct text text = TEXT_INIT;
  size_t size;
  char *data;

  text_add_bytes (&text, script->interpreter,
                  strlen (script->interpreter) + 1);
  if (script->argument[0])
    text_add_bytes (&text, script->argument, strlen (script->argument) + 1);
  text_add_bytes (&text, name, strlen (name) + 1);
  if (first_end)
    text_add_bytes (&text, first_end + 1, argv_size - (first_end + 1 - argv));

  size = text.length;
  data = text_steal (&text);
  if (!data)
    return ENOMEM;
  *ret_argv = data;
  *ret_size = size;
  return 0;
}
