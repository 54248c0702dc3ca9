#!/bin/sh
# view_processes -- chosen processes of the outside, at depth 1 and 3
# SPDX-License-Identifier: GPL-2.0-or-later

. "$(dirname "$0")"/helper_nest.sh
nest_tree hurdle-env sh ps cat echo sleep
nest_libraries
cp /bin/sleep "$scratch/sleeper" && cp /bin/sleep "$scratch/stranger" || exit 1

# proxied MANIFEST KEYS: with a view instead of nothing of the outside.
proxied ()
{
  while IFS= read -r line; do
    case $line in
      *'role "proc"'*) echo "  role \"proc\" { source = proxy $2 }" ;;
      *) printf '%s\n' "$line" ;;
    esac
  done < "$1"
}

"$scratch/sleeper" 1000 &
sleeper=$!
"$scratch/stranger" 1000 &
stranger=$!
sleep 1
proxied outer.hurdle "see = { \"sleeper\" }" > see.hurdle
proxied outer.hurdle "see = { sleeper, \"$stranger\" } signal = { sleeper }" \
  > signal.hurdle
inside=$((1000000 + sleeper))
outside=$((1000000 + stranger))

ps_inside () { hurdle-env "$1" -- ps; }
# shows MANIFEST WORD: does ps inside show it?
shows () { case $(ps_inside "$1") in *"$2"*) true ;; *) false ;; esac; }
hides () { ! shows "$@"; }

ps_inside see.hurdle | while read -r line; do echo "# $line"; done
holds view_shows_a_named_process shows see.hurdle sleeper
holds view_shows_it_under_a_pid_of_its_own shows see.hurdle "$inside"
holds proxy_proc_hides_unnamed_pids hides see.hurdle stranger
holds view_shows_a_process_by_pid shows signal.hurdle stranger
expect own_processes_begin_at_1 1 \
  "$(hurdle-env see.hurdle -- sh -c 'echo $$')"

# tries MANIFEST SIGNAL PID
tries ()
{
  hurdle-env "$1" -- sh -c "kill -$2 $3 2>/dev/null && echo sent || echo not"
}
expect seeing_is_not_signalling not "$(tries see.hurdle TERM "$inside")"
expect seeing_is_not_killing not "$(tries see.hurdle KILL "$inside")"
expect unnamed_pids_get_no_signal not "$(tries see.hurdle TERM "$outside")"
expect pids_of_the_outside_mean_nothing not \
  "$(tries signal.hurdle TERM "$stranger")"
expect seen_only_gets_no_signal not "$(tries signal.hurdle KILL "$outside")"
holds both_are_alive kill -0 "$sleeper" "$stranger"
expect signal_0_tells_that_it_is_there sent "$(tries signal.hurdle 0 "$inside")"
expect view_is_no_child "127" \
  "$(hurdle-env signal.hurdle -- sh -c "wait $inside 2>/dev/null; echo \$?")"
expect view_sends_a_signal sent "$(tries signal.hurdle TERM "$inside")"
wait "$sleeper"
expect the_signal_arrived 143 $?

proxied outer.hurdle 'see = { "no-such-program" }' > missing.hurdle
hurdle-env missing.hurdle -- echo run 2>said
expect view_of_nobody_does_not_start 125 $?
expect view_says_who_is_missing found "$(
  case $(cat said) in *'"no-such-program"'*) echo found ;; *) cat said ;; esac)"

# Three deep, each shows the next what it sees.
"$scratch/sleeper" 1000 &
sleeper=$!
sleep 1
proxied outer.hurdle 'signal = { sleeper }' > first.hurdle
proxied "$tree/etc/inner.hurdle" 'signal = { sleeper }' \
  > "$tree/etc/signal.hurdle"
deep=$((3000000 + sleeper))
three_deep ()
{
  hurdle-env first.hurdle -- hurdle-env /etc/signal.hurdle -- \
    hurdle-env /etc/signal.hurdle -- "$@"
}
holds view_shows_at_depth_3 sh -c \
  "case \$1 in *$deep*sleeper*) ;; *) exit 1 ;; esac" sh "$(three_deep ps)"
expect view_kills_at_depth_3 sent \
  "$(three_deep sh -c "kill -KILL $deep && echo sent")"
wait "$sleeper"
expect the_kill_arrived 137 $?
kill "$stranger"
