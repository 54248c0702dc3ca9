/* startup_own.c -- taking the environment down in order

   Variant: own.  Those who registered are asked to finish, all at once; then
   everybody but the first program gets SIGTERM; then the environment ends.
   Each stage ends when there is nobody left to wait for, and at a deadline in
   any case: who does not answer cannot keep the environment.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <errno.h>
#include <mach/notify.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "lib/env/ledger.h"
#include "lib/port/right.h"
#include "servers/startup/startup_private.h"

#include "startup_notify_request_U.h"

#define DOSYNC_REPLY 29600
#define MS UINT64_C (1000000)
#define SYNC_NS (3000 * MS)
#define TERMINATE_NS (1000 * MS)
#define LOOK_NS (50 * MS) /* how often we look whether all are gone */
#define FIRST_PID 1

/* ---- who is to be told ---- */

static void
notice_free (struct notice *notice)
{
  struct startup *startup = notice->startup;

  death_watch_stop (&notice->watch);
  list_remove (&notice->link);
  send_drop (&notice->port);
  *(notice->essential ? &startup->essentials_count : &startup->notices_count)
      -= 1;
  free (notice);
}

static void
notice_died (struct death_watch *watch)
{
  struct notice *notice = list_entry (watch, struct notice, watch);
  struct environment *env = notice->startup->env;
  bool essential = notice->essential;

  notice_free (notice);
  if (essential)
    startup_shut_down (env, 0);
}

/* PORT is consumed on success.  */
static error_t
notice_add (struct startup *startup, mach_port_t port, bool essential)
{
  struct notice *notice;
  error_t err;

  /* A port of ours would be kept alive by its own entry here.  */
  if (!MACH_PORT_VALID (port)
      || object_lookup (startup->env->loop, port, NULL))
    return EINVAL;
  if (essential ? startup->essentials_count >= ESSENTIALS_MAX
                : startup->notices_count >= NOTICES_MAX)
    return ENOSPC;
  notice = calloc (1, sizeof *notice);
  if (!notice)
    return ENOMEM;

  notice->watch.run = notice_died;
  list_init (&notice->watch.link);
  err = death_watch_start (startup->env->loop, &notice->watch, port);
  if (err)
    {
      free (notice);
      return err;
    }
  notice->startup = startup;
  notice->port = port;
  notice->essential = essential;
  list_insert_tail (&startup->notices, &notice->link);
  *(essential ? &startup->essentials_count : &startup->notices_count) += 1;
  return 0;
}

/* ---- the stages ---- */

static void
stage_enter (struct startup *startup, enum shutdown_stage stage,
             uint64_t for_ns)
{
  startup->stage = stage;
  startup->deadline_ns = clock_now_ns () + for_ns;
}

static void
stage_look_later (struct startup *startup)
{
  timer_stop (&startup->timer);
  timer_start (startup->env->loop, &startup->timer, clock_now_ns () + LOOK_NS);
}

/* Everyone trusts a signal that comes with his own task as reference.  */
static void
member_terminate (struct member *member, void *cookie)
{
  const struct startup *startup = cookie;
  struct environment *env = startup->env;
  pid_t pid;

  if (!member->process || !env->proc)
    return;
  pid = env->proc->pid (member->process);
  if (pid != FIRST_PID)
    (void)env->proc->signal (env, pid, SIGTERM, member->task);
}

static void
terminate_all (struct startup *startup)
{
  stage_enter (startup, SHUTDOWN_TERMINATE, TERMINATE_NS);
  if (startup->env->ledger)
    ledger_each (startup->env->ledger, member_terminate, startup);
  stage_look_later (startup);
}

static bool
stage_is_over (const struct startup *startup)
{
  const struct environment *env = startup->env;

  if (clock_now_ns () >= startup->deadline_ns)
    return true;
  if (startup->stage == SHUTDOWN_SYNC)
    return !startup->awaited;
  return !env->ledger || ledger_count (env->ledger) <= 1;
}

static void
stage_look (struct timer *timer)
{
  struct startup *startup = list_entry (timer, struct startup, timer);

  if (!stage_is_over (startup))
    stage_look_later (startup);
  else if (startup->stage == SHUTDOWN_SYNC)
    terminate_all (startup);
  else if (startup->stage == SHUTDOWN_TERMINATE)
    {
      startup->stage = SHUTDOWN_ENDED;
      environment_end (startup->env, 0);
    }
}

void
startup_shut_down (struct environment *env, int reboot_code)
{
  struct startup *startup = env->startup_state;

  if (!startup || startup->stage != SHUTDOWN_NOT)
    return;
  startup->reboot_code = reboot_code;
  stage_enter (startup, SHUTDOWN_SYNC, SYNC_NS);
  list_for_each (node, following, &startup->notices)
  {
    struct notice *notice = list_entry (node, struct notice, link);

    if (!notice->essential
        && !startup_dosync_request (notice->port,
                                    object_name (&startup->replies)))
      startup->awaited++;
  }
  stage_look (&startup->timer);
}

/* An answer, or the news that there will be none: either is one less to wait
   for.  */
static bool
replies_raw (struct object *object, mach_msg_header_t *message)
{
  struct startup *startup = list_entry (object, struct startup, replies);

  if (message->msgh_id != DOSYNC_REPLY
      && message->msgh_id != MACH_NOTIFY_SEND_ONCE)
    return false;
  if (startup->awaited)
    startup->awaited--;
  message->msgh_local_port = MACH_PORT_NULL;
  mach_msg_destroy (message);
  return true;
}

static void
replies_free (struct object *object)
{
  (void)object; /* lives as long as the environment */
}

/* ---- life ---- */

static const struct interface *const no_interfaces[] = { NULL };

static const struct object_class replies_class = { .name = "startup replies",
                                                   .interfaces = no_interfaces,
                                                   .raw = replies_raw,
                                                   .free = replies_free };

static const struct interface *const startup_interfaces[]
    = { HANDLE_INTERFACES, &startup_interface, NULL };

const struct object_class startup_class = { .name = "startup",
                                            .interfaces = startup_interfaces,
                                            .free = plain_free };

static const struct io_ops startup_io
    = { .clone = plain_clone, .stat = plain_stat, .identity = plain_identity };

error_t
startup_start (struct environment *env, const struct startup_ops *ops)
{
  struct startup *startup = calloc (1, sizeof *startup);
  error_t err;

  if (!startup)
    return ENOMEM;
  startup->ops = ops;
  startup->env = env;
  generation_init (&startup->generation, "startup", env);
  list_init (&startup->notices);
  list_init (&startup->timer.link);
  startup->timer.run = stage_look;
  startup->plain = (struct plain){ .path = "/servers/startup",
                                   .class = &startup_class,
                                   .io = &startup_io,
                                   .mode = S_IFREG | 0666,
                                   .number = 102,
                                   .generation = &startup->generation,
                                   .env = env,
                                   .state = startup };
  err = object_init (&startup->replies, &replies_class, &startup->generation,
                     env->loop);
  if (err)
    {
      free (startup);
      return err;
    }
  env->startup_state = startup;
  return plain_attach (&startup->plain);
}

/* ---- source own ---- */

static error_t
own_essential_task (struct startup *startup, mach_port_t task)
{
  return notice_add (startup, task, true);
}

static error_t
own_request_notification (struct startup *startup, mach_port_t notify)
{
  return notice_add (startup, notify, false);
}

static void
own_reboot (struct startup *startup, int reboot_code)
{
  startup_shut_down (startup->env, reboot_code);
}

static const struct startup_ops own_ops
    = { .essential_task = own_essential_task,
        .request_notification = own_request_notification,
        .reboot = own_reboot };

error_t
startup_own_create (struct environment *env)
{
  return startup_start (env, &own_ops);
}
