/* control_give.c -- give a directory to an environment that runs

   Whoever gives it has opened it: the environment has the authority that came
   with the port, and no other.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "env/control_private.h"
#include "lib/manifest/manifest.h"
#include "lib/port/right.h"
#include "servers/root/proxy.h"

#include "hurdle_S.h"
#include "hurdle_reply_U.h"

#define MODES (O_READ | O_WRITE)

struct giving
{
  struct question question; /* first */
  mach_port_t directory;    /* send right, until it is given */
  io_statbuf_t stat;
  string_t path, from;
  struct proxy_options options;
  unsigned int seconds;
  struct lease *lease; /* until it has begun */
  error_t err;
  unsigned int id; /* of the grant */
};

/* "/A/B": the mounts of a manifest look like this, too.  */
static bool
path_is_plain (const char *path)
{
  if (*path != '/' || !path[1])
    return false;
  while (*path == '/')
    {
      size_t length = strcspn (++path, "/");

      if (!length || (length == 1 && *path == '.')
          || (length == 2 && !strncmp (path, "..", 2)))
        return false;
      path += length;
    }
  return true;
}

static error_t
giving_mount (struct giving *giving, struct grant **ret_grant)
{
  struct environment *env = giving->question.env;
  enum source root = env->manifest->roles[ROLE_ROOT].source;
  error_t err;

  if (root != SOURCE_OWN && root != SOURCE_PROXY)
    return EOPNOTSUPP;
  err = root_mount_parent (env, giving->path, giving->from, giving->directory,
                           &giving->stat, &giving->options, ret_grant);
  if (!err)
    (void)send_steal (&giving->directory);
  return err;
}

static void
giving_serve (struct question *question)
{
  struct giving *giving = (struct giving *)question;
  struct grant *grant;

  giving->err = giving_mount (giving, &grant);
  if (!giving->err)
    {
      giving->id = grant->id;
      events_add (grant->events, "granted", grant->name);
      if (giving->seconds)
        {
          lease_start (giving->lease, grant, giving->seconds);
          giving->lease = NULL;
        }
    }
  question_return (question);
}

static void
giving_answer (struct question *question)
{
  const struct giving *giving = (struct giving *)question;
  mach_msg_type_name_t type = question->parked.reply_type;

  if (giving->err)
    parked_fail (&question->parked, giving->err);
  else
    (void)hurdle_give_reply (parked_take_reply (&question->parked), type, 0,
                             giving->id);
}

static void
giving_free (struct question *question)
{
  struct giving *giving = (struct giving *)question;

  send_drop (&giving->directory);
  lease_discard (giving->lease);
  free (giving);
}

static const struct question_ops giving_ops
    = { .serve = giving_serve, .answer = giving_answer, .free = giving_free };

/* What is our own cannot come in from outside.  */
kern_return_t
S_hurdle_give (object_t object, mach_port_t reply,
               mach_msg_type_name_t reply_type, mach_port_t directory,
               io_statbuf_t stat, const_string_t path, const_string_t from,
               int modes, int noexec, unsigned seconds, unsigned *grant)
{
  error_t err = control_check (object, O_WRITE);
  struct giving *giving;

  (void)grant;
  if (!err
      && (modes & ~MODES || !modes || !memchr (path, '\0', sizeof (string_t))
          || !memchr (from, '\0', sizeof (string_t)) || !path_is_plain (path)
          || !MACH_PORT_VALID (directory) || right_is_ours (directory)))
    err = EINVAL;
  giving = err ? NULL : calloc (1, sizeof *giving);
  if (!giving || !(giving->lease = lease_create ()))
    {
      free (giving);
      return err ? err : ENOMEM;
    }
  giving->directory = directory;
  giving->stat = stat;
  giving->options.modes = modes;
  giving->options.noexec = noexec != 0;
  giving->seconds = seconds;
  strcpy (giving->path, path);
  strcpy (giving->from, from);
  return question_ask (&giving->question, &giving_ops, object, reply,
                       reply_type);
}
