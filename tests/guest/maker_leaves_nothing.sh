#!/bin/sh
# maker_leaves_nothing -- a hundred environments later all is as before
# SPDX-License-Identifier: GPL-2.0-or-later

. "$(dirname "$0")"/helper_maker.sh
nest_tree true
cp "$(dirname "$0")/static_exec" "$tree/bin/innermost" || exit 1

rounds ()
{
  round=0
  while [ $round -lt "$1" ]; do
    made outer.hurdle -- innermost >/dev/null || echo "# round $round"
    round=$((round + 1))
  done
}

names () { "$tests"/helper_static_names "$maker"; }
as_many () { [ "$(names)" -le "$1" ] || { echo "# $(names), wanted $1"; false; }; }

maker_start
# The first ones fill the pool of receive rights.
rounds 5
tasks=$(nest_count tasks)
objects=$(nest_count objects)
makers_names=$(names)
parents_names=$(nest_count "port names")
rounds 100
holds maker_holds_no_name_more soon as_many "$makers_names"
holds maker_leaves_no_task nest_settles tasks "$tasks"
holds maker_leaves_no_object nest_settles objects "$objects"
holds maker_leaves_no_name nest_settles "port names" "$parents_names"

# Those whose clients are killed, too.
round=0
while [ $round -lt 10 ]; do
  hurdle-control "$node" run outer.hurdle -- innermost >/dev/null 2>&1 &
  kill -KILL $!
  wait $! 2>/dev/null
  round=$((round + 1))
done
holds maker_killed_clients_leave_no_name_there soon as_many "$makers_names"
holds maker_killed_clients_leave_no_task nest_settles tasks "$tasks"
holds maker_killed_clients_leave_no_object nest_settles objects "$objects"
kill $maker
