/* failing.h -- let allocations fail, one after another

   The linker sends our own calls of malloc and its kin here (mk/host.mk);
   libraries keep the real ones.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef UNIT_FAILING_H
#define UNIT_FAILING_H

#include <stdbool.h>
#include <stddef.h>

/* Let the allocation after the next COUNT ones fail, and none after it.  */
void allocation_fail_after (size_t count);

/* Did it fail meanwhile?  From now on none fails.  */
bool allocation_failed (void);

#endif /* UNIT_FAILING_H */
