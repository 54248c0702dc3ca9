/* find.c -- wait for a lookup
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "lib/env/find.h"

struct finding
{
  bool done;
  error_t err;
  struct node *node;
};

static void
finding_end (void *cookie, error_t err, struct node *node)
{
  struct finding *finding = cookie;

  finding->done = true;
  finding->err = err;
  finding->node = node;
}

error_t
find_now (struct environment *env, const char *path, const struct ids *ids,
          struct node **ret_node)
{
  struct finding finding = { false, 0, NULL };
  error_t err = env->root->lookup (env, MACH_PORT_NULL, MACH_PORT_NULL, path,
                                   ids, ret_node);

  if (err != EINPROGRESS)
    return err;
  env->root->find (env, MACH_PORT_NULL, MACH_PORT_NULL, path, ids, finding_end,
                   &finding);
  loop_run_until (env->loop, &finding.done);
  if (!finding.done)
    return EINTR; /* the loop was told to stop */
  if (!finding.err)
    *ret_node = finding.node;
  return finding.err;
}
