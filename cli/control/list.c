/* list.c -- hurdle-control NODE grants, roles, processes
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <stdio.h>
#include <string.h>

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
