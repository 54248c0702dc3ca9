#!/bin/sh
# nest_runs_a_command -- hurdle-env MANIFEST -- COMMAND as a shell's user sees it
# SPDX-License-Identifier: GPL-2.0-or-later

. "$(dirname "$0")"/helper_nest.sh
nest_tree hurdle-env sh cat ls echo sleep wc head
nest_libraries
nest () { hurdle-env outer.hurdle -- "$@"; }

expect nest_output hello "$(nest echo hello)"
expect nest_error "to both
" "$(nest sh -c 'echo to both >&2' 2>&1)
"
nest sh -c 'exit 7'
expect nest_status 7 $?
nest sh -c 'kill -KILL $$'
expect nest_status_of_a_signal 137 $?
nest sh -c 'kill -TERM $$'
expect nest_status_of_another_signal 143 $?
nest nothing_like_it 2>err
expect nest_not_found 127 $?
nest /etc/inner.hurdle 2>err
expect nest_not_runnable 126 $?
tells nest_a_directory_is_not_runnable 126 'the command: /etc: ' nest /etc
printf '#!/bin/nobody\n' > "$tree/bin/orphan" && chmod 755 "$tree/bin/orphan"
tells nest_interpreter_not_found 127 \
  '/bin/orphan: the interpreter that it names is not there' nest orphan
expect nest_arguments "a b|c" "$(nest sh -c 'echo "$1|$2"' sh 'a b' c)"
expect nest_environment "hello|unset" \
  "$(LEAK=leaked nest sh -c 'echo "$GREETING|${LEAK-unset}"')"
expect nest_input "typed in" "$(echo typed in | nest cat)"
expect nest_long_input 300000 \
  "$(head -c 300000 /dev/zero | nest wc -c)"
expect nest_long_output 300000 "$(nest head -c 300000 /dev/zero | wc -c)"
nest cat < outer.hurdle > copy
holds nest_files_as_descriptors same copy outer.hurdle
expect nest_inside_pipes 3 "$(nest sh -c 'echo a b c | wc -w')"
expect nest_own_pids 1 "$(nest sh -c 'echo $$')"
expect nest_sees_its_files "bin dev etc lib servers tmp" \
  "$(nest sh -c 'cd / && echo *')"
nest sh -c 'echo mine > /etc/inner.hurdle; echo new > /etc/new'
nest_manifest / > inner
holds nest_changes_stay_inside same "$tree/etc/inner.hurdle" inner
holds nest_changes_stay_inside_too test ! -e "$tree/etc/new"
expect nest_closed_descriptor "no input" \
  "$(nest sh -c 'cat 2>/dev/null || echo no input' <&-)"

nest_manifest "$tree" 'command = { "/bin/echo", "from the manifest" }' > c.hurdle
expect nest_command_of_the_manifest "from the manifest" \
  "$(hurdle-env c.hurdle)"
expect nest_set "in /etc" \
  "$(hurdle-env --set directory=/etc outer.hurdle -- sh -c 'echo in $PWD')"
expect nest_set_a_variable "bye" \
  "$(hurdle-env --set variables.GREETING=bye outer.hurdle -- \
       sh -c 'echo $GREETING')"
expect nest_set_a_role "no pipes" \
  "$(hurdle-env --set role.local=absent outer.hurdle -- \
       sh -c '(echo a | cat) 2>/dev/null || echo no pipes')"
expect nest_mount_hides_a_name "one" "$(
  mkdir -p more && echo 1 > more/one && echo 2 > more/two
  nest_manifest "$tree" \
    "mount \"/more\" { from = \"$scratch/more\" mode = copy hide = { two } }" \
    > hide.hurdle
  hurdle-env hide.hurdle -- ls /more)"
expect nest_mount_in_memory "empty" "$(
  nest_manifest "$tree" 'mount "/etc" { from = memory }' > memory.hurdle
  hurdle-env memory.hurdle -- sh -c 'echo > /etc/x; cd /etc; echo empty' )"
