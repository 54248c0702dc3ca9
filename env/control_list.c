/* control_list.c -- what there is: grants, roles, processes
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "env/control_private.h"
#include "lib/base/listing.h"
#include "lib/manifest/manifest.h"
#include "lib/membrane/grant.h"
#include "lib/port/right.h"
#include "servers/proc/proc.h"

#include "hurdle_S.h"
#include "hurdle_reply_U.h"

#define SECOND_NS UINT64_C (1000000000)

/* ---- grants ---- */

const char *
control_modes_name (int modes)
{
  static const char *const names[]
      = { "nothing", "read", "write", "read-write" };

  return names[(modes & O_READ ? 1 : 0) | (modes & O_WRITE ? 2 : 0)];
}

/* Whole seconds until it is taken back.  */
static void
list_left (struct text *text, const struct grant *grant)
{
  uint64_t now = clock_now_ns ();

  if (!grant->until || grant->revoked)
    listing_text (text, "-");
  else
    listing_number (
        text,
        grant->until <= now
            ? 0
            : (long long)((grant->until - now + SECOND_NS - 1) / SECOND_NS));
}

static void
list_grants (struct environment *env, struct text *text)
{
  text_add (
      text,
      "id#\tkind\tname\tfrom\tmodes\timplicit?\tused?\trevoked?\tleft#\n");
  list_for_each (node, following, &env->grants)
  {
    const struct grant *grant = list_entry (node, struct grant, link);

    listing_number (text, grant->id);
    listing_text (text, grant->kind);
    listing_text (text, grant->name);
    listing_text (text, grant->from);
    listing_text (text, control_modes_name (grant->modes));
    listing_flag (text, grant->implicit);
    listing_flag (text, grant->used);
    listing_flag (text, grant->revoked);
    list_left (text, grant);
    listing_end (text);
  }
}

/* ---- roles ---- */

static void
list_roles (struct environment *env, struct text *text)
{
  text_add (text, "role\tsource\n");
  for (size_t i = 0; i < ROLES; i++)
    {
      listing_text (text, role_names[i]);
      listing_text (text, source_names[env->manifest->roles[i].source]);
      listing_end (text);
    }
}

/* ---- processes ---- */

/* What the ledger alone knows has no pid.  */
static void
list_task (struct member *member, void *cookie)
{
  static const struct process unregistered;
  struct text *text = cookie;
  const struct process *process
      = member->process ? member->process : &unregistered;
  const struct identity *identity = process->identity;

  listing_number (text, process->pid);
  listing_number (text, process->parent ? process->parent->pid : 0);
  listing_number (text, process->group ? process->group->id : 0);
  listing_number (text, process->group ? process->group->session->id : 0);
  listing_number (text, identity && identity->ids.euids.count
                            ? (long long)identity->ids.euids.ids[0]
                            : -1);
  listing_flag (text, process->stopped);
  listing_flag (text, member->branch != NULL);
  listing_text (text, process->exe ? process->exe->text : "");
  listing_end (text);
}

static void
list_processes (struct environment *env, struct text *text)
{
  text_add (text,
            "pid#\tparent#\tgroup#\tsession#\tuid#\tstopped?\tinner?\tprogram"
            "\n");
  ledger_each (env->ledger, list_task, text);
}

/* ---- events ---- */

void
control_list_events (const struct events *events, const struct event *event,
                     struct text *text)
{
  text_add (text, "number#\tevent\tname\ttimes#\n");
  for (; event; event = event_next (events, event))
    {
      listing_number (text, (long long)event->number);
      listing_text (text, event->what);
      listing_text (text, event->name);
      listing_number (text, (long long)event->times);
      listing_end (text);
    }
}

static void
list_events (struct environment *env, struct text *text)
{
  control_list_events (&env->events, events_after (&env->events, 0), text);
}

/* ---- the request ---- */

struct list_row
{
  const char *what;
  void (*list) (struct environment *env, struct text *text);
};

static const struct list_row rows[] = {
  { "grants", list_grants },
  { "roles", list_roles },
  { "processes", list_processes },
  { "events", list_events },
};

struct listing
{
  struct question question; /* first */
  const struct list_row *row;
  struct text text;
};

static void
listing_serve (struct question *question)
{
  struct listing *listing = (struct listing *)question;

  listing->row->list (question->env, &listing->text);
  question_return (question);
}

static void
listing_answer (struct question *question)
{
  struct listing *listing = (struct listing *)question;
  mach_msg_type_name_t type = question->parked.reply_type;

  if (listing->text.failed)
    parked_fail (&question->parked, ENOMEM);
  else
    (void)hurdle_list_reply (parked_take_reply (&question->parked), type, 0,
                             listing->text.data, listing->text.length);
}

static void
listing_free (struct question *question)
{
  struct listing *listing = (struct listing *)question;

  text_finish (&listing->text);
  free (listing);
}

static const struct question_ops listing_ops = { .serve = listing_serve,
                                                 .answer = listing_answer,
                                                 .free = listing_free };

kern_return_t
S_hurdle_list (object_t object, mach_port_t reply,
               mach_msg_type_name_t reply_type, const_string_t what,
               data_t *data, mach_msg_type_number_t *size)
{
  error_t err = control_check (object, O_READ);
  const struct list_row *row = NULL;
  struct listing *listing;

  (void)data, (void)size;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    if (!strncmp (what, rows[i].what, sizeof (string_t)))
      row = &rows[i];
  if (!err && !row)
    err = EINVAL;
  if (err)
    return err;
  listing = calloc (1, sizeof *listing);
  if (!listing)
    return ENOMEM;
  listing->row = row;
  return question_ask (&listing->question, &listing_ops, object, reply,
                       reply_type);
}
