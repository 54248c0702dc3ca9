#!/bin/sh
# nest_directory -- the command starts where whoever starts it is, and sees the
# files there, if the manifest does not say otherwise
# SPDX-License-Identifier: GPL-2.0-or-later

. "$(dirname "$0")"/helper_control.sh
nest_tree hurdle-env hurdle-control sh cat ls pwd
nest_libraries
manifest=$scratch/outer.hurdle
nest () { hurdle-env "$manifest" -- sh -c "$1" 2>/dev/null; }
work=$scratch/here
mkdir -p "$work/below" && echo mine > "$work/file" && echo other > beside
cd "$work" || exit 1

expect directory_has_the_name_outside "$work" "$(nest pwd)"
expect directory_is_what_programs_find "$work" "$(nest /bin/pwd)"
expect directory_has_its_files "below file mine" "$(nest 'echo * $(cat file)')"
expect directory_is_there_by_its_name mine "$(nest "cd / && cat $work/file")"
expect directory_is_read_only "refused mine" \
  "$(nest '(echo x > file) || echo refused $(cat file)')"
expect directory_shows_nothing_beside_it "here hidden" \
  "$(nest 'cd .. && echo * && cat beside || echo hidden' | {
     read -r a; read -r b; echo $a $b; })"
expect directory_of_depth_2 "$work" "$(nest "cd $work &&
  hurdle-env /etc/inner.hurdle -- pwd")"

# What the manifest says, and what is inside already.
expect directory_said_gives_nothing "/ hidden" \
  "$(hurdle-env --set directory=/ "$manifest" -- \
       sh -c "echo \$PWD; cat $work/file || echo hidden" 2>/dev/null | {
     read -r a; read -r b; echo $a $b; })"
cd /etc && expect directory_inside_is_not_covered inner.hurdle "$(nest 'echo *')"
cd /dev && expect directory_of_a_role_is_not_covered written \
  "$(nest 'echo x > null && echo written')"
cd / && expect directory_root_is_the_root_inside "bin dev etc lib servers tmp" \
  "$(nest 'echo *')"
mkdir "$work/gone" && cd "$work/gone" && rmdir "$work/gone"
expect directory_without_a_name_is_the_root / "$(nest pwd)"
rmdir "$tree/tmp" && echo > "$tree/tmp" && cd "$work" || exit 1
expect directory_below_a_file_is_the_root / "$(nest pwd)"
rm "$tree/tmp" && mkdir "$tree/tmp"

# ---- it is a grant ----
cd "$work" || exit 1
mkfifo "$scratch/to" "$scratch/from"
hurdle-env --control "$node" "$manifest" -- sh \
  < "$scratch/to" > "$scratch/from" 2>/dev/null &
maker=$!
exec 7> "$scratch/to" 8< "$scratch/from"
say 'cat file'
expect directory_before_revoke mine "$(heard)"
holds directory_is_an_implicit_grant has "$(hurdle-control "$node" grants)" \
  "directory *$work *the starter's *read *yes *yes *no"
holds directory_revokes hurdle-control "$node" revoke "$(grant_id "$work")"
say 'cat file || cat ./below || cat ../here/file || echo revoked'
expect directory_revoked_is_gone revoked "$(heard)"
control_end
