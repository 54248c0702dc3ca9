#!/bin/sh
# control_events -- what happens in an environment is written down
# SPDX-License-Identifier: GPL-2.0-or-later

. "$(dirname "$0")"/helper_control.sh
control_start
echo note > given/note
ask () { hurdle-control "$node" "$@"; }

holds events_tell_no_use_before_the_first [ "$(ask events |
  while read -r number event name; do
    [ "$event $name" != "used /given" ] || echo used; done)" = "" ]
say 'read line </given/note; echo "$line"'
expect events_shell_reads note "$(heard)"
holds events_tell_of_the_first_use has "$(ask events)" "used   /given"
say '/bin/true; echo ended'
expect events_shell_runs ended "$(heard)"
holds events_tell_of_deaths has "$(ask events)" "/bin/true"
given=$(grant_id /given)
ask lower "$given"
holds events_tell_of_lowering has "$(ask events)" "lowered  /given"
say 'echo new 2>/dev/null >/given/new; echo tried'
expect events_shell_is_refused tried "$(heard)"
ask revoke "$given"
holds events_tell_of_revoking has "$(ask events)" "revoked  /given"
say 'read line 2>/dev/null </given/note; echo tried'
expect events_shell_is_refused_again tried "$(heard)"
holds events_tell_of_denials has "$(ask events)" "denied   /given"
ask freeze
ask thaw
holds events_tell_of_freezing has "$(ask events)" "frozen"
hurdle-control "$node" events follow > followed 7>&- 8<&- &
follower=$!
sleep 2
control_end
wait "$follower"
expect events_follow_until_the_end 0 $?
holds events_are_followed has "$(cat followed)" "revoked"
holds events_as_json has "$(hurdle-control --json /servers/hurdle events)" '"event": "died"'
