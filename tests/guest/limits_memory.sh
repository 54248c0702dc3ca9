#!/bin/sh
# limits_memory -- bytes of files in memory, at depth 1 and 2
# SPDX-License-Identifier: GPL-2.0-or-later

. "$(dirname "$0")"/helper_nest.sh
nest_tree hurdle-env
cp "$(dirname "$0")/helper_static_limits" "$tree/bin/use" || exit 1
temporary='mount "/tmp" { from = memory }'
nest_manifest "$tree" "$temporary" 'limits { memory = 24M }' > limited.hurdle
nest_manifest / "$temporary" 'limits { memory = 20M }' \
  > "$tree/etc/limited.hurdle"
nest_manifest "$tree" 'limits { memory = 64K }' > tiny.hurdle

claimed memory hurdle-env limited.hurdle -- use 24576
echo "# at depth 2"
claimed memory_at_depth_2 \
  hurdle-env outer.hurdle -- hurdle-env /etc/limited.hurdle -- use 20480
hurdle-env tiny.hurdle -- use 64 2>said
expect memory_too_little_for_the_copy 125 $?
expect memory_says_what_the_limit_is found "$(
  case $(cat said) in *'limits: memory = 65536'*) echo found ;; *) cat said ;; esac)"
