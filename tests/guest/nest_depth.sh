#!/bin/sh
# nest_depth -- environments in environments, with a static program at the end
# SPDX-License-Identifier: GPL-2.0-or-later

. "$(dirname "$0")"/helper_nest.sh
nest_tree hurdle-env
cp "$(dirname "$0")/static_exec" "$tree/bin/innermost" || exit 1

# nest_at DEPTH COMMAND...
nest_at ()
{
  depth=$1
  shift
  while [ "$depth" -gt 1 ]; do
    set -- /bin/hurdle-env /etc/inner.hurdle -- "$@"
    depth=$((depth - 1))
  done
  hurdle-env outer.hurdle -- "$@"
}

for depth in 1 2 3 4 16; do
  expect nest_depth_$depth "ok static_program_runs" \
    "$(nest_at $depth innermost 2>&1)"
done
nest_at 3 /bin/hurdle-env --nonsense 2>/dev/null
expect nest_depth_passes_the_status 125 $?
