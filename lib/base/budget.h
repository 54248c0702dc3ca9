/* budget.h -- no more than so much of something, for several who use it
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef BASE_BUDGET_H
#define BASE_BUDGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct budget
{
  uint64_t used; /* atomic: any thread */
  uint64_t most; /* 0: no limit, but it is counted */
};

static inline void
budget_discharge (struct budget *budget, uint64_t amount)
{
  __atomic_sub_fetch (&budget->used, amount, __ATOMIC_RELAXED);
}

/* False, and nothing is charged, if there is not so much left.  */
static inline bool
budget_charge (struct budget *budget, uint64_t amount)
{
  uint64_t now = __atomic_add_fetch (&budget->used, amount, __ATOMIC_RELAXED);

  if (!budget->most || now <= budget->most)
    return true;
  budget_discharge (budget, amount);
  return false;
}

/* How much is left; UINT64_MAX without a limit.  */
static inline uint64_t
budget_left (const struct budget *budget)
{
  uint64_t used = __atomic_load_n (&budget->used, __ATOMIC_RELAXED);

  if (!budget->most)
    return UINT64_MAX;
  return used < budget->most ? budget->most - used : 0;
}

#endif /* BASE_BUDGET_H */
