#!/bin/sh
# limits_handles -- what is open at once, at depth 1 and 2
# SPDX-License-Identifier: GPL-2.0-or-later

. "$(dirname "$0")"/helper_nest.sh
nest_tree hurdle-env sh echo
nest_libraries
cp "$(dirname "$0")/helper_static_limits" "$tree/bin/use" || exit 1
nest_manifest "$tree" 'limits { handles = 200 }' > limited.hurdle
nest_manifest / 'limits { handles = 100 }' > "$tree/etc/limited.hurdle"
nest_manifest "$tree" 'limits { handles = 4 }' > tiny.hurdle

# between LOW HIGH COUNT REST: is it so many, and then ENFILE to all?
between ()
{
  echo "# $*"
  [ "$3" -ge "$1" ] && [ "$3" -le "$2" ] &&
    [ "$4 $5 $6" = "ENFILE; ENFILE; again" ]
}

holds handles_end_at_the_limit between 150 199 \
  $(hurdle-env limited.hurdle -- use handles)
holds handles_without_a_limit_are_many [ \
  "$(hurdle-env outer.hurdle -- use handles | { read -r n rest; echo "$n"; })" \
  -gt 1000 ]
expect handles_at_the_limit_stop_nobody_else "first second" "$(
  hurdle-env limited.hurdle -- sh -c '
    use handles >/dev/null; echo first; use handles >/dev/null; echo second' |
    while read -r word; do printf "%s " "$word"; done |
    { read -r words; echo "$words"; })"
holds handles_end_at_the_limit_at_depth_2 between 60 99 \
  $(hurdle-env outer.hurdle -- hurdle-env /etc/limited.hurdle -- use handles)
hurdle-env tiny.hurdle -- use handles 2>said
expect handles_too_few_for_a_start 125 $?
