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
hurdle-env --set role.proc=absnet outer.hurdle 2>err
expect nest_set_badly 125 $?
read -r said < err
case $said in
  *'did you mean "absent"?') echo ok nest_set_badly_says_what ;;
  *) fails nest_set_badly_says_what "$said" ;;
esac
hurdle-env --nonsense outer.hurdle 2>err
expect nest_wrong_usage 125 $?
hurdle-env 2>err
expect nest_no_manifest 125 $?
hurdle-env /nothing/here.hurdle 2>err
expect nest_manifest_not_there 125 $?
hurdle-env outer.hurdle 2>err
expect nest_no_command 125 $?
nest_manifest /nothing/here > m
hurdle-env m -- hurdle-env --help 2>err
expect nest_mount_not_there 125 $?
echo 'environment "x" { role "inet" { source = own } mount "/" { from = "/" } }' > m
hurdle-env m -- true 2>err
expect nest_what_is_not_written_yet_is_refused 125 $?
hurdle-env --help > help
expect nest_help 0 $?
hurdle-env -v outer.hurdle -- hurdle-env --help 2>verbose >inside
expect nest_verbose 0 $?
holds nest_verbose_says_what_is_given test "$(wc -l < verbose)" -gt 8
holds nest_help_is_the_same_inside same help inside
