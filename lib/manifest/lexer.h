/* lexer.h -- a manifest's text cut into words, strings and braces

   The same cuts as libConfuse makes, except that what libConfuse would
   silently swallow (an odd character, a string or comment without an end) is
   a token of its own, so that it can be a mistake.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef MANIFEST_LEXER_H
#define MANIFEST_LEXER_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/text.h"

enum token_kind
{
  TOKEN_END,
  TOKEN_WORD,   /* also a string, without its quotes */
  TOKEN_OPEN,   /* { */
  TOKEN_CLOSE,  /* } */
  TOKEN_EQUAL,  /* = */
  TOKEN_APPEND, /* += */
  TOKEN_COMMA,
  TOKEN_ODD,             /* a character that means nothing here */
  TOKEN_STRING_UNENDED,  /* no closing quote on its line */
  TOKEN_COMMENT_UNENDED, /* no closing star and slash anywhere */
};

struct token
{
  enum token_kind kind;
  const char *start; /* in the text */
  size_t length;
  unsigned int line;
  char quote;   /* " or ' or 0 */
  bool unended; /* for whoever reads on after TOKEN_STRING_UNENDED */
};

struct lexer
{
  const char *next;
  unsigned int line;
};

/* The line of the first character that no text has; 0: there is none.  */
unsigned int lexer_odd_line (const char *text);

void lexer_init (struct lexer *lexer, const char *text);
struct token lexer_next (struct lexer *lexer);

/* Append what the token says to a reader of a message: the word itself,
   "the end of the manifest", the character.  */
void token_describe (const struct token *token, struct text *text);

#endif /* MANIFEST_LEXER_H */
