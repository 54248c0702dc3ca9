#!/bin/sh
# contract_programs -- programs go on living without what a fake refuses
# SPDX-License-Identifier: GPL-2.0-or-later

. "$(dirname "$0")"/helper_nest.sh
nest_tree bash cat ls id
nest_libraries
with () { timeout 20 hurdle-env --set "$1" outer.hurdle -- bash 2>err; }
# Does the program's complaint contain TEXT?
complains () { case $(cat err) in *"$1"*) true ;; *) cat err; false ;; esac; }

expect programs_fork_fails "going on 1" "$(
  printf 'x=1\n/bin/cat /bin/cat\necho "going on $x"\n' | with role.proc=fake)"
holds programs_fork_says_why complains Killed
expect programs_exec_refused "still here" "$(
  printf '/bin/ls /\necho still here\n' | with role.exec=fake)"
holds programs_exec_says_why complains "ls: Operation not permitted"
expect programs_exec_absent "still here" "$(
  printf '/bin/ls /\necho still here\n' | with role.exec=absent)"
expect programs_no_pipe "goes on" "$(
  printf '(echo a | /bin/cat)\necho goes on\n' | with role.local=fake)"
holds programs_no_pipe_says_why complains "Address family not supported"
expect programs_no_device "goes on" "$(
  printf 'echo a >/dev/null\necho goes on\n' | with role.devices=fake)"
holds programs_no_device_says_why complains "No such device"
expect programs_one_user 0 "$(printf '/bin/id -u\n' | with role.auth=fake)"
expect programs_no_network "goes on" "$(
  printf 'echo a >/dev/tcp/192.0.2.1/80\necho goes on\n' | with role.inet=fake)"
holds programs_no_network_says_why complains "Network is unreachable"
expect programs_no_proc "goes on" "$(
  printf 'echo goes on\n' | with role.proc=absent)"
expect programs_no_auth "goes on" "$(
  printf 'read line </etc/inner.hurdle\necho goes on\n' | with role.auth=absent)"
