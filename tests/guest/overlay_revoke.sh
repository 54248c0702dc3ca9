#!/bin/sh
# overlay_revoke -- what lies under a layer is taken back
# SPDX-License-Identifier: GPL-2.0-or-later

. "$(dirname "$0")"/helper_overlay.sh
. "$(dirname "$0")"/helper_control.sh

mkdir -p given/deep given/seen || exit 1
for name in copied read never; do echo $name > given/$name; done
echo deep > given/deep/file
cp /bin/sleep given/sleep
overlay_manifest \
  "mount \"/given\" { from = \"$scratch/given\" mode = overlay }" > nest.hurdle
mkfifo to from || exit 1
hurdle-env --control "$node" nest.hurdle -- sh < to > from &
maker=$!
exec 7> to 8< from
say echo ready
heard > /dev/null
id=$(grant_id /given)
ask () { hurdle-control "$node" "$@" 2>&1; }

holds overlay_is_a_grant has "$(ask grants)" "/given"
say 'cd /given; echo more >> copied; echo new > made; exec 3<read 4<read
  read -r a <&3; ls seen; chmod 600 never
  ./sleep 1000 & program=$!; sleep 1; echo $a'
expect overlay_before_revoke read "$(heard)"
holds overlay_revokes hurdle-control "$node" revoke "$id"
say 'echo $(cat copied)'
expect overlay_revoked_keeps_what_was_copied "copied more" "$(heard)"
say 'echo $(cat made)'
expect overlay_revoked_keeps_what_was_made new "$(heard)"
say 'cat <&4 2>/dev/null || echo refused'
expect overlay_revoked_ends_open_files refused "$(heard)"
say 'cat never 2>/dev/null || echo refused'
expect overlay_revoked_refuses_what_was_not_copied refused "$(heard)"
say 'echo 2>/dev/null >> never || echo refused'
expect overlay_revoked_copies_nothing refused "$(heard)"
say 'ls deep 2>/dev/null || echo refused'
expect overlay_revoked_lists_nothing refused "$(heard)"
say './sleep 0 2>/dev/null || echo refused'
expect overlay_revoked_runs_nothing refused "$(heard)"
say 'kill -KILL $program; wait $program 2>/dev/null; echo $?'
expect overlay_revoked_programs_can_be_ended 137 "$(heard)"
say 'echo $(stat -c %a never) $(ls)'
expect overlay_revoked_keeps_what_is_known \
  "600 copied deep made never read seen sleep" "$(heard)"
say 'rm never; mkdir more; echo on > more/file; cat more/file'
expect overlay_revoked_goes_on on "$(heard)"
exec 7>&-
wait "$maker"
exec 8<&-
expect overlay_revoked_outside_is_as_it_was "copied never" \
  "$(echo $(cat given/copied given/never))"
