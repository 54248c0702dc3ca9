# helper_control.sh -- an environment that is controlled from outside while a
# shell runs in it.  Sourced.
# SPDX-License-Identifier: GPL-2.0-or-later

. "$(dirname "$0")"/helper_proxy.sh

node=$scratch/node

# control_start [LINE]...: $node controls an environment that sees the parent's
# files and $scratch/given as /given; `say' gives its shell a line, `heard' is a
# line of what it answers.  Each LINE stands in the manifest.
control_start ()
{
  mkdir given || exit 1
  proxy_manifest \
    "mount \"/given\" { from = \"$scratch/given\" mode = read-write }" "$@" \
    > nest.hurdle
  mkfifo to from || exit 1
  hurdle-env --control "$node" nest.hurdle -- sh < to > from &
  maker=$!
  exec 7> to 8< from
  say echo ready
  heard > /dev/null
}

say ()
{
  echo "$*" >&7
}

heard ()
{
  read -r line <&8 && echo "$line"
}

# control_end: its shell ends, and so does it.
control_end ()
{
  exec 7>&-
  wait "$maker"
  exec 8<&-
}

# has TEXT PATTERN: does a line of TEXT have PATTERN in it?
has ()
{
  while read -r has_line; do
    case $has_line in *$2*) return 0 ;; esac
  done <<X
$1
X
  echo "# no line has '$2': $1"
  return 1
}

first_line ()
{
  read -r line <<X
$1
X
  echo "$line"
}

# grant_id NAME
grant_id ()
{
  hurdle-control "$node" grants | while read -r id kind name rest; do
    [ "$name" != "$1" ] || echo "$id"
  done
}

# as UID COMMAND...
as ()
{
  "$tests"/helper_static_as "$@"
}
