/* json.c -- figures for machines
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "bench/json.h"

#include <stdio.h>

static bool row_begun, value_begun;

void
json_row_begin (void)
{
  fputs (row_begun ? ",\n  {" : "[\n  {", stdout);
  row_begun = true;
  value_begun = false;
}

static void
key_print (const char *key)
{
  printf ("%s\"%s\": ", value_begun ? ", " : "", key);
  value_begun = true;
}

void
json_text (const char *key, const char *text)
{
  key_print (key);
  if (!text)
    {
      fputs ("null", stdout);
      return;
    }
  putchar ('"');
  for (; *text; text++)
    if ((unsigned char)*text < ' ')
      putchar (' ');
    else
      printf (*text == '"' || *text == '\\' ? "\\%c" : "%c", *text);
  putchar ('"');
}

void
json_number (const char *key, double number, bool known)
{
  key_print (key);
  if (known)
    printf ("%.10g", number);
  else
    fputs ("null", stdout);
}

void
json_row_end (void)
{
  putchar ('}');
  fflush (stdout);
}

void
json_end (void)
{
  puts (row_begun ? "\n]" : "[]");
  row_begun = false;
}
