#!/bin/sh
# overlay_contract -- what is true of files is true in a layer over them
# SPDX-License-Identifier: GPL-2.0-or-later

. "$(dirname "$0")"/helper_overlay.sh
overlay_manifest > layered.hurdle

# A test of files inside; its claims are ours, with the prefix `overlay_'.
contract ()
{
  timeout 120 hurdle-env layered.hurdle -- "$tests/$1" </dev/null > said 2>&1
  status=$?
  while read -r verdict claim rest; do
    case "$verdict $claim" in
      'ok '*) echo "ok overlay_$claim" ;;
      'not ok') echo "not ok overlay_$rest" ;;
    esac
  done < said
  [ $status -eq 0 ] || echo "not ok overlay_${1%.*}_ends_well status $status"
}

# Nothing is left of it; the receive rights in reserve come with the first.
contract files_basics.sh >/dev/null
objects=$(nest_count objects)
for test in files_basics.sh files_locks files_map sockets_fifo shell_dash.sh; do
  contract $test
done
holds overlay_leaves_no_objects nest_settles objects "$objects"
