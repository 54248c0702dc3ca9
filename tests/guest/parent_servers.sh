#!/bin/sh
# parent_servers -- single servers from the parent, beside files of our own
# SPDX-License-Identifier: GPL-2.0-or-later

. "$(dirname "$0")"/helper_nest.sh
here=$(dirname "$0")
nest_tree hurdle-env sh cat echo halt id ls sleep true
nest_libraries
cp "$here"/helper_master "$tree/bin/" && chmod 1777 "$tree/tmp" &&
  mkdir -p "$tree/dev" || exit 1

# manifest ROOT ROLE...: with the roles as they are written.
manifest ()
{
  from=$1
  shift
  echo 'environment "handed" {'
  echo '  identity = myself'
  for role; do echo "  role $role }"; done
  echo '  role "exec" { source = own }'
  echo "  mount \"/\" { from = \"$from\" mode = copy }"
  echo '  variables { PATH = "/bin" }'
  echo '}'
}
auth='"auth" { source = parent'
own='"auth" { source = own'
proc='"proc" { source = own'
control='"control" { source = own'
# nest SCRIPT ROLE...
nest ()
{
  script=$1
  shift
  manifest "$tree" "$@" > "$scratch/now.hurdle"
  chmod 755 "$scratch" && chmod 644 "$scratch/now.hurdle"
  $as hurdle-env "$scratch/now.hurdle" -- sh -c "$script" 2>"$scratch/err"
}
user () (as="$here/helper_static_as 1000"; nest "$@")
# says TEXT: the last one did.
says () { case $(cat "$scratch/err") in *"$1"*) ;; *) cat "$scratch/err"; false ;; esac; }

local='"local" { source = parent'
expect parent_local_makes_pipes "through through" \
  "$(nest 'echo through | cat' "$auth" "$proc" "$local") $(
     user 'echo through | cat' "$auth" "$proc" "$local")"
expect parent_local_is_not_ours 0 "$(
  nest 'sleep 2 | hurdle-env --dump' "$auth" "$proc" "$control" "$local" | {
    count=0
    while read -r line; do
      case $line in *" socket") count=$((count + 1)) ;; esac
    done
    echo $count
  })"
expect parent_local_is_a_file_only "refused" \
  "$(nest 'ls /servers/socket/1/.. || echo refused' "$auth" "$proc" "$local")"
nest true "$own" "$proc" "$local"
holds parent_local_needs_its_auth says "source = parent for auth"

expect parent_time_is_opened "opened opened" "$(
  nest ': < /dev/time && echo opened' "$auth" "$proc" '"time" { source = parent') $(
  user ': < /dev/time && echo opened' "$auth" "$proc" '"time" { source = parent')"
expect parent_time_has_its_modes refused "$(
  user '(: > /dev/time) || echo refused' "$auth" "$proc" \
    '"time" { source = parent')"

unsafe='"devices" { source = parent unsafe = yes'
expect parent_devices_are_for_root "opened Operation not permitted" \
  "$(nest helper_master "$own" "$proc" "$unsafe") $(
     nest helper_master "$own" "$proc" '"devices" { source = own')"
expect parent_devices_have_ours "kept" \
  "$(nest 'echo x > /dev/null && echo kept' "$own" "$proc" "$unsafe")"
user true "$own" "$proc" "$unsafe"
expect parent_devices_of_a_user 125 $?
holds parent_devices_says_why says 'role devices: the parent does not give it to the starter (the way out'

# halt inside ends the environment around it, which has a startup of its own.
manifest / "$own" "$proc" '"startup" { source = parent' > "$tree/etc/inner.hurdle"
expect parent_startup_is_the_one_outside "inside ended" "$(echo $(
  nest 'hurdle-env /etc/inner.hurdle -- sh -c "echo inside; halt; sleep 20
    echo too late" 2>/dev/null; sleep 20; echo too late' \
    "$own" "$proc" '"startup" { source = own'; echo ended))"
manifest / "$own" '"proc" { source = fake' '"crash" { source = parent' \
  > "$tree/etc/inner.hurdle"
expect parent_crash_runs ran "$(
  nest 'hurdle-env /etc/inner.hurdle -- echo ran 2>/dev/null' "$own" "$proc" \
    '"crash" { source = own')"
nest 'hurdle-env /etc/inner.hurdle -- echo ran' "$own" "$proc"
expect parent_lacks_a_server 125 $?
holds parent_lacks_says_what says \
  'role crash: the parent'"'"'s /servers/crash (the way out: source = own)'
nest true "$auth" "$proc" '"console" { source = parent'
holds parent_console_needs_its_proc says 'would hit'
manifest / "$auth" '"console" { source = parent' > "$tree/etc/inner.hurdle"
expect parent_console_without_groups written "$(
  nest 'hurdle-env /etc/inner.hurdle -- sh -c "echo x > /dev/console &&
    echo written" 2>/dev/null' "$own" "$proc" '"terminal" { source = own')"
