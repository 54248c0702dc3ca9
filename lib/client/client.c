/* client.c -- find the control of an environment, and call it
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "lib/client/client.h"

#include <hurd.h>
#include <mach/mig_errors.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/listing.h"

#include "hurdle_U.h"

#define LOOK_US 50000 /* between two looks whether it is there */

error_t
client_open (const char *node, int modes, mach_port_t *ret_control)
{
  mach_port_t control = file_name_lookup (node, modes, 0);

  if (!MACH_PORT_VALID (control))
    return errno;
  *ret_control = control;
  return 0;
}

error_t
client_await (const char *node, int modes, unsigned int seconds,
              mach_port_t *ret_control)
{
  for (unsigned int looks = 0; looks <= seconds * 1000000 / LOOK_US; looks++)
    {
      unsigned int names, objects, parked, tasks;
      mach_port_t control = MACH_PORT_NULL;

      if (!client_open (node, modes, &control)
          && !hurdle_count (control, &names, &objects, &parked, &tasks))
        {
          *ret_control = control;
          return 0;
        }
      if (control)
        (void)mach_port_deallocate (mach_task_self (), control);
      usleep (LOOK_US);
    }
  return ETIMEDOUT;
}

/* ---- why there is none ---- */

#define INSIDE "/servers/hurdle"

static const struct
{
  const char *node; /* NULL: any */
  error_t err;
  const char *why;
} absences[] = {
  { INSIDE, ENOENT, "this environment has no control of its own inside" },
  { INSIDE, ENXIO, "this environment has no control of its own inside" },
  { NULL, ENOENT,
    "nothing is there; `hurdle-env --control NODE' has a control there while "
    "its environment runs" },
  { NULL, MIG_BAD_ID,
    "no control answers there; `hurdle-env --control NODE' has one there "
    "while its environment runs" },
  { NULL, EACCES,
    "its permissions say no: who may read it may ask, who may write to it may "
    "change" },
};

const char *
client_no_control (const char *node, error_t err)
{
  for (size_t i = 0; i < sizeof absences / sizeof *absences; i++)
    if (err == absences[i].err
        && (!absences[i].node || !strcmp (node, absences[i].node)))
      return absences[i].why;
  return NULL;
}

/* ---- what it tells ---- */

error_t
client_list (mach_port_t control, const char *what, char **ret_data,
             size_t *ret_size)
{
  string_t name = "";
  data_t data = NULL;
  mach_msg_type_number_t size = 0;
  error_t err;

  strncpy (name, what, sizeof name - 1);
  err = hurdle_list (control, name, &data, &size);
  if (err)
    return err;
  *ret_data = data;
  *ret_size = size;
  return 0;
}

/* ---- grants by name ---- */

struct search
{
  const char *name;
  bool revoked; /* those that were taken back */
  unsigned int *ids;
  size_t most, count;
};

static void
search_row (void *cookie, const struct listing_row *row)
{
  struct search *search = cookie;

  if (!listing_is (row, "name", search->name)
      || listing_is (row, "revoked", "yes") != search->revoked)
    return;
  if (search->count < search->most)
    search->ids[search->count] = (unsigned int)listing_number_of (row, "id");
  search->count++;
}

error_t
client_grants (mach_port_t control, const char *name, unsigned int *ids,
               size_t most, size_t *ret_count)
{
  struct search search = { .name = name, .ids = ids, .most = most };
  char *data;
  size_t size;
  bool whole;
  error_t err = client_list (control, "grants", &data, &size);

  if (err)
    return err;
  whole = listing_each (data, size, search_row, &search);
  search.revoked = true;
  if (whole && !search.count)
    (void)listing_each (data, size, search_row, &search);
  (void)vm_deallocate (mach_task_self (), (vm_address_t)data, size);
  if (!whole)
    return EIO;
  if (!search.count)
    return ESRCH;
  *ret_count = search.count;
  return 0;
}

unsigned int
client_grant (mach_port_t control, const char *name)
{
  unsigned int id;
  size_t count;
  error_t err = client_grants (control, name, &id, 1, &count);

  return err || count != 1 ? 0 : id;
}
