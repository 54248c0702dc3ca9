/* grant.c -- hurdle-control NODE grant, lower, revoke
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <errno.h>
#include <fcntl.h>
#include <hurd.h>
#include <hurd/io.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "cli/control/control.h"
#include "lib/client/client.h"

#include "hurdle_U.h"

#define NAMESAKES_SHOWN 8

static enum status
ambiguous (const struct session *session, const char *name,
           const unsigned int *ids, size_t count)
{
  fprintf (stderr,
           "hurdle-control: %s: '%s' is the name of %zu grants; say "
           "which by its id:",
           session->node, name, count);
  for (size_t i = 0; i < count && i < NAMESAKES_SHOWN; i++)
    fprintf (stderr, " %u", ids[i]);
  fputs (count > NAMESAKES_SHOWN ? " …\n" : "\n", stderr);
  return STATUS_REFUSED;
}

/* The grant that is called WORD, or has it for an id.  */
static enum status
grant_find (const struct session *session, const char *word,
            unsigned int *ret_id)
{
  unsigned int ids[NAMESAKES_SHOWN];
  size_t count;
  kern_return_t err;

  if (number_read (word, UINT_MAX, ret_id))
    return STATUS_DONE;
  err = client_grants (session->control, word, ids, NAMESAKES_SHOWN, &count);
  if (err == ESRCH)
    {
      fprintf (stderr,
               "hurdle-control: %s: no grant is called '%s'; `grants' lists "
               "their names and ids\n",
               session->node, word);
      return STATUS_REFUSED;
    }
  if (err)
    return refused (session, word, err);
  if (count > 1)
    return ambiguous (session, word, ids, count);
  *ret_id = ids[0];
  return STATUS_DONE;
}

static enum status
narrow (const struct session *session, const char *grant, int modes)
{
  unsigned int left = 0, id;
  enum status status = grant_find (session, grant, &id);
  kern_return_t err;

  if (status)
    return status;
  err = hurdle_narrow (session->control, id, modes, &left);
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

/* ---- giving ---- */

struct gift
{
  int modes;
  int noexec;
  unsigned int seconds;
};

static const struct
{
  const char *word;
  int modes; /* instead of what was said before, if not 0 */
  int noexec;
} words[] = {
  { "read-only", O_READ, 0 },
  { "read-write", O_READ | O_WRITE, 0 },
  { "noexec", 0, 1 },
  { "nosuid", 0, 0 }, /* as it is anyway: what comes from outside always is */
};

static bool
word_take (const char *word, struct gift *gift)
{
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (!strcmp (word, words[i].word))
      {
        gift->modes = words[i].modes ? words[i].modes : gift->modes;
        gift->noexec |= words[i].noexec;
        return true;
      }
  return false;
}

/* What stands behind PATH and FROM.  The words may be joined by commas.  */
static enum status
gift_read (char **arguments, struct gift *gift)
{
  for (; *arguments; arguments++)
    {
      if (!strcmp (*arguments, "for"))
        {
          if (!arguments[1])
            return wrong_usage ("for", "`for SECONDS'");
          if (!number_read (*++arguments, UINT_MAX, &gift->seconds)
              || !gift->seconds)
            return wrong_usage (*arguments, "a number of seconds, at least 1");
          continue;
        }
      for (char *rest = *arguments, *word; (word = strsep (&rest, ","));)
        if (!word_take (word, gift))
          return wrong_usage (word, "read-only, read-write, noexec, nosuid or "
                                    "for SECONDS");
    }
  return STATUS_DONE;
}

static kern_return_t
give (const struct session *session, mach_port_t directory, const char *path,
      const char *from, const struct gift *gift, unsigned int *ret_id)
{
  io_statbuf_t stat;
  string_t path_field = "", from_field = "";
  kern_return_t err;

  if (strlen (path) >= sizeof path_field || strlen (from) >= sizeof from_field)
    return ENAMETOOLONG;
  strcpy (path_field, path);
  strcpy (from_field, from);
  err = io_stat (directory, &stat);
  return err ? err
             : hurdle_give (session->control, directory,
                            MACH_MSG_TYPE_COPY_SEND, stat, path_field,
                            from_field, gift->modes, gift->noexec,
                            gift->seconds, ret_id);
}

enum status
verb_grant (const struct session *session, char **arguments)
{
  struct gift gift = { .modes = O_READ };
  enum status status = gift_read (arguments + 2, &gift);
  const char *path = arguments[0], *from = arguments[1];
  mach_port_t directory;
  unsigned int id;
  kern_return_t err;

  if (status)
    return status;
  /* It is opened here, by whoever gives it.  */
  directory = file_name_lookup (from, O_DIRECTORY, 0);
  if (!MACH_PORT_VALID (directory))
    {
      fprintf (stderr, "hurdle-control: %s: %s\n", from, strerror (errno));
      return STATUS_REFUSED;
    }
  err = give (session, directory, path, from, &gift, &id);
  if (err == EINVAL)
    {
      fprintf (stderr,
               "hurdle-control: %s: it does not take %s at '%s': PATH is to "
               "be like /A/B, and FROM a directory from outside\n",
               session->node, from, path);
      return STATUS_REFUSED;
    }
  if (err)
    return refused (session, arguments[0], err);
  printf ("%u\n", id);
  return STATUS_DONE;
}
