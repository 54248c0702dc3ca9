/* devices_own.c -- the role devices: null, zero, full, random, fd

   Variant: own.  A device is a row of a table; what it does with a read and a
   write is a function each.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>

#include "lib/io/plain.h"
#include "servers/devices/devices.h"
#include "servers/devices/random.h"

#define ZERO_MAX (1024 * 1024) /* bytes of one read */
#define RANDOM_MAX 65536

enum device
{
  DEVICE_NULL,
  DEVICE_ZERO,
  DEVICE_FULL,
  DEVICE_RANDOM,
  DEVICE_URANDOM,
  DEVICES
};

struct devices
{
  struct generation generation;
  struct plain plain[DEVICES];
  struct plain fd; /* /dev/fd itself */
  struct random random;
};

/* ---- what they do ---- */

static error_t
null_read (struct handle *handle, const struct request *request, loff_t offset,
           size_t amount, struct out_data *out)
{
  (void)handle, (void)request, (void)offset, (void)amount;
  out->size = 0;
  return 0;
}

/* Memory fresh from the kernel is zero already.  */
static error_t
zero_read (struct handle *handle, const struct request *request, loff_t offset,
           size_t amount, struct out_data *out)
{
  error_t err = out_data_reserve (out, amount < ZERO_MAX ? amount : ZERO_MAX);

  (void)handle, (void)request, (void)offset;
  if (!err && !out->allocated)
    memset (out->data, 0, out->size);
  return err;
}

static error_t
random_device_read (struct handle *handle, const struct request *request,
                    loff_t offset, size_t amount, struct out_data *out)
{
  struct devices *devices = plain_of (&handle->object)->state;
  error_t err
      = out_data_reserve (out, amount < RANDOM_MAX ? amount : RANDOM_MAX);

  (void)request, (void)offset;
  if (err)
    return err;
  (void)random_mix_processor (&devices->random, 1);
  random_read (&devices->random, out->data, out->size);
  return 0;
}

static error_t
swallow (struct handle *handle, const struct request *request,
         const void *data, size_t size, loff_t offset, size_t *ret_amount)
{
  (void)handle, (void)request, (void)data, (void)offset;
  *ret_amount = size;
  return 0;
}

static error_t
refuse_full (struct handle *handle, const struct request *request,
             const void *data, size_t size, loff_t offset, size_t *ret_amount)
{
  (void)handle, (void)request, (void)data, (void)offset;
  *ret_amount = 0;
  return size ? ENOSPC : 0;
}

/* Whatever anybody adds makes it better for all.  */
static error_t
random_device_write (struct handle *handle, const struct request *request,
                     const void *data, size_t size, loff_t offset,
                     size_t *ret_amount)
{
  struct devices *devices = plain_of (&handle->object)->state;
  char bytes[512];
  size_t some = size < sizeof bytes ? size : sizeof bytes;
  error_t err = request_copy (handle->object.loop, bytes, data, some);

  (void)request, (void)offset;
  if (err)
    return err;
  random_mix (&devices->random, bytes, some);
  *ret_amount = size;
  return 0;
}

/* A position means nothing here, but lseek is no error.  */
static error_t
seek_nowhere (struct handle *handle, loff_t offset, int whence,
              loff_t *ret_offset)
{
  (void)handle, (void)offset, (void)whence;
  *ret_offset = 0;
  return 0;
}

/* No memory object is memory of the kernel's own: zero, and private.  */
static error_t
map_nothing (struct handle *handle, struct out_right *ret_read,
             struct out_right *ret_write)
{
  (void)handle, (void)ret_read, (void)ret_write;
  return 0;
}

/* ---- the table ---- */

static const struct interface *const device_interfaces[]
    = { HANDLE_INTERFACES, NULL };

static const struct object_class device_class = {
  .name = "device", .interfaces = device_interfaces, .free = plain_free
};

static const struct io_ops null_io = { .clone = plain_clone,
                                       .read = null_read,
                                       .write = swallow,
                                       .seek = seek_nowhere,
                                       .stat = plain_stat,
                                       .identity = plain_identity };

static const struct io_ops zero_io = { .clone = plain_clone,
                                       .read = zero_read,
                                       .write = swallow,
                                       .seek = seek_nowhere,
                                       .stat = plain_stat,
                                       .identity = plain_identity,
                                       .map = map_nothing };

static const struct io_ops full_io = { .clone = plain_clone,
                                       .read = zero_read,
                                       .write = refuse_full,
                                       .seek = seek_nowhere,
                                       .stat = plain_stat,
                                       .identity = plain_identity };

static const struct io_ops random_io = { .clone = plain_clone,
                                         .read = random_device_read,
                                         .write = random_device_write,
                                         .seek = seek_nowhere,
                                         .stat = plain_stat,
                                         .identity = plain_identity };

static const struct row
{
  const char *path;
  const struct io_ops *io;
  unsigned int minor; /* of major 1 */
} rows[DEVICES] = {
  [DEVICE_NULL] = { "/dev/null", &null_io, 3 },
  [DEVICE_ZERO] = { "/dev/zero", &zero_io, 5 },
  [DEVICE_FULL] = { "/dev/full", &full_io, 7 },
  [DEVICE_RANDOM] = { "/dev/random", &random_io, 8 },
  [DEVICE_URANDOM] = { "/dev/urandom", &random_io, 9 },
};

/* Names that every process resolves in its own table of descriptors.  */
static const struct service_node magics[] = {
  { .path = "/dev/stdin", .mode = S_IFCHR | 0666, .magic = "fd/0" },
  { .path = "/dev/stdout", .mode = S_IFCHR | 0666, .magic = "fd/1" },
  { .path = "/dev/stderr", .mode = S_IFCHR | 0666, .magic = "fd/2" },
};

/* ---- /dev/fd ---- */

/* Only the opener's C library knows what is in there.  */
static const struct fs_ops fd_fs = { .readdir = plain_readdir };

static const struct io_ops fd_io
    = { .clone = plain_clone, .stat = plain_stat, .identity = plain_identity };

static error_t
fd_create (struct environment *env, struct devices *devices)
{
  const struct service_node node = { .path = "/dev/fd",
                                     .mode = S_IFDIR | 0555,
                                     .magic = "fd",
                                     .open = plain_open,
                                     .shows_itself = true,
                                     .role = &devices->fd };

  devices->fd = (struct plain){ .class = &device_class,
                                .io = &fd_io,
                                .fs = &fd_fs,
                                .mode = node.mode,
                                .number = DEVICES + 1,
                                .generation = &devices->generation,
                                .env = env,
                                .state = devices };
  return env->root->attach (env, &node);
}

/* ---- life ---- */

/* The seed: RDSEED or RDRAND where the processor has them; how long calls of
   the kernel take, in cycles; the clock.  Without hardware numbers it is the
   timing alone that is unknown to others.  */
static void
devices_seed (struct devices *devices)
{
  struct timespec now = { .tv_sec = 0 };

  random_init (&devices->random);
  (void)clock_gettime (CLOCK_REALTIME, &now);
  random_mix (&devices->random, &now, sizeof now);
  for (int i = 0; i < 32; i++)
    {
      mach_port_t name = MACH_PORT_NULL;

      if (!mach_port_allocate (mach_task_self (), MACH_PORT_RIGHT_DEAD_NAME,
                               &name))
        (void)mach_port_deallocate (mach_task_self (), name);
      (void)random_mix_processor (&devices->random, 1);
    }
}

static error_t
device_create (struct environment *env, struct devices *devices, size_t which)
{
  const struct row *row = &rows[which];

  devices->plain[which]
      = (struct plain){ .path = row->path,
                        .class = &device_class,
                        .io = row->io,
                        .mode = S_IFCHR | 0666,
                        .rdev = gnu_dev_makedev (1, row->minor),
                        .number = which + 1,
                        .generation = &devices->generation,
                        .env = env,
                        .state = devices };
  return plain_attach (&devices->plain[which]);
}

error_t
devices_own_create (struct environment *env)
{
  struct devices *devices = calloc (1, sizeof *devices);
  error_t err = devices ? 0 : ENOMEM;

  if (err)
    return err;
  generation_init (&devices->generation, "devices", env);
  devices_seed (devices);
  env->devices_state = devices;

  for (size_t i = 0; i < DEVICES && !err; i++)
    err = device_create (env, devices, i);
  if (!env->root || !env->root->attach)
    return err;
  for (size_t i = 0; i < sizeof magics / sizeof *magics && !err; i++)
    err = env->root->attach (env, &magics[i]);
  return err ? err : fd_create (env, devices);
}
