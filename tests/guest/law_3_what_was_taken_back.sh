#!/bin/sh
# law 3: what was taken back, or lowered, changes identities or is dead, so
# that a set-id program does not wait for it
# SPDX-License-Identifier: GPL-2.0-or-later

. "$(dirname "$0")"/helper_control.sh
descriptors=$tests/helper_descriptors

mkdir given
echo text > given/file
mkdir given/directory
own='mount "/own" { from = memory }' tmp='mount "/tmp" { from = memory }'
proxy_manifest "$own" "$tmp" \
  "mount \"/given\" { from = \"$scratch/given\" mode = read-write }" \
  > nest.hurdle
proxy_manifest "$own" 'mount "/given" { from = "/given" mode = read-write }' \
  > given/inner.hurdle
mkfifo to from
ask () { hurdle-control "$node" "$@" > /dev/null; }

# begin COMMAND...: a shell in an environment, after COMMAND, with a set-id
# program.
begin ()
{
  hurdle-env --control "$node" nest.hurdle -- "$@" sh < to > from 2> errors &
  maker=$!
  exec 7> to 8< from
  say 'cp /bin/id /own/id; chown 1000 /own/id; chmod 4755 /own/id; echo ready'
  heard > /dev/null
}

# after COMMAND...: what all descriptors come to when COMMAND was done
# under them.
after ()
{
  say 'cd /given/directory
    '"$descriptors"' --after /own/go /own/id /given/file /given/directory \
      /given /bin/sh /own &
    cd /'
  [ "$(heard)" = ready ] || echo not ready
  "$@"
  say ': > /own/go; wait; rm /own/go'
  echo "$(heard) $(heard)"
}

take () { ask revoke "$(grant_id /given)"; }
take_descriptor ()
{
  ask revoke "$(hurdle-control "$node" grants | while read -r id rest; do
    case $rest in *"descriptor 2"*) echo "$id" ;; esac; done)"
}
lower () { ask lower "$(grant_id /given)"; }

inner='hurdle-env /given/inner.hurdle --'
for depth in 1 3; do
  if [ $depth = 1 ]; then begin; else begin $inner $inner; fi
  expect law_3_of_what_is_there_at_depth_$depth "1000 right" "$(after true)"
  expect law_3_of_what_was_lowered_at_depth_$depth "1000 right" \
    "$(after lower)"
  expect law_3_of_what_was_revoked_at_depth_$depth "1000 right" "$(after take)"
  expect law_3_of_a_descriptor_that_was_revoked_at_depth_$depth "1000 right" \
    "$(after take_descriptor)"
  control_end
done
