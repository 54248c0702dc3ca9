/* lexer.c -- a manifest's text cut into words, strings and braces
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <string.h>

#include "lib/manifest/lexer.h"

void
lexer_init (struct lexer *lexer, const char *text)
{
  lexer->next = text;
  lexer->line = 1;
}

unsigned int
lexer_odd_line (const char *text)
{
  unsigned int line = 1;

  for (const unsigned char *at = (const unsigned char *)text; *at; at++)
    if (*at == '\n')
      line++;
    else if ((*at < ' ' && *at != '\t' && *at != '\r') || *at == 0x7f)
      return line;
  return 0;
}

/* What ends a word without quotes.  Not a slash: a comment starts only where
   a word could start.  */
static bool
word_ends (const char *at)
{
  return strchr (" #\"'\t\n\r={}()+,*", *at);
}

/* Step behind a comment of the kind that has an end.  False if it has none. */
static bool
comment_skip (struct lexer *lexer)
{
  const char *end = strstr (lexer->next + 2, "*/");

  if (!end)
    return false;
  for (; lexer->next < end; lexer->next++)
    lexer->line += *lexer->next == '\n';
  lexer->next = end + 2;
  return true;
}

/* Step over blanks and comments.  False if a comment does not end.  */
static bool
blanks_skip (struct lexer *lexer)
{
  for (;;)
    {
      const char *at = lexer->next;

      if (*at == '#' || (at[0] == '/' && at[1] == '/'))
        lexer->next += strcspn (at, "\n");
      else if (at[0] == '/' && at[1] == '*')
        {
          if (!comment_skip (lexer))
            return false;
        }
      else if (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n')
        {
          lexer->line += *at == '\n';
          lexer->next++;
        }
      else
        return true;
    }
}

/* A string runs to its quote on the same line: one that runs on is nearly
   always a forgotten quote, and would swallow half of the manifest.  */
static struct token
string_next (struct lexer *lexer)
{
  struct token token = { .kind = TOKEN_WORD,
                         .start = lexer->next + 1,
                         .line = lexer->line,
                         .quote = *lexer->next };
  const char *end = token.start;

  while (*end && *end != '\n' && *end != token.quote)
    end += end[0] == '\\' && end[1] && end[1] != '\n' ? 2 : 1;
  token.length = (size_t)(end - token.start);
  if (*end == token.quote)
    end++;
  else
    token.kind = TOKEN_STRING_UNENDED;
  lexer->next = end;
  return token;
}

static enum token_kind
mark_kind (const char *at)
{
  static const enum token_kind kinds[128] = {
    ['{'] = TOKEN_OPEN,
    ['}'] = TOKEN_CLOSE,
    ['='] = TOKEN_EQUAL,
    [','] = TOKEN_COMMA,
  };

  if (at[0] == '+' && at[1] == '=')
    return TOKEN_APPEND;
  if ((unsigned char)*at < 128 && kinds[(unsigned char)*at])
    return kinds[(unsigned char)*at];
  return TOKEN_ODD;
}

struct token
lexer_next (struct lexer *lexer)
{
  struct token token = { .kind = TOKEN_COMMENT_UNENDED };
  bool complete = blanks_skip (lexer);

  token.start = lexer->next;
  token.line = lexer->line;
  if (!complete)
    lexer->next += strlen (lexer->next);
  else if (*lexer->next == '\0')
    token.kind = TOKEN_END;
  else if (*lexer->next == '"' || *lexer->next == '\'')
    return string_next (lexer);
  else if (word_ends (lexer->next))
    {
      token.kind = mark_kind (lexer->next);
      lexer->next += token.kind == TOKEN_APPEND ? 2 : 1;
    }
  else
    {
      token.kind = TOKEN_WORD;
      while (!word_ends (lexer->next))
        lexer->next++;
    }
  token.length = (size_t)(lexer->next - token.start);
  return token;
}

void
token_describe (const struct token *token, struct text *text)
{
  struct text quoted = TEXT_INIT;

  if (token->kind == TOKEN_END || token->kind == TOKEN_COMMENT_UNENDED)
    {
      text_add (text, "the end of the manifest");
      return;
    }
  text_add_bytes (&quoted, token->start, token->length);
  text_add_quoted (text, text_string (&quoted));
  text_finish (&quoted);
}
