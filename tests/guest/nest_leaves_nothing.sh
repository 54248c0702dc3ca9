#!/bin/sh
# nest_leaves_nothing -- a hundred environments later the parent is as before
# SPDX-License-Identifier: GPL-2.0-or-later

. "$(dirname "$0")"/helper_nest.sh
nest_tree hurdle-env
cp "$(dirname "$0")/static_exec" "$tree/bin/innermost" || exit 1

rounds ()
{
  round=0
  while [ $round -lt "$1" ]; do
    hurdle-env outer.hurdle -- innermost >/dev/null || echo "# round $round"
    round=$((round + 1))
  done
}

# The first ones fill the pool of receive rights.
rounds 5
tasks=$(nest_count tasks)
objects=$(nest_count objects)
names=$(nest_count "port names")
rounds 20
holds nest_leaves_no_task nest_settles tasks "$tasks"
holds nest_leaves_no_object nest_settles objects "$objects"
holds nest_leaves_no_name nest_settles "port names" "$names"
