/* crash_own.c -- /servers/crash: the dying die, and leave no core

   Variant: own.  Serves: <hurd/crash.defs>.

   The caller is the C library in the dying program, which believes that a
   core was written if we answer with success.  An error makes it go on to end
   itself with the status that the signal asks for, which is what we want: a
   task that we terminated would seem to have been killed by SIGKILL.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <stdlib.h>
#include <sys/stat.h>

#include "lib/io/plain.h"
#include "servers/crash/crash.h"

#include "crash_S.h"

static const struct interface crash_interface
    = { "crash", 32000, 1, crash_server_routine };

/* All rights are the loop's to drop: we fail.  */
kern_return_t
S_crash_dump_task (object_t object, mach_port_t reply,
                   mach_msg_type_name_t reply_type, mach_port_t task,
                   file_t file, int signo, integer_t sigcode, int sigerror,
                   natural_t exc, natural_t code, long_natural_t subcode,
                   mach_port_t cttyid)
{
  (void)object, (void)reply, (void)reply_type, (void)task, (void)file;
  (void)signo, (void)sigcode, (void)sigerror, (void)exc, (void)code;
  (void)subcode, (void)cttyid;
  return EOPNOTSUPP;
}

static const struct interface *const crash_interfaces[]
    = { HANDLE_INTERFACES, &crash_interface, NULL };

static const struct object_class crash_class
    = { .name = "crash", .interfaces = crash_interfaces, .free = plain_free };

static const struct io_ops crash_io
    = { .clone = plain_clone, .stat = plain_stat };

struct crash
{
  struct generation generation;
  struct plain plain;
};

error_t
crash_own_create (struct environment *env)
{
  struct crash *crash = calloc (1, sizeof *crash);

  if (!crash)
    return ENOMEM;
  crash->generation.name = "crash";
  crash->generation.environment = env;
  crash->generation.gate = &gate_open;
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
