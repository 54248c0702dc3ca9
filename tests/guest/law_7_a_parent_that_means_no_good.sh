#!/bin/sh
# law 7: whoever serves a directory that was given can answer what he likes, or
# nothing: that is between him and those who ask for it
# SPDX-License-Identifier: GPL-2.0-or-later

. "$(dirname "$0")"/helper_control.sh
. "$tests"/helper_server.sh

server_start "$scratch/served"
mkdir given
mkfifo to from
echo note > given/note

mounts ()
{
  proxy_manifest \
    "mount \"/given\" { from = \"$1/given\" mode = read-write }" \
    "mount \"/served\" { from = \"$1/served\" mode = read-write }"
}
mounts "$scratch" > nest.hurdle
mounts '' > inner.hurdle
tasks=$(nest_count tasks)

# begin [COMMAND]...: an environment with a shell in it, started by COMMAND.
begin ()
{
  server_tell well > /dev/null
  hurdle-env --control "$node" nest.hurdle -- "$@" sh < to > from &
  maker=$!
  exec 7> to 8< from
  say echo ready
  heard > /dev/null
}

deep ()
{
  inner=$scratch/inner.hurdle
  begin hurdle-env "$inner" -- hurdle-env "$inner" --
}

# Everything but what he serves goes on.
others ()
{
  say 'read -r line < /given/note; echo "$line"'
  [ "$(heard)" = note ] || { echo others; return; }
  timeout 20 hurdle-control "$node" grants > listed || { echo control; return; }
  echo fine
}

# poke_all MANNER...: what comes of it, unless it is as it should be.
poke_all ()
{
  for manner; do
    [ "$(server_tell $manner)" = unknown ] && echo "$manner: unknown"
    say "$tests/helper_static_poke /served"
    said="$(heard) $(others)"
    [ "$said" = "poked fine" ] || echo "$manner: $said"
  done
}

# wait_for_him DEPTH: who waits for him is set free.
wait_for_him ()
{
  server_tell late > /dev/null
  say 'cat /served/file 2>&1; echo over'
  sleep 1
  holds "law_7_is_taken_back_at_depth_$1" timeout 20 hurdle-control "$node" \
    revoke "$(grant_id /served)"
  holds "law_7_who_waited_is_told_at_depth_$1" has "$(heard)" \
    "Input/output error"
  expect "law_7_and_goes_on_at_depth_$1" "over fine" "$(heard) $(others)"
}

# comes LINE FILE: is it in there before long?
comes ()
{
  for try in 1 2 3 4 5 6 7 8 9 10; do
    [ -s "$2" ] && has "$(cat "$2")" "$1" > /dev/null && return 0
    sleep 1
  done
  return 1
}

# wait_for_a_page DEPTH: one page of his file is never had, and the others are.
wait_for_a_page ()
{
  server_tell start > /dev/null
  rm -f given/another
  say "$tests/helper_static_touch /served/file 0 &"
  expect "law_7_a_page_is_asked_for_at_depth_$1" touching "$(heard)"
  sleep 1
  say "$tests/helper_static_touch /served/file 32768 > /given/another &"
  holds "law_7_another_page_of_that_file_comes_at_depth_$1" comes x \
    given/another
  holds "law_7_a_page_is_taken_back_at_depth_$1" timeout 20 hurdle-control \
    "$node" revoke "$(grant_id /served)"
  say wait
  expect "law_7_who_waited_for_a_page_is_told_at_depth_$1" SIGBUS "$(heard)"
}

# ---- depth 1 ----
for manner in dead null receive once task control again reauth magic ring; do
  set -- "$@" "$manner 20018"
done
begin
expect law_7_nonsense_stops_nobody '' "$(poke_all "$@" "late 20018" \
  "junk 21013" "huge 21001" "much 20019" "change 21013" "elsewhere 21013" \
  mute junk short code other long)"
control_end
begin
wait_for_him 1
control_end
begin
wait_for_a_page 1
control_end

# ---- depth 3 ----
deep
expect law_7_nonsense_stops_nobody_at_depth_3 '' "$(poke_all "dead 20018" \
  "again 20018" "ring 20018" "junk 21013" "much 20019" short)"
control_end
deep
wait_for_him 3
control_end
deep
wait_for_a_page 3
control_end
holds law_7_leaves_nothing nest_settles tasks "$tasks"

server_end
