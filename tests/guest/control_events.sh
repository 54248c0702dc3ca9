#!/bin/sh
# control_events -- what happens in an environment is written down, and told to
# those who follow
# SPDX-License-Identifier: GPL-2.0-or-later

. "$(dirname "$0")"/helper_control.sh
mkdir copied && cp /bin/echo copied/echo
control_start \
  "mount \"/still\" { from = \"$scratch/given\" mode = read-only noexec = yes hide = { .secret } }" \
  "mount \"/copy\" { from = \"$scratch/copied\" mode = copy noexec = yes }" \
  'role "inet" { source = fake }'
echo note > given/note
echo secret > given/.secret
cp /bin/echo given/echo
ask () { hurdle-control "$node" "$@"; }

# event EVENT NAME: how often it has happened to NAME.
event ()
{
  ask events | while read -r number event name times more; do
    [ "$event $name" != "$1 $2" ] || echo "$times$more"
  done
}

# tells CLAIM SCRIPT EVENT NAME: the shell inside runs SCRIPT, which says one
# line, and is told of.
tells ()
{
  expect "$1_first" "" "$(event "$3" "$4")"
  say "{ $2; } 2>/dev/null; echo tried"
  expect "$1_shell" tried "$(heard)"
  expect "$1" 1 "$(event "$3" "$4")"
}

# ---- use, and what is done from outside ----
tells events_tell_of_the_first_use 'read line < /given/note' used /given
say '/bin/true; echo ended'
expect events_shell_runs ended "$(heard)"
holds events_tell_of_deaths has "$(ask events)" "died * /bin/true * 1"
given=$(grant_id /given)
ask lower "$given"
expect events_tell_of_lowering 1 "$(event lowered /given)"
ask grant /later "$scratch/given" > /dev/null
expect events_tell_of_giving 1 "$(event granted /later)"
ask freeze
ask thaw
holds events_tell_of_freezing has "$(ask events)" "frozen"

# ---- what is denied ----
say '[ -w /still/note ]; [ -x /still/echo ]; ls -a /still >/dev/null; echo asked'
expect events_shell_asks asked "$(heard)"
expect events_tell_no_question "" "$(event denied-write /still
  event denied-exec /still; event denied-name /still)"
tells events_tell_of_a_file_opened_to_write 'true >> /still/note' \
  denied-write /still
tells events_tell_of_a_file_made 'true > /given/new' denied-write /given
tells events_tell_of_a_name_removed 'rm -f /bin/echo' denied-write /
tells events_tell_of_noexec '/still/echo ran' denied-exec /still
tells events_tell_of_noexec_of_a_copy '/copy/echo ran' denied-exec /copy
tells events_tell_of_a_hidden_name 'read line < /still/.secret' \
  denied-name /still
tells events_tell_of_a_fake 'bash -c "exec 3<>/dev/tcp/127.0.0.1/7"' \
  denied-role inet
ask revoke "$given"
expect events_tell_of_revoking 1 "$(event revoked /given)"
tells events_tell_of_what_was_revoked 'read line < /given/note' denied /given

# ---- nobody inside fills the list ----
lines () { ask events | while read -r line; do echo; done | wc -l; }
before=$(lines)
say 'n=0; while [ $n -lt 400 ]; do n=$((n + 1))
  { true > /still/note; } 2>/dev/null; done; echo flooded'
expect events_shell_floods flooded "$(heard)"
expect events_count_what_repeats 401 "$(event denied-write /still)"
expect events_are_no_more_for_it "$before" "$(lines)"
expect events_keep_the_others 1 "$(event lowered /given)"

# ---- followers ----
hurdle-control "$node" events follow > followed 7>&- 8<&- &
follower=$!
soon () # COMMAND...: it succeeds within some seconds.
{
  for try in 1 2 3 4 5 6 7 8 9 10; do
    "$@" && return 0
    sleep 1
  done
  return 1
}
followed () { has "$(cat followed)" "$1" >/dev/null; }
holds events_follow_tells_what_was soon followed "lowered   */given"
ask lower /still
holds events_follow_tells_what_comes soon followed "lowered */still"

# What a look costs is all that the loops do while somebody follows.
turns ()
{
  hurdle-env --dump --control "$node" | while read -r word name turns more; do
    [ "$word" != loop ] || echo "$turns"
  done
}
turned () # how often both have turned.
{
  echo $(($(turns | { read -r one; read -r two; echo "$one + $two"; })))
}
turned > /dev/null; sleep 1
one=$(turned); sleep 1
two=$(turned); sleep 5
three=$(turned)
expect events_follower_costs_no_wake_ups $((two - one)) $((three - two))
hurdle-control --json "$node" events follow > followed.json 7>&- 8<&- &
killed=$!
holds events_follow_as_json soon [ -s followed.json ]
kill -KILL $killed
wait $killed 2>/dev/null

control_end
wait "$follower"
expect events_follow_until_the_end 0 $?
holds events_are_followed_as_json has "$(cat followed.json)" \
  '"event": "lowered", "name": "/still", "times": 1'
holds events_as_json has "$(hurdle-control --json /servers/hurdle events)" '"event": "died"'
