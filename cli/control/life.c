/* life.c -- hurdle-control NODE freeze, thaw, stop, kill
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <mach/notify.h>
#include <stdio.h>

#include "cli/control/control.h"

#include "hurdle_U.h"

#define PATIENCE 3         /* seconds, as after a signal */
#define PATIENCE_MOST 3600 /* seconds */
#define KILLING 10         /* seconds that ending by force may take */

enum status
verb_freeze (const struct session *session, char **arguments)
{
  kern_return_t err = hurdle_freeze (session->control);

  (void)arguments;
  return err ? refused (session, session->verb, err) : STATUS_DONE;
}

enum status
verb_thaw (const struct session *session, char **arguments)
{
  kern_return_t err = hurdle_thaw (session->control);

  (void)arguments;
  return err ? refused (session, session->verb, err) : STATUS_DONE;
}

/* Until the control is no more, at most SECONDS.  */
static bool
wait_for_end (mach_port_t control, unsigned int seconds)
{
  mach_port_t port = mach_reply_port (), before;
  struct
  {
    mach_dead_name_notification_t notification;
    char trailer[64];
  } message;

  if (mach_port_request_notification (mach_task_self (), control,
                                      MACH_NOTIFY_DEAD_NAME, 1, port,
                                      MACH_MSG_TYPE_MAKE_SEND_ONCE, &before))
    return true; /* it is dead already */
  return !mach_msg (&message.notification.not_header,
                    MACH_RCV_MSG | MACH_RCV_TIMEOUT, 0, sizeof message, port,
                    seconds * 1000, MACH_PORT_NULL);
}

static enum status
stop (const struct session *session, unsigned int seconds)
{
  kern_return_t err = hurdle_stop (session->control, seconds);

  if (err)
    return refused (session, session->verb, err);
  if (wait_for_end (session->control, seconds + KILLING))
    return STATUS_DONE;
  fprintf (stderr, "hurdle-control: %s: it has not ended\n", session->node);
  return STATUS_REFUSED;
}

enum status
verb_stop (const struct session *session, char **arguments)
{
  unsigned int seconds = PATIENCE;

  if (*arguments && !number_read (*arguments, PATIENCE_MOST, &seconds))
    return wrong_usage (*arguments, "a number of seconds, at most an hour");
  return stop (session, seconds);
}

enum status
verb_kill (const struct session *session, char **arguments)
{
  (void)arguments;
  return stop (session, 0);
}
