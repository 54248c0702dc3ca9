#!/bin/sh
# parent_auth -- auth from the parent, and everything else the environment's own
# SPDX-License-Identifier: GPL-2.0-or-later

. "$(dirname "$0")"/helper_nest.sh
here=$(dirname "$0")
nest_tree hurdle-env hurdle-control sh bash cat chmod chown echo id ls sleep true
nest_libraries
cp "$here"/helper_static_as "$here"/helper_forged_auth "$tree/bin/" || exit 1
printf '#!/bin/sh\nid -u\n' > "$tree/bin/script" && chmod 755 "$tree/bin/script"
cp /bin/id "$tree/bin/becomes" && chown 1003 "$tree/bin/becomes" &&
  chmod 4755 "$tree/bin/becomes" || exit 1
chmod 1777 "$tree/tmp" && echo secret > "$tree/secret" &&
  chmod 600 "$tree/secret" || exit 1

# of_parent MANIFEST: with the parent's auth.
of_parent ()
{
  while IFS= read -r line; do
    case $line in
      *root-inside*) echo '  identity = myself' ;;
      *'"auth"'*) echo '  role "auth" { source = parent }' ;;
      *'"proc"'*) echo "$line"; echo '  role "control" { source = own }' ;;
      *) printf '%s\n' "$line" ;;
    esac
  done < "$1"
}
of_parent outer.hurdle > auth.hurdle
of_parent "$tree/etc/inner.hurdle" > inner && cp inner "$tree/etc/inner.hurdle"
chmod 755 "$scratch" && chmod 644 auth.hurdle
nest () { hurdle-env "$scratch/auth.hurdle" -- sh -c "$1" 2>/dev/null; }
user ()
{
  helper_static_as 1000 hurdle-env "$scratch/auth.hurdle" -- sh -c "$1" \
    2>/dev/null
}
PATH=$PATH:$here

expect parent_auth_of_root 0:0 "$(nest 'echo $(id -u):$(id -g)')"
expect parent_auth_of_a_user 1000:1000 "$(user 'echo $(id -u):$(id -g)')"
expect parent_auth_runs_programs "1000 1000 through" \
  "$(user 'echo $(script) $(bash -c "id -u") $(echo through | cat)')"
expect parent_auth_is_asked_by_our_files "refused mine" \
  "$(user 'cat /secret || echo refused $(echo mine > /tmp/x; cat /tmp/x)' |
     { read -r a; echo $a; })"
expect parent_auth_lays_root_down "secret refused 1000" \
  "$(nest 'echo $(cat /secret) $(helper_static_as 1000 sh -c \
     "cat /secret || echo refused; id -u")')"
expect parent_auth_makes_nobody_another refused \
  "$(user 'helper_static_as 1003 id -u || echo refused')"
expect parent_auth_knows_no_set_id 1000 "$(user 'becomes -u')"
expect parent_auth_at_depth_3 "1000 refused" \
  "$(user 'hurdle-env /etc/inner.hurdle -- hurdle-env /etc/inner.hurdle -- \
     sh -c "id -u; cat /secret || echo refused"' | { read -r a; read -r b
     echo $a $b; })"
expect parent_auth_control_knows_who_comes "refused role" \
  "$(nest 'helper_static_as 1000 hurdle-control /servers/hurdle roles ||
     echo refused; hurdle-control /servers/hurdle roles' | { read -r a
     read -r b c; echo $a ${b%:}; })"

# A handle that is none is nobody's, and nobody else waits for it.
expect parent_auth_forged "1000 1000 1000 ran" "$(
  user 'helper_forged_auth /bin/true & for i in 1 2 3; do script; done; wait' |
    { read -r a; read -r b; read -r c; read -r d; echo $a $b $c $d; })"

# The names inside, around 40 programs when as many have run before; a new
# worker has three.
holds parent_auth_leaves_no_names_inside [ "$(nest 'names ()
  { hurdle-env --dump | while read -r line; do
      case $line in "port names: "*) echo "${line#*: }" ;; esac
    done; }
  go () { i=0; while [ $i -lt 40 ]; do i=$((i + 1)); script; done > /dev/null; }
  go; names=$(names); go; echo $(($(names) - names))')" -le 3 ]

# What all that has left behind is there once.
names=$(nest_count "port names")
objects=$(nest_count objects)
user 'helper_forged_auth /bin/true; helper_static_as 1003 id' > /dev/null
nest 'i=0; while [ $i -lt 40 ]; do i=$((i + 1)); script; done
  helper_static_as 1000 script' > /dev/null
holds parent_auth_leaves_no_names nest_settles "port names" "$names"
holds parent_auth_leaves_no_objects nest_settles objects "$objects"
