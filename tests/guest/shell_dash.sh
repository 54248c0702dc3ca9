#!/bin/sh
# What a shell script can do, with dash.
# SPDX-License-Identifier: GPL-2.0-or-later
. "${0%/*}/claims.sh"

expect a_pipeline_carries_data 6 "$(printf 'a\nb\nc\n' | cat | wc -c | tr -d ' ')"
expect a_long_pipeline_carries_a_megabyte 1048576 \
  "$(head -c 1048576 /dev/zero | cat | cat | cat | cat | wc -c | tr -d ' ')"
expect a_here_document_is_read "one two" "$(cat <<END
one two
END
)"
expect a_subshell_keeps_its_variables outer "$(x=outer; (x=inner); echo $x)"
expect a_subshell_keeps_its_directory "$scratch" "$( (cd /); pwd)"
expect the_status_of_a_pipeline_is_its_last_command 3 \
  "$(true | (exit 3); echo $?)"
expect a_missing_command_is_127 127 "$(no-such-command 2>/dev/null; echo $?)"
expect a_file_that_cannot_run_is_126 126 \
  "$(echo x >plain; ./plain 2>/dev/null; echo $?)"
expect a_trap_runs_at_exit bye "$(sh -c 'trap "echo bye" EXIT; exit 4')"
expect a_trap_catches_a_signal caught \
  "$(sh -c 'trap "echo caught; exit" USR1; kill -USR1 $$; sleep 5')"
expect an_ignored_signal_is_ignored alive \
  "$(sh -c 'trap "" TERM; kill -TERM $$; echo alive')"
expect wait_gets_the_status 7 "$( (exit 7) & wait $!; echo $?)"
expect wait_waits_for_all "done" "$(sleep 1 & sleep 1 & wait; echo "done")"
expect a_killed_child_is_128_and_signal 143 \
  "$(sleep 100 & kill $!; wait $!; echo $?)"
expect a_background_job_runs_on later "$( (sleep 1; echo later) & wait)"
expect command_substitution_nests c "$(echo $(echo $(echo c)))"
expect redirections_append "a
b" "$(echo a >f; echo b >>f; cat f)"
expect standard_error_can_be_redirected oops "$(ls /oops 2>&1 >/dev/null \
  | case $(cat) in *oops*) echo oops ;; esac)"
expect a_closed_descriptor_is_closed bad "$( (echo x >&3) 3>&- 2>/dev/null || echo bad)"
expect noclobber_refuses refused \
  "$(echo a >g; sh -c 'set -C; echo b >g' 2>/dev/null || echo refused)"
expect a_loop_of_hundred_children 100 "$(n=0
  while [ $n -lt 100 ]; do /bin/true && n=$((n + 1)); done; echo $n)"
holds a_glob_finds_files sh -c 'touch g1 g2 g3; set -- g?; [ $# -eq 3 ]'
