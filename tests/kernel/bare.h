/* bare.h -- a first task on bare GNU Mach, for programs that ask the kernel

   Serves: the programs beside it.  Calls: the kernel, nobody else.  A
   program's `probe' says facts, one a line; what it expects it says with
   `claim', which the runner counts. SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HURDLE_KERNEL_BARE_H
#define HURDLE_KERNEL_BARE_H

#include <errno.h>
#include <mach.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Given by the kernel on the command line; send rights, ours for good.  */
extern mach_port_t host_priv, device_master;

/* Each program has one.  Returning ends the machine.  */
void probe (void);

/* A line on the console.  */
void say (const char *format, ...) __attribute__ ((format (printf, 1, 2)));

/* "ok TEXT" or "not ok TEXT".  */
void claim (bool holds, const char *format, ...)
    __attribute__ ((format (printf, 2, 3)));

/* Stop unless ERR is 0: the set-up of a probe failed, not what it asks.  */
void need (error_t err, const char *what);

/* Processor ticks, and how many of them make a microsecond.  */
uint64_t ticks (void);
double ticks_per_us (void);
void pause_ms (unsigned int ms);

/* Call RUN COUNT times, five times over; the best time of one, in us.  */
double best_us (void (*run) (void *cookie), void *cookie, unsigned int count);

mach_port_t port_new (void); /* receive right and one send right */
mach_port_t port_set_new (void);

/* Wait up to MS for a message on PORT, into 1 KiB at MESSAGE.  */
mach_msg_return_t port_receive (mach_port_t port, void *message,
                                unsigned int ms);

/* Send a message without a body, id ID; REPLY as make-send-once, or null.  */
mach_msg_return_t port_send (mach_port_t port, mach_msg_type_name_t type,
                             mach_msg_id_t id, mach_port_t reply);

/* A second task: a copy of our memory, none of our ports.  It runs RUN on a
   stack of its own and ends after it.  */
struct child
{
  mach_port_t task, thread; /* send rights */
};
void child_create (struct child *child, void (*run) (void *), void *cookie);
/* NAME, of ours, under the same name in CHILD.  TYPE as for
   mach_port_insert_right.  */
void child_give (struct child *child, mach_port_t name,
                 mach_msg_type_name_t type);
/* The child's copy of a variable becomes what ours is now.  */
void child_set (struct child *child, const void *variable, size_t size);
void child_go (struct child *child);

/* A thread of ours that does what may never come back.  */
struct errand
{
  void (*run) (struct errand *errand);
  mach_port_t port;
  vm_address_t address;
  volatile error_t result;
  volatile bool done;
};
void errand_start (struct errand *errand);
/* True once it is done, false after MS.  */
bool errand_wait (struct errand *errand, unsigned int ms);

#endif
