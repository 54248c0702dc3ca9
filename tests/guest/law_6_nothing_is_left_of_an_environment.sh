#!/bin/sh
# law 6: when an environment ends, for whatever reason, nothing of it is left
#
# Sixty environments, most with programs that do not want to end: tasks,
# objects, names, and memory.
# SPDX-License-Identifier: GPL-2.0-or-later

. "$(dirname "$0")"/helper_proxy.sh
free_pages=$(dirname "$0")/helper_static_free

proxy_manifest 'mount "/tmp" { from = "/tmp" mode = read-write }' > all.hurdle
mkfifo said
busy='trap "" TERM HUP INT; sleep 1000 & (sleep 1000 | cat) &
  echo kept > kept; exec 5<kept; echo started; sleep 1000'

# Start one, and wait until it is busy; its pid in $pid.
start ()
{
  hurdle-env all.hurdle -- sh -c "cd $scratch; $busy" > said 2>/dev/null &
  pid=$!
  read -r line < said
}

# The ways to end.
by_exit () { hurdle-env all.hurdle -- "$free_pages" > /dev/null; }
by_kill () { start; kill -KILL $pid; wait $pid 2>/dev/null; }
by_crash () { start; kill -SEGV $pid; wait $pid 2>/dev/null; }
by_signals () { start; kill -TERM $pid; kill -TERM $pid; wait $pid 2>/dev/null; }

# The one around it ends, and it is not told.
by_the_end_of_its_parent ()
{
  hurdle-env all.hurdle -- sh -c "
    hurdle-env '$scratch/all.hurdle' -- sh -c 'cd $scratch; $busy' &
    wait" > said 2>/dev/null &
  pid=$!
  read -r line < said
  kill -KILL $pid
  wait $pid 2>/dev/null
}

# rounds N WAY
rounds ()
{
  round=0
  while [ $round -lt "$1" ]; do
    "$2"
    round=$((round + 1))
  done
}

# The first ones fill pools and caches.
for way in by_exit by_kill by_crash by_signals by_the_end_of_its_parent; do
  rounds 2 $way
done
sleep 2
tasks=$(nest_count tasks)
objects=$(nest_count objects)
# A pool that was never so full before is not a leak; one name for each of them
# would be.
names=$(($(nest_count "port names") + 8))
free=$("$free_pages")
for way in by_kill by_crash by_signals by_the_end_of_its_parent; do
  rounds 5 $way
  holds law_6_ended_"$way"_leaves_no_task nest_settles tasks "$tasks"
  holds law_6_ended_"$way"_leaves_no_object nest_settles objects "$objects"
  holds law_6_ended_"$way"_leaves_no_name nest_settles "port names" "$names"
done
rounds 40 by_exit
holds law_6_ended_by_exit_leaves_no_task nest_settles tasks "$tasks"
holds law_6_ended_by_exit_leaves_no_object nest_settles objects "$objects"
holds law_6_ended_by_exit_leaves_no_name nest_settles "port names" "$names"

# 60 environments of some 500 pages each would be 30000; the kernel's own zones
# grow by whole pages, which is not the environments' doing.
lost=$((free - $("$free_pages")))
echo "# $lost pages fewer are free"
head -c 20000000 /dev/urandom > big
used=$((free - $("$free_pages")))
holds law_6_memory_is_seen [ $used -gt 4000 ]
rm big
holds law_6_leaves_no_memory [ $lost -lt 500 ]
