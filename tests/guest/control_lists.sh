#!/bin/sh
# control_lists -- hurdle-control asks an environment, and lowers what it has
# SPDX-License-Identifier: GPL-2.0-or-later

. "$(dirname "$0")"/helper_control.sh

control_start
ask () { hurdle-control "$node" "$@" 2>&1; }

expect control_node_is_the_owners_alone 600 "$(stat -c %a "$node")"
expect control_is_no_file "character special file" "$(stat -c %F "$node")"
holds control_lists_roles has "$(ask roles)" "proc *own"
holds control_lists_absent_roles has "$(ask roles)" "inet *absent"
holds control_lists_grants has "$(ask grants)" \
  "directory */given *$scratch/given *read-write *no *no *no"
holds control_lists_implicit_grants has "$(ask grants)" \
  "descriptor *descriptor 0 *the starter's *read* yes "
holds control_lists_processes has "$(ask processes)" " no *no */bin/sh"
holds control_lists_json has "$(hurdle-control --json "$node" grants)" \
  "\"name\": \"/given\", \"from\": \"$scratch/given\", \"modes\": \"read-write\", \"implicit\": false"

# ---- who may ----
user () { as 1000 hurdle-control "$node" "$@" >/dev/null 2>&1; }
expect control_refuses_another_user 3 "$(user grants; echo $?)"
chmod 604 "$node"
expect control_follows_its_permissions 0 "$(user grants; echo $?)"
expect control_readers_change_nothing 3 "$(user revoke 1; echo $?)"
chmod 600 "$node"

# ---- mistakes ----
expect control_knows_its_verbs "hurdle-control: unknown verb 'revok'; did you mean 'revoke'?" \
  "$(first_line "$(ask revok)")"
expect control_wrong_verb_is_usage 2 "$(ask revok >/dev/null; echo $?)"
tells control_wrong_count_is_usage 2 \
  "expected \`hurdle-control NODE revoke GRANT'" ask revoke
tells control_no_such_grant 1 "4711: no grant has this id; \`grants' lists" \
  ask revoke 4711
tells control_node_without_verb 2 "which VERB? \`hurdle-control $node VERB'" ask
tells control_verb_without_node 2 "which NODE? \`hurdle-control NODE roles'" \
  hurdle-control roles
tells control_verb_before_node 2 "NODE comes before VERB" \
  hurdle-control roles "$node"
tells control_late_option 2 "options come first" ask roles --json
tells control_has_no_json_of_run 2 "there is no JSON of run" \
  hurdle-control --json "$node" run nest.hurdle
tells control_for_how_long 2 "'for' is not \`for SECONDS'" \
  ask grant /x "$scratch" for
tells control_for_no_number 2 "'10m' is not a number of seconds" \
  ask grant /x "$scratch" for 10m
tells control_gives_no_file 1 "hurdle-control: $scratch/nest.hurdle: Not a directory" \
  ask grant /x "$scratch/nest.hurdle"
tells control_gives_nothing_that_is_not_there 1 "$scratch/none: No such file" \
  ask grant /x "$scratch/none"
tells control_gives_nothing_over_a_mount 1 "something is mounted there already" \
  ask grant /given "$scratch"
tells control_not_a_control 3 "no control answers there; \`hurdle-env --control" \
  hurdle-control /dev/null roles
tells control_no_node 3 "nothing is there; \`hurdle-env --control" \
  hurdle-control "$scratch/none" roles
tells control_dump_not_a_control 3 "/dev/null: no control answers there" \
  hurdle-env --dump --control /dev/null
tells control_dump_no_node 3 "nothing is there" \
  hurdle-env --dump --control "$scratch/none"
tells control_run_without_a_maker 125 "no maker answers there" \
  ask run nest.hurdle
tells control_version 0 "hurdle-control (Hurdle) " hurdle-control --version

# ---- the root environment, seen from inside ----
root="hurdle-control /servers/hurdle"
tells control_root_is_not_stopped 1 "stop: the root environment ends with \`halt'" \
  $root stop
tells control_root_is_not_killed 1 "kill: the root environment ends with \`halt'" \
  $root kill
tells control_root_is_not_frozen 1 "whoever asks is inside" $root freeze

# ---- lower, revoke ----
id=$(grant_id /given)
say 'echo one > /given/written && echo written'
expect control_before_lower written "$(heard)"
holds control_lowers hurdle-control "$node" lower "$id"
say 'echo two 2>/dev/null > /given/written || echo refused; cat /given/written'
expect control_lowered_refuses_writing refused "$(heard)"
expect control_lowered_can_be_read one "$(heard)"
holds control_shows_lowered has "$(ask grants)" "/given * read *no *yes *no"
holds control_lowers_by_name hurdle-control "$node" lower /given
expect control_no_such_name "1 hurdle-control: $node: no grant is called '/gven'; \`grants' lists their names and ids" \
  "$(text=$(ask revoke /gven); echo $? "$text")"
holds control_revokes_by_name hurdle-control "$node" revoke /given
say 'cat /given/written 2>/dev/null || echo refused'
expect control_revoked_is_gone refused "$(heard)"
holds control_shows_revoked has "$(ask grants)" "/given * nothing *no *yes *yes"
holds control_revokes_twice hurdle-control "$node" revoke "$id"
holds control_revokes_twice_by_name hurdle-control "$node" revoke /given
again=$(hurdle-control "$node" grant /given "$scratch/given")
holds control_the_name_is_that_of_what_is_in_force \
  hurdle-control "$node" revoke /given
expect control_two_of_a_name "1 hurdle-control: $node: '/given' is the name of 2 grants; say which by its id: $id $again" \
  "$(text=$(ask revoke /given); echo $? "$text")"
say 'echo alive'
expect control_others_go_on alive "$(heard)"

# ---- the end ----
second () { hurdle-env --control "$node" nest.hurdle -- true 2>&1; }
expect control_node_is_taken 125 "$(second >/dev/null; echo $?)"
holds control_says_the_node_is_taken has "$(second)" "another server answers"
holds control_failing_leaves_the_node hurdle-control "$node" roles
control_end
expect control_node_goes_with_it gone "$([ -e "$node" ] || echo gone)"
: > "$node"
expect control_at_a_file_that_is_there 0 "$(second >/dev/null; echo $?)"
expect control_leaves_a_file_that_was_there there \
  "$([ -f "$node" ] && echo there)"

# ---- never its own ----
tells control_is_not_inside 3 "this environment has no control of its own" \
  hurdle-env nest.hurdle -- hurdle-control /servers/hurdle roles
expect control_own_is_for_root_inside "0 3" "$(
  cp "$tests"/helper_static_as given/as
  hurdle-env --set role.control=own nest.hurdle -- sh -c \
  'hurdle-control /servers/hurdle roles >/dev/null; a=$?
   /given/as 1000 hurdle-control /servers/hurdle roles 2>/dev/null
   echo $a $?')"
