/* main.c -- hurdle-control: ask, and change, a running environment
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <mach/mig_errors.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/control/control.h"
#include "lib/base/text.h"
#include "lib/client/client.h"

static const struct verb verbs[] = {
  { "grants", "", "what the parent gave, each with an id", 0, 0, O_READ,
    verb_grants },
  { "roles", "", "each role and its source", 0, 0, O_READ, verb_roles },
  { "processes", "", "every task inside; pid 0: known to no process", 0, 0,
    O_READ, verb_processes },
  { "events", "[follow]",
    "what has happened, repeats counted: grants used for the first time, "
    "requests denied, changes, deaths; `follow' waits for more, until the end",
    0, 1, O_READ, verb_events },
  { "grant", "PATH FROM [read-write] [noexec] [for SECONDS]",
    "have them see our directory FROM at PATH; prints the id of the grant", 2,
    6, O_WRITE, verb_grant },
  { "lower", "GRANT",
    "from now on it can only be read; GRANT is its id or name", 1, 1,
    O_READ | O_WRITE, verb_lower },
  { "revoke", "GRANT", "take it back for good", 1, 1, O_READ | O_WRITE,
    verb_revoke },
  { "freeze", "", "every task stands still when this returns", 0, 0, O_WRITE,
    verb_freeze },
  { "thaw", "", "… and goes on", 0, 0, O_WRITE, verb_thaw },
  { "stop", "[SECONDS]",
    "SIGTERM to all processes; what is left after SECONDS (3) is ended", 0, 1,
    O_WRITE, verb_stop },
  { "kill", "", "end it at once", 0, 0, O_WRITE, verb_kill },
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
  const char *why = err == ESRCH ? "there is no such thing inside"
                    : err == MIG_BAD_ID
                        ? "no control answers there (hurdle-env --control)"
                        : strerror (err);

  fprintf (stderr, "hurdle-control: %s: %s: %s\n", session->node, what, why);
  return err == MIG_BAD_ID ? STATUS_NO_CONTROL : STATUS_REFUSED;
}

/* ---- the command line ---- */

static const struct verb *
verb_find (struct argp_state *state, const char *name)
{
  const char *names[VERBS];
  const char *near;

  for (size_t i = 0; i < VERBS; i++)
    if (!strcmp (verbs[i].name, name))
      return &verbs[i];
    else
      names[i] = verbs[i].name;
  near = text_nearest (name, names, VERBS);
  argp_error (state, "unknown verb '%s'%s%s%s", name,
              near ? "; did you mean '" : "", near ? near : "",
              near ? "'?" : "");
  return NULL;
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
  arguments->verb = verb_find (state, argument);
  arguments->rest = &state->argv[state->next];
  arguments->rest_count = state->argc - state->next;
  state->next = state->argc;
}

static void
check_arguments (struct argp_state *state)
{
  const struct arguments *arguments = state->input;
  const struct verb *verb = arguments->verb;

  if (!verb)
    argp_error (state, "which NODE, and which VERB?");
  else if (arguments->rest_count < verb->least
           || arguments->rest_count > verb->most)
    argp_error (state, "wrong number of arguments: %s %s", verb->name,
                verb->arguments);
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

static int
run_verb (int argc, char **argv)
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
  err = client_open (session->node, arguments.verb->modes, &session->control);
  if (err)
    {
      fprintf (stderr, "hurdle-control: %s: %s\n", session->node,
               strerror (err));
      return STATUS_NO_CONTROL;
    }
  return arguments.verb->run (session, arguments.rest);
}

int
main (int argc, char **argv)
{
  /* What comes behind it is hurdle-env's.  */
  if (argc > 2 && !strcmp (argv[2], "run"))
    return run (argv[1], argv + 3);
  return run_verb (argc, argv);
}
