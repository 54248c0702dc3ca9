/* main.c -- hurdle-control: ask, and change, a running environment
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <mach/mig_errors.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/control/control.h"
#include "lib/base/text.h"
#include "lib/base/version.h"
#include "lib/client/client.h"

const char *argp_program_version
    = "hurdle-control (" HURDLE_NAME ") " HURDLE_VERSION;

static const struct verb verbs[] = {
  { .name = "grants",
    .arguments = "",
    .help = "what the parent gave, each with an id",
    .modes = O_READ,
    .run = verb_grants },
  { .name = "roles",
    .arguments = "",
    .help = "each role and its source",
    .modes = O_READ,
    .run = verb_roles },
  { .name = "processes",
    .arguments = "",
    .help = "every task inside; pid 0: known to no process",
    .modes = O_READ,
    .run = verb_processes },
  { .name = "events",
    .arguments = "[follow]",
    .help = "what has happened, repeats counted: grants used for the first "
            "time, requests denied, changes, deaths; `follow' waits for more, "
            "until the end",
    .most = 1,
    .modes = O_READ,
    .run = verb_events },
  { .name = "grant",
    .arguments = "PATH FROM [read-write] [noexec] [for SECONDS]",
    .help = "have them see our directory FROM at PATH; prints the id of the "
            "grant",
    .least = 2,
    .most = 6,
    .modes = O_WRITE,
    .run = verb_grant },
  { .name = "lower",
    .arguments = "GRANT",
    .help = "from now on it can only be read; GRANT is its id or name",
    .least = 1,
    .most = 1,
    .modes = O_READ | O_WRITE,
    .run = verb_lower },
  { .name = "revoke",
    .arguments = "GRANT",
    .help = "take it back for good",
    .least = 1,
    .most = 1,
    .modes = O_READ | O_WRITE,
    .run = verb_revoke },
  { .name = "freeze",
    .arguments = "",
    .help = "every task stands still when this returns",
    .modes = O_WRITE,
    .run = verb_freeze },
  { .name = "thaw",
    .arguments = "",
    .help = "… and goes on",
    .modes = O_WRITE,
    .run = verb_thaw },
  { .name = "stop",
    .arguments = "[SECONDS]",
    .help = "SIGTERM to all processes; what is left after SECONDS (3) is "
            "ended",
    .most = 1,
    .modes = O_WRITE,
    .run = verb_stop },
  { .name = "kill",
    .arguments = "",
    .help = "end it at once",
    .modes = O_WRITE,
    .run = verb_kill },
  { .name = "run",
    .arguments = "[OPTION...] MANIFEST [-- COMMAND...]",
    .help = "make another environment, by the maker that answers at NODE",
    .most = INT_MAX,
    .make = run },
};

#define VERBS (sizeof verbs / sizeof *verbs)

struct arguments
{
  struct session session;
  const struct verb *verb;
  char **rest;
  int rest_count;
};

static const struct argp_option known[]
    = { { "json", 'j', NULL, 0, "Print lists as JSON", 0 }, { 0 } };

static const char documentation[]
    = "Ask, or change, the environment whose control answers at NODE.\v"
      "NODE is what `hurdle-env --control NODE' was told, or /servers/hurdle "
      "inside an environment that has a control of its own.  Lists want it "
      "readable, changes writable.  What `lower' and `revoke' say holds when "
      "they return, for all that was obtained through the grant.\n"
      "  `run' makes an environment as `hurdle-env' would, with the same "
      "options and statuses, but by the maker that answers at NODE "
      "(`hurdle-env --maker NODE'), which is faster.  It acts with the "
      "identity of the maker, so it asks none but yours, or root's.\n"
      "\n"
      "Exit status:\n"
      "  0  done\n"
      "  1  the control refused, or what was asked for failed\n"
      "  2  wrong usage\n"
      "  3  no control answers at NODE, or its permissions say no\n"
      "\n"
      "Examples:\n"
      "  hurdle-env --control /tmp/work work.hurdle -- make &\n"
      "  hurdle-control /tmp/work grants\n"
      "  hurdle-control --json /tmp/work processes\n"
      "  hurdle-control /tmp/work lower /src\n"
      "  hurdle-control /tmp/work revoke 4\n"
      "  hurdle-control /tmp/work grant /data /home/me/data read-write for "
      "600\n"
      "  hurdle-control /tmp/work stop 10\n"
      "  hurdle-env --maker /tmp/maker &\n"
      "  hurdle-control /tmp/maker run work.hurdle -- make\n"
      "\n"
      "Man page, in docs/man of the sources: hurdle-control(1)\n";

enum status
wrong_usage (const char *argument, const char *wanted)
{
  fprintf (stderr, "hurdle-control: '%s' is not %s\n", argument, wanted);
  return STATUS_USAGE;
}

/* What the code alone does not tell.  */
static const struct
{
  const char *verb; /* NULL: any */
  kern_return_t err;
  const char *why;
} reasons[] = {
  { "grant", EBUSY,
    "something is mounted there already; `grants' lists it, and where it is a "
    "grant `revoke' makes room" },
  { "grant", ENOTDIR,
    "something on the way to PATH inside is no directory, or FROM is none" },
  { "grant", EOPNOTSUPP,
    "the files inside are not of the environment's own making, so nothing can "
    "be mounted on them" },
  { "freeze", EDEADLK,
    "whoever asks is inside, and would stand still, too; ask from outside, at "
    "the node of `hurdle-env --control NODE'" },
  { "stop", EOPNOTSUPP, "the root environment ends with `halt' or `reboot'" },
  { "kill", EOPNOTSUPP, "the root environment ends with `halt' or `reboot'" },
  { NULL, ESRCH, "no grant has this id; `grants' lists names and ids" },
};

static const char *
reason (const char *verb, kern_return_t err)
{
  for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
    if (err == reasons[i].err
        && (!reasons[i].verb || !strcmp (verb, reasons[i].verb)))
      return reasons[i].why;
  return strerror (err);
}

static enum status
no_control (const struct session *session, kern_return_t err)
{
  const char *why = client_no_control (session->node, err);

  fprintf (stderr, "hurdle-control: %s: %s\n", session->node,
           why ? why : strerror (err));
  return STATUS_NO_CONTROL;
}

bool
number_read (const char *text, unsigned int most, unsigned int *ret_number)
{
  char *end;
  unsigned long long number = strtoull (text, &end, 10);

  if (*text < '0' || *text > '9' || *end || number > most)
    return false;
  *ret_number = (unsigned int)number;
  return true;
}

enum status
refused (const struct session *session, const char *what, kern_return_t err)
{
  if (err == MIG_BAD_ID)
    return no_control (session, err);
  fprintf (stderr, "hurdle-control: %s: %s: %s\n", session->node, what,
           reason (session->verb, err));
  return STATUS_REFUSED;
}

/* ---- the command line ---- */

static const struct verb *
verb_find (const char *name)
{
  for (size_t i = 0; i < VERBS; i++)
    if (!strcmp (verbs[i].name, name))
      return &verbs[i];
  return NULL;
}

static void
verb_unknown (struct argp_state *state, const char *node, const char *name)
{
  const char *names[VERBS];
  const char *near;

  if (verb_find (node))
    argp_error (state, "NODE comes before VERB: `hurdle-control %s %s'", name,
                node);
  for (size_t i = 0; i < VERBS; i++)
    names[i] = verbs[i].name;
  near = text_nearest (name, names, VERBS);
  argp_error (state, "unknown verb '%s'%s%s%s", name,
              near ? "; did you mean '" : "", near ? near : "",
              near ? "'?" : "");
}

/* NODE, VERB, and then what is the verb's own.  */
static void
take_argument (struct argp_state *state, char *argument)
{
  struct arguments *arguments = state->input;

  if (!arguments->session.node)
    {
      arguments->session.node = argument;
      return;
    }
  arguments->verb = verb_find (argument);
  if (!arguments->verb)
    verb_unknown (state, arguments->session.node, argument);
  arguments->session.verb = argument;
  arguments->rest = &state->argv[state->next];
  arguments->rest_count = state->argc - state->next;
  state->next = state->argc;
}

/* Not as many as VERB takes, which may be an option that came late.  */
static void
wrong_count (struct argp_state *state, const struct arguments *arguments)
{
  const struct verb *verb = arguments->verb;

  for (int i = 0; i < arguments->rest_count; i++)
    if (!strcmp (arguments->rest[i], "--json")
        || !strcmp (arguments->rest[i], "-j"))
      argp_error (state, "options come first: `hurdle-control %s NODE %s'",
                  arguments->rest[i], verb->name);
  argp_error (state, "expected `hurdle-control NODE %s%s%s'", verb->name,
              *verb->arguments ? " " : "", verb->arguments);
}

static void
check_arguments (struct argp_state *state)
{
  const struct arguments *arguments = state->input;
  const struct verb *verb = arguments->verb;
  const char *node = arguments->session.node;

  if (!node)
    argp_error (state, "which NODE, and which VERB?");
  else if (!verb && verb_find (node))
    argp_error (state, "which NODE? `hurdle-control NODE %s'", node);
  else if (!verb)
    argp_error (state, "which VERB? `hurdle-control %s VERB'", node);
  else if (verb->make && arguments->session.json)
    argp_error (state,
                "there is no JSON of %s, whose output is the command's: leave "
                "out --json",
                verb->name);
  else if (arguments->rest_count < verb->least
           || arguments->rest_count > verb->most)
    wrong_count (state, arguments);
}

static error_t
option_parse (int key, char *argument, struct argp_state *state)
{
  struct arguments *arguments = state->input;

  switch (key)
    {
    case 'j':
      arguments->session.json = true;
      return 0;
    case ARGP_KEY_ARG:
      take_argument (state, argument);
      return 0;
    case ARGP_KEY_END:
      check_arguments (state);
      return 0;
    default:
      return ARGP_ERR_UNKNOWN;
    }
}

/* The verbs stand before the text behind '\v'.  */
static char *
help_filter (int key, const char *text, void *input)
{
  struct text help = TEXT_INIT;

  (void)input;
  if (key != ARGP_KEY_HELP_POST_DOC)
    return (char *)text;
  text_add (&help, "Verbs:\n");
  for (size_t i = 0; i < VERBS; i++)
    text_printf (&help, "  %s%s%s\n      %s\n", verbs[i].name,
                 *verbs[i].arguments ? " " : "", verbs[i].arguments,
                 verbs[i].help);
  text_printf (&help, "\n%s", text);
  return text_steal (&help);
}

int
main (int argc, char **argv)
{
  static const struct argp argp = { .options = known,
                                    .parser = option_parse,
                                    .args_doc = "NODE VERB [ARGUMENT...]\n"
                                                "NODE run [OPTION...] "
                                                "MANIFEST [-- COMMAND...]",
                                    .doc = documentation,
                                    .help_filter = help_filter };
  struct arguments arguments = { 0 };
  struct session *session = &arguments.session;
  error_t err;

  argp_err_exit_status = (error_t)STATUS_USAGE;
  argp_parse (&argp, argc, argv, ARGP_IN_ORDER, NULL, &arguments);
  if (arguments.verb->make)
    return arguments.verb->make (session->node, arguments.rest);
  err = client_open (session->node, arguments.verb->modes, &session->control);
  return err ? (int)no_control (session, err)
             : (int)arguments.verb->run (session, arguments.rest);
}
