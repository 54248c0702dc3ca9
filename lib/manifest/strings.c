/* strings.c -- what is between the quotes of a manifest

   libConfuse replaces ${NAME} by an environment variable and says nothing if
   there is none: a manifest that means "${HOME}/x" would then get "/x".
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "lib/manifest/strings.h"

/* Put the value of the variable whose "${" is at AT, before END, into VALUE.
   Returns what is behind its "}", or NULL and the reason in WHY.  */
static const char *
variable_read (const char *at, const char *end, struct text *value,
               struct text *why)
{
  const char *close = memchr (at, '}', (size_t)(end - at));
  const char *name_end = at + 2;
  struct text name = TEXT_INIT;
  const char *found;

  if (!close)
    {
      text_add (why, "\"${\" is not closed; expected ${NAME}");
      return NULL;
    }
  while (isalnum ((unsigned char)*name_end) || *name_end == '_')
    name_end++;
  text_add_bytes (&name, at + 2, (size_t)(name_end - at - 2));
  found = getenv (text_string (&name));

  if (name.length == 0
      || (name_end != close && strncmp (name_end, ":-", 2) != 0))
    {
      text_add (why, "a variable is written ${NAME} or ${NAME:-DEFAULT}");
      close = NULL;
    }
  else if (found)
    text_add (value, found);
  else if (name_end != close)
    text_add_bytes (value, name_end + 2, (size_t)(close - name_end - 2));
  else
    {
      text_printf (why,
                   "the variable \"%s\" is not set; set it, or write "
                   "${%s:-DEFAULT}",
                   text_string (&name), text_string (&name));
      close = NULL;
    }
  text_finish (&name);
  return close ? close + 1 : NULL;
}

/* Judge the escape at AT.  */
static bool
escape_sound (const char *at, struct text *why)
{
  if (isdigit ((unsigned char)at[1]))
    text_add (why, "octal escapes are not understood; write \\xNN");
  else if (at[1] == 'x' && !isxdigit ((unsigned char)at[2]))
    text_add (why, "\\x wants two hexadecimal digits");
  else if (strncmp (at + 1, "x0", 2) == 0
           && (at[3] == '0' || !isxdigit ((unsigned char)at[3])))
    text_add (why, "a text cannot contain the byte 0");
  else
    return true;
  return false;
}

/* Without quotes, "${NAME}" is cut into "$" and a brace.  */
static bool
word_sound (const struct token *token, struct text *why)
{
  if (token->length == 0 || token->start[token->length - 1] != '$')
    return true;
  text_add (why, "a value with a variable stands between double quotes");
  return false;
}

bool
token_sound (const struct token *token, struct text *why)
{
  const char *at = token->start, *end = token->start + token->length;
  struct text value = TEXT_INIT;

  if (!token->quote)
    return word_sound (token, why);
  if (token->quote == '\'')
    return true;
  while (at && at < end)
    if (*at == '\\')
      at = escape_sound (at, why) ? at + 2 : NULL;
    else if (at[0] == '$' && at[1] == '{')
      at = variable_read (at, end, &value, why);
    else
      at++;
  text_finish (&value);
  return at;
}

/* Names are printed and read again, and some of them are paths.  */
static bool
title_sound (const char *title, struct text *why)
{
  for (const char *at = title; *at; at++)
    if (strchr ("\"\\$", *at) || (unsigned char)*at < ' ' || *at == 0x7f)
      {
        text_add (why, "a name cannot contain quotes, \"\\\", \"$\" or "
                       "control characters");
        return false;
      }
  return true;
}

char *
token_title (const struct token *token, struct text *why)
{
  const char *at = token->start, *end = token->start + token->length;
  struct text title = TEXT_INIT;
  bool sound = token->quote || word_sound (token, why);

  while (sound && at < end)
    if (token->quote == '"' && at[0] == '$' && at[1] == '{')
      {
        at = variable_read (at, end, &title, why);
        sound = at;
      }
    else
      text_add_char (&title, *at++);
  if (sound && title_sound (text_string (&title), why))
    return text_steal (&title);
  text_finish (&title);
  return NULL;
}

void
section_describe (struct text *text, const char *name, const char *title)
{
  if (!name || strcmp (name, "environment") == 0)
    return;
  text_add (text, name);
  if (title)
    {
      text_add_char (text, ' ');
      text_add_quoted (text, title);
    }
  text_add (text, ": ");
}
