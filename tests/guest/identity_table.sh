#!/bin/sh
# identity_table -- who is who inside an environment, at depth 1 and 3
# SPDX-License-Identifier: GPL-2.0-or-later

. "$(dirname "$0")"/helper_nest.sh
nest_tree hurdle-env sh id stat chown cat echo
nest_libraries
mkdir -p "$tree/owned" || exit 1
for owner in 0:0 1000:1000 1003:1003 2000:2000; do
  echo > "$tree/owned/${owner%:*}" || exit 1
  chown "$owner" "$tree/owned/${owner%:*}" || exit 1
done

# table UIDS GIDS: a manifest like the others with these tables.
table ()
{
  nest_manifest "$tree" "uids = { $1 }" "gids = { $2 }" |
    while IFS= read -r line; do
      case $line in
        *root-inside*) echo '  identity = table' ;;
        *) printf '%s\n' "$line" ;;
      esac
    done
}
table '"0:5", "1000:0:4"' '"0:6", "1000:100:4"' > table.hurdle
inside () { hurdle-env table.hurdle -- sh -c "$1"; }

expect table_gives_the_command_its_ids "5 6" "$(inside 'echo $(id -u) $(id -g)')"
expect table_leaves_out_other_groups 6 "$(inside 'id -G')"
expect table_shows_owners_as_they_are_inside "5:6 0:100 3:103" \
  "$(inside 'cd /owned; echo $(stat -c %u:%g 0 1000 1003)')"
expect table_shows_strangers_as_nobody 65534:65534 \
  "$(inside 'stat -c %u:%g /owned/2000')"
expect table_holds_for_descriptors 0:100 \
  "$(hurdle-env table.hurdle -- stat -c %u:%g - < "$tree/owned/1000")"
expect table_holds_for_descriptors_of_strangers 65534:65534 \
  "$(hurdle-env table.hurdle -- stat -c %u:%g - < "$tree/owned/2000")"
expect table_gives_no_rights_of_root refused \
  "$(inside 'chown 0 /owned/1003 2>/dev/null && echo done || echo refused')"

table '"1000:0"' '"0:0"' > stranger.hurdle
expect table_without_the_starter_is_refused 125 \
  "$(hurdle-env stranger.hurdle -- echo run 2>said; echo $?)"
expect table_says_who_is_missing found "$(
  case $(cat said) in *'uid 0, '*'"uids"'*) echo found ;; *) cat said ;; esac)"

# The same twice further in, where 0 has become 5 and 1000 has become 0.
table '"5:0", "0:7"' '"6:0", "100:8"' > "$tree/etc/second"
table '"0:70", "7:71"' '"0:80", "8:81"' > "$tree/etc/third"
for name in second third; do
  while IFS= read -r line; do
    case $line in
      *'mode = copy'*) echo '  mount "/" { from = "/" mode = copy }' ;;
      *) printf '%s\n' "$line" ;;
    esac
  done < "$tree/etc/$name" > "$tree/etc/$name.hurdle"
done
expect tables_compose_at_depth_3 "70 80 70:80 71:81 65534:65534" "$(
  hurdle-env table.hurdle -- hurdle-env /etc/second.hurdle -- \
    hurdle-env /etc/third.hurdle -- \
    sh -c 'cd /owned; echo $(id -u) $(id -g) $(stat -c %u:%g 0 1000 2000)')"
expect root_inside_at_depth_3_is_nobody_s_root "0 0:0 65534:65534" "$(
  hurdle-env table.hurdle -- hurdle-env /etc/second.hurdle -- \
    hurdle-env /etc/inner.hurdle -- \
    sh -c 'cd /owned; echo $(id -u) $(stat -c %u:%g 0 2000)')"
