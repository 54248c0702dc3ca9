#!/bin/sh
# maker_ends -- an environment ends with its client and with its maker
# SPDX-License-Identifier: GPL-2.0-or-later

. "$(dirname "$0")"/helper_maker.sh
nest_tree sh sleep
nest_libraries
before=$(nest_count tasks)

# begun FILE: something stands in it.
begun () { [ -s "$1" ]; }

# client_start NAME COMMAND: $client runs it, and it has begun.
client_start ()
{
  hurdle-control "$node" run outer.hurdle -- sh -c "$2" > "$1" 2>/dev/null &
  client=$!
  soon begun "$1"
}

maker_start
with_maker=$(nest_count tasks)
idle='echo begun; sleep 1000 & sleep 1000'

client_start killed "$idle"
kill -KILL $client
wait $client 2>/dev/null
holds maker_client_killed_leaves_no_task nest_settles tasks "$with_maker"

for signal in INT:130 TERM:143 HUP:129; do
  client_start "$signal" 'trap "echo heard; exit" TERM HUP INT; echo begun
                          while :; do sleep 1; done'
  kill -"${signal%:*}" $client
  wait $client
  expect maker_passes_on_"${signal%:*}" "${signal#*:}" $?
  expect maker_hears_"${signal%:*}" "begun heard" "$(echo $(cat "$signal"))"
done
holds maker_signals_leave_no_task nest_settles tasks "$with_maker"

client_start bomb 'b() { b & b & sleep 5; }; echo begun; b; sleep 1000'
kill -KILL $client
wait $client 2>/dev/null
holds maker_fork_bomb_leaves_no_task nest_settles tasks "$with_maker"
expect maker_goes_on alive "$(made outer.hurdle -- sh -c 'echo alive')"

client_start one "$idle"
first=$client
client_start two "$idle"
kill -KILL $maker
wait $maker 2>/dev/null
wait $first
expect maker_killed_is_told 125 $?
wait $client
expect maker_killed_is_told_to_all 125 $?
holds maker_killed_leaves_no_task nest_settles tasks "$before"
