/* console_fake.c -- /dev/console: swallows what is written to it

   Source: fake.  A character device that is no terminal and has nothing to
   read.  A terminal of the environment's own leaves the name to us.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "lib/io/plain.h"
#include "servers/terminal/terminal.h"

struct fake_console
{
  struct generation generation;
  struct plain plain;
};

static error_t
fake_read (struct handle *handle, const struct request *request, loff_t offset,
           size_t amount, struct out_data *out)
{
  (void)handle, (void)request, (void)offset, (void)amount;
  out->size = 0;
  return 0;
}

static error_t
fake_write (struct handle *handle, const struct request *request,
            const void *data, size_t size, loff_t offset, size_t *ret_amount)
{
  (void)handle, (void)request, (void)data, (void)offset;
  *ret_amount = size;
  return 0;
}

static const struct io_ops fake_io = { .clone = plain_clone,
                                       .read = fake_read,
                                       .write = fake_write,
                                       .stat = plain_stat,
                                       .identity = plain_identity };

static const struct interface *const fake_interfaces[]
    = { HANDLE_INTERFACES, NULL };

static const struct object_class fake_class = { .name = "fake console",
                                                .interfaces = fake_interfaces,
                                                .free = plain_free };

error_t
console_fake_create (struct environment *env)
{
  struct fake_console *console = calloc (1, sizeof *console);

  if (!console)
    return ENOMEM;
  generation_init (&console->generation, "console", env);
  console->plain = (struct plain){ .path = "/dev/console",
                                   .class = &fake_class,
                                   .io = &fake_io,
                                   .mode = S_IFCHR | 0620,
                                   .rdev = gnu_dev_makedev (5, 1),
                                   .number = 105,
                                   .generation = &console->generation,
                                   .env = env,
                                   .state = console };
  return plain_attach (&console->plain);
}
