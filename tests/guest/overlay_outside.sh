#!/bin/sh
# overlay_outside -- a layer, who may, what changes outside, and what it takes
# SPDX-License-Identifier: GPL-2.0-or-later

. "$(dirname "$0")"/helper_overlay.sh

mkdir -p given/many closed || exit 1
echo outside > given/file
cp /bin/id given/set_id && chown 1000:1000 given/set_id && chmod 4755 given/set_id
echo mine > given/owned && chown 1000:1000 given/owned
i=0
while [ $i -lt 300 ]; do : > given/many/$i; i=$((i + 1)); done
head -c 300000 /dev/urandom > given/big
overlay_manifest \
  "mount \"/given\" { from = \"$scratch/given\" mode = overlay }" > layer.hurdle

# ---- who is who ----
expect overlay_set_id_is_not_shown 755 "$(inside 'stat -c %a /given/set_id')"
expect overlay_set_id_is_not_honoured 0 "$(inside '/given/set_id -u')"
expect overlay_strangers_are_nobody 65534:65534 "$(hurdle-env \
  --set identity=root-inside layer.hurdle -- stat -c %u:%g /given/owned)"
chmod 711 closed
overlay_manifest "mount \"/closed\" { from = \"$scratch/closed\" mode = overlay }" \
  > closed.hurdle
chmod 755 . && chmod 644 closed.hurdle
expect overlay_what_the_starter_may_not_list_is_closed refused \
  "$("$tests"/helper_static_as 1000 hurdle-env closed.hurdle -- \
     sh -c "cat /closed/x 2>/dev/null $refused")"

# ---- outside meanwhile ----
expect overlay_contents_change_until_they_are_copied "before after changed" "$(
  echo before > given/turn
  mkdir shared
  overlay_manifest \
    "mount \"/given\" { from = \"$scratch/given\" mode = overlay }" \
    "mount \"/shared\" { from = \"$scratch/shared\" mode = read-write }" \
    > turn.hurdle
  hurdle-env turn.hurdle -- sh -c 'cat /given/turn; : > /shared/ready
    until [ -e /shared/go ]; do sleep 1; done; cat /given/turn
    echo changed > /given/turn; cat /given/turn' > turns 2>&1 &
  until [ -e shared/ready ]; do sleep 1; done
  echo after > given/turn; : > shared/go
  wait; echo $(cat turns))"
expect overlay_outside_was_left_alone after "$(cat given/turn)"

# ---- limits ----
expect overlay_what_does_not_fit_is_refused "refused outside" "$(
  hurdle-env --set limits.memory=200K layer.hurdle -- sh -c "cd /given
    echo more 2>/dev/null >> big || a=refused; echo \$a \$(cat file)" 2>/dev/null)"
expect overlay_reading_takes_no_memory "$(sha256sum < given/big)" "$(
  hurdle-env --set limits.memory=200K layer.hurdle -- \
    sh -c 'sha256sum < /given/big')"

# ---- the same, further in ----
outside > before
overlay_manifest 'mount "/given" { from = "/given" mode = overlay }' > inner.hurdle
deeper () { inside "hurdle-env $scratch/inner.hurdle -- \
  hurdle-env $scratch/inner.hurdle -- sh -c '$1'"; }
expect overlay_depth_3 "outside three" \
  "$(deeper 'cat /given/file; echo three > /given/file; cat /given/file' |
     { read -r a; read -r b; echo $a $b; })"
outside > after
holds overlay_depth_3_changes_nothing_outside same before after

# ---- nothing is left ----
round="ls -lR /given >/dev/null; cat /given/big >/dev/null
  echo 1 >> /given/file; rm -r /given/many"
inside "$round"
objects=$(nest_count objects)
for n in 1 2 3; do
  inside "$round"
done
holds overlay_leaves_no_objects nest_settles objects "$objects"
