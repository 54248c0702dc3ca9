#!/bin/sh
# law 7: what sits on a node below a directory that was given is not crossed,
# nor asked anything
# SPDX-License-Identifier: GPL-2.0-or-later

. "$(dirname "$0")"/helper_proxy.sh
tests=$(cd "$(dirname "$0")" && pwd)
. "$tests"/helper_server.sh

mkdir given
server_start "$scratch/given/below"
for mode in read-write overlay copy; do
  proxy_manifest "mount \"/tmp\" { from = \"/tmp\" mode = $mode }" \
    > $mode.hurdle
done

attempts="cd $scratch/given
  head -c 4 below/file 2>/dev/null || echo refused
  head -c 4 below/d/file 2>/dev/null || echo refused
  (cd below 2>/dev/null) || echo refused
  [ -f below ] && [ ! -s below ] && cat below && echo bare
  ls . && stat -c %F below"
reached () { echo $(sh -c "$attempts" 2>&1); }

case $(reached) in
  xxxxxxxx*) echo ok law_7_unconfined_it_is_crossed ;;
  *) fails law_7_unconfined_it_is_crossed "$(reached)" ;;
esac
for mode in read-write overlay copy; do
  for depth in 1 3; do
    asked=$(server_tell count)
    expect law_7_"$mode"_does_not_cross_at_depth_$depth \
      "refused refused refused bare below regular empty file" "$(
      echo $(proxy_nest "$scratch/$mode.hurdle" $depth sh -c "$attempts"))"
    expect law_7_"$mode"_asks_nothing_at_depth_$depth "$asked" \
      "$(server_tell count)"
  done
done
server_end
