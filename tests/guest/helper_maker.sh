# helper_maker.sh -- a resident maker, and what to have made.  Sourced.
# SPDX-License-Identifier: GPL-2.0-or-later

. "$(dirname "$0")"/helper_nest.sh

tests=$(cd "$(dirname "$0")" && pwd)
node=$scratch/maker

# soon COMMAND...: COMMAND succeeds within some seconds.
soon ()
{
  for try in 1 2 3 4 5 6 7 8 9 10; do
    "$@" && return 0
    sleep 1
  done
  return 1
}

# maker_start: $maker answers at $node.
maker_start ()
{
  hurdle-env --maker "$node" &
  maker=$!
  soon [ -c "$node" ]
}

# made ARGUMENT...: as hurdle-env ARGUMENT...
made ()
{
  hurdle-control "$node" run "$@"
}
