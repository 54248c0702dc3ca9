/* proof.c -- read the proof of a manifest before libConfuse parses it
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <stdlib.h>
#include <string.h>

#include "lib/manifest/keys.h"
#include "lib/manifest/lexer.h"
#include "lib/manifest/proof.h"
#include "lib/manifest/strings.h"

/* Looking statements up is linear; no honest manifest comes near.  */
#define STATEMENTS_MOST 2000
#define KEYS_MOST 32

struct reader
{
  struct lexer lexer;
  struct token token; /* not consumed yet */
  const char *text;
  const char *end; /* of the last consumed token */
  const char *file;
  struct proof *proof;
  struct mistakes *mistakes;
  bool misshapen; /* the statement being read must be blanked */
  int unclosed;   /* braces that are opened and never closed */
};

/* The section whose statements are being read.  */
struct section
{
  const struct section *parent;
  const char *name; /* NULL: the file itself */
  const char *title;
  cfg_opt_t *keys;
  bool open;
  unsigned int line;
};

static void __attribute__ ((format (printf, 4, 5)))
report (struct reader *r, const struct section *in, unsigned int line,
        const char *format, ...)
{
  struct place place = { r->file, line };
  struct text text = TEXT_INIT;
  va_list arguments;

  section_describe (&text, in->name, in->title);
  va_start (arguments, format);
  text_vprintf (&text, format, arguments);
  va_end (arguments);
  mistake_add (r->mistakes, place, "%s", text_string (&text));
  text_finish (&text);
}

/* Report that the current token is not what was EXPECTED, and skip nothing. */
static void
report_token (struct reader *r, const struct section *in, const char *expected)
{
  struct text text = TEXT_INIT;

  token_describe (&r->token, &text);
  report (r, in, r->token.line, "unexpected %s; expected %s",
          text_string (&text), expected);
  text_finish (&text);
}

static const char *
token_begin (const struct token *token)
{
  return token->start - (token->quote ? 1 : 0);
}

/* Let libConfuse see nothing of what stands between BEGIN and END.  Lines
   stay lines.  */
static void
blank (struct reader *r, const char *begin, const char *end)
{
  for (const char *at = begin; r->proof->text && at < end; at++)
    if (*at != '\n')
      r->proof->text[at - r->text] = ' ';
}

/* Consume the current token.  */
static void
step (struct reader *r)
{
  static const struct section nowhere = { .name = NULL };

  r->end = r->lexer.next;
  r->misshapen = r->misshapen || r->token.unended;
  r->token = lexer_next (&r->lexer);
  /* libConfuse takes comments between statements only.  */
  blank (r, r->end, token_begin (&r->token));
  if (r->token.kind == TOKEN_STRING_UNENDED)
    {
      report (r, &nowhere, r->token.line,
              "a string has no closing %s on its line",
              r->token.quote == '"' ? "\"" : "'");
      r->token.kind = TOKEN_WORD;
      r->token.unended = true;
    }
  if (r->token.kind == TOKEN_COMMENT_UNENDED)
    {
      report (r, &nowhere, r->token.line, "a comment has no closing */");
      blank (r, r->token.start, r->lexer.next);
      r->token.kind = TOKEN_END;
    }
}

/* Skip up to and with the brace that closes the current one.  */
static void
braces_skip (struct reader *r)
{
  size_t depth = 0;

  do
    {
      depth += r->token.kind == TOKEN_OPEN;
      depth -= r->token.kind == TOKEN_CLOSE;
      step (r);
    }
  while (depth && r->token.kind != TOKEN_END);
}

/* Skip the rest of a statement that began on LINE and is beyond sense.  */
static void
rest_skip (struct reader *r, unsigned int line)
{
  while (r->token.kind == TOKEN_OPEN
         || (r->token.kind != TOKEN_END && r->token.kind != TOKEN_CLOSE
             && r->token.line == line))
    if (r->token.kind == TOKEN_OPEN)
      {
        braces_skip (r);
        return;
      }
    else
      step (r);
}

static void
statement_add (struct reader *r, const char *section, const char *title,
               const char *key, struct statement one)
{
  struct proof *proof = r->proof;
  struct statement *longer;

  one.section = section;
  one.title = title ? strdup (title) : NULL;
  one.key = key ? strdup (key) : NULL;
  longer = realloc (proof->statements, (proof->count + 1) * sizeof *longer);
  if (longer)
    proof->statements = longer;
  if (!longer || (title && !one.title) || (key && !one.key)
      || proof->count >= STATEMENTS_MOST)
    {
      mistake_add (r->mistakes, (struct place){ r->file, one.line },
                   "the manifest is too long");
      free (one.title);
      free (one.key);
      /* Nothing behind this point is looked at.  */
      free (proof->text);
      proof->text = NULL;
      r->token.kind = TOKEN_END;
      r->lexer.next += strlen (r->lexer.next);
      return;
    }
  longer[proof->count++] = one;
}

/* Judge what is in a string, where libConfuse would stop or would put
   something unexpected.  Then consume it.  */
static void
value_read (struct reader *r, const struct section *in, const char *key)
{
  bool bare;
  struct text why = TEXT_INIT;

  if (!r->token.unended && !token_sound (&r->token, &why))
    {
      report (r, in, r->token.line, "\"%s\": %s", key, text_string (&why));
      r->misshapen = true;
    }
  text_finish (&why);
  bare = !r->token.quote;
  step (r);
  /* What is left of a variable without quotes.  */
  if (r->misshapen && bare && r->token.kind == TOKEN_OPEN)
    braces_skip (r);
}

/* Does the word at hand begin the next statement, rather than go on with a
   list?  */
static bool
statement_begins (const struct reader *r)
{
  struct lexer ahead = r->lexer;
  struct token token = lexer_next (&ahead);

  if (r->token.kind != TOKEN_WORD)
    return false;
  if (token.kind == TOKEN_EQUAL || token.kind == TOKEN_APPEND)
    return true;
  if (token.kind == TOKEN_WORD)
    token = lexer_next (&ahead);
  return token.kind == TOKEN_OPEN;
}

/* Read one value of the list KEY and the comma behind it.  */
static void
list_value_read (struct reader *r, const struct section *in, const char *key)
{
  if (r->token.kind != TOKEN_WORD)
    {
      report_token (r, in, "a value or \"}\" in a list");
      r->misshapen = true;
      if (r->token.kind == TOKEN_OPEN)
        braces_skip (r);
      else
        step (r);
      return;
    }
  value_read (r, in, key);
  if (r->token.kind == TOKEN_COMMA)
    step (r);
  else if (r->token.kind == TOKEN_WORD && !statement_begins (r))
    {
      report_token (r, in, "\",\" or \"}\" in a list");
      r->misshapen = true;
    }
}

/* The current token is the brace that opens the list KEY.  */
static void
list_read (struct reader *r, const struct section *in, const char *key)
{
  unsigned int line = r->token.line;

  step (r);
  while (r->token.kind != TOKEN_END && r->token.kind != TOKEN_CLOSE
         && !statement_begins (r))
    list_value_read (r, in, key);
  if (r->token.kind == TOKEN_CLOSE)
    {
      step (r);
      return;
    }
  report (r, in, line, "the list \"%s\" is not closed; expected \"}\"", key);
  r->misshapen = true;
  r->unclosed--;
}

/* Consume the sign between a key and its value.  False if one of the two is
   not there.  */
static bool
sign_read (struct reader *r, const struct section *in, const char *key,
           unsigned int line, bool list, bool *ret_append)
{
  bool sign = r->token.kind == TOKEN_EQUAL || r->token.kind == TOKEN_APPEND;

  *ret_append = r->token.kind == TOKEN_APPEND;
  if (sign)
    step (r);
  /* What follows on another line is more likely the next key.  */
  if (!sign || (r->token.kind == TOKEN_WORD && r->token.line != line)
      || (r->token.kind != TOKEN_WORD
          && (r->token.kind != TOKEN_OPEN || !list)))
    {
      report (r, in, line, "\"%s\" has no value; expected \"=\" and %s", key,
              list ? "a value or a list in braces" : "a value");
      return false;
    }
  if (*ret_append && !list)
    {
      report (r, in, line,
              "\"%s\" is no list, it cannot be appended to; expected \"=\"",
              key);
      r->misshapen = true;
    }
  return true;
}

static bool
statement_repeated (struct reader *r, const struct section *in,
                    const char *title, const char *key, unsigned int line)
{
  const struct statement *first = proof_find (r->proof, in->name, title, key);

  if (!first)
    return false;
  report (r, in, line, "\"%s\" is given twice; the first is on line %u", key,
          first->line);
  return true;
}

/* The names of variables are free, but they are names.  */
static bool
variable_named (const char *key)
{
  static const char letters[]
      = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";

  return *key && key[strspn (key, letters)] == '\0'
         && (*key < '0' || *key > '9');
}

/* The key of a value was consumed.  KEYS' entry is OPT, or NULL where any key
   may stand.  */
static void
value_statement_read (struct reader *r, const struct section *in,
                      const cfg_opt_t *opt, const char *key, unsigned int line)
{
  struct statement one = { .line = line };
  bool list = opt && key_is_list (opt);

  if (statement_repeated (r, in, in->title, key, line))
    r->misshapen = true;
  if (!opt && !variable_named (key))
    {
      report (r, in, line, "\"%s\" cannot be the name of a variable", key);
      r->misshapen = true;
    }
  if (!sign_read (r, in, key, line, list, &one.append))
    {
      r->misshapen = true;
      rest_skip (r, line);
    }
  else if (r->token.kind == TOKEN_OPEN)
    list_read (r, in, key);
  else
    value_read (r, in, key);
  one.misshapen = r->misshapen;
  statement_add (r, in->name, in->title, key, one);
}

static void statements_read (struct reader *r, const struct section *in);

/* Consume the title of a section, if it has one.  False if the section makes
   no sense without.  *RET_TITLE is given.  */
static bool
title_read (struct reader *r, const struct section *in, const cfg_opt_t *opt,
            char **ret_title)
{
  struct text why = TEXT_INIT;
  bool wanted = key_has_title (opt);
  bool sound = true;

  if (r->token.kind != TOKEN_WORD)
    {
      if (wanted)
        report (r, in, r->token.line,
                "\"%s\" has no name; expected %s \"NAME\" { ... }", opt->name,
                opt->name);
      return !wanted;
    }
  if (!wanted)
    {
      report (r, in, r->token.line, "\"%s\" takes no name; expected \"{\"",
              opt->name);
      return false;
    }
  *ret_title = token_title (&r->token, &why);
  if (!*ret_title)
    {
      report (r, in, r->token.line, "\"%s\": %s", opt->name,
              text_string (&why));
      sound = false;
    }
  text_finish (&why);
  step (r);
  return sound && !r->misshapen;
}

/* Is there a section of this name and TITLE already?  Environments are one
   in a manifest, whatever their names.  */
static bool
section_repeated (struct reader *r, const struct section *in,
                  const cfg_opt_t *opt, const char *title, unsigned int line)
{
  const struct statement *first = NULL;

  if (in->name)
    first = proof_find (r->proof, opt->name, title, NULL);
  else
    for (size_t i = 0; i < r->proof->count && !first; i++)
      if (!r->proof->statements[i].key
          && strcmp (r->proof->statements[i].section, opt->name) == 0)
        first = &r->proof->statements[i];
  if (!first)
    return false;

  if (!in->name)
    report (r, in, line,
            "a manifest describes one environment; the first is on line %u",
            first->line);
  else if (title)
    report (r, in, line, "%s \"%s\" is given twice; the first is on line %u",
            opt->name, title, first->line);
  else
    report (r, in, line, "\"%s\" is given twice; the first is on line %u",
            opt->name, first->line);
  return true;
}

/* Put the brace that is missing into what libConfuse will see: in the blank
   before the current token, which is a key, or at the end of the text.  */
static void
brace_add (struct reader *r)
{
  const char *begin = token_begin (&r->token);
  size_t length;
  char *longer;

  if (!r->proof->text)
    return;
  if (r->token.kind != TOKEN_END && begin > r->end)
    {
      r->proof->text[begin - r->text - 1] = '}';
      return;
    }
  length = strlen (r->proof->text);
  longer = r->token.kind == TOKEN_END ? realloc (r->proof->text, length + 2)
                                      : NULL;
  if (longer)
    {
      longer[length] = '}';
      longer[length + 1] = '\0';
    }
  else
    free (r->proof->text);
  r->proof->text = longer;
}

/* Read the body of a section, from its brace on.  */
static void
body_read (struct reader *r, const struct section *in, const cfg_opt_t *opt,
           const char *title, unsigned int line)
{
  struct section section = { .parent = in,
                             .name = opt->name,
                             .title = title,
                             .keys = opt->subopts,
                             .open = key_is_open (opt),
                             .line = line };

  step (r);
  statement_add (r, opt->name, title, NULL,
                 (struct statement){ .line = line });
  statements_read (r, &section);
  if (r->token.kind == TOKEN_CLOSE)
    step (r);
  else
    {
      r->unclosed--;
      report (r, &section, line, "the section is not closed; expected \"}\"");
      brace_add (r);
    }
}

/* The string that should have named a section has no end.  If it swallowed
   the brace that opens the section and not the other, read the body; all of
   it will be blanked.  */
static void
nameless_read (struct reader *r, const struct section *in,
               const cfg_opt_t *opt)
{
  struct section section = { .parent = in,
                             .name = opt->name,
                             .keys = opt->subopts,
                             .open = key_is_open (opt) };
  bool opened = memchr (r->token.start, '{', r->token.length);
  bool closed = memchr (r->token.start, '}', r->token.length);

  step (r);
  if (opened && !closed)
    {
      statements_read (r, &section);
      if (r->token.kind == TOKEN_CLOSE)
        step (r);
    }
  r->misshapen = true;
}

/* The key of a section was consumed.  */
static void
section_read (struct reader *r, const struct section *in, const cfg_opt_t *opt,
              unsigned int line)
{
  char *title = NULL;
  bool sound;

  if (r->token.unended)
    {
      nameless_read (r, in, opt);
      return;
    }
  sound = title_read (r, in, opt, &title);
  if (sound && r->token.kind != TOKEN_OPEN)
    {
      report_token (r, in, "\"{\"");
      sound = false;
    }
  if (sound && section_repeated (r, in, opt, title, line))
    sound = false;
  if (sound)
    body_read (r, in, opt, title, line);
  else
    {
      r->misshapen = true;
      rest_skip (r, r->token.line);
    }
  free (title);
}

/* The section that the word at hand is a key of: one in IN, or the one around
   it; or NULL.  */
static const char *
home_find (const struct section *in, const struct token *token)
{
  for (const cfg_opt_t *opt = in->keys; opt->name; opt++)
    if (key_is_section (opt)
        && key_find (opt->subopts, token->start, token->length))
      return opt->name;
  return in->parent && key_find (in->parent->keys, token->start, token->length)
             ? in->parent->name
             : NULL;
}

static void
unknown_report (struct reader *r, const struct section *in,
                const struct token *token)
{
  const char *names[KEYS_MOST];
  size_t count = key_names (in->keys, names, KEYS_MOST);
  const char *home = home_find (in, token);
  struct text what = TEXT_INIT, word = TEXT_INIT;

  text_add_bytes (&word, token->start, token->length);
  section_describe (&what, in->name, in->title);
  text_add (&what, "unknown key");
  if (home)
    report (r, in, token->line, "\"%s\" belongs in a section \"%s\"",
            text_string (&word), home);
  else
    mistake_add_word (r->mistakes, (struct place){ r->file, token->line },
                      text_string (&what), text_string (&word), names, count);
  text_finish (&what);
  text_finish (&word);
}

static void
unknown_read (struct reader *r, const struct section *in,
              const struct token *token)
{
  unknown_report (r, in, token);
  r->misshapen = true;
  rest_skip (r, token->line);
}

static void
statement_read (struct reader *r, const struct section *in)
{
  struct token token = r->token;
  cfg_opt_t *opt;
  char *key;

  r->misshapen = token.kind != TOKEN_WORD;
  if (token.kind != TOKEN_WORD)
    report_token (r, in, in->name ? "a key or \"}\"" : "environment \"NAME\"");
  if (token.kind == TOKEN_OPEN)
    braces_skip (r);
  else
    step (r);
  opt = key_find (in->keys, token.start, token.length);
  if (token.kind != TOKEN_WORD)
    rest_skip (r, token.line);
  else if (!opt && !in->open)
    unknown_read (r, in, &token);
  else if (opt && key_is_section (opt))
    section_read (r, in, opt, token.line);
  else
    {
      key = strndup (token.start, token.length);
      if (key)
        value_statement_read (r, in, opt, key, token.line);
      else
        mistakes_out_of_memory (r->mistakes, r->file);
      free (key);
    }
  if (r->misshapen)
    blank (r, token_begin (&token), r->end);
  r->misshapen = false;
}

/* Is the current token a key of the parent of IN, where a brace is missing
   somewhere?  Then it is missing here.  */
static bool
section_ends_here (const struct reader *r, const struct section *in)
{
  const struct token *token = &r->token;

  return token->kind == TOKEN_WORD && r->unclosed > 0 && in->parent
         && !key_find (in->keys, token->start, token->length)
         && key_find (in->parent->keys, token->start, token->length);
}

static void
statements_read (struct reader *r, const struct section *in)
{
  while (r->token.kind != TOKEN_END
         && (r->token.kind != TOKEN_CLOSE || !in->name)
         && !section_ends_here (r, in))
    statement_read (r, in);
}

/* How many braces are opened in TEXT and never closed?  */
static int
braces_unclosed (const char *text)
{
  struct lexer lexer;
  struct token token;
  int unclosed = 0;

  lexer_init (&lexer, text);
  do
    {
      token = lexer_next (&lexer);
      unclosed += token.kind == TOKEN_OPEN;
      unclosed -= token.kind == TOKEN_CLOSE;
    }
  while (token.kind != TOKEN_END && token.kind != TOKEN_COMMENT_UNENDED);
  return unclosed;
}

#define MARK "\xef\xbb\xbf" /* a byte order mark in UTF-8 */

/* There is nothing to say of a program, or a picture, but what it is not.  */
static void
no_text (struct proof *proof, const char *file, unsigned int line,
         struct mistakes *mistakes)
{
  mistake_add (mistakes, (struct place){ file, line },
               "control characters, so this is no text; a manifest is one: "
               "environment \"NAME\" { ... }");
  free (proof->text);
  proof->text = NULL;
}

void
proof_read (struct proof *proof, const char *file, const char *text,
            struct mistakes *mistakes)
{
  struct section whole = { .name = NULL, .keys = file_keys };
  struct reader r = { .text = text,
                      .end = text,
                      .file = file,
                      .proof = proof,
                      .unclosed = braces_unclosed (text),
                      .mistakes = mistakes };
  unsigned int odd = lexer_odd_line (text);

  *proof = (struct proof){ .text = strdup (text) };
  if (!proof->text)
    mistakes_out_of_memory (mistakes, file);
  mistakes_open (mistakes, file);
  if (odd)
    {
      no_text (proof, file, odd, mistakes);
      return;
    }
  lexer_init (&r.lexer, text);
  if (!strncmp (text, MARK, strlen (MARK)))
    {
      r.lexer.next += strlen (MARK);
      blank (&r, text, r.lexer.next);
    }
  step (&r);
  statements_read (&r, &whole);
}

void
proof_finish (struct proof *proof)
{
  for (size_t i = 0; i < proof->count; i++)
    {
      free (proof->statements[i].title);
      free (proof->statements[i].key);
    }
  free (proof->statements);
  free (proof->text);
  *proof = (struct proof){ .text = NULL };
}

static bool
text_same (const char *a, const char *b)
{
  return a && b ? strcmp (a, b) == 0 : a == b;
}

const struct statement *
proof_find (const struct proof *proof, const char *section, const char *title,
            const char *key)
{
  for (size_t i = 0; i < proof->count; i++)
    {
      const struct statement *statement = &proof->statements[i];

      if (strcmp (statement->section, section) == 0
          && text_same (statement->title, title)
          && text_same (statement->key, key))
        return statement;
    }
  return NULL;
}
