/* guard.h -- touch memory that a client may control

   Out-of-line data is a lazy copy: its pages may be supplied by the client's
   own pager, late, never, or as an error.  A guarded copy ends at a deadline
   or at a fault instead of taking the thread with it.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_PORT_GUARD_H
#define HURDLE_PORT_GUARD_H

#include <errno.h>
#include <stddef.h>

#define GUARD_DEADLINE_MS 1000

/* Once for each thread that will copy; also starts the exception and the
   watchdog thread the first time.  */
error_t guard_thread_init (void);

/* EFAULT: a fault that its pager could not or would not satisfy;
   ETIMEDOUT: not within the deadline.  TO is partly written then.  */
error_t guard_copy (void *to, const void *from, size_t size);

#endif
