#!/bin/bash
# What bash needs beyond dash.
# SPDX-License-Identifier: GPL-2.0-or-later
. "${0%/*}/claims.sh"

expect arrays_hold "3 c" "$(a=(a b c); echo "${#a[@]} ${a[2]}")"
expect process_substitution_reads "x y" "$(paste -d' ' <(echo x) <(echo y))"
expect a_here_string_is_read hello "$(cat <<<hello)"
expect pipefail_tells 1 "$(set -o pipefail; false | true; echo $?)"
expect pipestatus_tells "0 3" "$(true | (exit 3); echo "${PIPESTATUS[*]}")"
expect a_coprocess_answers pong "$(coproc cat; echo pong >&"${COPROC[1]}"
  read -r -u "${COPROC[0]}" x; echo "$x")"
expect jobs_are_listed 1 "$(sleep 2 & jobs -p | wc -l | tr -d ' ')"
expect kill_by_job_number 143 "$(set -m; sleep 100 & kill %1; wait %1 2>/dev/null
  echo $?)"
expect read_times_out 142 "$(sleep 3 | (read -r -t 1 x; echo $?))"
