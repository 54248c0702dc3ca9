#!/bin/sh
# nest_limit_tasks -- who makes too many tasks loses them, and nobody else
# SPDX-License-Identifier: GPL-2.0-or-later

. "$(dirname "$0")"/helper_nest.sh
nest_tree sh sleep
nest_libraries
before=$(nest_count tasks)

cat > "$tree/etc/many" <<'X'
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14; do sleep 60 & done
wait
X
nest_manifest "$tree" 'limits { tasks = 6 }' > limited.hurdle
nest_manifest "$tree" 'limits { tasks = 1000 }' > roomy.hurdle

# tasks_after MANIFEST COMMAND...: $said are there 6 seconds later, hurdle-env
# left out.
tasks_after ()
{
  hurdle-env "$1" -- sh "$2" ${3:+"$3"} >/dev/null 2>&1 &
  sleep 6
  said=$(($(nest_count tasks) - before - 1))
  kill -KILL $!
  wait $! 2>/dev/null
}

tasks_after limited.hurdle /etc/many
expect the_early_ones_stay_and_no_more 6 "$said"
holds nothing_is_left nest_settles tasks "$before"
tasks_after roomy.hurdle /etc/many
expect below_the_limit_all_stay 15 "$said"
holds nothing_is_left_below_the_limit nest_settles tasks "$before"

tasks_after limited.hurdle -c 'b() { b & b & sleep 1; }; b; sleep 60'
echo "# $said tasks of a fork bomb"
holds a_fork_bomb_stays_small [ "$said" -le 20 ]
holds nothing_is_left_of_it nest_settles tasks "$before"
