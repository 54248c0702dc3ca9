/* descriptor_proxy.c -- what the starter had open, through a caretaker

   Calls that carry no rights and no identity are sent on as they are, with
   the client's reply right: the answer takes no detour, and a client that
   dies or gives up is seen by who serves it.  Everything that concerns
   identity stays here.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <stdlib.h>

#include "lib/io/handle.h"
#include "lib/membrane/grant.h"
#include "lib/membrane/pass.h"
#include "lib/port/right.h"
#include "servers/descriptor/descriptor.h"
#include "servers/descriptor/descriptor_stat.h"

#define IO_STAT 21013
#define INTERRUPT_OPERATION 33000

struct descriptor
{
  struct grant grant;
  struct environment *env; /* borrowed */
  struct object id;        /* for io_identity */
  mach_port_t port;        /* the starter's: send right */
  int open_modes;
  struct list stats; /* who waits for io_stat */
};

struct passed
{
  struct handle handle;
  struct descriptor *descriptor; /* borrowed: it lives for ever */
};

/* ---- what is sent on ---- */

static const struct pass calls[] = {
  { 20006, 48, O_WRITE },            /* file_set_size */
  { 20013, 64, 0 },                  /* file_sync */
  { 21000, PASS_ANY_SIZE, O_WRITE }, /* io_write */
  { 21001, 64, O_READ },             /* io_read */
  { 21002, 64, 0 },                  /* io_seek */
  { 21003, 32, O_READ },             /* io_readable */
  { 21004, 48, 0 },                  /* io_set_all_openmodes */
  { 21005, 32, 0 },                  /* io_get_openmodes */
  { 21006, 48, 0 },                  /* io_set_some_openmodes */
  { 21007, 48, 0 },                  /* io_clear_some_openmodes */
  { 21012, 48, 0 },                  /* io_select */
  { IO_STAT, 32, 0 },                /* its answer passes by here */
  { 21028, 48, 0 },                  /* io_pathconf */
  { 21031, 72, 0 },                  /* io_select_timeout */
  { INTERRUPT_OPERATION, 32, 0 },
};

static bool
passed_take (struct object *object, mach_msg_header_t *in)
{
  const struct passed *passed = (const struct passed *)object;
  struct descriptor *descriptor = passed->descriptor;
  const struct gate *gate = object->generation->gate;
  const struct pass *call
      = pass_find (calls, sizeof calls / sizeof *calls, in);
  int modes = passed->handle.open_modes & descriptor->grant.modes;

  if (call && !descriptor->grant.revoked
      && passed->handle.open_modes & call->modes & ~modes)
    grant_denied (&descriptor->grant, DENIED_WRITE);
  /* Whatever may not go on is left to the loop, which refuses it.  */
  if (!call || (modes & call->modes) != call->modes
      || (gate->admit && gate->admit (object, in)))
    return false;
  if (in->msgh_id == INTERRUPT_OPERATION)
    object_cancel_parked (object, EINTR);
  if (in->msgh_id == IO_STAT)
    descriptor_stat (object, &descriptor->grant, &descriptor->stats,
                     descriptor->port, in);
  else
    pass_on (&descriptor->grant.outbox, in, descriptor->port);
  return true;
}

/* ---- what is ours ---- */

static const struct io_ops passed_io;
static const struct object_class passed_class;

static error_t
passed_create (struct descriptor *descriptor, const struct ids *ids,
               int open_modes, struct handle **ret_handle)
{
  struct passed *passed = calloc (1, sizeof *passed);
  error_t err;

  if (!passed)
    return ENOMEM;
  passed->descriptor = descriptor;
  err = handle_init (&passed->handle, &passed_class, &passed_io, &fs_ops_none,
                     &descriptor->grant.generation, descriptor->env->loop, ids,
                     open_modes & descriptor->open_modes);
  if (err)
    {
      free (passed);
      return err;
    }
  *ret_handle = &passed->handle;
  return 0;
}

static error_t
passed_clone (struct handle *handle, const struct ids *ids, int open_modes,
              bool share, struct handle **ret_handle)
{
  const struct passed *passed = (const struct passed *)handle;

  (void)share;
  return passed_create (passed->descriptor, ids,
                        open_modes & handle->open_modes, ret_handle);
}

static error_t
passed_identity (struct handle *handle, struct object **ret_identity,
                 struct object **ret_filesystem, ino64_t *ret_number)
{
  const struct passed *passed = (const struct passed *)handle;

  *ret_identity = *ret_filesystem = &passed->descriptor->id;
  *ret_number = 1;
  return 0;
}

static void
passed_free (struct object *object)
{
  handle_finish ((struct handle *)object);
  free (object);
}

static const struct io_ops passed_io
    = { .clone = passed_clone, .identity = passed_identity };

static const struct interface *const passed_interfaces[]
    = { HANDLE_INTERFACES, NULL };

static const struct object_class passed_class = {
  .name = "passed descriptor",
  .interfaces = passed_interfaces,
  .raw = passed_take,
  .free = passed_free,
};

static void
id_free (struct object *object)
{
  (void)object; /* part of its descriptor */
}

static const struct interface *const id_interfaces[] = { NULL };

static const struct object_class id_class = {
  .name = "passed descriptor's identity",
  .interfaces = id_interfaces,
  .free = id_free,
};

/* ---- taking it back ---- */

/* What waits at the starter's server is told that nobody wants it any more:
   interrupted, it answers the client.  */
static void
descriptor_revoke (struct grant *grant, grant_done_t *done, void *cookie)
{
  struct descriptor *descriptor = (struct descriptor *)grant;

  descriptor_stat_end (&descriptor->stats, EIO);
  pass_interrupt (descriptor->port);
  send_drop (&descriptor->port);
  done (cookie, 0, 0);
}

static const struct grant_ops descriptor_grant_ops
    = { .revoke = descriptor_revoke };

/* ---- making ---- */

error_t
descriptor_proxy_create (struct environment *env, const char *name,
                         mach_port_t port, int open_modes,
                         struct descriptor **ret_descriptor)
{
  struct descriptor *descriptor = calloc (1, sizeof *descriptor);
  error_t err;

  if (!descriptor)
    return ENOMEM;
  descriptor->env = env;
  descriptor->open_modes = open_modes;
  list_init (&descriptor->stats);
  err = grant_init (&descriptor->grant, &descriptor_grant_ops, env, env->loop,
                    &env->grants, &env->events, "descriptor", name,
                    "the starter's", open_modes);
  if (err)
    {
      free (descriptor);
      return err;
    }
  descriptor->grant.implicit = true;
  err = object_init (&descriptor->id, &id_class, &descriptor->grant.generation,
                     env->loop);
  if (err)
    {
      grant_finish (&descriptor->grant);
      free (descriptor);
      return err;
    }
  descriptor->port = port;
  *ret_descriptor = descriptor;
  return 0;
}

error_t
descriptor_open (struct descriptor *descriptor, const struct ids *ids,
                 struct object **ret_handle)
{
  struct handle *handle;
  error_t err
      = passed_create (descriptor, ids, descriptor->open_modes, &handle);

  if (!err)
    *ret_handle = &handle->object;
  return err;
}
