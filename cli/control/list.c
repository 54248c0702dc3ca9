/* list.c -- hurdle-control NODE grants, roles, processes, events
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/control/control.h"
#include "lib/base/listing.h"

#include "hurdle_U.h"

kern_return_t
session_list (const struct session *session, const char *what, char **ret_data,
              size_t *ret_size)
{
  string_t name = "";
  data_t data = NULL;
  mach_msg_type_number_t size = 0;
  kern_return_t err;

  strncpy (name, what, sizeof name - 1);
  err = hurdle_list (session->control, name, &data, &size);
  if (err)
    return err;
  *ret_data = data;
  *ret_size = size;
  return 0;
}

static enum status
list_print (const struct session *session, const char *what)
{
  struct text text = TEXT_INIT;
  char *data;
  size_t size;
  kern_return_t err = session_list (session, what, &data, &size);

  if (err)
    return refused (session, what, err);
  if (!(session->json ? listing_show_json : listing_show) (data, size, &text))
    err = EIO;
  (void)vm_deallocate (mach_task_self (), (vm_address_t)data, size);
  if (err)
    return refused (session, what, err);
  fputs (text_string (&text), stdout);
  text_finish (&text);
  return STATUS_DONE;
}

enum status
verb_grants (const struct session *session, char **arguments)
{
  (void)arguments;
  return list_print (session, "grants");
}

enum status
verb_roles (const struct session *session, char **arguments)
{
  (void)arguments;
  return list_print (session, "roles");
}

enum status
verb_processes (const struct session *session, char **arguments)
{
  (void)arguments;
  return list_print (session, "processes");
}

/* The lines of DATA whose number is above *LAST, which moves on.  What was
   forgotten between is said.  */
static void
events_print (const char *data, size_t size, unsigned long long *last)
{
  const char *end = data + size, *line = memchr (data, '\n', size);

  for (; line && ++line < end; line = memchr (line, '\n', end - line))
    {
      const char *next = memchr (line, '\n', (size_t)(end - line));
      unsigned long long number = strtoull (line, NULL, 10);

      if (!next || number <= *last)
        continue;
      if (number > *last + 1)
        printf ("%llu lost\n", number - *last - 1);
      printf ("%.*s\n", (int)(next - line), line);
      *last = number;
    }
  fflush (stdout);
}

/* Asked for each second, so that nobody has to wait for us.  */
static enum status
events_follow (const struct session *session)
{
  unsigned long long last = 0;
  char *data;
  size_t size;

  while (!session_list (session, "events", &data, &size))
    {
      events_print (data, size, &last);
      (void)vm_deallocate (mach_task_self (), (vm_address_t)data, size);
      sleep (1);
    }
  return STATUS_DONE; /* the environment is over */
}

enum status
verb_events (const struct session *session, char **arguments)
{
  if (!arguments[0])
    return list_print (session, "events");
  if (strcmp (arguments[0], "follow"))
    return wrong_usage (arguments[0], "`follow'");
  return events_follow (session);
}
