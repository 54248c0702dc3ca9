#!/bin/sh
# nest_noexec -- nothing runs from a mount that is not to be run from
# SPDX-License-Identifier: GPL-2.0-or-later

. "$(dirname "$0")"/helper_nest.sh
nest_tree hurdle-env sh cat echo id sleep
nest_libraries

mkdir more
cp "$tree/bin/id" "$tree/bin/echo" more
chmod u+s more/id
nest_manifest "$tree" \
  "mount \"/more\" { from = \"$scratch/more\" mode = copy noexec = yes }" \
  > noexec.hurdle
hurdle-env noexec.hurdle -- /more/echo no 2>/dev/null
expect nest_noexec 126 $?
expect nest_noexec_from_a_shell "no 126" "$(
  hurdle-env noexec.hurdle -- sh -c '/more/echo yes 2>/dev/null; echo no $?')"
# Long enough for its names to be looked at.
expect nest_noexec_elsewhere yes "$(
  hurdle-env noexec.hurdle -- sh -c 'sleep 2; echo yes')"
