/* startup_private.h -- the state of the role startup
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_STARTUP_PRIVATE_H
#define HURDLE_STARTUP_PRIVATE_H

#include "lib/io/plain.h"
#include "servers/startup/startup.h"

#define NOTICES_MAX 256
#define ESSENTIALS_MAX 64

struct startup;

/* Somebody who wants to be told before the end, or whose death is the end.  */
struct notice
{
  struct list link;
  struct startup *startup;
  struct death_watch watch;
  mach_port_t port; /* send right: where to tell it, or the task */
  bool essential;
};

enum shutdown_stage
{
  SHUTDOWN_NOT,
  SHUTDOWN_SYNC,      /* the registered are asked to finish */
  SHUTDOWN_TERMINATE, /* everybody got SIGTERM */
  SHUTDOWN_ENDED
};

/* What is done for those who may ask, by source.  None may be empty.  */
struct startup_ops
{
  /* TASK and NOTIFY are consumed on success.  */
  error_t (*essential_task) (struct startup *startup, mach_port_t task);
  error_t (*request_notification) (struct startup *startup,
                                   mach_port_t notify);
  void (*reboot) (struct startup *startup, int reboot_code);
};

struct startup
{
  const struct startup_ops *ops;
  struct generation generation;
  struct plain plain;
  struct environment *env;
  struct object replies; /* gets the answers to startup_dosync */
  struct list notices;
  size_t notices_count, essentials_count;
  enum shutdown_stage stage;
  size_t awaited; /* answers */
  struct timer timer;
  uint64_t deadline_ns; /* of the stage */
  int reboot_code;
};

extern const struct object_class startup_class;
extern const struct interface startup_interface;

/* Make the role and attach /servers/startup.  */
error_t startup_start (struct environment *env, const struct startup_ops *ops);

#endif
