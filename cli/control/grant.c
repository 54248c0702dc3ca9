/* grant.c -- hurdle-control NODE lower, revoke
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/control/control.h"

#include "hurdle_U.h"

static enum status
narrow (const struct session *session, const char *grant, int modes)
{
  unsigned int left = 0;
  char *end;
  unsigned long id = strtoul (grant, &end, 10);
  kern_return_t err = 0;

  if (!*grant || *end || *grant == '-' || id > 0xffffffff)
    {
      fprintf (stderr,
               "hurdle-control: '%s' is not the id of a grant; the verb "
               "'grants' lists them\n",
               grant);
      return STATUS_USAGE;
    }
  err = hurdle_narrow (session->control, (unsigned int)id, modes, &left);
  if (err)
    return refused (session, grant, err);
  if (left)
    fprintf (stderr,
             "hurdle-control: %u task%s would not let go of a page and had to "
             "be ended\n",
             left, left == 1 ? "" : "s");
  return STATUS_DONE;
}

enum status
verb_lower (const struct session *session, char **arguments)
{
  return narrow (session, arguments[0], O_READ);
}

enum status
verb_revoke (const struct session *session, char **arguments)
{
  return narrow (session, arguments[0], 0);
}
