#!/bin/sh
# nest_mistakes -- what hurdle-env refuses, and how it says so
# SPDX-License-Identifier: GPL-2.0-or-later

. "$(dirname "$0")"/helper_nest.sh
nest_tree hurdle-env

echo 'environment "x" { role "aut" { source = own } identiti = myself }' > bad
hurdle-env bad 2>err >out
expect nest_mistake_status 125 $?
expect nest_mistakes_all_at_once 2 "$(wc -l < err)"
hurdle-env --check bad 2>err
expect nest_check_bad 125 $?
hurdle-env --check outer.hurdle 2>err
expect nest_check_good "0 0" "$? $(wc -c < err)"

# ---- the command line ----
tells nest_set_badly 125 'did you mean "absent"?' \
  hurdle-env --set role.proc=absnet outer.hurdle
tells nest_set_says_which 125 '--set:2: unknown key "directroy"' \
  hurdle-env --set limits.tasks=9 --set directroy=/ outer.hurdle
tells nest_set_what_cannot_be_set 125 "--set mount./=/: expected KEY=VALUE, where" \
  hurdle-env --set mount./=/ outer.hurdle
tells nest_set_nothing 125 "--set directory: expected KEY=VALUE" \
  hurdle-env --set directory outer.hurdle
tells nest_wrong_usage 125 "unrecognized option '--nonsense'" \
  hurdle-env --nonsense outer.hurdle
tells nest_no_manifest 125 "which MANIFEST?" hurdle-env
tells nest_empty_manifest_name 125 "MANIFEST: '' is no path" hurdle-env ''
tells nest_dump_takes_no_manifest 125 "no MANIFEST belongs to --dump" \
  hurdle-env --dump outer.hurdle
tells nest_bare_is_the_kernels 125 "--bare is for GNU Mach's boot script" \
  hurdle-env --bare
tells nest_check_is_no_maker 125 "--maker and --check do not go together" \
  hurdle-env --check --maker "$scratch"/maker
tells nest_maker_has_no_control 125 "--maker and --control do not go together" \
  hurdle-env --maker "$scratch"/maker --control "$scratch"/node
tells nest_command_is_no_option 125 "a command stands behind the manifest" \
  hurdle-env --command /bin/sh outer.hurdle
tells nest_version 0 "hurdle-env (Hurdle) " hurdle-env --version
tells nest_control_without_a_directory 125 \
  "/nothing/node: the directory that it would be in is not there" \
  hurdle-env --control /nothing/node outer.hurdle -- hurdle-env --help
tells nest_control_over_a_directory 125 "something that is no plain file is there" \
  hurdle-env --control "$tree" outer.hurdle -- hurdle-env --help

# ---- the manifest ----
tells nest_manifest_not_there 125 "/nothing/here.hurdle: No such file" \
  hurdle-env /nothing/here.hurdle
tells nest_manifest_is_a_directory 125 "$tree: Is a directory" hurdle-env "$tree"
tells nest_manifest_is_a_program 125 "so this is no text" \
  hurdle-env /bin/hurdle-env
expect nest_no_text_is_one_mistake 1 "$(hurdle-env /bin/hurdle-env 2>&1 | wc -l)"
nest_manifest /nothing/here > m
tells nest_mount_not_there 125 "mount /: /nothing/here: No such file" \
  hurdle-env m -- hurdle-env --help
tells nest_directory_not_inside 125 "there is no directory /nothing inside" \
  hurdle-env --set directory=/nothing outer.hurdle -- hurdle-env --help
tells nest_directory_is_a_file 125 "/bin/hurdle-env inside: Not a directory" \
  hurdle-env --set directory=/bin/hurdle-env outer.hurdle -- hurdle-env --help
echo 'environment "x" { role "inet" { source = own } mount "/" { from = "/" } }' > m
tells nest_what_is_not_written_yet_is_refused 125 "not available yet" \
  hurdle-env m -- true

# ---- the command ----
tells nest_no_command 125 \
  "outer.hurdle: there is no command: say one behind it (\`hurdle-env outer.hurdle -- COMMAND...')" \
  hurdle-env outer.hurdle
echo 'environment "x" { }' > m
tells nest_no_files 125 "there are no files to find the command in" \
  hurdle-env m -- true
echo 'no program' > "$tree/bin/text"
echo '#!/nothing/here' > "$tree/bin/script"
chmod 755 "$tree/bin/text" "$tree/bin/script"
echo '#!/bin/hurdle-env' > "$tree/bin/closed"
run () { hurdle-env outer.hurdle -- "$@"; }
tells nest_command_in_no_directory 127 \
  "'nothing' is in no directory of the manifest's PATH, /bin" run nothing
tells nest_command_not_inside 127 "/bin/nothing: not among the files inside" \
  run /bin/nothing
tells nest_command_is_no_program 126 "/bin/text: it is neither a program" run text
tells nest_command_without_its_interpreter 127 \
  "/bin/script: the interpreter that it names is not there inside" run script
tells nest_command_is_not_executable 126 "/bin/closed: it may not be run" \
  run closed
rm "$tree/bin/text" "$tree/bin/script" "$tree/bin/closed"

# ---- and what is none ----
hurdle-env --help > help
expect nest_help 0 $?
hurdle-env -v outer.hurdle -- hurdle-env --help 2>verbose >inside
expect nest_verbose 0 $?
holds nest_verbose_says_what_is_given test "$(wc -l < verbose)" -gt 8
holds nest_help_is_the_same_inside same help inside
