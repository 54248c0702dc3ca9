/* crash_rpc.c -- /servers/crash, whatever the source

   Serves: <hurd/crash.defs>.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <stdlib.h>
#include <sys/stat.h>

#include "lib/io/plain.h"
#include "lib/port/right.h"
#include "servers/crash/crash.h"

#include "crash_S.h"

struct crash
{
  struct generation generation;
  struct plain plain;
  const struct crash_ops *ops;
};

static const struct interface crash_interface
    = { "crash", 32000, 1, crash_server_routine };

kern_return_t
S_crash_dump_task (object_t object, mach_port_t reply,
                   mach_msg_type_name_t reply_type, mach_port_t task,
                   file_t file, int signo, integer_t sigcode, int sigerror,
                   natural_t exc, natural_t code, long_natural_t subcode,
                   mach_port_t cttyid)
{
  const struct crash *crash = plain_of (object)->state;
  error_t err = crash->ops->dump (object_environment (object), task, signo);

  (void)reply, (void)reply_type, (void)sigcode, (void)sigerror, (void)exc;
  (void)code, (void)subcode;
  if (err)
    return err; /* all rights are the loop's to drop */
  send_drop (&task);
  send_drop (&file);
  send_drop (&cttyid);
  return 0;
}

static const struct interface *const crash_interfaces[]
    = { HANDLE_INTERFACES, &crash_interface, NULL };

static const struct object_class crash_class
    = { .name = "crash", .interfaces = crash_interfaces, .free = plain_free };

static const struct io_ops crash_io
    = { .clone = plain_clone, .stat = plain_stat, .identity = plain_identity };

error_t
crash_start (struct environment *env, const struct crash_ops *ops)
{
  struct crash *crash = calloc (1, sizeof *crash);

  if (!crash)
    return ENOMEM;
  crash->ops = ops;
  generation_init (&crash->generation, "crash", env);
  crash->plain = (struct plain){ .path = "/servers/crash",
                                 .class = &crash_class,
                                 .io = &crash_io,
                                 .mode = S_IFREG | 0666,
                                 .number = 100,
                                 .generation = &crash->generation,
                                 .env = env,
                                 .state = crash };
  return plain_attach (&crash->plain);
}
