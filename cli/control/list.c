/* list.c -- hurdle-control NODE grants, roles, processes, events
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <errno.h>
#include <mach/mig_errors.h>
#include <stdio.h>
#include <string.h>

#include "cli/control/control.h"
#include "lib/base/listing.h"
#include "lib/client/client.h"

#include "hurdle_U.h"

/* Print the listing DATA, which is ours and goes.  */
static enum status
data_print (const struct session *session, const char *what, char *data,
            size_t size)
{
  struct text text = TEXT_INIT;
  bool shown
      = (session->json ? listing_show_json : listing_show) (data, size, &text);

  (void)vm_deallocate (mach_task_self (), (vm_address_t)data, size);
  if (!shown)
    return refused (session, what, EIO);
  fputs (text_string (&text), stdout);
  fflush (stdout);
  text_finish (&text);
  return STATUS_DONE;
}

static enum status
list_print (const struct session *session, const char *what)
{
  char *data;
  size_t size;
  kern_return_t err = client_list (session->control, what, &data, &size);

  return err ? refused (session, what, err)
             : data_print (session, what, data, size);
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

/* Each answer comes when there is something to tell; the last one is that the
   environment is over.  */
static enum status
events_follow (const struct session *session)
{
  loff_t last = 0;
  enum status status = STATUS_DONE;

  while (!status)
    {
      data_t data = NULL;
      mach_msg_type_number_t size = 0;
      int lost = 0;
      kern_return_t err
          = hurdle_events (session->control, last, &last, &lost, &data, &size);

      if (err == MACH_SEND_INVALID_DEST || err == MIG_SERVER_DIED)
        return STATUS_DONE;
      if (err == EINTR)
        continue;
      if (err)
        return refused (session, "events", err);
      if (lost)
        fputs ("hurdle-control: some events were too long ago\n", stderr);
      status = data_print (session, "events", data, size);
    }
  return status;
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
