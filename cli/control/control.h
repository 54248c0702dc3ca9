/* control.h -- hurdle-control: one request to the control of an environment
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_CLI_CONTROL_H
#define HURDLE_CLI_CONTROL_H

#include <mach.h>
#include <stdbool.h>
#include <stddef.h>

enum status
{
  STATUS_DONE = 0,
  STATUS_REFUSED = 1, /* the control said no */
  STATUS_USAGE = 2,
  STATUS_NO_CONTROL = 3, /* nobody answers, or we may not ask */
};

struct session
{
  const char *node;    /* path of the control node */
  mach_port_t control; /* send right to it */
  const char *verb;
  bool json;
};

struct verb
{
  const char *name;
  const char *arguments; /* for --help; "" if there are none */
  const char *help;
  int least, most; /* arguments */
  int modes;       /* that the node must be open for: O_READ, O_WRITE */
  enum status (*run) (const struct session *session, char **arguments);
  /* Or, of a maker, which is no control: the exit status.  */
  int (*make) (const char *node, char **arguments);
};

/* The verbs, one file for those that belong together.  */
enum status verb_grants (const struct session *session, char **arguments);
enum status verb_roles (const struct session *session, char **arguments);
enum status verb_events (const struct session *session, char **arguments);
enum status verb_processes (const struct session *session, char **arguments);
enum status verb_lower (const struct session *session, char **arguments);
enum status verb_revoke (const struct session *session, char **arguments);
enum status verb_grant (const struct session *session, char **arguments);
enum status verb_freeze (const struct session *session, char **arguments);
enum status verb_thaw (const struct session *session, char **arguments);
enum status verb_stop (const struct session *session, char **arguments);
enum status verb_kill (const struct session *session, char **arguments);

/* Have the maker at NODE run what stands in ARGUMENTS, as hurdle-env would,
   and wait for it.  Exit status.  */
int run (const char *node, char **arguments);

/* Say that the control answered ERR to what was asked about WHAT.  Never
   STATUS_DONE.  */
enum status refused (const struct session *session, const char *what,
                     kern_return_t err);

/* Say that ARGUMENT is not WANTED.  Always STATUS_USAGE.  */
enum status wrong_usage (const char *argument, const char *wanted);

/* The number that TEXT is.  False: it is none, or more than MOST.  */
bool number_read (const char *text, unsigned int most,
                  unsigned int *ret_number);

#endif
