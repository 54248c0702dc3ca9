#!/bin/sh
# view_hostile -- who asks for too much, and who never answers
# SPDX-License-Identifier: GPL-2.0-or-later

. "$(dirname "$0")"/helper_nest.sh
nest_tree hurdle-env sh ps cat echo sleep
nest_libraries
cp "$(dirname "$0")/helper_static_view" "$tree/bin/view" || exit 1
cp /bin/sleep "$scratch/sleeper" || exit 1
cp "$(dirname "$0")/helper_deaf" "$scratch/deaf" || exit 1
"$scratch/sleeper" 1000 &
sleeper=$!
"$scratch/deaf" &
deaf=$!
sleep 1
while IFS= read -r line; do
  case $line in
    *'role "proc"'*)
      echo '  role "proc" { source = proxy signal = { sleeper, deaf } }' ;;
    *) printf '%s\n' "$line" ;;
  esac
done < outer.hurdle > view.hurdle

claimed view_of_hostile hurdle-env view.hurdle -- \
  view $((1000000 + sleeper)) $((1000000 + deaf))
holds view_left_the_process_alone kill -0 "$sleeper"

# The signal to the deaf one is never answered.
expect view_waits_for_nobody "served ended" "$(
  hurdle-env view.hurdle -- sh -c "
    kill -TERM $((1000000 + deaf)) & waiting=\$!
    sleep 1
    case \$(ps) in *sleeper*) printf 'served ' ;; esac
    kill -KILL \$waiting
    wait \$waiting
    [ \$? = 137 ] && echo ended")"
expect view_ends_with_a_signal_under_way 7 "$(
  hurdle-env view.hurdle -- sh -c "
    kill -TERM $((1000000 + deaf)) & sleep 1; exit 7"; echo $?)"
expect view_kills_the_deaf sent "$(
  hurdle-env view.hurdle -- sh -c "kill -KILL $((1000000 + deaf)) && echo sent")"
wait "$deaf"
expect the_deaf_is_dead 137 $?
"$scratch/deaf" &
deaf=$!
sleep 1
expect view_of_the_dead_is_empty gone "$(
  hurdle-env view.hurdle -- sh -c "
    kill -KILL $((1000000 + sleeper)); sleep 1
    kill -0 $((1000000 + sleeper)) 2>/dev/null || echo gone" 2>&1)"
wait "$sleeper"
kill -KILL "$deaf"
