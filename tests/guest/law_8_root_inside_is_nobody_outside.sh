#!/bin/sh
# law 8: being uid 0 inside is nothing outside
# SPDX-License-Identifier: GPL-2.0-or-later

. "$(dirname "$0")"/helper_law.sh

sed_identity ()
{
  while read -r line; do
    case $line in identity*) line='identity = root-inside' ;; esac
    echo "$line"
  done < law.hurdle > root.hurdle
}

sed_identity
law_manifest=$scratch/root.hurdle
echo 'environment "outermost" { include = "root.hurdle" }' > outermost.hurdle
chmod 755 "$scratch"

law_unconfined root
somebody () { "$tests/helper_static_as" 1000 "$@"; }
as_somebody () {
  depth=$1
  shift
  while [ "$depth" -gt 1 ]; do
    set -- hurdle-env "$law_manifest" -- "$@"
    depth=$((depth - 1))
  done
  somebody hurdle-env "$scratch/outermost.hurdle" -- "$@"
}
expect law_8_is_root_inside 0 "$(as_somebody 1 id -u)"
expect law_8_is_root_inside_at_depth_3 0 "$(as_somebody 3 id -u)"
law_inside law_8_at_depth_1 root as_somebody 1
law_inside law_8_at_depth_3 root as_somebody 3
