#!/bin/sh
# nest_kill -- when hurdle-env ends, by whatever means, all inside has ended
# SPDX-License-Identifier: GPL-2.0-or-later

. "$(dirname "$0")"/helper_nest.sh
nest_tree hurdle-env sh sleep
nest_libraries
before=$(nest_count tasks)

# started FILE: wait until something stands in it.
started ()
{
  for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    [ -s "$1" ] && return 0
    sleep 1
  done
  echo "# $1 stays empty"
}

bomb='b() { b & b & sleep 5; }; echo started; b; sleep 1000'
inner='hurdle-env /etc/inner.hurdle --'

# kill_nest NAME SIGNAL STATUS PREFIX COMMAND
kill_nest ()
{
  hurdle-env outer.hurdle -- $4 sh -c "$5" > "$1" 2>/dev/null &
  pid=$!
  started "$1"
  sleep 2
  kill -"$2" $pid
  wait $pid 2>/dev/null
  expect nest_"$1"_status "$3" $?
  holds nest_"$1"_leaves_no_task nest_settles tasks "$before"
}

idle='echo started; sleep 1000'
kill_nest killed KILL 137 '' "$idle"
kill_nest terminated TERM 143 '' "$idle"
kill_nest interrupted INT 130 '' "$idle"
kill_nest hung_up HUP 129 '' "$idle"
kill_nest stubborn TERM 143 '' 'trap "" TERM; echo started; while :; do sleep 1; done'
kill_nest fork_bomb KILL 137 '' "$bomb"
kill_nest fork_bomb_terminated TERM 143 '' "$bomb"
kill_nest deep KILL 137 "$inner $inner" "$idle"
kill_nest deep_terminated TERM 143 "$inner" "$idle"
kill_nest deep_fork_bomb KILL 137 "$inner $inner" "$bomb"

# The innermost maker is killed, from inside: only what it made ends.
expect nest_inner_kill_stays_inside "137 still here" "$(
  hurdle-env outer.hurdle -- sh -c '
    hurdle-env /etc/inner.hurdle -- sh -c "sleep 1000 & sleep 1000" &
    sleep 4
    kill -KILL $!
    wait $!
    echo $? still here' 2>/dev/null)"

# What is left running ends with the command.
hurdle-env outer.hurdle -- sh -c 'sleep 1000 & sleep 1000 & exit 3'
expect nest_background_status 3 $?
holds nest_background_leaves_no_task nest_settles tasks "$before"
