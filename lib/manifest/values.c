/* values.c -- words, numbers and paths of a manifest, judged
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "lib/manifest/values.h"

/* Read digits at *AT.  strtoul would take signs, blanks and octal.  */
static bool
digits_read (const char **at, uint64_t most, uint64_t *ret_number)
{
  uint64_t number = 0;

  if (!isdigit ((unsigned char)**at))
    return false;
  for (; isdigit ((unsigned char)**at); ++*at)
    {
      uint64_t digit = (uint64_t)(**at - '0');

      if (number > (most - digit) / 10)
        return false;
      number = number * 10 + digit;
    }
  *ret_number = number;
  return true;
}

bool
value_number (const char *text, uint64_t *ret_number, struct text *why)
{
  static const struct
  {
    const char *suffix;
    unsigned int shift;
  } units[] = { { "", 0 }, { "K", 10 }, { "M", 20 }, { "G", 30 } };
  const char *at = text;
  uint64_t number;

  if (digits_read (&at, UINT64_MAX >> 31, &number) && number)
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
      if (strcmp (at, units[i].suffix) == 0)
        {
          *ret_number = number << units[i].shift;
          return true;
        }
  text_add_quoted (why, text);
  text_add (why, " is no amount; expected a number above 0, with K, M or G "
                 "behind it if it is large");
  return false;
}

bool
value_range (const char *text, struct id_range *ret_range, struct text *why)
{
  uint64_t outside = 0, inside = 0, count = 1;
  const char *at = text;
  bool sound = digits_read (&at, UINT32_MAX - 1, &outside) && *at++ == ':'
               && digits_read (&at, UINT32_MAX - 1, &inside);

  if (sound && *at == ':')
    {
      at++;
      sound = digits_read (&at, UINT32_MAX, &count) && count;
    }
  if (!sound || *at || outside + count > UINT32_MAX
      || inside + count > UINT32_MAX)
    {
      text_add_quoted (why, text);
      text_add (why, " maps no ids; expected OUTSIDE:INSIDE or "
                     "OUTSIDE:INSIDE:COUNT");
      return false;
    }
  *ret_range = (struct id_range){ (uint32_t)outside, (uint32_t)inside,
                                  (uint32_t)count };
  return true;
}

/* Append the components of PATH; false if one is "..".  */
static bool
components_add (struct text *clean, const char *path)
{
  while (*path)
    {
      size_t length = strcspn (path, "/");

      if (length == 2 && strncmp (path, "..", 2) == 0)
        return false;
      if (length && !(length == 1 && *path == '.'))
        {
          text_add_char (clean, '/');
          text_add_bytes (clean, path, length);
        }
      path += length + (path[length] == '/');
    }
  if (clean->length == 0)
    text_add_char (clean, '/');
  return true;
}

bool
value_path (const char *text, char **ret_path, struct text *why)
{
  struct text clean = TEXT_INIT;
  char *path = NULL;

  if (*text == '/' && components_add (&clean, text))
    path = text_steal (&clean);
  text_finish (&clean);
  if (path)
    {
      *ret_path = path;
      return true;
    }
  text_add_quoted (why, text);
  text_add (why, *text == '/' ? " contains \"..\"; expected the path that is "
                                "meant"
                              : " is no absolute path; expected one that "
                                "begins with \"/\"");
  return false;
}

/* The name behind the colon of "archive:rd0": no path, nothing odd.  */
static bool
source_named (const char *name)
{
  static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";

  return *name && *name != '.' && name[strspn (name, letters)] == '\0';
}

bool
value_from (const char *text, enum mount_kind *ret_kind, char **ret_argument,
            struct text *why)
{
  static const char *const prefixes[] = {
    [MOUNT_ARCHIVE] = "archive:",
    [MOUNT_TEMPLATE] = "template:",
  };

  *ret_argument = NULL;
  if (*text == '/')
    {
      *ret_kind = MOUNT_PARENT;
      return value_path (text, ret_argument, why);
    }
  *ret_kind = MOUNT_MEMORY;
  if (strcmp (text, "memory") == 0)
    return true;
  for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
    {
      size_t length = prefixes[i] ? strlen (prefixes[i]) : 0;

      if (!length || strncmp (text, prefixes[i], length) != 0
          || !source_named (text + length))
        continue;
      *ret_kind = (enum mount_kind)i;
      *ret_argument = strdup (text + length);
      return *ret_argument;
    }
  text_add_quoted (why, text);
  text_add (why, " is nothing that can be mounted; expected memory, "
                 "\"archive:DEVICE\", \"template:NAME\" or a path of the "
                 "parent that begins with \"/\"");
  return false;
}

size_t
value_word (const char *text, const char *const *words, size_t count)
{
  size_t i = 0;

  while (i < count && (!words[i] || strcmp (words[i], text) != 0))
    i++;
  return i;
}
