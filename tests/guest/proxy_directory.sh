#!/bin/sh
# proxy_directory -- directories of the parent, seen through a caretaker
# SPDX-License-Identifier: GPL-2.0-or-later

. "$(dirname "$0")"/helper_proxy.sh

mkdir -p given/deep/er secret private || exit 1
echo outside > given/file
echo hidden > given/.secret
echo out of reach > secret/file
ln -s /given/file given/absolute
ln -s deep/../file given/relative
ln -s ../secret/file given/escaping
ln -s "$scratch/secret/file" given/escaping_absolutely
ln -s loop given/loop
cp /bin/echo given/echo
cp /bin/id given/set_id && chmod 4755 given/set_id
chown 1000:1000 given/set_id && chmod 4755 given/set_id
mknod given/null c 0 0 2>/dev/null
echo mine > given/owned && chown 1000:1000 given/owned
proxy_manifest \
  "mount \"/given\" { from = \"$scratch/given\" mode = read-write hide = { .secret } }" \
  "mount \"/still\" { from = \"$scratch/given\" mode = read-only noexec = yes }" \
  > both.hurdle
inside () { hurdle-env both.hurdle -- sh -c "$1" 2>&1; }
refused='|| echo refused'

# ---- what is seen ----
expect proxy_runs_a_program "from echo" "$(inside '/given/echo from echo')"
expect proxy_reads outside "$(inside 'cat /given/file')"
expect proxy_lists "absolute deep echo" "$(inside 'cd /given; echo [ade]*[eopt]')"
expect proxy_shows_mount_points "/given /still" "$(inside 'echo /given /sti*')"
expect proxy_hides_a_name "file refused" "$(inside "cd /given
  echo f* \$(cat .secret 2>/dev/null $refused)")"
expect proxy_hides_a_name_from_creating refused \
  "$(inside "echo new 2>/dev/null > /given/.secret $refused")"
expect proxy_hides_a_name_from_renaming refused "$(inside "cd /given
  mv file .secret 2>/dev/null $refused")"
holds proxy_leaves_the_hidden_alone same given/.secret - <<X
hidden
X
expect proxy_follows_links_inside "outside outside" \
  "$(inside 'cd /given; echo $(cat absolute relative)')"
expect proxy_links_lead_nowhere_outside "refused" \
  "$(inside "cat /given/escaping 2>/dev/null $refused")"
expect proxy_a_loop_ends refused "$(inside "cat /given/loop 2>/dev/null $refused")"
expect proxy_dot_dot_of_the_top_is_inside "/ /given/deep" \
  "$(inside 'cd /given; cd -P ..; a=$(pwd -P); cd /given/deep/er; cd -P ..; echo $a $(pwd -P)')"
mkdir /hole.$$ /after.$$ && rmdir /hole.$$
expect proxy_a_removed_name_hides_no_mount_point /given \
  "$(inside 'cd /given/deep; cd -P ..; pwd -P')"
rmdir /after.$$
expect proxy_dot_dot_stops_at_the_top outside \
  "$(inside 'cd /given; cat ../../../../given/deep/../file')"
expect proxy_a_moved_directory_leads_nowhere_else refused \
  "$(inside "cd /given/deep/er; mv /given/deep/er /given/er
     cat ../../secret/file 2>/dev/null $refused")"

# ---- what may be done ----
expect proxy_read_only_refuses "1 2 3 4 5 6 7" "$(inside 'cd /still
  { echo >file || a="1"
    echo >new || a="$a 2"
    rm file || a="$a 3"
    mkdir more || a="$a 4"
    chmod 600 file || a="$a 5"
    ln file more || a="$a 6"
    mv file more || a="$a 7"; } 2>/dev/null
  echo "$a"')"
expect proxy_noexec 126 "$(inside '/still/echo run 2>/dev/null; echo $?')"
expect proxy_noexec_reads outside "$(inside 'cat /still/file')"
inside 'echo written > /given/new; mkdir /given/made; chmod 640 /given/new'
expect proxy_writes_are_seen_outside "written 640" \
  "$(echo $(cat given/new) $(stat -c %a given/new))"
expect proxy_writes_outside_are_seen "before after" "$(
  hurdle-env both.hurdle -- sh -c 'cat /given/turn; echo ready > /given/ready
    until [ -e /given/go ]; do sleep 1; done; cat /given/turn' > turns &
  echo before > given/turn
  until [ -e given/ready ]; do sleep 1; done
  echo after > given/turn; : > given/go
  wait; echo $(cat turns))"
inside 'cd /given; mv new newer; ln newer again; ln -s newer soft'
expect proxy_renames_and_links "written written written" \
  "$(cd given; echo $(cat newer again soft))"
expect proxy_moves_to_another_mount "copied gone" "$(inside 'cd /given
  echo copied > m; mkdir /given/deep/t; mv m /given/deep/t/m; cat deep/t/m
  cat m 2>/dev/null || echo gone' | { read -r a; read -r b; echo $a $b; })"
expect proxy_removes gone "$(inside 'rm -r /given/made /given/deep/t'
  [ -e given/made ] || echo gone)"
expect proxy_devices_are_not_opened refused \
  "$(inside "cat /given/null 2>/dev/null $refused")"

# ---- who is who ----
expect proxy_set_id_is_not_shown 755 "$(inside 'stat -c %a /given/set_id')"
expect proxy_set_id_is_not_honoured 0 "$(inside '/given/set_id -u')"
inside 'chmod 4711 /given/echo'
expect proxy_set_id_is_not_made 711 "$(stat -c %a given/echo)"
expect proxy_strangers_are_nobody 65534:65534 "$(hurdle-env \
  --set identity=root-inside both.hurdle -- stat -c %u:%g /given/owned)"
expect proxy_nobody_is_given_nothing refused "$(hurdle-env \
  --set identity=root-inside both.hurdle -- chown 1000 /given/file 2>/dev/null \
  || echo refused)"

# ---- the same, further in ----
proxy_manifest 'mount "/given" { from = "/given" mode = read-write }' \
  "mount \"/still\" { from = \"/still\" mode = read-only noexec = yes }" \
  > given/inner.hurdle
deeper () { inside "hurdle-env /given/inner.hurdle -- \
  hurdle-env /given/inner.hurdle -- sh -c '$1'"; }
expect proxy_depth_3_reads outside "$(deeper 'cat /given/file')"
expect proxy_depth_3_writes three "$(deeper 'echo three > /given/three'
  cat given/three)"
expect proxy_depth_3_refuses refused \
  "$(deeper "echo 2>/dev/null > /still/file $refused")"
expect proxy_depth_3_hides refused \
  "$(deeper "cat /given/.secret 2>/dev/null $refused")"
expect proxy_depth_3_dot_dot_stops /given \
  "$(deeper 'cd /given/deep; cd -P ../../../given; pwd -P')"
