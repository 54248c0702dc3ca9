#!/bin/sh
# control_freezes -- an environment is held still, goes on, and is ended
# SPDX-License-Identifier: GPL-2.0-or-later

. "$(dirname "$0")"/helper_control.sh

tasks_before=$(nest_count tasks)
control_start
ask () { hurdle-control "$node" "$@" 2>/dev/null; }
count () { cat given/count 2>/dev/null; }

# counts COMMAND: does the counter go on?
counts ()
{
  before=$(count)
  for try in 1 2 3 4 5 6 7 8 9 10; do
    sleep 1
    [ "$(count)" = "$before" ] || { echo yes; return; }
  done
  echo no
}

# A counter two environments further in, deaf to all signals that can be
# caught.
mkdir -p given/etc
proxy_manifest 'mount "/given" { from = "/given" mode = read-write }' \
  > given/inner.hurdle
cat > given/counter <<'X'
trap "" TERM INT TSTP HUP
n=0
while :; do n=$((n + 1)); echo $n > /given/new; mv /given/new /given/count; done
X
say 'hurdle-env /given/inner.hurdle -- sh /given/counter &'
say 'echo started'
expect control_counter_starts started "$(heard)"
until [ "$(count)" ]; do sleep 1; done

holds control_freezes ask freeze
before=$(count); sleep 2
expect control_frozen_stands_still "$before" "$(count)"
holds control_freezes_twice ask freeze
holds control_lists_the_frozen has "$(ask processes)" "sh"
holds control_thaws ask thaw
expect control_thawed_goes_on yes "$(counts)"
holds control_thaws_twice ask thaw
expect control_still_goes_on yes "$(counts)"
expect control_freezing_oneself_is_refused 1 "$(
  hurdle-control /servers/hurdle freeze 2>/dev/null; echo $?)"
expect control_bare_environment_is_not_stopped 1 "$(
  hurdle-control /servers/hurdle stop 2>/dev/null; echo $?)"

# ---- the end ----
# ended COMMAND...: the status of an environment that runs the script given/run
# when COMMAND has been done to it, and what it still said.
ended ()
{
  : > said
  hurdle-env --control "$node" nest.hurdle -- sh /given/run > said &
  pid=$!
  until [ -s said ]; do sleep 1; done
  "$@"
  wait $pid
  echo $? $(cat said)
}

holds control_kills ask kill
wait "$maker"
expect control_killed_status 137 $?
expect control_killed_node_is_gone gone "$([ -e "$node" ] || echo gone)"
echo 'trap "echo bye; exit 7" TERM; echo ready; while :; do sleep 1; done' \
  > given/run
expect control_stops_in_order "143 ready bye" "$(ended ask stop 20)"
echo 'trap "" TERM; echo ready; while :; do sleep 1; done' > given/run
expect control_stops_the_deaf "143 ready" "$(ended ask stop 2)"
freeze_and_stop () { ask freeze && ask stop 20; }
echo 'trap "echo bye; exit 7" TERM; echo ready; while :; do sleep 1; done' \
  > given/run
expect control_stops_the_frozen "143 ready bye" "$(ended freeze_and_stop)"
killed_outright () { kill -KILL $pid; }
expect control_killed_outright_status "137 ready" "$(ended killed_outright)"
expect control_killed_outright_leaves_its_node_empty empty "$(
  [ -f "$node" ] && [ ! -s "$node" ] && echo empty)"
expect control_starts_at_a_node_that_was_left "137 ready" "$(ended ask kill)"
rm "$node"
holds control_leaves_no_tasks nest_settles tasks "$tasks_before"
