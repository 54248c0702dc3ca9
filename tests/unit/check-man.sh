#!/bin/sh
# check-man.sh: do the man pages and the programs have the same options, verbs,
# keys and statuses, and does tools/check-man see when they have not?
# SPDX-License-Identifier: GPL-2.0-or-later

top=$(cd "$(dirname "$0")/../.." && pwd)
tree=$(mktemp -d) || exit 1
trap 'rm -rf "$tree"' EXIT
status=0

# A tree in which only what is compared lies.
tree_make ()
{
  rm -rf "${tree:?}"/tree
  mkdir "$tree/tree"
  (cd "$top" && tar -cf - docs/man hurdle-vm vm/help.txt vm/common.sh \
    vm/boot/boot.sh env/options.[ch] env/control_list.c cli/control/main.c \
    cli/control/control.h lib/manifest/*.c) | tar -C "$tree/tree" -xf -
}
verdict ()
{
  if [ "$1" = 0 ]; then echo "ok man_pages_$2"; else
    echo "not ok man_pages_$2"; sed 's/^/# /' "$tree/said"; status=1
  fi
}
# seen CLAIM FILE CHANGE COMPLAINT: with FILE changed (a sed script) there is
# this complaint.
seen ()
{
  tree_make
  sed -i "$3" "$tree/tree/$2"
  "$top/tools/check-man" "$tree/tree" > "$tree/said" 2>&1
  [ $? = 1 ] && grep -qF -e "$4" "$tree/said"
  verdict $? "$1"
}

"$top/tools/check-man" > "$tree/said" 2>&1
verdict $? have_what_the_programs_have
if command -v mandoc > /dev/null; then
  (cd "$top/docs/man" && mandoc -Tlint ./*) > "$tree/said" 2>&1
  verdict $? are_sound_mdoc
else
  echo "# man pages: without mandoc nobody looks whether they are sound mdoc"
fi

env=docs/man/hurdle-env.1 control=docs/man/hurdle-control.1
vm=docs/man/hurdle-vm.1 manifest=docs/man/hurdle-manifest.5

# ---- an entry is missing ----
seen without_an_option_are_seen $env '/^\.It Fl -set /d' '"--set KEY=VALUE"'
seen without_a_status_are_seen $env '/^\.It 126/d' '"126"'
seen without_a_verb_are_seen $control '/^\.It Ic thaw/d' '"thaw"'
seen without_run_are_seen $control '/^\.It Ic run/d' '"run [OPTION...] MANI'
seen without_a_columns_name_are_seen $control 's/ times\.$/ often./' 'times'
seen without_a_verb_of_hurdle_vm_are_seen vm/help.txt '/^  type /d' '"type"'
seen without_an_option_of_hurdle_vm_are_seen vm/help.txt '/^  --kvm/d' '--kvm'
seen without_a_key_are_seen $manifest '/^\.It Ic hide/d' '"hide"'
seen without_a_mode_are_seen $manifest '/^\.It Cm copy/d' '"copy"'
seen without_a_source_are_seen $manifest '/^\.It Cm proc/s/proxy , //' \
     '"proc (own, proxy, fake, parent)"'

# ---- the program has no such thing ----
seen with_an_option_too_many_are_seen env/options.c '/{ "check", /d' '--check'
seen with_other_arguments_are_seen cli/control/main.c 's/"\[SECONDS\]"/""/' \
     '"stop [SECONDS]"'
seen with_a_status_too_many_are_seen vm/common.sh '/STATUS_NO_KVM=/d' '"123"'
seen with_a_key_too_many_are_seen lib/manifest/keys.c '/"contained"/d' \
     '"contained"'
seen with_a_source_too_many_are_seen lib/manifest/support.c \
     '/ROLE_CONSOLE/s/NOW)/LATER)/' '"console (own, fake'
seen that_speak_of_no_option_are_seen $vm 's/^\.Fl -option \./.Fl -opt ./' \
     'of --opt,'
seen that_nobody_names_are_seen vm/help.txt 's/hurdle-manifest(5)//' \
     'hurdle-manifest.5'
exit $status
