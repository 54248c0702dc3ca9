#!/bin/sh
# maker_runs -- what a resident maker makes is what hurdle-env makes
# SPDX-License-Identifier: GPL-2.0-or-later

. "$(dirname "$0")"/helper_maker.sh
nest_tree hurdle-env hurdle-control sh cat echo sleep
nest_libraries
holds maker_answers_at_its_node maker_start
expect maker_node_is_the_owners_alone 600 "$(stat -c %a "$node")"

# ---- as from hurdle-env ----
expect maker_output "hello $scratch" "$(made outer.hurdle -- sh -c 'echo $GREETING $(pwd)')"
expect maker_input typed "$(echo typed | made outer.hurdle -- cat)"
made outer.hurdle -- sh -c 'echo told >&2' 2>told
expect maker_errors told "$(cat told)"
made outer.hurdle -- sh -c 'exit 7'
expect maker_status 7 $?
made outer.hurdle -- sh -c 'kill -KILL $$'
expect maker_status_of_a_signal 137 $?
made outer.hurdle -- nothing 2>/dev/null
expect maker_not_found 127 $?
expect maker_settings "hi" "$(
  made --set variables.GREETING=hi outer.hurdle -- sh -c 'echo $GREETING')"
mkdir below && cp outer.hurdle below/here.hurdle
expect maker_looks_where_the_client_is ok \
  "$(cd below && made here.hurdle -- echo ok)"
echo 'environment "given" { include = "outer.hurdle" variables { WHO = "${GIVEN}" } }' \
  > given.hurdle
expect maker_knows_the_variables_of_the_client me \
  "$(GIVEN=me made given.hurdle -- sh -c 'echo $WHO')"
expect maker_closed_descriptor "closed" "$(
  made outer.hurdle -- sh -c 'echo open 2>/dev/null || echo closed >&2' 2>&1 >&-)"

# ---- mistakes ----
echo 'environment "bad" { role "proc" { source = owm } }' > bad.hurdle
made bad.hurdle -- sh 2>mistakes
expect maker_mistakes_have_a_status 125 $?
hurdle-env bad.hurdle -- sh 2>wanted
holds maker_mistakes_reach_the_client same mistakes wanted
made --nonsense 2>/dev/null
expect maker_wrong_usage 125 $?
made --maker "$scratch"/another 2>/dev/null
expect maker_makes_no_makers 125 $?
hurdle-env --maker "$node" 2>second
expect maker_node_is_taken 125 $?
expect maker_says_that_it_is_taken \
  "hurdle-env: --maker $node: another server answers there: Device or resource busy" \
  "$(cat second)"
hurdle-control "$scratch"/nobody run outer.hurdle -- sh 2>/dev/null
expect maker_nobody_there 125 $?
hurdle-control /dev/null run outer.hurdle -- sh 2>/dev/null
expect maker_not_a_maker 125 $?

# ---- who may ----
as () { "$tests"/helper_static_as "$@"; }
chmod 755 "$scratch"
expect maker_refuses_another_user 125 "$(
  as 1000 hurdle-control "$node" run outer.hurdle -- sh 2>/dev/null; echo $?)"
mkdir -m 777 theirs
"$tests"/helper_static_as 1000 hurdle-env --maker theirs/maker &
their_maker=$!
soon [ -c theirs/maker ]
expect maker_of_another_user_is_not_trusted 125 "$(
  hurdle-control theirs/maker run outer.hurdle -- sh 2>/dev/null; echo $?)"
expect maker_of_a_user 1000 "$(
  as 1000 hurdle-control theirs/maker run --set identity=myself outer.hurdle \
    -- sh -c 'echo $(stat -c %u / 2>/dev/null || echo 1000)')"
kill $their_maker
wait $their_maker 2>/dev/null
expect maker_takes_its_node_away "" "$(ls theirs)"

# ---- several ----
made outer.hurdle -- sh -c 'sleep 2; echo one' > one &
first=$!
made outer.hurdle -- sh -c 'sleep 1; echo two' > two &
second=$!
expect maker_is_free_meanwhile three "$(made outer.hurdle -- echo three)"
wait $first $second
expect maker_two_at_once "one two" "$(cat one) $(cat two)"
expect maker_makes_makers_neighbours "inside" "$(
  made outer.hurdle -- hurdle-env /etc/inner.hurdle -- echo inside)"

# ---- where all is the parent's ----
cat > parent.hurdle <<'M'
environment "shared" {
  identity = myself
  contained = no
  role "auth" { source = parent }
  role "proc" { source = parent }
  role "exec" { source = parent }
  role "root" { source = parent }
  variables { PATH = "/bin" }
}
M
made parent.hurdle -- sh -c 'sleep 2; exit 7' 2>/dev/null &
first=$!
expect maker_is_free_while_a_command_of_the_parents_runs free "$(
  made outer.hurdle -- echo free; kill -0 $first && exit 0; echo late)"
wait $first
expect maker_status_where_all_is_the_parents 7 $?

kill $maker
wait $maker
expect maker_ends_when_told 143 $?
